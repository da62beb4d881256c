//! JSONata states: what expressions see, what each field makes of them, and how they fail.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use support::{Outcome, Run, expect, run};

/// A machine in JSONata that starts at `S`.
fn machine(states: &str) -> String {
    format!(r#"{{"QueryLanguage":"JSONata","StartAt":"S","States":{{{states}}}}}"#)
}

fn output(run: &Run) -> &str {
    run.snapshot.root().output.as_ref().map_or("", |output| output.text())
}

#[test]
fn each_field_takes_expressions() {
    let run = run(
        &machine(
            r#""S":{"Type":"Pass","Next":"T","Assign":{"n":"{% $states.input.n + 1 %}"},
                    "Output":{"a":["{% $states.input.n %}",{"b":"text"}],"n":1.50}},
               "T":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a",
                    "Arguments":{"n":"{% $n %}"},"TimeoutSeconds":"{% $n * 10 %}",
                    "Assign":{"r":"{% $states.result.x %}","n":"{% $n + 1 %}"},
                    "Output":"{% $merge([$states.input, $states.result, {'n': $n}]) %}","Next":"C"},
               "C":{"Type":"Choice","Default":"F","Output":"default","Choices":[
                    {"Condition":false,"Next":"F"},
                    {"Condition":"{% $n = 3 %}","Next":"W","Assign":{"by":"rule"},
                     "Output":"{% $states.input.x %}"}]},
               "W":{"Type":"Wait","Seconds":"{% $n %}","Output":"{% $by %}","Next":"B"},
               "B":{"Type":"Parallel","Arguments":{"by":"{% $states.input %}"},"Branches":[
                    {"StartAt":"I","States":{"I":{"Type":"Succeed","Output":"{% $states.input.by & $n %}"}}}],
                    "Output":"{% $states.result[0] %}","Next":"F"},
               "F":{"Type":"Fail","Error":"{% $by %}","Cause":"{% $states.input & '!' %}"}"#,
        ),
        r#"{"n":1}"#,
        &[Outcome::Succeed(r#"{"x":3}"#)],
    );
    expect(
        &run,
        r#"1 ExecutionStarted <- 0 {"n":1}
        2 PassStateEntered <- 0 S {"n":1}
        3 PassStateExited <- 2 S {"a":[1,{"b":"text"}],"n":1.50} n=2
        4 TaskStateEntered <- 3 T {"a":[1,{"b":"text"}],"n":1.50}
        5 ActivityScheduled <- 4 {"n":2}
        6 ActivityStarted <- 5
        7 ActivitySucceeded <- 6 {"x":3}
        8 TaskStateExited <- 7 T {"a":[1,{"b":"text"}],"n":2,"x":3} n=3 r=3
        9 ChoiceStateEntered <- 8 C {"a":[1,{"b":"text"}],"n":2,"x":3}
        10 ChoiceStateExited <- 9 C 3 by="rule"
        11 WaitStateEntered <- 10 W 3
        12 WaitStateExited <- 11 W "rule"
        13 ParallelStateEntered <- 12 B "rule"
        14 ParallelStateStarted <- 13
        15 SucceedStateEntered <- 14 I {"by":"rule"}
        16 SucceedStateExited <- 15 I "rule3"
        17 ParallelStateSucceeded <- 16
        18 ParallelStateExited <- 16 B "rule3"
        19 FailStateEntered <- 18 F "rule3"
        20 ExecutionFailed <- 19 rule: rule3!"#,
    );
}

#[test]
fn iterations_take_items_and_selectors() {
    let run = run(
        &machine(
            r#""S":{"Type":"Map","End":true,"Items":"{% $states.input.xs %}",
                    "MaxConcurrency":"{% 1 %}",
                    "ItemSelector":{"i":"{% $states.context.Map.Item.Index %}",
                                    "v":"{% $states.context.Map.Item.Value * $states.input.by %}"},
                    "ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},
                    "Output":"{% $sum($states.result.v) %}"}"#,
        ),
        r#"{"xs":[1,2,3],"by":10}"#,
        &[],
    );
    assert_eq!(output(&run), "60");
}

