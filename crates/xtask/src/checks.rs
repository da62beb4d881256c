//! Every check of the project, in the order that fails soonest.

use crate::{chaos, clients, compat, demo, e2e, fuzz, lint, redis};
use anyhow::{Context as _, Result, bail};
use std::process::Command;

const CHECKS: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
    &["test", "--workspace", "--locked"],
];

/// Runs the checks one after another and stops at the first that fails: those of cargo, then those
/// of dependencies and protos, the clients, the demo, the end-to-end tests, a short time of faults,
/// the recorded behaviour of AWS and two minutes of fuzzing. Redis, which the tests need, is installed where it is missing.
///
/// # Errors
/// Names the command that could not be started or that failed.
pub(crate) fn run() -> Result<()> {
    redis::ensure()?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    for arguments in CHECKS {
        let line = arguments.join(" ");
        eprintln!("cargo {line}");
        let status = Command::new(&cargo)
            .args(*arguments)
            .status()
            .with_context(|| format!("could not start cargo {line}"))?;
        if !status.success() {
            bail!("cargo {line} failed: {status}");
        }
    }
    lint::run()?;
    clients::run(&["--test".to_owned()])?;
    demo::run()?;
    e2e::run(&[])?;
    chaos::run_short()?;
    compat::run(&["--quiet".to_owned()])?;
    fuzz::run(&[])
}
