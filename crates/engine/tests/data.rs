//! Data on its way through states: paths, limits and what the service says of errors.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use stepwell_engine::{Payload, Status, Trigger};
use support::{Run, START_MS, expect, run};

#[test]
fn states_hand_on_what_their_paths_say() {
    let definition = r#"{"StartAt":"A","States":{
        "A":{"Type":"Pass","InputPath":"$.x","ResultPath":"$.y.z","Next":"B"},
        "B":{"Type":"Pass","Result":[1,2.50],"ResultPath":"$.r","OutputPath":"$.r","Next":"C"},
        "C":{"Type":"Pass","ResultPath":null,"Next":"D"},
        "D":{"Type":"Wait","Seconds":2,"InputPath":"$[1]","Next":"E"},
        "E":{"Type":"Pass","InputPath":null,"Next":"F"},
        "F":{"Type":"Succeed","OutputPath":"$$.Execution.Input"}}}"#;
    let run = run(definition, r#" {"x": 1.0, "y": {"k": 1e2}} "#, &[]);
    expect(
        &run,
        r#"1 ExecutionStarted <- 0  {"x": 1.0, "y": {"k": 1e2}}
        2 PassStateEntered <- 0 A {"x":1.0,"y":{"k":1e2}}
        3 PassStateExited <- 2 A {"x":1.0,"y":{"k":1e2,"z":1.0}}
        4 PassStateEntered <- 3 B {"x":1.0,"y":{"k":1e2,"z":1.0}}
        5 PassStateExited <- 4 B [1,2.50]
        6 PassStateEntered <- 5 C [1,2.50]
        7 PassStateExited <- 6 C [1,2.50]
        8 WaitStateEntered <- 7 D [1,2.50]
        9 WaitStateExited <- 8 D 2.50
        10 PassStateEntered <- 9 E 2.50
        11 PassStateExited <- 10 E {}
        12 SucceedStateEntered <- 11 F {}
        13 SucceedStateExited <- 12 F {"x":1.0,"y":{"k":1e2}}
        14 ExecutionSucceeded <- 13 {"x":1.0,"y":{"k":1e2}}"#,
    );
    assert_eq!(run.private_events(), ["WaitScheduled"]);
    assert_eq!(run.now_ms, START_MS + 2_000);
}

#[test]
fn an_untouched_payload_is_never_copied() {
    let definition = r#"{"StartAt":"A","States":{
        "A":{"Type":"Pass","Next":"B"},
        "B":{"Type":"Choice","Choices":[{"Variable":"$.a","IsPresent":true,"Next":"C"}]},
        "C":{"Type":"Succeed"}}}"#;
    let mut run = Run::new(definition);
    let input = Payload::parse(r#"{"a":1}"#).unwrap();
    run.trigger(Trigger::Start { input: input.clone() }).unwrap();
    assert!(run.snapshot.root().output.as_ref().unwrap().same(&input));
}

