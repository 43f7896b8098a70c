//! Files that are cut off, damaged or hostile, and files full of secrets: nothing makes govlint panic, every
//! finding lies within its file, and no output gives a secret away.

#[path = "robustness/damage.rs"]
mod damage;
#[path = "robustness/hostile.rs"]
mod hostile;
#[path = "robustness/secrets.rs"]
mod secrets;
