//! Nothing grows worse than linearly: not with the length of a history, nor with the size of a
//! payload. Work is counted in bytes allocated and in decisions, never in time.

#![allow(clippy::unwrap_used, reason = "a test crate")]

use allocation_counter::measure;
use std::fmt::Write as _;
use stepwell_asl::{Definition, executable};
use stepwell_engine::{
    Context, Identity, Limits, MachineStatus, Payload, Snapshot, Status, Trigger, decide,
};
use stepwell_ids::ExecutionArn;

/// What an execution took.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    bytes: u64,
    decisions: u64,
    touched: u64,
}

/// Runs an execution of states that wait for nothing.
fn run(definition: &Definition, input: &str) -> Cost {
    let arn = "arn:aws:states:us-east-1:000000000000:execution:machine:run";
    let execution = Identity {
        arn: ExecutionArn::parse(arn).unwrap(),
        role_arn: "arn:aws:iam::0:role/r".into(),
    };
    let limits = Limits { history_events: u64::MAX, ..Limits::default() };
    let (mut decisions, mut touched) = (0, 0);
    let mut snapshot = Snapshot::unstarted();
    let mut trigger = Trigger::Start { input: Payload::parse(input).unwrap() };
    let allocated = measure(|| {
        loop {
            decisions += 1;
            let context = Context {
                definition,
                execution: &execution,
                now_ms: 1_795_399_980_000,
                seed: decisions.into(),
                limits: &limits,
                activity: &|_| Some(1),
                task_token: &|_| "token".into(),
                machine: MachineStatus::Active,
            };
            let decision = decide(&snapshot, trigger, &context).unwrap();
            touched += decision.touched.len() as u64;
            snapshot = decision.snapshot;
            if !snapshot.is_running() {
                break;
            }
            trigger = Trigger::TimerFired;
        }
    });
    assert_eq!(snapshot.root().status, Status::Succeeded, "{:?}", snapshot.root().reason);
    Cost { bytes: allocated.bytes_total, decisions, touched }
}

/// What four times as much takes must be at most about four times what once as much takes. Tables
/// that double as they grow blur that by a quarter, and an execution that needs several decisions
/// touches in the last one what it touched in others.
#[track_caller]
fn assert_linear<const N: usize>(what: &str, cost_of: impl Fn(usize) -> Cost, sizes: [usize; N]) {
    let costs = sizes.map(&cost_of);
    for (size, pair) in sizes.iter().zip(costs.windows(2)) {
        let [before, after] = pair else { continue };
        let within = |before: u64, after: u64| after <= before * 5;
        assert!(
            within(before.bytes, after.bytes)
                && within(before.decisions, after.decisions)
                && within(before.touched, after.touched),
            "{what} of {size} took {before:?}, four times as much took {after:?}"
        );
    }
}

