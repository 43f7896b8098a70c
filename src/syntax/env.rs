//! Env files: `KEY=value` lines with quotes, multi-line values and inline comments.
