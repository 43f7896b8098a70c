//! Turns the rules and the tables under `rules/` into Rust statics, so that start-up parses nothing.
//! Each module here makes one file of statics in `OUT_DIR`.

mod credentials;
mod frameworks;
mod images;
mod places;
mod rules;
mod tls;

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=rules");
    let out = env::var("OUT_DIR")?;
    let write = |name: &str, code: String| fs::write(Path::new(&out).join(name), code);
    write("credentials.rs", credentials::generate()?)?;
    write("frameworks.rs", frameworks::generate()?)?;
    write("images.rs", images::generate()?)?;
    write("places.rs", places::generate()?)?;
    write("rules.rs", rules::generate()?)?;
    write("tls.rs", tls::generate()?)?;
    Ok(())
}
