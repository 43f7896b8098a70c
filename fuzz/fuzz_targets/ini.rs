//! Any text is read as a file of settings without a panic, in every dialect, and every place lies in it.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::ini::{self, Dialect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let dialects =
        [Dialect::Ini, Dialect::Mysql, Dialect::Postgresql, Dialect::Rabbitmq, Dialect::FluentBit];
    for dialect in dialects {
        let sources = Sources::default();
        let id = sources.add("my.cnf".into(), text.into());
        let file = ini::parse(&sources.text(id), dialect, &sources);
        for (section, entry) in file.entries() {
            assert_eq!(text.get(entry.key_span.range()), Some(entry.key));
            assert!(text.get(section.span.range()).is_some());
            assert!(text.get(entry.value.span(0..entry.value.as_str().len()).range()).is_some());
        }
        let errors = file.errors.iter().map(|error| error.span);
        for span in errors.chain(file.comments.iter().map(|comment| comment.span)) {
            assert!(text.get(span.range()).is_some());
        }
    }
});
