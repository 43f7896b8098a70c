//! govlint reads the configuration of a whole deployment as one thing and checks it against a policy.

pub mod data;
pub mod source;
pub mod syntax;
pub mod value;