#[test]
fn data_errors_end_the_execution_with_the_words_of_the_service() {
    let state = |fields: &str| {
        format!(r#"{{"StartAt":"S","States":{{"S":{{{fields}}},"N":{{"Type":"Succeed"}}}}}}"#)
            .replace(
                r#","N":{"Type":"Succeed"}"#,
                if fields.contains("\"N\"") { r#","N":{"Type":"Succeed"}"# } else { "" },
            )
    };
    for (fields, input, text) in [
        (
            r#""Type":"Pass","InputPath":"$.x","End":true"#,
            "{}",
            "Invalid path '$.x' : No results for path: $['x']",
        ),
        (
            r#""Type":"Pass","OutputPath":"$.x.y","End":true"#,
            r#"{"z":1}"#,
            "Invalid path '$.x.y' : Missing property in path $['x']",
        ),
        (
            r#""Type":"Wait","SecondsPath":"$.x","End":true"#,
            "{}",
            "The SecondsPath parameter does not reference an input value: $.x",
        ),
        (
            r#""Type":"Wait","SecondsPath":"$.x","End":true"#,
            r#"{"x":-1}"#,
            "The SecondsPath parameter references a negative value: $.x == -1",
        ),
        (
            r#""Type":"Wait","SecondsPath":"$.x","End":true"#,
            r#"{"x":1.5}"#,
            "The SecondsPath parameter cannot be parsed as a long value: $.x == 1.5",
        ),
        (
            r#""Type":"Wait","SecondsPath":"$.x","End":true"#,
            r#"{"x":2147483648}"#,
            "Wait state delay is too long.",
        ),
        (
            r#""Type":"Wait","SecondsPath":"$.x","End":true"#,
            r#"{"x":9223372036854775807}"#,
            "Wait state delay is too long.",
        ),
        (
            r#""Type":"Wait","TimestampPath":"$.x","End":true"#,
            r#"{"x":"2016-13-05T21:29:29Z"}"#,
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.x == 2016-13-05T21:29:29Z",
        ),
        (
            r#""Type":"Choice","Choices":[{"Variable":"$.x","NumericEquals":1,"Next":"N"}]"#,
            "{}",
            "Invalid path '$.x': The choice state's condition path references an invalid value.",
        ),
        (
            r#""Type":"Choice","Choices":[{"Variable":"$.x","NumericEquals":1,"Next":"N"}]"#,
            r#"{"x":2}"#,
            "Failed to transition out of the state. The state does not point to a next state.",
        ),
    ] {
        let run = run(&state(fields), input, &[]);
        let last = run.history().lines().last().unwrap().to_owned();
        let prefix =
            "An error occurred while executing the state 'S' (entered at the event id #2). ";
        assert_eq!(last, format!("3 ExecutionFailed <- 2 States.Runtime: {prefix}{text}"));
        assert_eq!(run.snapshot.root().status, Status::Failed);
    }
}

#[test]
fn a_result_over_the_limit_fails_the_task_and_an_output_the_execution() {
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let definition = format!(
        r#"{{"StartAt":"T","States":{{
            "T":{{"Type":"Task","Resource":"{function}","Next":"P",
                "Catch":[{{"ErrorEquals":["States.DataLimitExceeded"],"Next":"P"}}]}},
            "P":{{"Type":"Pass","End":true}}}}}}"#
    );
    let mut run = Run::new(&definition);
    run.limits.payload_bytes = 200;
    run.start("{}");
    let task = run.take_task(None);
    let large = Payload::parse(format!("\"{}\"", "x".repeat(199))).unwrap();
    run.trigger(Trigger::TaskSucceeded { task, output: large }).unwrap();
    let text = "returned a result with a size exceeding the maximum number of bytes service limit.";
    let failed = format!(
        "5 LambdaFunctionFailed <- 4 States.DataLimitExceeded: The state/task '{function}' {text}\n"
    );
    assert!(run.history().contains(&failed), "{}", run.history());

    let definition = r#"{"StartAt":"S","States":{"S":{"Type":"Pass","Result":"xxxx","End":true}}}"#;
    let mut run = Run::new(definition);
    run.limits.payload_bytes = 5;
    run.start("{}");
    let failed =
        format!("3 ExecutionFailed <- 2 States.DataLimitExceeded: The state/task 'S' {text}\n");
    assert!(run.history().ends_with(&failed), "{}", run.history());
}

#[test]
fn the_context_object_is_there_for_paths() {
    let definition = r#"{"StartAt":"C","States":{
        "C":{"Type":"Choice","Choices":[
            {"Variable":"$$.State.Name","StringEqualsPath":"$.name","Next":"P"}]},
        "P":{"Type":"Parallel","InputPath":"$$","End":true,"Branches":[
            {"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}}]}}}"#;
    let run = run(definition, r#"{"name":"C"}"#, &[]);
    let output = run.snapshot.root().output.as_ref().unwrap();
    assert_eq!(
        output.text(),
        concat!(
            r#"[{"Execution":{"Id":"arn:aws:states:us-east-1:000000000000:execution:machine:run","#,
            r#""Input":{"name":"C"},"StartTime":"2026-11-23T02:13:00.000Z","Name":"run","#,
            r#""RoleArn":"arn:aws:iam::000000000000:role/role","RedriveCount":0},"#,
            r#""StateMachine":{"Id":"arn:aws:states:us-east-1:000000000000:stateMachine:machine","#,
            r#""Name":"machine"},"State":{"Name":"P","EnteredTime":"2026-11-23T02:13:00.000Z","#,
            r#""RetryCount":0}}]"#
        )
    );
}

#[test]
fn data_nests_as_deep_as_can_be_read_back() {
    // Every turn puts the data one array deeper.
    let turn = r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","Next":"P2","Branches":[
        {"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}}]},
        "P2":{"Type":"Choice","Choices":[{"Variable":"$","IsNull":true,"Next":"Z"}],"Default":"P"},
        "Z":{"Type":"Succeed"}}}"#;
    let steps = ".a".repeat(100_000);
    let path = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Pass","ResultPath":"${steps}","End":true}}}}}}"#
    );
    for (definition, text) in [
        (turn, "The data nests more than 256 levels deep."),
        (path.as_str(), "Unable to apply ReferencePath $.a.a"),
    ] {
        let run = run(definition, "{}", &[]);
        let root = run.snapshot.root();
        assert_eq!(root.reason.error.as_deref(), Some("States.Runtime"));
        let cause = root.reason.cause.as_deref().unwrap();
        assert!(cause.contains(text) && cause.chars().count() <= 32_768, "{cause}");
    }
}
