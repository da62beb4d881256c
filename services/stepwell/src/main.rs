//! The one binary of the suite: a subcommand a role, and `dev` with all of them.
//!
//! This crate only wires: it alone names the storage adapters, and it holds no logic of its own.

mod cli;
mod dev;
mod node;
mod roles;
mod runtime;
mod settings;

use clap::Parser as _;
use cli::{Cli, Command};
use runtime::runtime;
use std::process::ExitCode;
use stepwell_service_kit::{Role, telemetry};

/// A request makes and drops some hundred small values on several threads; the system's allocator
/// spends a fifth of the process's time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever the chain of causes.
            let line = format!("{error:#}").replace('\n', " ");
            eprintln!("stepwell: {line}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    // Several TLS libraries share the process; none may choose for itself.
    let _ = rustls::crypto::ring::default_provider().install_default();
    runtime(&cli.command)?.block_on(async {
        let name = match &cli.command {
            Command::Dev(_) => "stepwell-dev",
            Command::Gateway(_) => "stepwell-gateway",
            Command::ControlPlane(_) => "stepwell-control-plane",
            Command::Execution(_) => "stepwell-execution",
            Command::Activity(_) => "stepwell-activity",
            Command::Integration(_) => "stepwell-integration",
        };
        let telemetry = telemetry::init(name)?;
        let registry = telemetry.registry();
        let outcome = match cli.command {
            Command::Dev(dev) => dev::run(dev, registry).await,
            Command::Gateway(node) => node::run(Role::Gateway, node, registry).await,
            Command::ControlPlane(node) => node::run(Role::ControlPlane, node, registry).await,
            Command::Execution(node) => node::run(Role::Execution, node, registry).await,
            Command::Activity(node) => node::run(Role::Activity, node, registry).await,
            Command::Integration(node) => node::run(Role::Integration, node, registry).await,
        };
        telemetry.shutdown();
        outcome
    })
}
