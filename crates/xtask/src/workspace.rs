//! Where the checkout is, and programs that run in it.

use anyhow::{Context as _, Result, bail};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the checkout.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}

/// Where tools and environments are kept: ignored by git, gone with the build's own output.
pub(crate) fn state() -> PathBuf {
    root().join("target")
}

/// Runs a program to its end and gives what it printed to standard output.
///
/// # Errors
/// Names the program that is not installed or that failed, with the end of what it wrote to
/// standard error.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow::anyhow!("{name} is not installed, or not on the PATH"),
        _ => anyhow::anyhow!("could not start {name}: {error}"),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<&str> = said.trim().lines().collect();
        let end = said.get(said.len().saturating_sub(12)..).unwrap_or_default();
        bail!("{name} failed ({}): {}", output.status, end.join("\n"));
    }
    String::from_utf8(output.stdout).with_context(|| format!("{name} printed what is not UTF-8"))
}
