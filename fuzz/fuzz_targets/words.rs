//! Any text is read as a file of directives without a panic, in every dialect, and every place lies in it.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::words::{self, Dialect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for dialect in [Dialect::Redis, Dialect::Haproxy, Dialect::Hba] {
        let sources = Sources::default();
        let id = sources.add("redis.conf".into(), text.into());
        let file = words::parse(&sources.text(id), dialect, &sources);
        for word in file.lines.iter().flat_map(|line| &line.words) {
            assert!(text.get(word.span.range()).is_some_and(|slice| !slice.is_empty()));
            assert!(text.get(word.content().range()).is_some());
        }
        let errors = file.errors.iter().map(|error| error.span);
        for span in errors.chain(file.comments.iter().map(|comment| comment.span)) {
            assert!(text.get(span.range()).is_some());
        }
    }
});
