//! Variables: what assigns them, who sees them, and how large they may be.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use stepwell_engine::{Limits, Status};
use support::{Outcome, Run, expect, run};

#[test]
fn each_kind_of_state_assigns_from_its_own_result() {
    let run = run(
        r#"{"StartAt":"P","States":{
            "P":{"Type":"Pass","Parameters":{"a":1},"ResultPath":"$.p","Next":"W",
                 "Assign":{"pass.$":"$.a","old.$":"States.Array($.a, 2)"}},
            "W":{"Type":"Wait","Seconds":1,"InputPath":"$.p","Next":"T",
                 "Assign":{"wait.$":"$.a","state.$":"$$.State.Name"}},
            "T":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a",
                 "ResultSelector":{"s.$":"$.x"},"ResultPath":"$.t","Next":"C",
                 "Assign":{"task.$":"$.x","pass":2,"old.$":"$pass"}},
            "C":{"Type":"Choice","Assign":{"by":"default"},"Default":"F","Choices":[
                 {"Variable":"$task","NumericGreaterThanPath":"$pass","Next":"F",
                  "Assign":{"by":"rule","task.$":"$.t.s"}}]},
            "F":{"Type":"Fail","ErrorPath":"$by","CausePath":"States.Format('{} {} {}', $pass, $old, $task)"}}}"#,
        "{}",
        &[Outcome::Succeed(r#"{"x":3}"#)],
    );
    expect(
        &run,
        r#"1 ExecutionStarted <- 0 {}
        2 PassStateEntered <- 0 P {}
        3 PassStateExited <- 2 P {"p":{"a":1}} old=[1,2] pass=1
        4 WaitStateEntered <- 3 W {"p":{"a":1}}
        5 WaitStateExited <- 4 W {"a":1} state="W" wait=1
        6 TaskStateEntered <- 5 T {"a":1}
        7 ActivityScheduled <- 6 {"a":1}
        8 ActivityStarted <- 7
        9 ActivitySucceeded <- 8 {"x":3}
        10 TaskStateExited <- 9 T {"a":1,"t":{"s":3}} old=1 pass=2 task=3
        11 ChoiceStateEntered <- 10 C {"a":1,"t":{"s":3}}
        12 ChoiceStateExited <- 11 C {"a":1,"t":{"s":3}} by="rule" task=3
        13 FailStateEntered <- 12 F {"a":1,"t":{"s":3}}
        14 ExecutionFailed <- 13 rule: 2 1 3"#,
    );
}

#[test]
fn a_catcher_assigns_from_the_error_and_the_state_does_not() {
    let run = run(
        r#"{"StartAt":"T","States":{
            "T":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a",
                 "Next":"P","Assign":{"done":true},
                 "Catch":[{"ErrorEquals":["States.ALL"],"Next":"P","ResultPath":null,
                           "Assign":{"error.$":"$.Error"}}]},
            "P":{"Type":"Pass","End":true,"Parameters":{"e.$":"$error"}}}}"#,
        "{}",
        &[Outcome::Fail(Some("Oops"), None)],
    );
    assert_eq!(run.snapshot.root().output.as_ref().unwrap().text(), r#"{"e":"Oops"}"#);
    let exits: Vec<_> = run
        .history()
        .lines()
        .filter(|line| line.contains("TaskStateExited"))
        .map(str::to_owned)
        .collect();
    assert_eq!(exits, [r#"6 TaskStateExited <- 5 T {} error="Oops""#]);
}

const SCOPES: &str = r#"{"StartAt":"A","States":{
    "A":{"Type":"Pass","Assign":{"x":1},"Next":"B"},
    "B":{"Type":"Parallel","Next":"C","Assign":{"all.$":"$"},"Branches":[
        {"StartAt":"B1","States":{
            "B1":{"Type":"Pass","Assign":{"y.$":"States.MathAdd($x, 1)"},"Next":"B2"},
            "B2":{"Type":"Parallel","End":true,"OutputPath":"$[0]","Branches":[{"StartAt":"D","States":{
                "D":{"Type":"Pass","End":true,"Parameters":{"x.$":"$x","y.$":"$y"}}}}]}}},
        {"StartAt":"B3","States":{
            "B3":{"Type":"Choice","Default":"B4","Choices":[
                {"Variable":"$y","IsPresent":true,"Next":"B5"}]},
            "B4":{"Type":"Succeed"},
            "B5":{"Type":"Fail"}}}]},
    "C":{"Type":"Pass","InputPath":"$all","End":true}}}"#;

#[test]
fn branches_see_outer_variables_and_keep_their_own() {
    let run = run(SCOPES, "7", &[]);
    assert_eq!(run.snapshot.root().output.as_ref().unwrap().text(), r#"[{"x":1,"y":2},7]"#);
}

#[test]
fn what_is_not_assigned_fails_the_state() {
    for (fields, text) in [
        (r#""InputPath":"$x.a""#, "Invalid path '$x.a' : The variable '$x' is not assigned"),
        (
            r#""Parameters":{"v.$":"$x"}"#,
            "The field 'v.$' can't be evaluated: The variable '$x' is not assigned",
        ),
        (
            r#""Assign":{"x":{"a":1}},"OutputPath":"$x.a""#,
            "Invalid path '$x.a' : The variable '$x' is not assigned",
        ),
    ] {
        let definition =
            format!(r#"{{"StartAt":"P","States":{{"P":{{"Type":"Pass","End":true,{fields}}}}}}}"#);
        let run = run(&definition, "{}", &[]);
        let reason = &run.snapshot.root().reason;
        assert_eq!(reason.error.as_deref(), Some("States.Runtime"));
        let prefix =
            "An error occurred while executing the state 'P' (entered at the event id #2). ";
        assert_eq!(reason.cause.as_deref(), Some(&*format!("{prefix}{text}")));
    }
}

#[test]
fn sizes_are_limited() {
    let definition = r#"{"StartAt":"P","States":{
        "P":{"Type":"Pass","Assign":{"a.$":"$.a","b.$":"$.b"},"Next":"Q"},
        "Q":{"Type":"Pass","Assign":{"a.$":"$.c","d.$":"$.d"},"End":true}}}"#;
    let status = |input: &str| {
        let mut run = Run::new(definition);
        run.limits = Limits { variable_bytes: 10, all_variables_bytes: 15, ..run.limits };
        run.start(input);
        let root = run.snapshot.root();
        assert!(
            root.reason.error.is_none()
                || root.reason.error.as_deref() == Some("States.DataLimitExceeded")
        );
        root.status
    };
    assert_eq!(status(r#"{"a":12345,"b":67890,"c":"12345678","d":""}"#), Status::Failed, "2 + 10");
    assert_eq!(status(r#"{"a":12345,"b":67890,"c":"123456","d":12}"#), Status::Succeeded, "5 + 10");
    assert_eq!(status(r#"{"a":12345,"b":678901,"c":"1","d":1}"#), Status::Failed, "6 + 5");
    assert_eq!(status(r#"{"a":12345678901,"b":1,"c":"1","d":1}"#), Status::Failed, "11");
    assert_eq!(status(r#"{"a":12,"b":12345678,"c":1,"d":123456}"#), Status::Succeeded, "8 + 7");
    assert_eq!(status(r#"{"a":12,"b":12345678,"c":12,"d":123456}"#), Status::Failed, "8 + 8");
}
