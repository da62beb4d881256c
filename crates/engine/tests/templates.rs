//! Templates and functions on the way of data through states, and numbers and texts from data.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use std::time::{Duration, Instant};
use stepwell_engine::{Payload, Status, Trigger};
use support::{Outcome, Run, expect, run};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

fn one_state(fields: &str) -> String {
    format!(r#"{{"StartAt":"S","States":{{"S":{{{fields}}}}}}}"#)
}

#[test]
fn a_task_gets_its_parameters_and_gives_what_its_selector_takes() {
    let definition = one_state(&format!(
        r#""Type":"Task","Resource":"{FUNCTION}","End":true,
           "InputPath":"$.order","Parameters":{{"id.$":"$.id","kind":"card","by.$":"$$.Execution.Name",
               "try.$":"$$.State.RetryCount"}},
           "ResultSelector":{{"paid.$":"$.ok","of.$":"$$.Execution.Input.order.id"}},
           "ResultPath":"$.payment","OutputPath":"$.payment",
           "Retry":[{{"ErrorEquals":["Busy"],"MaxAttempts":1}}]"#
    ));
    let outcomes = [Outcome::Fail(Some("Busy"), None), Outcome::Succeed(r#"{"ok":true,"x":1}"#)];
    let run = run(&definition, r#"{"order":{"id":7}}"#, &outcomes);
    expect(
        &run,
        r#"1 ExecutionStarted <- 0 {"order":{"id":7}}
        2 TaskStateEntered <- 0 S {"order":{"id":7}}
        3 LambdaFunctionScheduled <- 2 {"kind":"card","by":"run","try":0,"id":7}
        4 LambdaFunctionStarted <- 3
        5 LambdaFunctionFailed <- 4 Busy: -
        6 LambdaFunctionScheduled <- 5 {"kind":"card","by":"run","try":1,"id":7}
        7 LambdaFunctionStarted <- 6
        8 LambdaFunctionSucceeded <- 7 {"ok":true,"x":1}
        9 TaskStateExited <- 8 S {"of":7,"paid":true}
        10 ExecutionSucceeded <- 9 {"of":7,"paid":true}"#,
    );
}

#[test]
fn branches_get_parameters_and_the_selector_sees_all_outputs() {
    let branch = r#"{"StartAt":"B0","States":{"B0":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"End":true}}}"#;
    let definition = one_state(&format!(
        r#""Type":"Parallel","End":true,"Branches":[{branch},{}],
           "Parameters":{{"n.$":"States.ArrayLength($.list)"}},
           "ResultSelector":{{"sum.$":"States.MathAdd($[0].n, $[1].n)","all.$":"$[*].n"}}"#,
        branch.replace("B0", "B1")
    ));
    let run = run(&definition, r#"{"list":[1,2]}"#, &[]);
    let output = run.snapshot.root().output.as_ref().unwrap();
    assert_eq!(output.text(), r#"{"all":[3,3],"sum":6}"#);
}

#[test]
fn what_is_random_is_decided_once() {
    let definition = r#"{"StartAt":"A","States":{
        "A":{"Type":"Pass","Parameters":{"id.$":"States.UUID()","n.$":"States.MathRandom(0, 1000000)"},
             "ResultPath":"$.a","Next":"B"},
        "B":{"Type":"Pass","Parameters":{"id.$":"States.UUID()"},"ResultPath":"$.b","Next":"W"},
        "W":{"Type":"Wait","Seconds":5,"End":true}}}"#;
    let run = run(definition, "{}", &[]);
    let output = run.snapshot.root().output.as_ref().unwrap().value().unwrap();
    let id = |of: &str| output.get(of).unwrap().get("id").unwrap().as_str().unwrap().to_owned();
    // The snapshot was checked against a replay of the events on the way.
    assert_ne!(id("a"), id("b"));
}

#[test]
fn failures_say_what_the_data_says() {
    for (fields, input, expected) in [
        (r#""ErrorPath":"$.e","CausePath":"$.c""#, r#"{"e":"E","c":"why"}"#, "E: why"),
        (
            r#""ErrorPath":"$$.State.Name","CausePath":"States.Format('{} in {}', $.e, $$.State.Name)""#,
            r#"{"e":"E"}"#,
            "S: E in S",
        ),
        (r#""Error":"E","CausePath":"States.JsonToString($)""#, r#"{"e": 1.0}"#, r#"E: {"e":1.0}"#),
    ] {
        let run = run(&one_state(&format!(r#""Type":"Fail",{fields}"#)), input, &[]);
        let last = run.history().lines().last().unwrap().to_owned();
        assert_eq!(last, format!("3 ExecutionFailed <- 2 {expected}"));
    }
}

#[test]
fn faults_end_the_execution_with_the_words_of_the_service() {
    let task = format!(r#""Type":"Task","Resource":"{ACTIVITY}","End":true"#);
    let caught = r#""Type":"Parallel","End":true,"Branches":[{"StartAt":"B","States":{"B":{"Type":"Succeed"}}}],
        "Catch":[{"ErrorEquals":["States.ALL"],"Next":"S"}]"#;
    for (fields, input, text) in [
        (
            r#""Type":"Pass","End":true,"Parameters":{"a":{"v.$":"$.x"}}"#.to_owned(),
            r#"{"y":1}"#,
            r#"The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '{"y":1}'"#,
        ),
        (
            r#""Type":"Pass","End":true,"Result":1,"Parameters":{"v.$":"States.ArrayGetItem($.y, 2)"}"#.to_owned(),
            r#"{"y":[1]}"#,
            "The function 'States.ArrayGetItem($.y, 2)' had the following error: \
             The index 2 lies outside of an array of 1 elements",
        ),
        (
            format!(r#"{caught},"Parameters":{{"v.$":"$$.Task.Token"}}"#),
            "1",
            "The JSONPath '$.Task.Token' specified for the field 'v.$' could not be found in the input '{\"Execution\":{\"Id\":",
        ),
        (
            format!(r#"{caught},"ResultSelector":{{"v.$":"$.x"}}"#),
            "1",
            "The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '[1]'",
        ),
        (
            r#""Type":"Fail","CausePath":"$.c""#.to_owned(),
            r#"{"c":1}"#,
            "The value of the field 'CausePath' must be a text.",
        ),
        (
            format!(r#"{task},"TimeoutSecondsPath":"$.x""#),
            "{}",
            "Invalid path '$.x' : No results for path: $['x']",
        ),
        (
            format!(r#"{task},"HeartbeatSecondsPath":"$.x""#),
            r#"{"x":0}"#,
            "The HeartbeatSecondsPath parameter must be between 1 and 99999999: $.x == 0",
        ),
        (
            format!(r#"{task},"TimeoutSecondsPath":"$.x""#),
            r#"{"x":"1"}"#,
            "The TimeoutSecondsPath parameter cannot be parsed as a long value: $.x == 1",
        ),
    ] {
        let run = run(&one_state(&fields), input, &[]);
        let reason = &run.snapshot.root().reason;
        assert_eq!(reason.error.as_deref(), Some("States.Runtime"), "{}", run.history());
        let prefix =
            "An error occurred while executing the state 'S' (entered at the event id #2). ";
        let cause = reason.cause.as_deref().unwrap();
        assert!(cause.strip_prefix(prefix).is_some_and(|it| it.starts_with(text)), "{cause}");
    }
}

#[test]
fn bounds_of_time_come_from_the_effective_input() {
    let definition = one_state(&format!(
        r#""Type":"Task","Resource":"{ACTIVITY}","End":true,"InputPath":"$.in",
           "TimeoutSecondsPath":"$.t","HeartbeatSecondsPath":"$$.Execution.Input.h","Parameters":{{}}"#
    ));
    let mut run = Run::new(&definition);
    run.start(r#"{"in":{"t":60},"h":9}"#);
    let schedule = run.queue.values().next().unwrap().schedule.clone();
    assert_eq!((schedule.timeout_seconds, schedule.heartbeat_seconds), (Some(60), Some(9)));
    assert_eq!(schedule.input.text(), "{}");
}

#[test]
fn data_over_the_limit_ends_the_execution_wherever_it_is_made() {
    let task = format!(r#""Type":"Task","Resource":"{FUNCTION}","End":true"#);
    let catch = r#""Retry":[{"ErrorEquals":["States.ALL"]}],"Catch":[{"ErrorEquals":["States.DataLimitExceeded"],"Next":"S"}]"#;
    let twice = r#"{"a.$":"$","b.$":"$"}"#;
    for fields in [
        format!(r#"{task},{catch},"Parameters":{twice}"#),
        format!(r#""Type":"Pass","End":true,"Parameters":{twice}"#),
        r#""Type":"Pass","End":true,"Parameters":{"a.$":"States.Format('{}{}', $, $)"},"ResultPath":null"#.to_owned(),
        r#""Type":"Succeed","InputPath":"$..*""#.to_owned(),
    ] {
        let mut run = Run::new(&one_state(&fields));
        run.limits.payload_bytes = 100;
        run.start(&format!(r#"[["{}"]]"#, "x".repeat(60)));
        let root = run.snapshot.root();
        assert_eq!(root.status, Status::Failed, "{}", run.history());
        assert_eq!(root.reason.error.as_deref(), Some("States.DataLimitExceeded"));
        let cause = root.reason.cause.as_deref().unwrap();
        let end = "with a size exceeding the maximum number of bytes service limit.";
        assert!(cause.starts_with("The state/task 'S' ") && cause.ends_with(end), "{cause}");
    }
}

/// A template that names its input thousands of times, in a loop that never ends by itself.
#[test]
fn costly_templates_cannot_hold_a_decision() {
    let members: Vec<_> = (0..2_000).map(|index| format!(r#""m{index}.$":"$""#)).collect();
    let input = format!("[{}]", vec!["[1]"; 20_000].join(","));
    let loops = r#"{"StartAt":"S","States":{
        "S":{"Type":"Pass","ResultPath":null,"Next":"L","Parameters":{"n.$":"States.ArrayLength($..*)"}},
        "L":{"Type":"Choice","Choices":[{"Variable":"$","IsNull":true,"Next":"E"}],"Default":"S"},
        "E":{"Type":"Succeed"}}}"#;
    let members = members.join(",");
    let whole = one_state(&format!(r#""Type":"Pass","End":true,"Parameters":{{{members}}}"#));
    for definition in [loops, &whole] {
        let mut run = Run::new(definition);
        let start = Instant::now();
        run.trigger(Trigger::Start { input: Payload::parse(input.as_str()).unwrap() }).unwrap();
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        // The loop stopped early and goes on by the next trigger; the other has failed.
        let running = run.snapshot.is_running();
        assert!(!running || run.events.len() < 200, "{} events", run.events.len());
        assert_eq!(running, run.snapshot.next_due_ms().is_some());
    }
}

/// Loops that write a large value anew in every turn, and a Map that gives one to each iteration.
#[test]
fn large_values_end_a_decision_early() {
    let looped = |state: &str| {
        format!(
            r#"{{"StartAt":"S","States":{{"S":{{"Type":"Pass","Next":"L",{state}}},
            "L":{{"Type":"Choice","Choices":[{{"Variable":"$","IsNull":true,"Next":"E"}}],"Default":"S"}},
            "E":{{"Type":"Succeed"}}}}}}"#
        )
    };
    let value = r#"{"id.$":"States.UUID()","x.$":"$.x"}"#;
    let waits = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":9,"End":true}}}"#;
    for definition in [
        looped(&format!(r#""Parameters":{value}"#)),
        looped(&format!(r#""Assign":{value}"#)),
        one_state(&format!(
            r#""Type":"Map","ItemsPath":"$.a","ItemSelector":{value},"ItemProcessor":{waits},"End":true"#
        )),
    ] {
        let mut run = Run::new(&definition);
        let items = vec!["1"; 200].join(",");
        let input = format!(r#"{{"x":"{}","a":[{items}]}}"#, "x".repeat(200_000));
        run.trigger(Trigger::Start { input: Payload::parse(input.as_str()).unwrap() }).unwrap();
        assert!(run.snapshot.is_running());
        // Some ten values of 200,000 bytes; small ones would go on for 2,000 steps.
        assert!(run.events.len() < 60, "{} events", run.events.len());
    }
}
