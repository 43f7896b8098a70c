//! YAML on granit-parser: an arena tree with spans, anchors, merge keys, comments and recovery.
