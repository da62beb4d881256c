//! The Redis server that tests start for themselves: found, or installed from Debian's packages.

use crate::workspace::output_of;
use anyhow::{Context as _, Result, bail};
use std::process::Command;

const SERVER: &str = "redis-server";

/// Makes sure that `redis-server` can be started.
///
/// # Errors
/// Where it is missing and this machine does not let it be installed here.
pub(crate) fn ensure() -> Result<()> {
    if output_of(Command::new(SERVER).arg("--version")).is_ok() {
        return Ok(());
    }
    if output_of(Command::new("id").arg("-u"))?.trim() != "0" {
        bail!("{SERVER} is not installed: install Redis 7, for example apt-get install {SERVER}");
    }
    eprintln!("installing {SERVER} (once)");
    output_of(apt().arg("update")).context("could not read the list of packages")?;
    let install = ["install", "--yes", "--no-install-recommends", SERVER];
    output_of(apt().args(install)).with_context(|| format!("could not install {SERVER}"))?;
    output_of(Command::new(SERVER).arg("--version")).map(drop)
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.args(["-qq"]).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
