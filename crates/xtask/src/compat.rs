//! The comparison with recorded behaviour of AWS: what it needs, and the runner in `tests/compat`.

use crate::e2e::{build, step};
use crate::venv;
use crate::workspace::root;
use anyhow::Result;
use std::process::Command;

/// Builds the binary, makes the Python environment and replays the recordings, with the runner's
/// own options (`--area AREA`, `--case TEXT`, …). Where there are no recordings, nothing is replayed.
///
/// # Errors
/// Says what is missing, or that a case that must hold does not.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let venv = venv::ensure()?;
    build(&[])?;
    let mut runner = Command::new(venv.python());
    runner.arg(root().join("tests/compat/run.py")).args(arguments);
    step(&mut runner, "replay of recorded behaviour")
}
