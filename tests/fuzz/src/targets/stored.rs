//! Records of the store, damaged.

use crate::run::check;
use bytes::Bytes;
use std::sync::OnceLock;
use stepwell_asl::{Definition, executable};
use stepwell_engine::{Context, Identity, Limits, MachineStatus, Trigger, decide};
use stepwell_ids::ExecutionArn;
use stepwell_partition::testing;

const ARN: &str = "arn:aws:states:us-east-1:000000000000:execution:machine:run";

/// What the executions of damaged records run: every kind of state, and scopes in scopes.
const DEFINITION: &str = r#"{"StartAt":"M","States":{
 "M":{"Type":"Map","ItemProcessor":{"StartAt":"P","States":{
  "P":{"Type":"Parallel","Branches":[{"StartAt":"T","States":{
   "T":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a","Next":"W"},
   "W":{"Type":"Wait","SecondsPath":"$.s","End":true}}}],"Next":"C"},
  "C":{"Type":"Choice","Choices":[{"Variable":"$$.Map.Item.Value","IsPresent":true,"Next":"S"}]},
  "S":{"Type":"Pass","Assign":{"x.$":"$"},"End":true}}},"Next":"F"},
 "F":{"Type":"Fail"}}}"#;

fn definition() -> &'static Definition {
    static DEFINITION_OF_ALL: OnceLock<Definition> = OnceLock::new();
    DEFINITION_OF_ALL
        .get_or_init(|| executable(DEFINITION).unwrap_or_else(|findings| panic!("{findings:?}")))
}

/// The parts that an input holds: a byte for the number, two for the length, and so many bytes.
fn parts(mut input: &[u8]) -> Vec<(u64, Bytes)> {
    let mut parts = Vec::new();
    while let Some((&[number, high, low], rest)) = input.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
        let (part, rest) = rest.split_at(length);
        parts.push((u64::from(number), Bytes::copy_from_slice(part)));
        input = rest;
    }
    parts
}

/// A record reads as a snapshot or is refused; a snapshot that was read takes a timer.
pub(super) fn record(input: &[u8]) {
    let Ok(arn) = ExecutionArn::parse(ARN) else { return };
    let payloads = ["{\"s\":1}", "[1,[2],{\"s\":3}]", "\"text\"", "{not json"];
    let payloads = payloads.map(str::to_owned).to_vec();
    let Ok(snapshot) = testing::read_record(&arn, &parts(input), payloads) else { return };
    let limits = Limits { steps: 200, history_events: u64::MAX, ..Limits::default() };
    let execution = Identity { arn, role_arn: "".into() };
    let context = Context {
        definition: definition(),
        execution: &execution,
        now_ms: snapshot.next_due_ms().unwrap_or(0),
        seed: 1,
        limits: &limits,
        activity: &|_| Some(1),
        task_token: &|_| "token".into(),
        machine: MachineStatus::Active,
    };
    if let Ok(decision) = decide(&snapshot, Trigger::TimerFired, &context) {
        check(&snapshot, &decision, &Limits { all_variables_bytes: usize::MAX, ..limits });
    }
}

/// History batches, triggers, outbox and listing entries read or are refused.
pub(super) fn history(input: &[u8]) {
    let Some((kind, body)) = input.split_first() else { return };
    let kinds = testing::STORED;
    let _ = kinds.get(usize::from(*kind) % kinds.len()).map(|(_, read)| read(body).is_ok());
}
