//! Any text is read as properties without a panic, and every place lies in it.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let sources = Sources::default();
    let id = sources.add("application.properties".into(), text.into());
    let file = properties::parse(&sources.text(id), &sources);
    for entry in &file.entries {
        assert!(text.get(entry.key_span.range()).is_some());
        assert!(text.get(entry.value.span(0..entry.value.as_str().len()).range()).is_some());
    }
    for comment in &file.comments {
        assert!(text.get(comment.span.range()).is_some());
    }
});
