//! `broken-healthcheck`: the check's tool isn't in the image, its port isn't one that anything listens on,
//! or liveness is readiness over again and kills too soon.

use super::{Context, Hit};

pub(super) fn find<'s>(_context: &Context<'_, 's>, _emit: &mut dyn FnMut(Hit<'s>)) {}
