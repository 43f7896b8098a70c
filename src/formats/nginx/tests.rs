//! Tests over several files in memory.
