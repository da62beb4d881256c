//! Two execution nodes beside one, on the same cores: what coordination costs.

use super::name;
use crate::client::Until;
use crate::machine;
use crate::options::Options;
use crate::report::{Report, measure};
use crate::suite::{Store, Suite};
use anyhow::Result;
use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

/// How long partitions take to spread over the nodes.
const SPREAD: Duration = Duration::from_secs(8);

pub(super) async fn run(program: &Path, options: &Options, report: &mut Report) -> Result<()> {
    let mut suites = Vec::new();
    for (row, nodes) in [(name::ONE_NODE, 1), (name::TWO_NODES, 2)] {
        let suite = Suite::start(program, Store::Everysec, nodes).await?;
        let mut client = suite.client();
        let machine = machine::create(&mut client, "nodes", &machine::chain(1)).await?;
        suites.push((row, suite, client, machine::start(&machine, &machine::input())));
    }
    tokio::time::sleep(SPREAD).await;
    for _ in 0..options.rounds {
        for (row, suite, client, start) in &mut suites {
            let until = Until::Time(options.round);
            let load = client.load(options.in_flight, until, |_| Cow::Borrowed(start));
            let round = measure(&suite.ids(), load).await?;
            let row = report.row(Store::Everysec.name(), row);
            row.limits = vec![name::ONE_NODE.to_owned()];
            row.rounds.push(round);
        }
    }
    Ok(())
}
