//! What the world is like: places, images, passwords, ciphers. The tables lie under `rules/data/` and are
//! built into statics by `build/`; each module here looks one of them up.

pub mod credentials;
pub mod endpoints;
pub mod frameworks;
pub mod images;
pub mod jurisdictions;
mod places;
pub mod regions;
mod spelling;
pub mod tls;
