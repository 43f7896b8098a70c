//! Any text is read as HCL without a panic, and every place lies in it.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::hcl::{self, Body, Expression, Kind, Part};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let sources = Sources::default();
    let id = sources.add("main.tf".into(), text.into());
    let file = hcl::parse(&sources.text(id), &sources);
    body(text, &file.body);
    let errors = file.errors.iter().map(|error| error.span);
    for span in errors.chain(file.comments.iter().map(|comment| comment.span)).chain(file.too_deep) {
        assert!(text.get(span.range()).is_some());
    }
});

fn body(text: &str, held: &Body<'_>) {
    for attribute in &held.attributes {
        assert_eq!(text.get(attribute.key_span.range()), Some(attribute.key));
        value(text, &attribute.value);
    }
    for block in &held.blocks {
        assert_eq!(text.get(block.kind_span.range()), Some(block.kind));
        assert!(text.get(block.span.range()).is_some());
        body(text, &block.body);
    }
}

fn value(text: &str, expression: &Expression<'_>) {
    assert!(text.get(expression.span.range()).is_some());
    match &expression.kind {
        Kind::Template(parts) => {
            for part in parts {
                match part {
                    Part::Literal(literal) => {
                        assert!(text.get(literal.span(0..literal.as_str().len()).range()).is_some());
                    }
                    Part::Interpolation(span, inner) => {
                        assert!(expression.span.contains(*span));
                        value(text, inner);
                    }
                    Part::Directive(span) => assert!(expression.span.contains(*span)),
                }
            }
        }
        Kind::List(items) | Kind::Call(_, items) => items.iter().for_each(|item| value(text, item)),
        Kind::Object(items) => items.iter().for_each(|item| value(text, &item.value)),
        _ => {}
    }
}
