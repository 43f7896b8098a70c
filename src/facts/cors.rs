//! Which other origins a browser may let in.

use super::fact;

fact! {
    /// A statement of which origins may read answers from a browser (CORS).
    Cors<'s> {
        /// Whether every origin may.
        any_origin ("any-origin"): bool,
        /// Whether the asking origin is echoed without being checked against a list.
        reflected ("reflected"): bool,
        /// Whether credentials (cookies, authorization headers) are let through too.
        credentials ("credentials"): bool,
    }
}
