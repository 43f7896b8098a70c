//! What becomes of a panic: it ends the work on one file, not the run, and tells where it happened. The
//! panic's own message is never shown, since it may quote the text that was read.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

/// The place in govlint's own source of the last panic.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Keeps panics from printing anything, and remembers their places.
pub fn install() {
    set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line()));
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
}

/// Does something that must not end the run.
///
/// # Errors
/// What to tell of a panic, in lower case and without a stop.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let place = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        let place = place.map_or_else(String::new, |place| format!(" at {place}"));
        format!("internal error{place}; please report it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_quotes_nothing() {
        assert_eq!(catch(|| 1), Ok(1));
        let told = catch(|| -> u8 { panic!("hunter2") }).unwrap_err();
        assert!(told.starts_with("internal error") && !told.contains("hunter2"), "{told}");
    }
}