#[test]
fn a_failed_expression_is_told_retried_and_caught() {
    let run = run(
        &machine(
            r#""S":{"Type":"Pass","Next":"T"},
               "T":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a",
                    "Arguments":"{% $nothing %}","End":true,
                    "Retry":[{"ErrorEquals":["States.QueryEvaluationError"],"MaxAttempts":1}],
                    "Catch":[{"ErrorEquals":["States.ALL"],"Next":"P",
                              "Assign":{"e":"{% $states.errorOutput.Error %}"},
                              "Output":{"seen":"{% $exists($states.errorOutput.Cause) %}"}}]},
               "P":{"Type":"Pass","End":true,"Output":["{% $e %}","{% $states.input.seen %}"]}"#,
        ),
        "{}",
        &[],
    );
    let cause = "An error occurred while executing the state 'T' (entered at the event id #4). \
                 The JSONata expression '$nothing' specified for the field 'Arguments' returned \
                 nothing (undefined).";
    expect(
        &run,
        &format!(
            r#"1 ExecutionStarted <- 0 {{}}
            2 PassStateEntered <- 0 S {{}}
            3 PassStateExited <- 2 S {{}}
            4 TaskStateEntered <- 3 T {{}}
            5 EvaluationFailed <- 3 T Arguments States.QueryEvaluationError: {cause}
            6 EvaluationFailed <- 5 T Arguments States.QueryEvaluationError: {cause}
            7 TaskStateExited <- 6 T {{"seen":true}} e="States.QueryEvaluationError"
            8 PassStateEntered <- 7 P {{"seen":true}}
            9 PassStateExited <- 8 P ["States.QueryEvaluationError",true]
            10 ExecutionSucceeded <- 9 ["States.QueryEvaluationError",true]"#
        ),
    );
}

#[test]
fn values_of_another_type_fail_where_they_stand() {
    for (state, location, text) in [
        (
            r#""Type":"Choice","Choices":[{"Condition":false,"Next":"E"},{"Condition":"{% 1 %}","Next":"E"}]"#,
            "Choices[1]/Condition",
            "returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1",
        ),
        (
            r#""Type":"Wait","Seconds":"{% 'x' %}","Next":"E""#,
            "Seconds",
            "returned an unexpected result type. Expected 'number', but was 'string' for value: \"x\"",
        ),
        (
            r#""Type":"Wait","Seconds":"{% 1.5 %}","Next":"E""#,
            "Seconds",
            "The Seconds field must be a whole number from 0 to 99999999: 1.5",
        ),
        (
            r#""Type":"Wait","Timestamp":"{% 'x' %}","Next":"E""#,
            "Timestamp",
            "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: x",
        ),
        (
            r#""Type":"Map","Items":"{% {} %}","Next":"E","ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#,
            "Items",
            "returned an unexpected result type. Expected 'array', but was 'object' for value: {}",
        ),
        (
            r#""Type":"Pass","Next":"E","Assign":{"x":{"y":["{% $sum %}"]}}"#,
            "Assign/x/y[0]",
            "returned an unsupported result type.",
        ),
        (
            r#""Type":"Pass","Next":"E","Output":"{% $error('no') %}""#,
            "Output",
            "threw an error during evaluation. D3137: no",
        ),
    ] {
        let run = run(&machine(&format!(r#""S":{{{state}}},"E":{{"Type":"Succeed"}}"#)), "{}", &[]);
        let reason = &run.snapshot.root().reason;
        assert_eq!(reason.error.as_deref(), Some("States.QueryEvaluationError"), "{state}");
        assert!(reason.cause.as_deref().unwrap().ends_with(text), "{text}\n{}", run.history());
        let told = format!(
            "EvaluationFailed <- {} S {location} ",
            if state.contains("Wait") { 2 } else { 0 }
        );
        assert!(run.history().contains(&told), "{told}\n{}", run.history());
        let ended = run.history().contains("MapStateFailed <- 3");
        assert_eq!(ended, location == "Items", "{}", run.history());
    }
}

#[test]
fn a_selector_that_fails_cuts_off_the_open_iterations() {
    let run = run(
        &machine(
            r#""S":{"Type":"Map","Next":"E",
                    "ItemSelector":"{% $states.context.Map.Item.Value > 1 ? $nothing : 1 %}",
                    "ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Wait","Seconds":9,"End":true}}},
                    "Catch":[{"ErrorEquals":["States.ALL"],"Next":"E","Output":"caught"}]},
               "E":{"Type":"Succeed"}"#,
        ),
        "[1,2]",
        &[],
    );
    assert_eq!(output(&run), "\"caught\"", "{}", run.history());
    assert!(run.history().contains("MapIterationAborted"), "{}", run.history());
}

#[test]
fn templates_share_one_budget() {
    let costly = "\"{% $sum([1..90000]) %}\",".repeat(200);
    let states = format!(r#""S":{{"Type":"Pass","End":true,"Output":[{costly}0]}}"#);
    let run = run(&machine(&states), "{}", &[]);
    let cause = run.snapshot.root().reason.cause.as_deref().unwrap();
    assert!(cause.contains("threw an error during evaluation. U1001"), "{cause}");
}
