//! Cipher strings.
