//! The end-to-end tests: what they need, and pytest over `tests/e2e`.

use crate::workspace::root;
use crate::{redis, venv};
use anyhow::{Context as _, Result, bail};
use std::process::Command;

/// Several tests at a time: most of them wait for timers of their executions.
const AT_A_TIME: &[&str] = &["--numprocesses", "3"];

/// Builds the binary, makes the Python environment and runs the tests with pytest, which is handed
/// `arguments` (`--mode dev`, `-k NAME`, …). Go is needed for the tests of the Go SDK.
///
/// # Errors
/// Says what is missing, or that tests failed: pytest has told which.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    redis::ensure()?;
    let venv = venv::ensure()?;
    build(&[])?;
    let mut tests = Command::new(venv.python());
    tests.args(["-m", "pytest"]).args(AT_A_TIME).args(arguments).current_dir(root().join("tests"));
    step(&mut tests, "pytest of tests/e2e")
}

/// Builds the binary that the tests start, with more options of cargo where there are any.
///
/// # Errors
/// Says that the build failed: cargo has told why.
pub(crate) fn build(options: &[&str]) -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let build = ["build", "--locked", "--package", "stepwell"];
    step(
        Command::new(cargo).args(build).args(options).current_dir(root()),
        "cargo build of stepwell",
    )
}

/// Runs a command that talks to the terminal itself.
///
/// # Errors
/// Names the step that could not be started or that failed.
pub(crate) fn step(command: &mut Command, name: &str) -> Result<()> {
    eprintln!("{name}");
    let status = command.status().with_context(|| format!("could not start {name}"))?;
    if !status.success() {
        bail!("{name} failed: {status}");
    }
    Ok(())
}
