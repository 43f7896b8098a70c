//! Any text is read as a Markdown document, and every place lies in the text.
#![no_main]

use govlint::formats::{Reader, find};
use govlint::source::Sources;
use govlint::syntax::markdown::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &str| {
    let sources = Sources::default();
    let id = sources.add("guide.md".to_owned(), content.to_owned());
    for fence in parse(&sources.text(id)).fences {
        assert!(content.get(fence.span.range()).is_some());
        for line in fence.lines {
            assert!(content.get(line).is_some());
        }
    }
    let Some(format) = find("markdown") else { return };
    for block in Reader::read(&sources, id, format).shown.blocks {
        for setting in &block.reading.facts.settings {
            let shown = sources.shown(setting.head.anchor);
            assert!(shown.file == id && content.get(shown.range()).is_some());
        }
    }
});
