//! The project's own commands: `cargo xtask test` passes every check that CI passes,
//! `cargo xtask e2e` the end-to-end tests alone (with options of pytest), `cargo xtask compat`
//! replays what was recorded of AWS and `cargo xtask chaos` hurts a running installation (with options
//! of their runners), `cargo xtask fuzz` looks for inputs that break a promise (`[target …] [--seconds N]`),
//! `cargo xtask lint` has dependencies and protos checked by cargo-deny and buf,
//! `cargo xtask tidy` holds the layer table against the workspace, `cargo xtask codegen` generates
//! the Rust code of the protos and `cargo xtask clients` that of the clients, `cargo xtask venv`
//! makes the Python environment of tests and tools.

mod apt;
mod chaos;
mod checks;
mod clients;
mod codegen;
mod compat;
mod demo;
mod e2e;
mod fuzz;
mod layers;
mod lint;
mod redis;
mod venv;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("", arguments.as_slice()),
    };
    let outcome = match command {
        "test" => checks::run(),
        "chaos" => chaos::run(rest),
        "e2e" => e2e::run(rest),
        "compat" => compat::run(rest),
        "fuzz" => fuzz::run(rest),
        "codegen" => codegen::run(),
        "lint" => lint::run(),
        "tidy" => layers::check_workspace(),
        "clients" => clients::run(rest),
        "demo" => demo::run(),
        "venv" => venv::run(),
        other => Err(anyhow::anyhow!(
            "unknown command '{other}': one of test, e2e, chaos, compat, fuzz, lint, tidy, codegen, clients, demo, venv"
        )),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
