//! The bytes that no output may show.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::suspects::suspects;
use crate::source::{SourceId, Span};

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

    /// The bytes `piece` of a file as they may be shown: each masked character is a `*`, and so is each that
    /// looks like part of a secret in the lines around it. Their length in characters stays the same, so
    /// columns stay true; line breaks are kept.
    #[must_use]
    pub fn apply<'t>(&self, file: SourceId, piece: Range<usize>, whole: &'t str) -> Cow<'t, str> {
        let text = whole.get(piece.clone()).unwrap_or_default();
        let mut ranges = self.known(file, &piece);
        ranges.extend(suspects_around(&piece, whole));
        if ranges.is_empty() {
            return Cow::Borrowed(text);
        }
        let hidden = |at: usize| ranges.iter().any(|range| range.contains(&at));
        let shown = text.char_indices().map(|(at, character)| match character {
            '\n' | '\r' => character,
            _ if hidden(piece.start + at) => '*',
            _ => character,
        });
        Cow::Owned(shown.collect())
    }

    /// The masked ranges that touch a piece of a file.
    fn known(&self, file: SourceId, piece: &Range<usize>) -> Vec<Range<usize>> {
        let ranges = self.0.get(&file).map_or(&[][..], Vec::as_slice);
        let first = ranges.partition_point(|range| range.end as usize <= piece.start);
        let touching = ranges.iter().skip(first).take_while(|range| (range.start as usize) < piece.end);
        touching.map(|range| range.start as usize..range.end as usize).collect()
    }
}

/// How much of a line before and behind a piece is looked at, in bytes.
const AROUND: usize = 512;

/// What looks like a secret in the lines of a piece.
fn suspects_around(piece: &Range<usize>, whole: &str) -> Vec<Range<usize>> {
    let earliest = whole.floor_char_boundary(piece.start.saturating_sub(AROUND));
    let latest = whole.ceil_char_boundary((piece.end + AROUND).min(whole.len()));
    let before = whole.get(earliest..piece.start).unwrap_or_default();
    let start = before.rfind('\n').map_or(earliest, |at| earliest + at + 1);
    let behind = whole.get(piece.end..latest).unwrap_or_default();
    let end = behind.find('\n').map_or(latest, |at| piece.end + at);
    let lines = whole.get(start..end).unwrap_or_default();
    suspects(lines).into_iter().map(|range| range.start + start..range.end + start).collect()
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
        let shown = |piece| masks.apply(id, piece, text.as_str());
        assert_eq!(shown(0..12), "A=****\nB=*\n");
        assert_eq!(shown(8..11), "B=*");
        assert_eq!(shown(0..2), "A=");
    }

    #[test]
    fn masks_may_overlap() {
        let sources = Sources::default();
        let id = sources.add(".env".into(), "0123456789".into());
        let text = sources.text(id);
        let masks = Masks::new([text.span(6..8), text.span(1..5), text.span(2..3), text.span(3..6)]);
        let shown = |piece| masks.apply(id, piece, text.as_str());
        assert_eq!(shown(0..10), "0*******89");
        assert_eq!(shown(7..10), "*89");
        assert_eq!(shown(8..10), "89");
    }

    #[test]
    fn what_looks_like_a_secret_on_the_same_line_is_masked() {
        let text = "# password: hunter-two-three\nA=1\n";
        let sources = Sources::default();
        let id = sources.add(".env".into(), text.into());
        let masks = Masks::default();
        assert_eq!(masks.apply(id, 0..28, text), "# password: ****************");
        assert_eq!(masks.apply(id, 12..18, text), "******");
        assert_eq!(masks.apply(id, 29..32, text), "A=1");
    }
}
