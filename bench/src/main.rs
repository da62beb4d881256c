//! How fast the suite is, as a share of what the machine can do in the same run.
//!
//! `cargo run --release -p bench` builds the suite, starts it with each store, drives it through
//! its public API, and prints one table and the budgets. Figures of a busy machine are worth
//! little by themselves; the ratios to the limits, which alternate with what they are compared to,
//! hold. Names of scenarios choose some of them.

mod client;
mod decide;
mod limit;
mod machine;
mod options;
mod process;
mod report;
mod scenario;
mod suite;

use anyhow::Result;
use clap::Parser as _;
use limit::server;
use options::{Cli, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Decide) => decide::run(),
        Some(Command::Serve { kind }) => serve(kind),
        None => scenario::run(&cli.options()).await,
    }
}

/// Servers use as many threads as they do elsewhere.
fn serve(kind: server::Kind) -> Result<()> {
    let serve = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(server::serve(&kind))
    };
    match std::thread::spawn(serve).join() {
        Ok(served) => served,
        Err(_) => anyhow::bail!("the server panicked"),
    }
}
