#![no_main]

use govlint::source::Sources;
use govlint::syntax::yaml::{Mode, is_templated, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &str| {
    let _ = is_templated(content);
    for mode in [Mode::Plain, Mode::Templated] {
        let sources = Sources::default();
        let file = sources.add("fuzz.yaml".into(), content.into());
        let stream = parse(&sources.text(file), &sources, mode);
        for error in &stream.errors {
            assert!(content.get(error.span.range()).is_some());
        }
        for node in stream.documents.iter().flat_map(|document| document.nodes()) {
            assert!(content.get(node.span().range()).is_some());
            let text = node.text();
            let whole = text.span(0..text.as_str().len());
            assert!(content.get(whole.range()).is_some());
            let _ = (node.as_bool(), node.as_i64(), node.as_f64(), node.is_null(), node.tag());
            for entry in node.entries().take(50).filter(|entry| !entry.key.is_empty()) {
                assert_eq!(node.get(entry.key), Some(entry.value));
            }
            let _ = node.items().count();
        }
    }
});
