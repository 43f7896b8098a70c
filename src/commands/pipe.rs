//! Writing to a reader who may have read enough.

use std::io::{self, ErrorKind, Write};

/// A writer that takes everything and drops it once its reader has gone: `govlint check | head` ends
/// quietly, and its exit code still tells what was found.
pub struct UntilClosed<W> {
    inner: W,
    closed: bool,
}

impl<W: Write> UntilClosed<W> {
    /// A writer into `inner`.
    pub fn new(inner: W) -> Self {
        UntilClosed { inner, closed: false }
    }

    fn unless_closed<T>(&mut self, closed: T, write: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.closed {
            return Ok(closed);
        }
        match write(&mut self.inner) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(closed)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(bytes.len(), |inner| inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed((), Write::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed(ErrorKind);

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
        let mut pipe = UntilClosed::new(Closed(ErrorKind::BrokenPipe));
        assert!(pipe.write_all(b"found").is_ok() && pipe.flush().is_ok());
        assert!(UntilClosed::new(Closed(ErrorKind::StorageFull)).write_all(b"found").is_err());
    }
}
