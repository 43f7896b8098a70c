//! What the world is like: places, images, passwords, ciphers. The tables lie under `rules/data/` and are
//! built into statics by `build/`; each module here looks one of them up.

pub mod credentials;
