//! Debian's packages, where a program that the checks need is missing.

use crate::workspace::output_of;
use anyhow::{Context as _, Result, bail};
use std::process::Command;

/// Installs `package`, which brings `what`.
///
/// # Errors
/// This machine does not let it be installed here.
pub(crate) fn install(package: &str, what: &str) -> Result<()> {
    if output_of(Command::new("id").arg("-u"))?.trim() != "0" {
        bail!("{what} is not installed: for example apt-get install {package}");
    }
    eprintln!("installing {package} (once)");
    output_of(apt().arg("update")).context("could not read the list of packages")?;
    let install = ["install", "--yes", "--no-install-recommends", package];
    output_of(apt().args(install)).with_context(|| format!("could not install {package}"))?;
    Ok(())
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.args(["-qq"]).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
