//! Faults on a running installation: what they need, and the runner in `tests/chaos`.

use crate::e2e::{build, step};
use crate::workspace::root;
use crate::{redis, venv};
use anyhow::Result;
use std::process::Command;

/// Each store for half a minute, as CI does it.
///
/// # Errors
/// Says what is missing, or that something was lost, repeated or torn: the runner has told what.
pub(crate) fn run_short() -> Result<()> {
    for store in ["embedded", "redis-always"] {
        let short = ["--store", store, "--minutes", "0.5", "--open", "24"];
        run(&short.map(str::to_owned))?;
    }
    Ok(())
}

/// Runs the faults with the runner's own options (`--store STORE`, `--minutes N`, …); with
/// `--release` the optimised binary is hurt.
///
/// # Errors
/// As of [`run_short`].
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    redis::ensure()?;
    let venv = venv::ensure()?;
    build(if arguments.iter().any(|word| word == "--release") { &["--release"] } else { &[] })?;
    let mut runner = Command::new(venv.python());
    runner.arg(root().join("tests/chaos/run.py")).args(arguments);
    step(&mut runner, "faults on a running installation")
}
