//! The Python environment of tests, client generation and the demo, at `target/venv`.
//!
//! It holds exactly what `tests/requirements.txt` pins: a copy of that file is kept in it, written
//! last, so that an environment that was left half made or that is out of date is made anew. A lock
//! keeps commands that run at the same time from making it twice.

use crate::workspace::{output_of, root, state};
use anyhow::{Context as _, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// An environment that is complete.
#[derive(Debug)]
pub(crate) struct Venv {
    programs: PathBuf,
}

impl Venv {
    /// The Python of the environment.
    pub(crate) fn python(&self) -> PathBuf {
        self.program("python")
    }

    /// A program that a package of the environment brought, for example `aws`.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}

/// Gives the environment, made first where there is none of today's requirements.
///
/// # Errors
/// Says that Python is missing, or what it or pip complained of.
pub(crate) fn ensure() -> Result<Venv> {
    let folder = state().join("venv");
    fs::create_dir_all(state()).with_context(|| state().display().to_string())?;
    let lock = state().join("venv.lock");
    let lock = File::create(&lock).with_context(|| lock.display().to_string())?;
    lock.lock().context("could not wait for the lock of target/venv")?;
    let requirements = root().join("tests/requirements.txt");
    let wanted = fs::read(&requirements).with_context(|| requirements.display().to_string())?;
    let marker = folder.join("requirements.txt");
    if fs::read(&marker).ok().as_ref() != Some(&wanted) {
        make(&folder, &requirements)?;
        fs::write(&marker, wanted).with_context(|| marker.display().to_string())?;
    }
    Ok(Venv { programs: folder.join("bin") })
}

fn make(folder: &Path, requirements: &Path) -> Result<()> {
    eprintln!("installing Python packages into {} (once)", folder.display());
    output_of(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))
        .context("Python 3.10 or newer with its venv module is needed")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    output_of(Command::new(folder.join("bin/python")).args(pip).arg(requirements))
        .context("could not install the packages of tests/requirements.txt")?;
    Ok(())
}

/// Makes the environment where needed and prints the path of its Python.
///
/// # Errors
/// As of `ensure`.
pub(crate) fn run() -> Result<()> {
    let venv = ensure()?;
    println!("{}", venv.python().display());
    Ok(())
}
