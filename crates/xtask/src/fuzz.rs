//! Fuzzing: builds the targets of `tests/fuzz` with coverage for libFuzzer, and runs them.
//!
//! libFuzzer works with the stable compiler: its coverage is a pass of LLVM that any `rustc` has, and
//! its library is C++ that a crate brings. No tool is installed but a C++ compiler.

use crate::apt;
use crate::workspace::{output_of, root, state};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What has LLVM count which code an input reaches, and show what it compares.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Seconds that all targets share in CI.
const SECONDS: u64 = 126;

/// What one input may take: 20 seconds, 1.5 GiB, and a text of 8,192 bytes.
const BOUNDS: [&str; 3] = ["-timeout=20", "-rss_limit_mb=1536", "-max_len=8192"];

/// Runs `[target …] [--seconds N]`: these targets, or all, that share so many seconds.
///
/// # Errors
/// Names the target whose promise an input broke, and the file that holds the input, made as small
/// as libFuzzer could.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut seconds = SECONDS;
    let mut chosen = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--seconds" {
            let number = arguments.next().and_then(|number| number.parse().ok());
            seconds = number.context("--seconds needs a number")?;
        } else {
            chosen.push(argument.clone());
        }
    }
    let corpus = root().join("tests/fuzz/corpus");
    let all = names(&corpus)?;
    if let Some(unknown) = chosen.iter().find(|name| !all.contains(name)) {
        bail!("there is no target '{unknown}': one of {}", all.join(", "));
    }
    let targets = if chosen.is_empty() { all } else { chosen };
    let fuzzer = build()?;
    let share = (seconds / targets.len() as u64).max(1);
    for target in &targets {
        fuzz(&fuzzer, target, &corpus.join(target), share)?;
    }
    Ok(())
}

/// The targets: each has a folder of the corpus.
fn names(corpus: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(corpus).with_context(|| format!("no {}", corpus.display()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Builds the fuzzer and says where it is. Naming the machine keeps the flags from build scripts.
fn build() -> Result<PathBuf> {
    ensure_compiler()?;
    let rustc = output_of(Command::new("rustc").arg("-vV"))?;
    let machine = rustc.lines().find_map(|line| line.strip_prefix("host: "));
    let machine = machine.context("rustc -vV names no host")?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let arguments =
        ["build", "--locked", "--package", "stepwell-fuzz", "--features", "libfuzzer", "--profile"];
    eprintln!("cargo {} fuzz", arguments.join(" "));
    let status = Command::new(cargo)
        .current_dir(root())
        .env("RUSTFLAGS", COVERAGE)
        .args(arguments)
        .args(["fuzz", "--target", machine, "--bin", "stepwell-fuzz"])
        .status()
        .context("could not start cargo build")?;
    if !status.success() {
        bail!("the fuzzer could not be built: {status}");
    }
    Ok(target.join(machine).join("fuzz/stepwell-fuzz"))
}

fn ensure_compiler() -> Result<()> {
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    if output_of(Command::new(compiler).arg("--version")).is_ok() {
        return Ok(());
    }
    apt::install("g++", "a C++ compiler")
}

/// Fuzzes one target. New inputs of interest go to a folder beside the build's output.
fn fuzz(fuzzer: &Path, target: &str, corpus: &Path, seconds: u64) -> Result<()> {
    let folder = state().join("fuzz-inputs").join(target);
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let broken = folder.with_extension("broken");
    let _ = fs::remove_file(&broken);
    eprintln!("fuzz {target} for {seconds} s");
    let output = fuzzer_of(fuzzer, target)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-exact_artifact_path={}", broken.display()))
        .arg("-print_final_stats=1")
        .arg(&folder)
        .arg(corpus)
        .output()
        .with_context(|| format!("could not start {}", fuzzer.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let runs =
            said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        eprintln!("  {} inputs", runs.unwrap_or("?").trim());
        return Ok(());
    }
    let lines: Vec<_> = said.lines().filter(|line| !line.starts_with('#')).collect();
    eprintln!("{}", lines.get(lines.len().saturating_sub(40)..).unwrap_or_default().join("\n"));
    if broken.exists() {
        minimise(fuzzer, target, &broken);
        bail!(
            "an input broke the promise of target {target}: {}; mend the cause and add the input \
             to {}",
            broken.display(),
            corpus.display()
        );
    }
    bail!("the fuzzer of target {target} failed: {}", output.status)
}

fn fuzzer_of(fuzzer: &Path, target: &str) -> Command {
    let mut command = Command::new(fuzzer);
    command.env("STEPWELL_FUZZ_TARGET", target).args(BOUNDS);
    command
}

/// Makes the input smaller, as far as a few seconds go. It stays as it is where it can't be.
fn minimise(fuzzer: &Path, target: &str, broken: &Path) {
    let smaller = broken.with_extension("smaller");
    let _ = fuzzer_of(fuzzer, target)
        .args(["-minimize_crash=1", "-max_total_time=20"])
        .arg(format!("-exact_artifact_path={}", smaller.display()))
        .arg(broken)
        .output();
    if smaller.exists() {
        let _ = fs::rename(&smaller, broken);
    }
}
