//! Files that are cut off, damaged or hostile, and files full of secrets: nothing makes govlint panic, every
//! finding lies within its file, and no output gives a secret away.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a test that goes wrong is to fail"
)]

#[path = "robustness/damage.rs"]
mod damage;
#[path = "robustness/hostile.rs"]
mod hostile;
#[path = "robustness/secrets.rs"]
mod secrets;
