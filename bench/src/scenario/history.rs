//! Pages of a history, oldest first.

use super::{Limits, name, start};
use crate::client::{Client, Until, request};
use crate::machine;
use crate::options::Options;
use crate::report::{Report, measure};
use crate::suite::Suite;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::borrow::Cow;

/// Iterations of the Map whose history is read: four events each.
const ITEMS: usize = 250;

pub(super) async fn run(
    suite: &Suite,
    options: &Options,
    limits: &Limits,
    report: &mut Report,
) -> Result<()> {
    let (mut client, store) = (suite.client(), suite.store.name());
    let machine = machine::create(&mut client, "history", &machine::fan_out()).await?;
    let execution = machine::start_one(&mut client, &machine, &machine::items(ITEMS)).await?;
    let pages = pages(&mut client, &execution).await?;
    for _ in 0..options.rounds {
        let first = pages.first().context("a page")?;
        let gateway = start::of_limit(&limits.gateway, options, first).await?;
        report.row("", name::GATEWAY).rounds.push(gateway);
        let until = Until::Time(options.round);
        let page = |number: u64| {
            let at = usize::try_from(number).unwrap_or_default() % pages.len();
            Cow::Borrowed(pages.get(at).map_or(&[][..], Vec::as_slice))
        };
        let load = client.load(options.in_flight, until, page);
        let round = measure(&suite.ids(), load).await?;
        let row = report.row(store, name::HISTORY);
        row.limits = vec![name::GATEWAY.to_owned()];
        row.rounds.push(round);
    }
    Ok(())
}

/// The requests of all full pages.
async fn pages(client: &mut Client, execution: &str) -> Result<Vec<Vec<u8>>> {
    let mut body = json!({"executionArn": execution, "maxResults": 100});
    let mut pages = Vec::new();
    loop {
        let answer = client.call("GetExecutionHistory", &body).await?;
        let events = answer["events"].as_array().context("events")?;
        if events.len() == 100 {
            pages.push(request("GetExecutionHistory", &body.to_string()));
        }
        let Some(token) = answer["nextToken"].as_str() else { break };
        body["nextToken"] = token.into();
    }
    ensure!(pages.len() >= 10, "the history has {} full pages", pages.len());
    Ok(pages)
}
