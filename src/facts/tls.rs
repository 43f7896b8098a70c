//! Protocol versions and cipher suites that a TLS end admits.

use super::fact;
use super::field::words;

words! {
    /// What is wrong with a cipher suite.
    CipherClass {
        /// It gives no protection, or a broken one.
        Weak = "weak",
        /// No TLS library knows the name.
        Unknown = "unknown",
    }
}

fact! {
    /// A protocol version that a TLS end admits.
    Protocol<'s> {
        /// The version in tenths: 12 is TLS 1.2, 3 is SSL 3.
        version ("version"): i64,
        /// The version's name: `TLSv1.1`.
        name ("name"): &'s str,
        /// Whether it is admitted only because nothing names the versions.
        implied ("implied"): bool,
    }
}

fact! {
    /// A cipher suite, or a word that stands for several, that a TLS end admits.
    Cipher<'s> {
        /// What is wrong with it.
        class ("class"): CipherClass,
        /// The word in the list.
        name ("name"): &'s str,
        /// What is wrong, in words.
        reason ("reason"): &'s str,
    }
}
