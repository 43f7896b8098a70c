//! Puts a text together from parts of others, keeping the places of every byte.

use std::borrow::Cow;

use crate::source::{Piece, Sources, Span, Text};

/// A text in the making. All parts must come from one file.
pub(super) struct Builder {
    place: Span,
    content: String,
    pieces: Vec<Piece>,
}

impl Builder {
    /// An empty text; should it stay empty, it lies at the start of `place`.
    pub(super) fn new(place: Span) -> Self {
        Builder { place: place.head(), content: String::new(), pieces: Vec::new() }
    }

    /// Adds a text as it stands.
    pub(super) fn copy(&mut self, text: &Text<'_>) {
        if text.as_str().is_empty() {
            return;
        }
        let base = size(self.content.len());
        let pieces = text.pieces();
        for (index, piece) in pieces.iter().enumerate() {
            let end = pieces.get(index + 1).map_or(size(text.as_str().len()), |next| next.at);
            self.push(Piece { at: base + piece.at, ..*piece }, end.saturating_sub(piece.at));
        }
        self.content.push_str(text.as_str());
    }

    /// Adds what the bytes at `place` stand for, such as an escape sequence.
    pub(super) fn decode(&mut self, place: Span, meaning: &str) {
        if !meaning.is_empty() {
            let piece = Piece { at: size(self.content.len()), start: place.start, end: place.end };
            self.push(piece, size(meaning.len()));
            self.content.push_str(meaning);
        }
    }

    /// Adds a piece of `length` bytes of text; a run that goes on where the last one ended is one with it.
    fn push(&mut self, piece: Piece, length: u32) {
        if let Some(last) = self.pieces.last_mut()
            && last.end == piece.start
            && last.end - last.start == piece.at - last.at
            && piece.end - piece.start == length
        {
            last.end = piece.end;
        } else {
            self.pieces.push(piece);
        }
    }

    /// The text; what stands in its file in one run is borrowed from there.
    pub(super) fn finish(self, sources: &Sources) -> Text<'_> {
        let file = self.place.file;
        let Some(first) = self.pieces.first() else { return Text::verbatim(self.place, "") };
        let span = Span { file, start: first.start, end: first.end };
        if self.pieces.len() == 1 && sources.slice(span) == self.content {
            return Text::verbatim(span, sources.slice(span));
        }
        Text::pieced(file, sources.keep(Cow::Owned(self.content)), self.pieces)
    }
}

fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjoining_runs_become_one_and_are_borrowed() {
        let sources = Sources::default();
        let id = sources.add("a".into(), "abcdef".into());
        let text = sources.text(id);
        let mut builder = Builder::new(text.span(0..0));
        builder.copy(&text.part(1..3));
        builder.copy(&text.part(3..5));
        let built = builder.finish(&sources);
        assert_eq!(built.as_str(), "bcde");
        assert_eq!(built.pieces().len(), 1);
        assert_eq!(sources.slice(built.span(1..3)), "cd");
    }

    #[test]
    fn gaps_and_decoded_bytes_keep_their_places() {
        let sources = Sources::default();
        let id = sources.add("a".into(), r"ab\ncd-ef".into());
        let text = sources.text(id);
        let mut builder = Builder::new(text.span(0..0));
        builder.copy(&text.part(0..2));
        builder.decode(text.span(2..4), "\n");
        builder.copy(&text.part(4..6));
        builder.copy(&text.part(7..9));
        let built = builder.finish(&sources);
        assert_eq!(built.as_str(), "ab\ncdef");
        assert_eq!(sources.slice(built.span(2..3)), r"\n");
        assert_eq!(sources.slice(built.span(4..6)), "d-e");
        assert_eq!(sources.slice(built.part(3..7).span(2..4)), "ef");
    }
}
