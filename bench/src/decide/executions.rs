//! Executions that wait for nothing, from start to end.

use super::{Of, Point, Row, nanos};
use anyhow::{Context as _, Result, bail};
use std::fmt::Write as _;
use stepwell_asl::{Definition, executable};
use stepwell_engine::{
    Context, EventBody, Identity, Limits, MachineStatus, Payload, Snapshot, Trigger, decide,
};
use stepwell_ids::ExecutionArn;

pub(super) fn measure() -> Result<Vec<Row>> {
    let lengths = [250, 1_000, 4_000];
    let payloads = [500, 2_000, 8_000, 32_000];
    let looping = definition(LOOP)?;
    let map = definition(MAP)?;
    let chain_of_200 = definition(&chain(200)?)?;
    let written = row("Choice and Pass, writing the payload anew", "bytes", &payloads, |bytes| {
        per_transition(&looping, &format!("{{\"n\":50,\"rest\":\"{}\"}}", "x".repeat(bytes)))
    })?;
    Ok(vec![
        row("Pass, in a chain", "states", &lengths, |states| {
            per_transition(&definition(&chain(states)?)?, "{\"a\":1}")
        })?,
        row("Pass, with a payload passing", "bytes", &payloads, |bytes| {
            per_transition(&chain_of_200, &format!("\"{}\"", "x".repeat(bytes)))
        })?,
        row("Choice and Pass, in a loop", "turns", &lengths, |turns| {
            per_transition(&looping, &format!("{{\"n\":{turns},\"rest\":\"\"}}"))
        })?,
        // The work is that of a byte here.
        Row { of: Of::Whole, ..written },
        row("Pass, in a Map", "items", &[625, 2_500, 10_000], |items| {
            per_transition(&map, &format!("[{}]", vec!["1"; items].join(",")))
        })?,
    ])
}

fn row(
    name: &'static str,
    sizes: &'static str,
    all: &[usize],
    at: impl Fn(usize) -> Result<f64>,
) -> Result<Row> {
    let point = |size: &usize| Ok(Point { size: *size, nanos: at(*size)? });
    Ok(Row { name, sizes, of: Of::Unit, points: all.iter().map(point).collect::<Result<_>>()? })
}

const LOOP: &str = r#"{"StartAt":"Next","States":{
    "Next":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, -1)","rest.$":"$.rest"},"Next":"More"},
    "More":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThan":0,"Next":"Next"}],"Default":"Done"},
    "Done":{"Type":"Succeed"}}}"#;

const MAP: &str = r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,
    "ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}}}}"#;

fn chain(states: usize) -> Result<String> {
    let mut text = r#"{"StartAt":"S0","States":{"#.to_owned();
    for index in 0..states {
        write!(text, r#""S{index}":{{"Type":"Pass","Next":"S{}"}},"#, index + 1)?;
    }
    write!(text, r#""S{states}":{{"Type":"Succeed"}}}}}}"#)?;
    Ok(text)
}

fn definition(text: &str) -> Result<Definition> {
    executable(text).map_err(|findings| anyhow::anyhow!("{findings:?}"))
}

/// Nanoseconds of a transition of the whole execution.
fn per_transition(definition: &Definition, input: &str) -> Result<f64> {
    let input = Payload::parse(input)?;
    let transitions = execute(definition, &input)?;
    Ok(nanos(|| execute(definition, &input).map(drop))? / transitions as f64)
}

/// Runs an execution, and says how many states it left.
fn execute(definition: &Definition, input: &Payload) -> Result<usize> {
    let arn = "arn:aws:states:us-east-1:000000000000:execution:machine:run";
    let execution =
        Identity { arn: ExecutionArn::parse(arn)?, role_arn: "arn:aws:iam::0:role/r".into() };
    let limits = Limits { history_events: u64::MAX, ..Limits::default() };
    let mut snapshot = Snapshot::unstarted();
    let mut trigger = Trigger::Start { input: input.clone() };
    let mut transitions = 0;
    loop {
        let context = Context {
            definition,
            execution: &execution,
            now_ms: 1_795_399_980_000,
            seed: 1,
            limits: &limits,
            activity: &|_| Some(1),
            task_token: &|_| "token".into(),
            machine: MachineStatus::Active,
        };
        let decision = decide(&snapshot, trigger, &context).context("a decision was refused")?;
        let exited = |body: &EventBody| matches!(body, EventBody::StateExited { .. });
        transitions += decision.events.iter().filter(|event| exited(&event.body)).count();
        snapshot = decision.snapshot;
        if !snapshot.is_running() {
            break;
        }
        trigger = Trigger::TimerFired;
    }
    match &snapshot.root().output {
        Some(_) => Ok(transitions),
        None => bail!("the execution failed: {:?}", snapshot.root().reason),
    }
}
