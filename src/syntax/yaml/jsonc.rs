//! JSON with comments, as .NET, Node's tools and editors read it: `//` and `/* */` outside of texts.

use std::ops::Range;

use crate::source::Text;
use crate::syntax::Comment;

/// The comments of a text, in order. One that isn't closed reaches to the end.
pub(super) fn comments(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr::memchr2(b'"', b'/', &bytes[at..]) {
        let start = at + next;
        at = match (bytes[start], bytes.get(start + 1)) {
            (b'"', _) => behind_text(bytes, start + 1),
            (_, Some(b'/')) => {
                let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |end| start + end);
                found.push(start..end - usize::from(text[start..end].ends_with('\r')));
                end
            }
            (_, Some(b'*')) => {
                let end = memchr::memmem::find(&bytes[start + 2..], b"*/");
                let end = end.map_or(bytes.len(), |end| start + 2 + end + 2);
                found.push(start..end);
                end
            }
            _ => start + 1,
        };
    }
    found
}

/// Behind the quote that closes a text.
fn behind_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(next) = memchr::memchr3(b'"', b'\\', b'\n', &bytes[at..]) {
        match bytes[at + next] {
            b'\\' => at = (at + next + 2).min(bytes.len()),
            _ => return at + next + 1,
        }
    }
    bytes.len()
}

/// The text with blanks in place of its comments; line breaks stay.
pub(super) fn mask(text: &str, comments: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for comment in comments {
        masked.push_str(&text[from..comment.start]);
        masked.extend(text[comment.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        from = comment.end;
    }
    masked.push_str(&text[from..]);
    masked
}

/// A comment as inline allowances see it.
pub(super) fn comment<'s>(text: &Text<'s>, range: &Range<usize>) -> Comment<'s> {
    let inner = &text.as_str()[range.clone()];
    let said = inner.trim_start_matches(['/', '*']).trim_end_matches("*/").trim();
    let line = text.as_str()[..range.start].rfind('\n').map_or(0, |line| line + 1);
    let alone = text.as_str()[line..range.start].trim().is_empty();
    Comment { span: text.span(range.clone()), text: said, alone }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::Sources;
    use crate::syntax::yaml::{Mode, Node, parse};

    #[test]
    fn comments_are_blank_and_texts_stay() {
        let text = "{ // é\n  \"a\": \"http://x\", /* two\nlines */ \"b\": \"\\\" // no\",\n}";
        let found = comments(text);
        assert_eq!(
            found.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>(),
            ["// é", "/* two\nlines */"]
        );
        assert_eq!(mask(text, &found).len(), text.len());
        assert_eq!(mask(text, &found).lines().count(), text.lines().count());
    }

    #[test]
    fn json_with_comments_is_read_as_it_is_meant() {
        let sources = Sources::default();
        let text = "\u{feff}{\r\n\t// govlint: allow[x] y\r\n\t\"a\": { \"b\": \"c\\/d\" }, /* z */\r\n\t\"list\": [1, 2,],\r\n}\r\n";
        let id = sources.add("appsettings.json".into(), text.into());
        let stream = parse(&sources.text(id), &sources, Mode::Json);
        assert_eq!(stream.errors, []);
        let root = stream.documents[0].root();
        assert_eq!(root.path(&["a", "b"]).and_then(Node::as_str), Some("c/d"));
        assert_eq!(root.get("list").unwrap().items().count(), 2);
        let said: Vec<_> = stream.comments.iter().map(|comment| (comment.text, comment.alone)).collect();
        assert_eq!(said, [("govlint: allow[x] y", true), ("z", false)]);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "[\"/*\\\\\n{}:é ]{0,40}") {
            let found = comments(&text);
            prop_assert!(found.windows(2).all(|two| two[0].end <= two[1].start));
            prop_assert_eq!(mask(&text, &found).len(), text.len());
            let sources = Sources::default();
            let id = sources.add("x.json".into(), text.clone());
            for comment in parse(&sources.text(id), &sources, Mode::Json).comments {
                prop_assert!(text.get(comment.span.range()).is_some());
            }
        }
    }
}
