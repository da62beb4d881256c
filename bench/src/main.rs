//! How fast the suite is, as a share of what the machine can do in the same run.
//!
//! `cargo run --release -p bench` builds the server, starts it and a server with a fixed answer,
//! drives both in turn through HTTP by the same client, and prints medians of five rounds: calls a
//! second, and CPU microseconds of the server per call. Figures of a busy machine are worth little
//! by themselves; the ratios hold.

mod client;
mod fixed;
mod server;
mod table;

use anyhow::{Context as _, Result};
use client::{Caller, Load};
use server::Server;
use std::time::Duration;
use table::{Figure, Table};

/// Requests in flight.
const IN_FLIGHT: usize = 32;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    if std::env::args().nth(1).as_deref() == Some("fixed") {
        return fixed::serve().await;
    }
    let fixed = Server::fixed().await?;
    let suite = Server::stepwell().await?;
    let caller = Caller::new(&suite.endpoint)?;
    let machines = [
        ("StartExecution, one Pass", caller.create("pass", &client::chain(1)).await?),
        ("StartExecution, ten Pass", caller.create("chain", &client::chain(10)).await?),
        ("StartExecution, parked in Wait", caller.create("wait", client::PARKED).await?),
    ];
    let mut loads = vec![Load::fixed(&fixed)];
    loads.extend(machines.iter().map(|(name, arn)| Load::start(name, &suite, arn)));
    let mut table = Table::new(loads.iter().map(|load| load.name.clone()));
    for _ in 0..ROUNDS {
        for (row, load) in loads.iter().enumerate() {
            let before = load.server.cpu_micros()?;
            let calls = load.run(IN_FLIGHT, ROUND).await.with_context(|| load.name.clone())?;
            let cpu = load.server.cpu_micros()? - before;
            table.add(row, Figure::new(calls, ROUND, cpu));
        }
    }
    table.print();
    Ok(())
}
