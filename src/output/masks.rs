//! The bytes that no output may show.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::suspects::suspects;
use crate::source::{SourceId, Sources, Span};

/// The bytes that no output may show, by file: sorted ranges that don't touch.
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
            ranges.dedup_by(|next, last| {
                let touching = next.start <= last.end;
                if touching {
                    last.end = last.end.max(next.end);
                }
                touching
            });
        }
        Masks(masks)
    }

    /// Masks of these spans, and of everything in these files that looks like a secret.
    #[must_use]
    pub fn of_files(
        spans: impl IntoIterator<Item = Span>,
        files: impl IntoIterator<Item = SourceId>,
        sources: &Sources,
    ) -> Self {
        let suspects = files.into_iter().flat_map(|file| {
            let text = sources.text(file);
            suspects(text.as_str()).into_iter().map(move |range| text.span(range))
        });
        Masks::new(spans.into_iter().chain(suspects))
    }

    /// A piece of a file as it may be shown: each masked character is a `*`. Its length in characters stays
    /// the same, so columns stay true; line breaks are kept.
    #[must_use]
    pub fn apply<'t>(&self, file: SourceId, start: usize, text: &'t str) -> Cow<'t, str> {
        let Some(ranges) = self.0.get(&file) else { return Cow::Borrowed(text) };
        let (from, to) = (start, start + text.len());
        let first = ranges.partition_point(|range| range.end as usize <= from);
        let mut ranges = ranges.iter().skip(first).take_while(|range| (range.start as usize) < to).peekable();
        if ranges.peek().is_none() {
            return Cow::Borrowed(text);
        }
        let mut hidden = |at: usize| {
            while ranges.next_if(|range| range.end as usize <= at).is_some() {}
            ranges.peek().is_some_and(|range| range.start as usize <= at)
        };
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

    #[test]
    fn masks_may_overlap() {
        let sources = Sources::default();
        let id = sources.add(".env".into(), "0123456789".into());
        let text = sources.text(id);
        let masks = Masks::new([text.span(6..8), text.span(1..5), text.span(2..3), text.span(3..6)]);
        assert_eq!(masks.apply(id, 0, text.as_str()), "0*******89");
        assert_eq!(masks.apply(id, 7, "789"), "*89");
        assert_eq!(masks.apply(id, 8, "89"), "89");
    }
}
