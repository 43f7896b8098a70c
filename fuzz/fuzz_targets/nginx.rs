//! Any text is read as nginx configuration, and every place lies in the text.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::nginx::{looks_like, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &str| {
    let sources = Sources::default();
    let id = sources.add("nginx.conf".to_owned(), content.to_owned());
    let config = parse(&sources.text(id), &sources);
    let _ = looks_like(content);
    for error in &config.errors {
        assert!(content.get(error.span.range()).is_some());
    }
    let mut open: Vec<_> = config.directives.iter().collect();
    while let Some(directive) = open.pop() {
        assert!(content.get(directive.span.range()).is_some());
        for word in &directive.arguments {
            assert!(content.get(word.span.range()).is_some() && directive.span.contains(word.span));
        }
        open.extend(directive.block.iter().flat_map(|block| &block.directives));
    }
});
