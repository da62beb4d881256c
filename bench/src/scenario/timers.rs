//! Waits that end, evenly at half the rate of commits: how late, and none early.
//!
//! Each execution is named by its time, so that a list shows which ended and when. How late it was
//! is what its history says; that none is early is seen from outside: no list may show an end whose
//! time has not come.

use super::name;
use crate::client::{Client, Outcome, Until, request};
use crate::machine;
use crate::options::Options;
use crate::report::{Report, measure};
use crate::suite::Suite;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// How long the last timers may take once they are due.
const PATIENCE: Duration = Duration::from_secs(120);
/// Beyond what the starts are expected to take.
const SPARE_MS: u64 = 3_000;

/// When timers are due.
struct Schedule {
    first_ms: u64,
    per_second: f64,
    count: u64,
}

impl Schedule {
    fn due_ms(&self, number: u64) -> u64 {
        self.first_ms + (number as f64 * 1_000.0 / self.per_second) as u64
    }
}

pub(super) async fn run(suite: &Suite, options: &Options, report: &mut Report) -> Result<()> {
    let (mut client, store) = (suite.client(), suite.store.name());
    let machine = machine::create(&mut client, "timer", &machine::timer()).await?;
    let starts = pace(&mut client, options).await?;
    let starting_ms = (options.timers as f64 * 1_300.0 / starts) as u64 + SPARE_MS;
    let schedule = Schedule {
        first_ms: now_ms() + starting_ms,
        per_second: starts / 2.0,
        count: options.timers,
    };
    let until = Until::Calls(options.timers);
    let start = |number| Cow::Owned(start(&machine, schedule.due_ms(number), number));
    client.load(options.in_flight, until, start).await?;
    if now_ms() > schedule.first_ms {
        eprintln!("{store}: the first timers were due before the last were set");
    }
    let fired = measure(&suite.ids(), fire(&mut client, &machine, &schedule)).await?;
    let row = report.row(store, name::TIMERS);
    row.note = format!("{} timers, {:.0} due a second", schedule.count, schedule.per_second);
    row.rounds.push(fired);
    Ok(())
}

/// Starts a second on this machine now.
async fn pace(client: &mut Client, options: &Options) -> Result<f64> {
    let pass = machine::create(client, "pace", &machine::chain(1)).await?;
    let start = machine::start(&pass, &machine::input());
    let until = Until::Time(options.round);
    let paced = client.load(options.in_flight, until, |_| Cow::Borrowed(&start)).await?;
    let operations = paced.operations as f64;
    Ok(operations / paced.took.as_secs_f64())
}

fn start(machine: &str, due_ms: u64, number: u64) -> Vec<u8> {
    let due = i64::try_from(due_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let input = json!({"due": due.unwrap_or_default().to_string()}).to_string();
    let body =
        json!({"stateMachineArn": machine, "name": format!("{due_ms}-{number}"), "input": input});
    request("StartExecution", &body.to_string())
}

/// Watches until all have ended, and gives how late each was.
async fn fire(client: &mut Client, machine: &str, schedule: &Schedule) -> Result<Outcome> {
    let began = Instant::now();
    let last_ms = schedule.due_ms(schedule.count.saturating_sub(1));
    loop {
        let page = list(client, machine, "SUCCEEDED", None).await?;
        let seen_ms = now_ms();
        for (name, due_ms, _) in ends(&page)? {
            ensure!(due_ms <= seen_ms, "{name} ended early: it is {seen_ms}");
        }
        if seen_ms > last_ms {
            let waiting = list(client, machine, "RUNNING", None).await?;
            if waiting["executions"].as_array().is_some_and(Vec::is_empty) {
                break;
            }
            let patience = u64::try_from(PATIENCE.as_millis())?;
            ensure!(seen_ms < last_ms + patience, "timers did not come within {PATIENCE:?}");
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let took = began.elapsed();
    let micros = lateness(client, machine).await?;
    ensure!(micros.len() as u64 == schedule.count, "{} timers have ended", micros.len());
    Ok(Outcome { operations: schedule.count, took, micros })
}

async fn lateness(client: &mut Client, machine: &str) -> Result<Vec<u32>> {
    let (mut micros, mut token) = (Vec::new(), None);
    loop {
        let page = list(client, machine, "SUCCEEDED", token).await?;
        for (name, due_ms, stopped_ms) in ends(&page)? {
            let Some(late) = stopped_ms.checked_sub(due_ms) else { bail!("{name} was early") };
            micros.push(u32::try_from(late * 1_000).unwrap_or(u32::MAX));
        }
        token = page["nextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            return Ok(micros);
        }
    }
}

async fn list(
    client: &mut Client,
    machine: &str,
    status: &str,
    token: Option<String>,
) -> Result<Value> {
    let mut body = json!({"stateMachineArn": machine, "statusFilter": status, "maxResults": 1000});
    if let (Some(body), Some(token)) = (body.as_object_mut(), token) {
        body.insert("nextToken".to_owned(), token.into());
    }
    client.call("ListExecutions", &body).await
}

/// Name, due time and end of each execution of a page.
fn ends(page: &Value) -> Result<Vec<(String, u64, u64)>> {
    let executions = page["executions"].as_array().context("executions")?;
    executions
        .iter()
        .map(|execution| {
            let name = execution["name"].as_str().context("a name")?;
            let due = name.split('-').next().context("a due time")?.parse()?;
            let stopped = execution["stopDate"].as_f64().context("a stop date")?;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let stopped_ms = (stopped * 1_000.0).round() as u64;
            Ok((name.to_owned(), due, stopped_ms))
        })
        .collect()
}

fn now_ms() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default()
}
