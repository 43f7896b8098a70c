//! The command line of govlint.

fn main() {}
