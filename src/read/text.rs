//! The bytes of a file as text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::formats::Unread;
use crate::walk::reason;

const MEBIBYTE: u64 = 1 << 20;

/// The size in bytes up to which a file is read. Configuration that people write is far smaller.
pub const LIMIT: u64 = 8 * MEBIBYTE;

/// The text of a file. Whoever calls makes sure that it is no pipe: opening one waits for somebody to write
/// into it.
///
/// # Errors
/// Where the system refuses it, or it is too large or no text.
pub fn load(location: &Path) -> Result<String, Unread> {
    let refused = |error: io::Error| Unread::Refused(reason(&error));
    let file = File::open(location).map_err(refused)?;
    let metadata = file.metadata().map_err(refused)?;
    if !metadata.is_file() {
        return Err(Unread::Refused("not a regular file".into()));
    }
    let size = metadata.len();
    if size > LIMIT {
        return Err(too_large(size));
    }
    // What is added while it is read isn't waited for; of what has no size the end is found by reading.
    decode(file.take(if size > 0 { size } else { LIMIT + 1 }), usize::try_from(size).unwrap_or(0))
}

/// The text that a stream gives; `size` is a guess at its length in bytes.
///
/// # Errors
/// Where the stream fails, or gives too much or no text.
pub fn decode(stream: impl Read, size: usize) -> Result<String, Unread> {
    let mut bytes = Vec::with_capacity(size + 1);
    let read = stream.take(LIMIT + 1).read_to_end(&mut bytes);
    let length = read.map_err(|error| Unread::Refused(reason(&error)))? as u64;
    if length > LIMIT {
        return Err(too_large(length));
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(Unread::Utf16);
    }
    if let Some(at) = memchr::memchr(0, &bytes) {
        return Err(Unread::Binary(at));
    }
    String::from_utf8(bytes).map_err(|error| Unread::NotText(error.utf8_error().valid_up_to()))
}

fn too_large(size: u64) -> Unread {
    Unread::TooLarge(size.div_ceil(MEBIBYTE), LIMIT / MEBIBYTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_and_everything_else_is_told_apart() {
        assert_eq!(decode(&b"A=\xc3\xb6\n"[..], 0), Ok("A=ö\n".to_owned()));
        assert_eq!(decode(&b"A=\xff\n"[..], 0), Err(Unread::NotText(2)));
        assert_eq!(decode(&b"A=\0\n"[..], 0), Err(Unread::Binary(2)));
        assert_eq!(decode(&b"\xff\xfeA\0"[..], 0), Err(Unread::Utf16));
        assert_eq!(decode(io::repeat(b'a'), 0), Err(Unread::TooLarge(9, 8)));
    }

    #[test]
    fn a_file_that_has_vanished_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let told = load(&folder.path().join("gone")).unwrap_err();
        assert_eq!(told, Unread::Refused("no such file or folder".into()));
    }
}
