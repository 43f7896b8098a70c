//! Any text is split into commands, and every place lies in the text.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::shell::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &str| {
    let sources = Sources::default();
    let id = sources.add("run.sh".to_owned(), content.to_owned());
    for command in parse(&sources.text(id), &sources) {
        assert!(content.get(command.span.range()).is_some());
        for word in &command.words {
            assert!(content.get(word.span.range()).is_some() && command.span.contains(word.span));
        }
        let _ = (command.has_flag(&["-k", "--insecure"]), command.option_value("--user"));
    }
});
