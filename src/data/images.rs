//! Well-known images.
