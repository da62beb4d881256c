//! Executions that wait: what each takes, how fast reads and starts are meanwhile, and how long the
//! suite takes to start.

use super::{list, name};
use crate::client::{Outcome, Until, request};
use crate::machine;
use crate::options::Options;
use crate::report::{Report, measure};
use crate::suite::Suite;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::cell::RefCell;
use std::time::Instant;

/// Bytes of each input.
const INPUT: usize = 512;
/// Reads in flight: they are to be quick, not many.
const READERS: usize = 8;
/// Executions that are described, of all that wait.
const SAMPLE: u64 = 1_000;
/// Starts after a restart: enough that each partition has some.
const FIRST: u64 = 2_000;

pub(super) async fn run(suite: &mut Suite, options: &Options, report: &mut Report) -> Result<()> {
    let (mut client, store) = (suite.client(), suite.store.name());
    let machine = machine::create(&mut client, "parked", &machine::parked()).await?;
    let start = machine::start(&machine, &machine::filler(INPUT));
    let (stored, resident) = (suite.stored_bytes()?, suite.resident_bytes()?);
    let arns = RefCell::new(Vec::new());
    let every = (options.parked / SAMPLE).max(1);
    let until = Until::Calls(options.parked);
    let park = client.work(options.in_flight, until, async |connection, number| {
        let answer = connection.exchange(&start).await?.success()?;
        if number % every == 0 {
            let answer: Value = serde_json::from_slice(answer)?;
            let arn = answer["executionArn"].as_str().context("an ARN")?;
            arns.borrow_mut().push(request("DescribeExecution", &described(arn)));
        }
        Ok(())
    });
    let parked = measure(&suite.ids(), park).await?;
    let row = report.row(store, name::PARK);
    let each = |bytes: u64| bytes as f64 / options.parked as f64;
    row.bytes = Some(each(suite.stored_bytes()?.saturating_sub(stored)));
    row.limits = vec![name::PASS.to_owned(), name::RAW.to_owned()];
    let resident = each(suite.resident_bytes()?.saturating_sub(resident));
    row.note = format!("{} parked, {resident:.0} bytes of memory each", options.parked);
    row.rounds.push(parked);
    let lists = list::pages(&mut client, &machine).await?;
    let arns = arns.into_inner();
    for (name, requests) in [(name::DESCRIBE_PARKED, &arns), (name::LIST_PARKED, &lists)] {
        let load = read(&mut client, requests, options);
        report.row(store, name).rounds.push(measure(&suite.ids(), load).await?);
    }
    let pass = machine::create(&mut client, "among", &machine::chain(1)).await?;
    let pass = machine::start(&pass, &machine::input());
    for _ in 0..options.rounds {
        let until = Until::Time(options.round);
        let load = client.load(options.in_flight, until, |_| Cow::Borrowed(&pass));
        let round = measure(&suite.ids(), load).await?;
        let row = report.row(store, name::PASS_PARKED);
        row.limits = vec![name::PASS.to_owned()];
        row.rounds.push(round);
    }
    restart(suite, &pass, options, report).await
}

/// Ends and starts the suite, and has it start executions in all partitions.
async fn restart(
    suite: &mut Suite,
    pass: &[u8],
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let ready = suite.start_again().await?;
    let began = Instant::now();
    let mut client = suite.client();
    client.load(options.in_flight, Until::Calls(FIRST), |_| Cow::Borrowed(pass)).await?;
    let (first, took) = (began.elapsed(), ready + began.elapsed());
    let micros = vec![u32::try_from(took.as_micros()).unwrap_or(u32::MAX)];
    let restarted = async { Ok(Outcome { operations: 1, took, micros }) };
    let round = measure(&[], restarted).await?;
    let row = report.row(suite.store.name(), name::RESTART);
    row.note = format!("ready after {ready:.1?}, then {FIRST} starts in {first:.1?}");
    row.rounds.push(round);
    Ok(())
}

fn described(arn: &str) -> String {
    json!({"executionArn": arn}).to_string()
}

async fn read(
    client: &mut crate::client::Client,
    requests: &[Vec<u8>],
    options: &Options,
) -> Result<Outcome> {
    let request = |number: u64| {
        let at = usize::try_from(number).unwrap_or_default() % requests.len();
        Cow::Borrowed(requests.get(at).map_or(&[][..], Vec::as_slice))
    };
    client.load(READERS, Until::Time(options.round), request).await
}
