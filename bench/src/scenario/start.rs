//! StartExecution to SUCCEEDED, alternating with the limits.

use super::{Limits, name};
use crate::client::{Client, Until};
use crate::limit::server::Limit;
use crate::limit::{redis, sqlite};
use crate::machine;
use crate::options::Options;
use crate::report::{Report, Round, measure};
use crate::suite::Suite;
use anyhow::{Context as _, Result, ensure};
use std::borrow::Cow;

/// Calls that are watched: enough to spread over the partitions.
const WATCHED: usize = 64;

/// What stands beside the suite's own commits.
enum Raw {
    Rows(Box<sqlite::Rows>),
    Calls(Vec<redis::Words>),
}

pub(super) async fn run(
    suite: &Suite,
    options: &Options,
    limits: &Limits,
    report: &mut Report,
) -> Result<()> {
    let (mut client, store) = (suite.client(), suite.store.name());
    let mut loads = Vec::new();
    for (row, definition, input) in [
        (name::PASS, machine::chain(1), machine::input()),
        (name::CHAIN, machine::chain(10), machine::input()),
        (name::FAN_OUT, machine::fan_out(), machine::items(20)),
    ] {
        let label: String = row.chars().filter(char::is_ascii_alphanumeric).collect();
        let arn = machine::create(&mut client, &label, &definition).await?;
        let one = machine::start_one(&mut client, &arn, &input).await?;
        let status = machine::status(&mut client, &one).await?;
        ensure!(status == "SUCCEEDED", "an execution is {status} when its start is answered");
        loads.push((row, machine::start(&arn, &input), arn));
    }
    let (_, pass, arn) = loads.first().context("a load")?;
    let mut raw = raw(suite, &mut client, pass, arn).await?;
    // Caches fill before anything counts.
    client.load(options.in_flight, Until::Time(options.round / 2), |_| Cow::Borrowed(pass)).await?;
    let pass = pass.clone();
    for _ in 0..options.rounds {
        for (row, limit) in [(name::FIXED, &limits.fixed), (name::GATEWAY, &limits.gateway)] {
            let round = of_limit(limit, options, &pass).await?;
            report.row("", row).rounds.push(round);
        }
        let round = of_raw(&mut raw, suite, options).await?;
        report.row(store, name::RAW).rounds.push(round);
        for (row, request, _) in &loads {
            let before = suite.stored_bytes()?;
            let until = Until::Time(options.round);
            let load = client.load(options.in_flight, until, |_| Cow::Borrowed(request));
            let round = measure(&suite.ids(), load).await?;
            let row = report.row(store, row);
            row.limits = [name::FIXED, name::GATEWAY, name::RAW].map(str::to_owned).to_vec();
            let grown = suite.stored_bytes()?.saturating_sub(before);
            let each = grown as f64 / (round.rate * options.round.as_secs_f64());
            row.bytes = Some(each);
            row.rounds.push(round);
        }
    }
    Ok(())
}

/// A limit under the same requests.
pub(super) async fn of_limit(limit: &Limit, options: &Options, request: &[u8]) -> Result<Round> {
    let mut client = Client::new(limit.address);
    let until = Until::Time(options.round);
    let load = client.load(options.in_flight, until, |_| Cow::Borrowed(request));
    measure(&limit.ids(), load).await
}

async fn raw(suite: &Suite, client: &mut Client, start: &[u8], arn: &str) -> Result<Raw> {
    let Some(address) = suite.redis else {
        let one = machine::start_one(client, arn, &machine::input()).await?;
        let name = one.rsplit(':').next().context("a name")?;
        return Ok(Raw::Rows(Box::new(sqlite::Rows::copy(&suite.database(), name)?)));
    };
    let mut link = redis::Link::open(address)?;
    link.watch()?;
    client.load(1, Until::Calls(WATCHED as u64), |_| Cow::Borrowed(start)).await?;
    Ok(Raw::Calls(link.starts(WATCHED)?))
}

async fn of_raw(raw: &mut Raw, suite: &Suite, options: &Options) -> Result<Round> {
    match (raw, suite.redis) {
        (Raw::Calls(calls), Some(address)) => {
            // Redis is the first of the suite's processes; the others do nothing meanwhile.
            let ids = suite.ids();
            let redis = ids.get(..1).unwrap_or_default();
            let (depth, time) = (options.in_flight, options.round);
            measure(redis, async { redis::run(address, calls, depth, time) }).await
        }
        (Raw::Rows(rows), _) => {
            // Written by this process: its CPU is that of the rows.
            let own = [("bench", std::process::id())];
            measure(&own, async { rows.run(options.in_flight, options.round) }).await
        }
        (Raw::Calls(_), None) => anyhow::bail!("the calls have lost their Redis"),
    }
}
