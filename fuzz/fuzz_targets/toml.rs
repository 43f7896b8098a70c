//! Any text is read as TOML without a panic, and every place lies in it.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::toml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let sources = Sources::default();
    let id = sources.add("config.toml".into(), text.into());
    let file = toml::parse(&sources.text(id), &sources);
    for (section, entry) in file.entries() {
        assert!(text.get(section.span.range()).is_some());
        assert!(text.get(entry.key_span.range()).is_some());
        assert!(text.get(entry.value.span(0..entry.value.as_str().len()).range()).is_some());
    }
    let errors = file.errors.iter().map(|error| error.span);
    for span in errors.chain(file.comments.iter().map(|comment| comment.span)) {
        assert!(text.get(span.range()).is_some());
    }
});
