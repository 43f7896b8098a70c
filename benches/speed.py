#!/usr/bin/env python3
"""Compares govlint with ripgrep over the same files in one run, by CPU time (user + system) and wall time.

usage: benches/speed.py [--govlint PATH] [--runs N] [--only NAME] [--keep DIR]

Reading the files is the limit that govlint aims at, and `rg -c ''` is what reading costs. The corpora are
copies and variations of the fixtures and, where they lie beside the checkout, of the trees in
../shared/seeds. Prints a table of ratios and exits with 1 where one is over its limit. Needs ripgrep.
"""

import argparse
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def originals():
    """The text files that all corpora are made of."""
    folders = [ROOT / "fixtures", ROOT.parent / "shared/seeds/trees"]
    files = []
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.is_file() and not path.name.startswith("expected"):
                try:
                    files.append((path.relative_to(folder), path.read_text(encoding="utf-8")))
                except UnicodeDecodeError:
                    continue
    return files


def vary(text, number):
    """The same configuration with other names and numbers, so that no two copies are equal."""
    return text.replace("example", f"example{number}").replace("8080", str(8000 + number % 999))


def copies(folder, files, count, number=0):
    """Copies whole trees until there are `count` files."""
    made = 0
    while made < count:
        for path, text in files[: count - made]:
            target = folder / f"{number:04}" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(vary(text, number), encoding="utf-8")
            made += 1
        number += 1


def single(folder, files):
    compose = [text for path, text in files if "compose" in path.name]
    target = folder / "docker-compose.yml"
    target.write_text(max(compose, key=len), encoding="utf-8")
    return target


def mixed(folder, files):
    copies(folder, files, 200)
    return folder


def large(folder, files):
    """About 3,000 files and 17 MB: configuration, and the documents and sources that lie beside it."""
    copies(folder, files, 2000)
    random.seed(17)
    words = "the service keeps records of each decision and of who made it for as long as policy says".split()
    written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    each = (17_000_000 - written) // 1000
    for number in range(1000):
        lines, size = [], 0
        while size < each:
            line = " ".join(random.choices(words, k=14))
            lines.append(line)
            size += len(line) + 1
        kind = ("md", "py", "sql", "tsx")[number % 4]
        target = folder / f"{number % 50:04}" / "src" / f"module{number}.{kind}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines), encoding="utf-8")
    return folder


def repository(folder, files):
    """A repository of 40,000 files of which few are configuration."""
    for number in range(39_700):
        target = folder / f"packages/p{number % 400:03}/src/m{number // 4000}" / f"file{number}.ts"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"export const value{number} = {number};\n", encoding="utf-8")
    copies(folder / "deploy", files, 300)
    return folder


# name, how it is made, what ripgrep does, the highest ratio
CORPORA = [
    ("one file", single, ["-uu", "-c", ""], 2.0),
    ("200 mixed files", mixed, ["-uu", "-c", ""], 3.0),
    ("3,000 files, 17 MB", large, ["-uu", "-c", ""], 6.0),
    ("40,000 files, few relevant", repository, ["--hidden", "--files"], 2.5),
]


def measure(command, runs):
    """The least CPU and wall seconds of several runs, and the greatest memory in MB."""
    cpu, wall, memory = [], [], []
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall.append(time.perf_counter() - start)
        cpu.append(usage.ru_utime + usage.ru_stime)
        memory.append(usage.ru_maxrss / 1024)
        if process.returncode not in (0, 1):
            sys.exit(f"{command} ended with {process.returncode}")
    return min(cpu), min(wall), max(memory)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--govlint", default=str(ROOT / "target/release/govlint"))
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", help="only the corpora whose name holds this")
    parser.add_argument("--keep", type=pathlib.Path, help="make the corpora here and leave them")
    options = parser.parse_args()
    if not shutil.which("rg"):
        sys.exit("ripgrep (rg) is needed for the comparison")
    files = originals()
    work = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="govlint-speed-"))
    failed = False
    print(f"{'':28} {'rg CPU':>9} {'govlint':>9} {'ratio':>6}   {'rg wall':>9} {'govlint':>9} {'ratio':>6}  {'limit':>5} {'memory':>8}")
    try:
        for name, make, rg, limit in CORPORA:
            if options.only and options.only not in name:
                continue
            folder = work / name.replace(" ", "-").replace(",", "")
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir(parents=True)
            target = str(make(folder, files))
            runs = options.runs * (3 if make is single else 1)
            rg_cpu, rg_wall, _ = measure(["rg", *rg, target], runs)
            cpu, wall, memory = measure([options.govlint, "check", "-f", "concise", target], runs)
            ratios = cpu / max(rg_cpu, 1e-6), wall / max(rg_wall, 1e-6)
            over = max(ratios) > limit or memory > 100
            failed |= over
            print(
                f"{name:28} {rg_cpu * 1000:7.1f}ms {cpu * 1000:7.1f}ms {ratios[0]:6.2f}   "
                f"{rg_wall * 1000:7.1f}ms {wall * 1000:7.1f}ms {ratios[1]:6.2f}  {limit:5.1f} {memory:6.0f}MB"
                f"{'  over' if over else ''}"
            )
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
