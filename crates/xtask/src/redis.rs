//! The Redis server that tests start for themselves: found, or installed from Debian's packages.

use crate::apt;
use crate::workspace::output_of;
use anyhow::Result;
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
    apt::install(SERVER, "Redis 7")?;
    output_of(Command::new(SERVER).arg("--version")).map(drop)
}
