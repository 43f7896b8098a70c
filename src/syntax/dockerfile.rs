//! Dockerfiles as BuildKit reads them: instructions, flags, words and heredocs with spans.
