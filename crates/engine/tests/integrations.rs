//! Calls of other services: with whose role they are made, and what becomes of those that nothing
//! here can make.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use stepwell_engine::{EventBody, Status};
use support::{Run, expect, run};

fn sqs(fields: &str) -> String {
    format!(
        r#"{{"StartAt":"T","States":{{
            "T":{{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage",{fields}"End":true}},
            "C":{{"Type":"Pass","End":true}}}}}}"#
    )
}

const CAUSE: &str =
    "The action 'sendMessage' of the service 'sqs' is not available in this installation.";

#[test]
fn what_is_not_available_fails_after_its_parameters_were_evaluated() {
    let definition = sqs(
        r#""Parameters":{"a.$":"$.b"},"TimeoutSecondsPath":"$.t","Retry":[{"ErrorEquals":["States.TaskFailed"],
           "MaxAttempts":1}],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"C"}],"#,
    );
    let run = run(&definition, r#"{"b":1,"t":5}"#, &[]);
    let error = format!(r#"{{"Error":"States.TaskFailed","Cause":"{CAUSE}"}}"#);
    expect(
        &run,
        &format!(
            r#"1 ExecutionStarted <- 0 {{"b":1,"t":5}}
            2 TaskStateEntered <- 0 T {{"b":1,"t":5}}
            3 TaskScheduled <- 2 {{"a":1}}
            4 TaskStartFailed <- 3 States.TaskFailed: {CAUSE}
            5 TaskScheduled <- 4 {{"a":1}}
            6 TaskStartFailed <- 5 States.TaskFailed: {CAUSE}
            7 TaskStateExited <- 6 T {error}
            8 PassStateEntered <- 7 C {error}
            9 PassStateExited <- 8 C {error}
            10 ExecutionSucceeded <- 9 {error}"#
        ),
    );
    for (input, cause) in [
        (r#"{"t":5}"#, "The JSONPath '$.b' specified for the field 'a.$'"),
        (r#"{"b":1}"#, "Invalid path '$.t' : No results for path: $['t']"),
        (r#"{"b":1,"t":0}"#, "The TimeoutSecondsPath parameter must be between 1 and 99999999"),
    ] {
        let run = support::run(&definition, input, &[]);
        assert_eq!(run.snapshot.root().status, Status::Failed);
        assert_eq!(run.snapshot.root().reason.error.as_deref(), Some("States.Runtime"));
        let told = run.snapshot.root().reason.cause.as_deref().unwrap();
        assert!(told.contains(cause), "{told}");
        assert_eq!(run.snapshot.root().last_event_id, 3);
    }
}

#[test]
fn a_distributed_map_fails_with_its_mode_in_the_cause() {
    let definition = r#"{"StartAt":"M","States":{
        "M":{"Type":"Map","End":true,"ItemsPath":"$.i","Catch":[{"ErrorEquals":["States.ALL"],"Next":"C"}],
             "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
             "StartAt":"P","States":{"P":{"Type":"Succeed"}}}},
        "C":{"Type":"Pass","OutputPath":"$.Error","End":true}}}"#;
    let run = run(definition, r#"{"i":[1,2]}"#, &[]);
    let cause = "The processor mode 'DISTRIBUTED' of the state 'M' is not available in this \
                 installation.";
    let error = format!(r#"{{"Error":"States.TaskFailed","Cause":"{cause}"}}"#);
    expect(
        &run,
        &format!(
            r#"1 ExecutionStarted <- 0 {{"i":[1,2]}}
            2 MapStateEntered <- 0 M {{"i":[1,2]}}
            3 MapStateStarted <- 2 2
            4 MapStateFailed <- 3
            5 MapStateExited <- 4 M {error}
            6 PassStateEntered <- 5 C {error}
            7 PassStateExited <- 6 C "States.TaskFailed"
            8 ExecutionSucceeded <- 7 "States.TaskFailed""#
        ),
    );
}

#[test]
fn the_role_of_a_call_is_evaluated() {
    let role_of = |language: &str, resource: &str, credentials: &str| {
        let definition = format!(
            r#"{{"StartAt":"T","QueryLanguage":"{language}","States":{{"T":{{"Type":"Task",
               "Resource":"{resource}","Credentials":{credentials},"End":true}}}}}}"#
        );
        let mut run = Run::new(&definition);
        run.start(r#"{"r":"arn:r","FunctionName":"f","n":1}"#);
        let scheduled = run.events.iter().find_map(|event| match &event.body {
            EventBody::TaskScheduled(schedule) => Some(schedule.role_arn.clone()),
            _ => None,
        });
        let cause = run.snapshot.root().reason.cause.clone();
        scheduled.ok_or_else(|| cause.unwrap())
    };
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let invoke = "arn:aws:states:::lambda:invoke";
    let (path, jsonata) = ("JSONPath", "JSONata");
    for (language, resource, credentials, role) in [
        (path, function, r#"{"RoleArn":"arn:s"}"#, "arn:s"),
        (path, invoke, r#"{"RoleArn.$":"$.r"}"#, "arn:r"),
        (path, invoke, r#"{"RoleArn.$":"States.Format('{}x', $.r)"}"#, "arn:rx"),
        (jsonata, invoke, r#"{"RoleArn":"{% $states.input.r %}"}"#, "arn:r"),
    ] {
        assert_eq!(role_of(language, resource, credentials), Ok(Some(role.into())));
    }
    for (language, credentials, cause) in [
        (path, r#"{"RoleArn.$":"$.x"}"#, "The JSONPath '$.x' specified for the field 'RoleArn.$'"),
        (path, r#"{"RoleArn.$":"$.n"}"#, "The value of the field 'RoleArn.$' must be a text."),
        (
            jsonata,
            r#"{"RoleArn":"{% $states.input.n %}"}"#,
            "specified for the field 'Credentials/RoleArn' returned an unexpected result type. \
             Expected 'string', but was 'number'",
        ),
    ] {
        let told = role_of(language, invoke, credentials).unwrap_err();
        assert!(told.contains(cause), "{told}");
    }
}
