//! Pages of lists among many executions.

use super::name;
use crate::client::{Client, Until, request};
use crate::machine;
use crate::options::Options;
use crate::report::{Report, measure};
use crate::suite::Suite;
use anyhow::Result;
use serde_json::json;
use std::borrow::Cow;

/// Pages that are read: a reader seldom goes further.
const PAGES: usize = 10;

pub(super) async fn run(suite: &Suite, options: &Options, report: &mut Report) -> Result<()> {
    let (mut client, store) = (suite.client(), suite.store.name());
    let machine = machine::create(&mut client, "list", &machine::chain(1)).await?;
    let start = machine::start(&machine, &machine::input());
    let until = Until::Calls(options.executions);
    client.load(options.in_flight, until, |_| Cow::Borrowed(&start)).await?;
    let pages = pages(&mut client, &machine).await?;
    for _ in 0..options.rounds {
        let until = Until::Time(options.round / 2);
        let page = |number: u64| {
            let at = usize::try_from(number).unwrap_or_default() % pages.len();
            Cow::Borrowed(pages.get(at).map_or(&[][..], Vec::as_slice))
        };
        let load = client.load(options.in_flight, until, page);
        let round = measure(&suite.ids(), load).await?;
        let row = report.row(store, name::LIST);
        row.limits = vec![name::GATEWAY.to_owned()];
        row.note = format!("of {} executions", options.executions);
        row.rounds.push(round);
    }
    Ok(())
}

/// The requests of the first pages, with and without a status.
pub(super) async fn pages(client: &mut Client, machine: &str) -> Result<Vec<Vec<u8>>> {
    let mut pages = Vec::new();
    for filter in [None, Some("SUCCEEDED"), Some("RUNNING")] {
        let mut body = json!({"stateMachineArn": machine, "maxResults": 100});
        if let Some(status) = filter {
            body["statusFilter"] = status.into();
        }
        for _ in 0..PAGES {
            let answer = client.call("ListExecutions", &body).await?;
            pages.push(request("ListExecutions", &body.to_string()));
            let Some(token) = answer["nextToken"].as_str() else { break };
            body["nextToken"] = token.into();
        }
    }
    Ok(pages)
}
