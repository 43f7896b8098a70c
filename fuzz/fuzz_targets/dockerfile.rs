//! Any text is read as a Dockerfile without a panic, and every place lies in it.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::dockerfile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let sources = Sources::default();
    let id = sources.add("Dockerfile".into(), text.into());
    let file = dockerfile::parse(&sources.text(id), &sources);
    let mut end = 0;
    for instruction in &file.instructions {
        assert!(instruction.span.start >= end && text.get(instruction.span.range()).is_some());
        end = instruction.span.end;
    }
    for span in file.errors.iter().map(|error| error.span).chain(file.comments.iter().map(|it| it.span)) {
        assert!(text.get(span.range()).is_some());
    }
});
