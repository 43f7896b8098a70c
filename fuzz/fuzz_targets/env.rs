//! Any text is read as an env file without a panic, and every place lies in it.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::env;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let sources = Sources::default();
    let id = sources.add(".env".into(), text.into());
    let file = env::parse(&sources.text(id), &sources);
    for entry in &file.entries {
        assert_eq!(text.get(entry.key_span.range()), Some(entry.key));
        assert!(text.get(entry.value_span.range()).is_some());
    }
    for span in file.errors.iter().map(|error| error.span).chain(file.comments.iter().map(|it| it.span)) {
        assert!(text.get(span.range()).is_some());
    }
});