fn chain(states: usize) -> Definition {
    let mut text = r#"{"StartAt":"S0","States":{"#.to_owned();
    for index in 0..states {
        let next = index + 1;
        write!(text, r#""S{index}":{{"Type":"Pass","Next":"S{next}"}},"#).unwrap();
    }
    write!(text, r#""S{states}":{{"Type":"Succeed"}}}}}}"#).unwrap();
    executable(&text).unwrap()
}

#[test]
fn a_chain_grows_with_its_states() {
    assert_linear("a chain", |states| run(&chain(states), r#"{"a":1}"#), [250, 1_000, 4_000]);
}

const LOOP: &str = r#"{"StartAt":"Next","States":{
    "Next":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, -1)","rest.$":"$.rest"},"Next":"More"},
    "More":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThan":0,"Next":"Next"}],"Default":"Done"},
    "Done":{"Type":"Succeed"}}}"#;

#[test]
fn a_loop_grows_with_its_turns() {
    let definition = executable(LOOP).unwrap();
    let turns = |turns: usize| run(&definition, &format!(r#"{{"n":{turns},"rest":[]}}"#));
    assert_linear("a loop", turns, [250, 1_000, 4_000]);
}

#[test]
fn a_loop_grows_with_its_payload() {
    let definition = executable(LOOP).unwrap();
    let payload =
        |bytes: usize| run(&definition, &format!(r#"{{"n":50,"rest":"{}"}}"#, "x".repeat(bytes)));
    assert_linear("the payload of a loop", payload, [2_000, 8_000, 32_000]);
}

#[test]
fn a_payload_that_passes_is_paid_once() {
    let definition = chain(200);
    let payload = |bytes: usize| run(&definition, &format!(r#""{}""#, "x".repeat(bytes)));
    let (small, large) = (payload(10), payload(200_000));
    assert_eq!((small.decisions, small.touched), (large.decisions, large.touched));
    // It is printed once, into a text that doubles as it grows.
    assert!(large.bytes < small.bytes + 5 * 200_000, "{small:?}, {large:?}");
}

fn map(selector: &str) -> Definition {
    let text = format!(
        r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","ItemsPath":"$.items",{selector}
        "ItemProcessor":{{"StartAt":"P","States":{{"P":{{"Type":"Pass","End":true}}}}}},
        "ResultPath":null,"End":true}}}}}}"#
    );
    executable(&text).unwrap()
}

#[test]
fn a_map_grows_with_its_items() {
    let definition = map("");
    let items = |items: usize| {
        let items: Vec<String> = (0..items).map(|index| index.to_string()).collect();
        run(&definition, &format!(r#"{{"items":[{}]}}"#, items.join(",")))
    };
    assert_linear("a Map", items, [2_400, 9_600]);
}

#[test]
fn what_items_share_is_paid_once() {
    let definition = map(r#""ItemSelector":{"big.$":"$.big"},"#);
    let shared = |bytes: usize| {
        let items = vec!["0"; 500].join(",");
        run(&definition, &format!(r#"{{"items":[{items}],"big":"{}"}}"#, "x".repeat(bytes)))
    };
    let (small, large) = (shared(100), shared(200_000));
    assert_eq!(small.decisions, large.decisions);
    assert!(large.bytes < small.bytes + 10 * 200_000, "{small:?}, {large:?}");
}

#[test]
fn expressions_grow_with_their_payload() {
    for field in [
        r#""Output":"{% $sum($states.input.items.price) %}""#,
        r#""Output":"{% $count($states.input.items[price > 10 and $not(sold)].name) %}""#,
        r#""Output":"{% $count($map($states.input.items, function($i) { $merge([$i, {'n': 1}]) })) %}""#,
        r#""Output":"{% $count($keys($states.input.items)) %}""#,
    ] {
        let definition = executable(&format!(
            r#"{{"QueryLanguage":"JSONata","StartAt":"P","States":{{"P":{{"Type":"Pass",{field},"End":true}}}}}}"#
        ))
        .unwrap();
        let payload = |items: usize| {
            let item =
                |index: usize| format!(r#"{{"price":{index},"name":"n{index}","sold":false}}"#);
            let items: Vec<String> = (0..items).map(item).collect();
            run(&definition, &format!(r#"{{"items":[{}]}}"#, items.join(",")))
        };
        assert_linear(field, payload, [100, 400, 1_600]);
    }
}

#[test]
fn paths_and_templates_grow_with_their_payload() {
    for template in [
        r#"{"a.$":"$.items[?(@.price > 10)].name"}"#,
        r#"{"a.$":"$..price"}"#,
        r#"{"a.$":"States.ArrayUnique($.items[*].name)"}"#,
        r#"{"a.$":"States.ArrayPartition($.items, 3)"}"#,
        r#"{"a.$":"States.StringToJson(States.JsonToString($.items))"}"#,
    ] {
        let definition = executable(&format!(
            r#"{{"StartAt":"P","States":{{"P":{{"Type":"Pass","Parameters":{template},"ResultPath":"$.out","OutputPath":"$.out","End":true}}}}}}"#
        ))
        .unwrap();
        let payload = |items: usize| {
            let item = |index: usize| format!(r#"{{"price":{index},"name":"n{index}"}}"#);
            let items: Vec<String> = (0..items).map(item).collect();
            run(&definition, &format!(r#"{{"items":[{}]}}"#, items.join(",")))
        };
        assert_linear(template, payload, [100, 400, 1_600]);
    }
}
