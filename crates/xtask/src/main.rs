//! The project's own commands: `cargo xtask test` passes every check that CI passes,
//! `cargo xtask tidy` holds the layer table against the workspace, `cargo xtask codegen` generates
//! the Rust code of the protos, `cargo xtask venv` makes the Python environment of tests and tools.

mod checks;
mod codegen;
mod layers;
mod venv;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let outcome = match command.as_str() {
        "test" => checks::run(),
        "codegen" => codegen::run(),
        "tidy" => layers::check_workspace(),
        "venv" => venv::run(),
        other => {
            Err(anyhow::anyhow!("unknown command '{other}': one of test, tidy, codegen, venv"))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
