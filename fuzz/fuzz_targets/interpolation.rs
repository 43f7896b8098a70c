//! Any text is read as a value with variables without a panic, and every place lies in it.
#![no_main]

use govlint::source::Sources;
use govlint::syntax::interpolation::{self, Dialect, Expanded, Expansion, Lookup};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let sources = Sources::default();
    let id = sources.add("value".into(), text.into());
    let value = sources.text(id);
    let dialects = [
        Dialect::Compose,
        Dialect::Env,
        Dialect::Dockerfile { escape: '\\' },
        Dialect::Dockerfile { escape: '`' },
    ];
    for dialect in dialects {
        let template = interpolation::parse(&value, dialect, &sources);
        for variable in template.variables() {
            assert_eq!(text.get(variable.name_span.range()), Some(variable.name));
        }
        let mut lookup = |name: &str| match name.len() % 3 {
            0 => Lookup::Unset,
            1 => Lookup::Unknown,
            _ => Lookup::Value(Expanded::literal(value.clone())),
        };
        if let Expansion::Known(known) = template.expand(&mut lookup, &sources) {
            assert!(text.get(known.span(0..known.text.len()).range()).is_some());
        }
    }
});
