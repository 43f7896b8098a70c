//! Markdown guides: each fenced block that shows a file is read as that file. The blocks of one document are a
//! project of their own, in which the paths that they name are files.

use std::collections::BTreeSet;
use std::ops::Range;

use super::recognise::recognise;
use super::{Block, Candidate, Format, Reader, resolve};
use crate::syntax::markdown::{self, Fence};

pub(super) const FORMAT: Format = Format {
    name: "markdown",
    doc: "fenced blocks in `*.md`, `*.mdx` and `*.markdown`, with `--documents`",
    by_name,
    by_content: |_, _| None,
    read,
};

/// How many blocks of a document are read; guides have some hundred at the most.
const BLOCKS: usize = 10_000;

fn by_name(candidate: &Candidate<'_>) -> Option<&'static str> {
    let document =
        ["md", "mdx", "markdown"].iter().any(|name| candidate.extension().eq_ignore_ascii_case(name));
    document.then_some("named *.md, and documents are checked")
}

fn read(reader: &mut Reader<'_>) {
    let document = markdown::parse(&reader.text);
    reader.reading.comments.extend(document.comments);
    let whole = reader.text.as_str();
    let mut files: Vec<Shown> = Vec::new();
    let mut paths = BTreeSet::new();
    for (number, fence) in document.fences.iter().take(BLOCKS).enumerate() {
        reader.reading.blocks.push(fence.span);
        let language = Language::of(fence.info);
        for lines in parts(&fence.lines, whole, language) {
            if let Some(mut file) = Shown::of(fence, lines, whole, language, number + 1) {
                if !paths.insert(file.path.clone()) {
                    file.path = format!("block-{}/{}", number + 1, file.path);
                    paths.insert(file.path.clone());
                }
                if language != Language::Other {
                    files.push(file);
                }
            }
        }
    }
    for file in files {
        let path = format!("{}/{}", reader.reading.path, file.path);
        let beside = |name: &str| paths.contains(&resolve(&file.path, name));
        let text: String = file.lines.iter().filter_map(|line| whole.get(line.clone())).collect();
        let candidate = Candidate::new(&path, &beside);
        let found = recognise(&candidate, || Some(&text));
        if let Some(found) = found.filter(|found| found.format.name != FORMAT.name) {
            let block = reader.sources.add_block(path, reader.reading.file, &file.lines);
            let reading = Reader::read(reader.sources, block, found.format);
            let start = reader.sources.shown(reader.sources.text(block).span(0..0)).start;
            let line = reader.sources.file(reader.reading.file).line_of(start);
            reader.reading.shown.blocks.push(Block { reading, because: found.because, line });
        }
    }
    let document = reader.reading.path;
    reader.reading.shown.paths = paths.iter().map(|path| format!("{document}/{path}")).collect();
}

/// The language of a block, as far as it tells which files it may show.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    /// Files whose names end so.
    Files(&'static str),
    /// Commands, or a script, or the assignments of an env file.
    Shell,
    /// It doesn't say.
    Unstated,
    /// A language of programs, of which only the name of a file is of interest.
    Other,
}

impl Language {
    fn of(info: &str) -> Language {
        let word = info.trim_start_matches(['{', '.']).split(|mark: char| !is_word(mark)).next();
        let word = word.unwrap_or_default().to_ascii_lowercase();
        match word.as_str() {
            "yaml" | "yml" | "kubernetes" | "k8s" | "docker-compose" | "compose" | "helm" => {
                Language::Files("yaml")
            }
            "dockerfile" | "docker" | "containerfile" => Language::Files("dockerfile"),
            "nginx" | "nginxconf" => Language::Files("nginx"),
            "env" | "dotenv" => Language::Files("env"),
            "json" | "jsonc" => Language::Files("json"),
            "toml" => Language::Files("toml"),
            "ini" | "cfg" => Language::Files("ini"),
            "properties" => Language::Files("properties"),
            "hcl" | "terraform" | "tf" => Language::Files("tf"),
            "bash" | "sh" | "shell" | "zsh" => Language::Shell,
            "" | "text" | "txt" | "plain" | "plaintext" | "conf" | "config" | "none" => Language::Unstated,
            _ => Language::Other,
        }
    }

    /// Whether a file of this path may be in the language.
    fn fits(self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = extension(name);
        match self {
            Language::Files("yaml") => matches!(extension, "yaml" | "yml"),
            Language::Files("dockerfile") => name.contains("ockerfile") || name.contains("ontainerfile"),
            Language::Files("nginx") => matches!(extension, "conf" | "nginx"),
            Language::Files(own) => extension == own || own == "env" && name.starts_with(".env"),
            Language::Shell => extension == "sh" || extension == "env" || name.starts_with(".env"),
            Language::Unstated | Language::Other => true,
        }
    }
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_key(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_word(mark: char) -> bool {
    mark.is_ascii_alphanumeric() || matches!(mark, '-' | '_')
}

/// The files in one block: each begins with its path in a comment, behind a blank line or the end of a YAML
/// document.
fn parts(lines: &[Range<usize>], whole: &str, language: Language) -> Vec<Vec<Range<usize>>> {
    let text = |line: &Range<usize>| whole.get(line.clone()).unwrap_or_default();
    let mut files = vec![Vec::new()];
    let mut before = "";
    for line in lines {
        let apart = matches!(before.trim_end(), "" | "---") && !text(line).starts_with([' ', '\t']);
        let path = if apart { comment(text(line)).and_then(path) } else { None };
        if path.is_some_and(|path| language.fits(&path)) {
            files.push(Vec::new());
        }
        before = text(line);
        if let Some(file) = files.last_mut() {
            file.push(line.clone());
        }
    }
    files.retain(|lines| lines.iter().any(|line| !matches!(text(line).trim(), "" | "---")));
    files
}

/// A file that a block shows.
struct Shown {
    /// Its path from the document.
    path: String,
    lines: Vec<Range<usize>>,
}

impl Shown {
    /// The file of some lines: its path is told by a comment at the head, by the info string, or by the line
    /// above the block; the language tells the rest.
    fn of(
        fence: &Fence<'_>,
        lines: Vec<Range<usize>>,
        whole: &str,
        language: Language,
        number: usize,
    ) -> Option<Shown> {
        let text = || lines.iter().filter_map(|line| whole.get(line.clone()));
        let head = text().map(str::trim).filter(|line| !line.is_empty() && *line != "---");
        let head = head.take(3).take_while(|line| line.starts_with("#!") || comment(line).is_some());
        let commented = head.filter_map(comment).find_map(path);
        let named = commented
            .or_else(|| fence.info.split([' ', '=', ':', ',', '{', '}']).skip(1).find_map(path))
            .or_else(|| lead(fence.lead).filter(|path| language.fits(path)));
        let path = match language {
            Language::Shell => {
                let script = named.filter(|path| language.fits(path));
                let assigns = || assigns_only(text());
                match script {
                    Some(path) if extension(&path) == "sh" || text().all(may_assign) => path,
                    None if assigns() => format!("block-{number}.env"),
                    _ => return None,
                }
            }
            Language::Files(extension) => match named {
                Some(path) if path.contains('.') || language.fits(&path) => path,
                Some(path) => format!("{path}.{extension}"),
                None => format!("block-{number}.{extension}"),
            },
            Language::Unstated | Language::Other => named?,
        };
        Some(Shown { path, lines })
    }
}

/// What a comment says: behind `#`, `//`, `--` or `;`, or within `<!-- … -->`.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim();
    let inner = line.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    let inner = inner.or_else(|| line.strip_prefix("//"));
    let inner = inner.or_else(|| line.strip_prefix("--"));
    inner.or_else(|| line.strip_prefix(['#', ';'])).map(str::trim)
}

/// The path that some words are, from the document: `k8s/ingress.yaml`, `File: .env`, `redis.conf (production)`.
fn path(words: &str) -> Option<String> {
    let words = words.trim().trim_matches(['`', '"', '\'', '*']);
    let labelled = words.split_once(": ").filter(|(label, _)| {
        ["file", "filename", "path", "title"].iter().any(|known| label.eq_ignore_ascii_case(known))
    });
    let words = labelled.map_or(words, |(_, rest)| rest.trim());
    let (word, note) = words.split_once(' ').unwrap_or((words, ""));
    let note = note.trim();
    let is_path = |word: &str| {
        let name = word.rsplit('/').next().unwrap_or(word);
        let letters = word.chars().all(|letter| is_word(letter) || matches!(letter, '.' | '/' | '@' | '+'));
        let named = name.trim_start_matches('.').contains('.') && !name.ends_with('.')
            || name.starts_with(".env")
            || name.starts_with("Dockerfile")
            || name.starts_with("Containerfile");
        letters && named && !word.contains("//")
    };
    let word = word.trim_matches(['`', '"', '\'', '*', ':']);
    let remarked = note.is_empty() || note.starts_with(['(', '-', '–', '—']);
    (remarked && is_path(word)).then(|| {
        let parts = word.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
        parts.collect::<Vec<_>>().join("/")
    })
}

/// The last path that a line names in backticks or in brackets: "Then write `docker-compose.yml`:".
fn lead(line: &str) -> Option<String> {
    let marked = |open: char, close: char| {
        let (before, _) = line.rsplit_once(close)?;
        let (_, inner) = before.rsplit_once(open)?;
        path(inner)
    };
    marked('`', '`').or_else(|| marked('(', ')'))
}

/// Whether there is nothing but assignments, as in an env file, and at least one.
fn assigns_only<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
    let mut statements = lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let assigns = |line: &str| {
        let line = line.strip_prefix("export ").unwrap_or(line);
        line.split_once('=').is_some_and(|(name, value)| {
            is_key(name)
                && !value.ends_with('\\')
                && (is_quoted(value) || !value.contains(' ') || value.contains(" #"))
        })
    };
    statements.next().is_some_and(assigns) && statements.all(assigns)
}

/// Whether a line may stand in an env file.
fn may_assign(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    line.is_empty() || line.starts_with('#') || line.split_once('=').is_some_and(|(name, _)| is_key(name))
}

fn is_quoted(value: &str) -> bool {
    ['"', '\''].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote) && value.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    /// What each file that a guide shows is read as, and the line that it starts on.
    fn shown(text: &str) -> Vec<(String, &'static str, usize)> {
        let sources = Sources::default();
        let file = sources.add("guide.md".into(), text.into());
        let blocks = Reader::read(&sources, file, &FORMAT).shown.blocks.into_iter();
        let path = |path: &str| path.strip_prefix("guide.md/").unwrap().to_owned();
        blocks.map(|block| (path(block.reading.path), block.reading.format.name, block.line)).collect()
    }

    fn file(path: &str, format: &'static str, line: usize) -> (String, &'static str, usize) {
        (path.to_owned(), format, line)
    }

    #[test]
    fn a_comment_at_the_head_names_the_file() {
        for head in
            ["# deploy/.env", "# ./deploy/.env (production)", "# File: deploy/.env", "# `deploy/.env`"]
        {
            assert_eq!(shown(&format!("```bash\n{head}\nA=1 2\n```\n")), [file("deploy/.env", "env", 2)]);
        }
        let text = "```yaml\n---\n# k8s/web.yaml\napiVersion: v1\nkind: Pod\n```\n";
        assert_eq!(shown(text), [file("k8s/web.yaml", "kubernetes", 3)]);
        let text = "```conf\n# /etc/nginx/nginx.conf\nevents {}\n```\n";
        assert_eq!(shown(text), [file("etc/nginx/nginx.conf", "nginx", 2)]);
        let text = "```dockerfile\n# syntax=docker/dockerfile:1\n# api/Dockerfile\nFROM a\n```\n";
        assert_eq!(shown(text), [file("api/Dockerfile", "dockerfile", 2)]);
    }

    #[test]
    fn the_info_string_may_name_it() {
        for info in [
            "yaml title=\"docker-compose.yml\"",
            "yaml:docker-compose.yml",
            "yaml {filename=docker-compose.yml}",
            "yaml title='docker-compose.yml' {3-4}",
        ] {
            let text = format!("```{info}\nservices:\n  a:\n    image: b\n```\n");
            assert_eq!(shown(&text), [file("docker-compose.yml", "compose", 2)], "{info}");
        }
    }

    #[test]
    fn the_line_above_may_name_it() {
        let text = "Now write `compose.yaml`:\n\n```yaml\nservices: {}\n```\n";
        assert_eq!(shown(text), [file("compose.yaml", "compose", 4)]);
        let text = "#### Portal (portal/.env.production)\n```bash\nA=1\n```\n";
        assert_eq!(shown(text), [file("portal/.env.production", "env", 3)]);
        // What is typed beside a file is no part of it.
        assert_eq!(shown("With `compose.yaml` in place:\n```bash\ndocker compose up\n```\n"), []);
    }

    #[test]
    fn the_language_tells_where_nothing_names_it() {
        let text = "```nginx\nserver { listen 80; }\n```\n~~~Dockerfile\nFROM a\n~~~\n```env\nA=1\n```\n";
        assert_eq!(
            shown(text),
            [
                file("block-1.nginx", "nginx", 2),
                file("block-2.dockerfile", "dockerfile", 5),
                file("block-3.env", "env", 8)
            ]
        );
        let text = "```yml\nservices:\n  a:\n    image: b\n```\n```yaml\nsome: thing\n```\n";
        assert_eq!(shown(text), [file("block-1.yaml", "compose", 2)]);
    }

    #[test]
    fn a_shell_block_of_assignments_is_an_env_file() {
        let text = "```bash\n# Settings\nexport A=1\nB=\"two words\"\nC='x'  # why\n```\n";
        assert_eq!(shown(text), [file("block-1.env", "env", 2)]);
        for block in ["A=1 ./run", "A=1\nmake", "ls", "A=$(pass show a)", "# .env\nvault kv put a", "", "# A"]
        {
            assert_eq!(shown(&format!("```sh\n{block}\n```\n")), [], "{block}");
        }
    }

    #[test]
    fn blocks_of_other_languages_and_plain_text_are_left_alone() {
        for block in [
            "```python\nA=1\n```",
            "```mermaid\nA=1\n```",
            "```\nA=1\n```",
            "    A=1",
            "```diff\n# .env\n+A=1\n```",
        ] {
            assert_eq!(shown(&format!("{block}\n")), [], "{block}");
        }
    }

    #[test]
    fn several_files_may_share_a_block() {
        let pod = "apiVersion: v1\nkind: Pod\n";
        let text = format!("```yaml\n# a.yaml\n{pod}---\n# b.yaml\n{pod}\n# k8s/c.yaml\n{pod}```\n");
        let of = |path, line| file(path, "kubernetes", line);
        assert_eq!(shown(&text), [of("a.yaml", 2), of("b.yaml", 6), of("k8s/c.yaml", 10)]);
        // Comments within a file are no paths of others.
        let text = "```yaml\n# a.yaml\napiVersion: v1\nkind: Pod\n# see b.yaml\n\n  # c.yaml\n```\n";
        assert_eq!(shown(text), [of("a.yaml", 2)]);
    }

    #[test]
    fn a_file_that_is_shown_twice_is_read_twice() {
        let text = "```env\n# .env\nA=1\n```\n```env\n# .env\nA=2\n```\n";
        assert_eq!(shown(text), [file(".env", "env", 2), file("block-2/.env", "env", 6)]);
    }

    #[test]
    fn blocks_see_one_another() {
        let text = "```yaml\n# c/Chart.yaml\nname: c\n```\n```yaml\n# c/values.yaml\na: 1\n```\n";
        assert_eq!(shown(text), [file("c/values.yaml", "helm-values", 6)]);
    }

    #[test]
    fn files_of_all_languages_are_there_to_be_mounted() {
        let text = "```sql\n-- db/init.sql\nSELECT 1;\n```\n```env\nA=1\n```\n";
        let sources = Sources::default();
        let file = sources.add("guide.md".into(), text.into());
        let paths = Reader::read(&sources, file, &FORMAT).shown.paths;
        assert_eq!(paths.iter().collect::<Vec<_>>(), ["guide.md/block-2.env", "guide.md/db/init.sql"]);
    }

    #[test]
    fn places_lie_in_the_document() {
        let text = "1. Write:\n   ```env\n   A=1\n   TOKEN=abc\n   ```\n";
        let sources = Sources::default();
        let file = sources.add("guide.md".into(), text.into());
        let blocks = Reader::read(&sources, file, &FORMAT).shown.blocks;
        let settings = blocks.iter().flat_map(|block| &block.reading.facts.settings);
        let values = settings.map(|setting| sources.slice(sources.shown(setting.text.span(0..1))));
        assert_eq!(values.collect::<Vec<_>>(), ["1", "a"]);
    }

    proptest! {
        #[test]
        fn no_document_is_too_much(text in "([ >`~a.=:#/\n-]|```|```yaml|```sh|# a.yaml|# .env|kind|apiVersion|é){0,60}") {
            let sources = Sources::default();
            let file = sources.add("guide.md".into(), text.clone());
            for block in Reader::read(&sources, file, &FORMAT).shown.blocks {
                for setting in &block.reading.facts.settings {
                    let shown = sources.shown(setting.head.anchor);
                    prop_assert_eq!(shown.file, file);
                    prop_assert!(text.get(shown.range()).is_some());
                }
            }
        }
    }
}
