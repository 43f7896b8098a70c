#!/usr/bin/env python3
"""Runs the scorers that lie beside the checkout and fails where a score is below .ci/floor.toml."""

import argparse
import pathlib
import re
import subprocess
import sys
import tomllib


def run(arguments):
    result = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)
    print(result.stdout[-3000:], end="")
    return result.stdout


def seeds(shared, govlint):
    out = run([shared / "seeds/score.py", "--govlint", govlint, "--misses"])
    return {"missed": float(re.search(r"passed, (\d+) failed", out)[1])}


def cases(shared, govlint):
    out = run([shared / "cases/score.py", "--govlint", govlint, "--cases", shared / "cases/cases"])
    found = re.search(r"recall ([\d.]+)% .*false alarms ([\d.]+)%", out)
    return {"recall": float(found[1]), "false-alarms": float(found[2])}


def labels(shared, govlint, rules):
    out = run([shared / "labels/score.py", "--labels", shared / "labels", "--govlint", govlint, "--rules", rules])
    total = re.search(r"^TOTAL\s+\d+\s+\d+\s+([\d.]+)%\s+\d+\s+\d+\s+([\d.]+)%", out, re.MULTILINE)
    return {"recall": float(total[1]), "false-alarms": float(total[2])}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--govlint", required=True)
    parser.add_argument("--shared", type=pathlib.Path, required=True)
    parser.add_argument("--floor", type=pathlib.Path, required=True)
    options = parser.parse_args()
    floor = tomllib.loads(options.floor.read_text(encoding="utf-8"))
    rules = ",".join(path.stem for path in sorted(pathlib.Path("rules").glob("*/*.md")))
    scores = {
        "seeds": seeds(options.shared, options.govlint),
        "cases": cases(options.shared, options.govlint),
        "labels": labels(options.shared, options.govlint, rules),
    }
    failed = 0
    for name, limits in floor.items():
        for what, limit in limits.items():
            score = scores[name][what]
            good = score >= limit if what == "recall" else score <= limit
            failed += not good
            print(f"{name} {what}: {score} (floor {limit}){'' if good else '  BELOW THE FLOOR'}")
    return 1 if failed else 0


sys.exit(main())
