//! Activity tasks: start, long poll, SendTaskSuccess; and how soon a waiting poll is answered.

use super::name;
use crate::client::{Connection, Outcome, Until, request};
use crate::machine;
use crate::options::Options;
use crate::report::{Report, measure};
use crate::suite::Suite;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Handovers that are timed.
const HANDOVERS: usize = 500;

pub(super) async fn run(suite: &Suite, options: &Options, report: &mut Report) -> Result<()> {
    let (mut client, store) = (suite.client(), suite.store.name());
    let activity = client.call("CreateActivity", &json!({"name": "bench"})).await?;
    let activity = activity["activityArn"].as_str().context("an ARN")?.to_owned();
    let machine = machine::create(&mut client, "task", &machine::task(&activity)).await?;
    let start = machine::start(&machine, &machine::input());
    let poll = request("GetActivityTask", &json!({"activityArn": activity}).to_string());
    let one_round = Until::Time(options.round / 2);
    client.work(options.in_flight, one_round, async |c, _| trip(c, &start, &poll).await).await?;
    for _ in 0..options.rounds {
        let until = Until::Time(options.round);
        let load = client.work(options.in_flight, until, async |connection, _| {
            trip(connection, &start, &poll).await
        });
        let round = measure(&suite.ids(), load).await?;
        let row = report.row(store, name::ACTIVITY);
        row.limits = vec![name::PASS.to_owned()];
        row.rounds.push(round);
    }
    let handover = measure(&suite.ids(), handovers(suite, &start, &poll)).await?;
    report.row(store, name::HANDOVER).rounds.push(handover);
    Ok(())
}

/// Starts an execution, polls for a task, which may be another one's, and completes it.
async fn trip(connection: &mut Connection, start: &[u8], poll: &[u8]) -> Result<()> {
    connection.exchange(start).await?.success()?;
    complete(connection, poll).await
}

async fn complete(connection: &mut Connection, poll: &[u8]) -> Result<()> {
    let task = connection.exchange(poll).await?.success()?;
    let task: Value = serde_json::from_slice(task)?;
    let token = task["taskToken"].as_str().context("a poll ended without a task")?;
    let body = json!({"taskToken": token, "output": "{}"}).to_string();
    connection.exchange(&request("SendTaskSuccess", &body)).await?.success().map(drop)
}

/// One poll waits, then one execution starts: from the start's answer, which says that the task is
/// committed, to the poll's.
async fn handovers(suite: &Suite, start: &[u8], poll: &[u8]) -> Result<Outcome> {
    let mut starter = Connection::open(suite.address).await?;
    let mut poller = Connection::open(suite.address).await?;
    let mut micros = Vec::with_capacity(HANDOVERS);
    let began = Instant::now();
    for _ in 0..HANDOVERS {
        let polled = async {
            let answer = poller.exchange(poll).await?.success()?.to_vec();
            anyhow::Ok((Instant::now(), answer))
        };
        let started = async {
            // The poll is waiting by then.
            tokio::time::sleep(Duration::from_millis(5)).await;
            starter.exchange(start).await?.success()?;
            anyhow::Ok(Instant::now())
        };
        let ((answered, task), committed) = tokio::try_join!(polled, started)?;
        let took = answered.saturating_duration_since(committed).as_micros();
        micros.push(u32::try_from(took).unwrap_or(u32::MAX));
        let task: Value = serde_json::from_slice(&task)?;
        let body = json!({"taskToken": task["taskToken"], "output": "{}"}).to_string();
        starter.exchange(&request("SendTaskSuccess", &body)).await?.success()?;
    }
    Ok(Outcome { operations: HANDOVERS as u64, took: began.elapsed(), micros })
}
