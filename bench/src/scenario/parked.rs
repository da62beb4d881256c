//! Executions that wait: what each takes, and how fast reads are meanwhile.

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

/// Bytes of each input.
const INPUT: usize = 512;
/// Reads in flight: they are to be quick, not many.
const READERS: usize = 8;
/// Executions that are described, of all that wait.
const SAMPLE: u64 = 1_000;

pub(super) async fn run(suite: &Suite, options: &Options, report: &mut Report) -> Result<()> {
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
