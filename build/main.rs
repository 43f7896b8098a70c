//! Turns the rules and the tables under `rules/` into Rust statics, so that start-up parses nothing.
//! Each module here makes one file of statics in `OUT_DIR`.

mod credentials;
mod frameworks;
mod images;
mod packed;
mod places;
mod rules;
mod tls;

use std::path::Path;
use std::{env, fs};

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=rules");
    let out = env::var("OUT_DIR")?;
    let write = |name: &str, code: String| fs::write(Path::new(&out).join(name), code);
    let packed = &mut packed::Packed::default();
    write("credentials.rs", credentials::generate(packed)?)?;
    write("frameworks.rs", frameworks::generate()?)?;
    write("images.rs", images::generate(packed)?)?;
    write("places.rs", places::generate(packed)?)?;
    write("rules.rs", rules::generate(packed)?)?;
    write("tls.rs", tls::generate(packed)?)?;
    write("packed.rs", packed.generate()?)?;
    Ok(())
}
