//! The bytes that no output may show.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::source::{SourceId, Span};

/// The bytes that no output may show, by file.
#[derive(Default, Debug)]
pub struct Masks(FxHashMap<SourceId, Vec<Range<u32>>>);

impl Masks {
    /// Masks of these spans.
    #[must_use]
    pub fn new(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut masks: FxHashMap<SourceId, Vec<Range<u32>>> = FxHashMap::default();
        for span in spans {
            masks.entry(span.file).or_default().push(span.start..span.end);
        }
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each list is sorted by itself; their order doesn't matter"
        )]
        for ranges in masks.values_mut() {
            ranges.sort_unstable_by_key(|range| (range.start, range.end));
        }
        Masks(masks)
    }

    /// A piece of a file as it may be shown: each masked character is a `*`. Its length in characters stays
    /// the same, so columns stay true; line breaks are kept.
    #[must_use]
    pub fn apply<'t>(&self, file: SourceId, start: usize, text: &'t str) -> Cow<'t, str> {
        let Some(ranges) = self.0.get(&file) else { return Cow::Borrowed(text) };
        let (from, to) = (start, start + text.len());
        let touching = |range: &&Range<u32>| (range.start as usize) < to && from < range.end as usize;
        if !ranges.iter().any(|range| touching(&range)) {
            return Cow::Borrowed(text);
        }
        let hidden =
            |at: usize| ranges.iter().any(|range| (range.start as usize..range.end as usize).contains(&at));
        let shown = text.char_indices().map(|(at, character)| match character {
            '\n' | '\r' => character,
            _ if hidden(start + at) => '*',
            _ => character,
        });
        Cow::Owned(shown.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn masked_bytes_never_show_and_lengths_stay() {
        let sources = Sources::default();
        let id = sources.add(".env".into(), "A=öpen\nB=c\n".into());
        let text = sources.text(id);
        let masks = Masks::new([text.span(2..7), text.span(10..11)]);
        assert_eq!(masks.apply(id, 0, text.as_str()), "A=****\nB=*\n");
        assert_eq!(masks.apply(id, 8, "B=c"), "B=*");
        assert_eq!(masks.apply(id, 0, "A="), "A=");
    }
}
