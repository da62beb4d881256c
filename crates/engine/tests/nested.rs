//! Nested executions: what a task makes of what it hears of its child.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use stepwell_engine::{
    JsonForm, Payload, Reason, Refusal, Root, Status, TaskFailure, TaskRef, Trigger, child_end,
};
use stepwell_ids::ExecutionArn;
use support::{Run, expect};

const CHILD: &str = "arn:aws:states:us-east-1:000000000000:execution:child:run";
const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:child";

fn definition(pattern: &str, more: &str) -> String {
    format!(
        r#"{{"StartAt":"N","States":{{"N":{{"Type":"Task","End":true,{more}
        "Resource":"arn:aws:states:::states:startExecution{pattern}"}}}}}}"#
    )
}

fn started(pattern: &str, more: &str, input: &str) -> Run {
    let mut run = Run::new(&definition(pattern, more));
    run.start(input);
    run
}

fn pending(run: &Run) -> TaskRef {
    run.queue.values().next().unwrap().reference()
}

fn reported(task: TaskRef, end: Option<Result<&str, (&str, &str)>>) -> Trigger {
    let end = end.map(|end| match end {
        Ok(output) => Ok(Payload::parse(output).unwrap()),
        Err((error, cause)) => Err(Reason { error: Some(error.into()), cause: Some(cause.into()) }),
    });
    Trigger::NestedReported { task, child: CHILD.into(), started_ms: 1_688_564_956_123, end }
}

fn names(run: &Run) -> Vec<&'static str> {
    run.events.iter().map(|event| event.type_name()).collect()
}

fn input() -> String {
    format!(r#"{{"StateMachineArn":"{MACHINE}","Name":"run","Input":{{"a":1}}}}"#)
}

#[test]
fn a_start_that_nobody_waits_for_succeeds_with_the_answer() {
    let mut run = started("", "", &input());
    let child = run.queue.values().next().unwrap().child().unwrap();
    assert_eq!((&*child.state_machine_arn, &*child.name), (MACHINE, "run"));
    assert_eq!(&*child.input, r#"{"a":1}"#);
    run.trigger(reported(pending(&run), None)).unwrap();
    assert_eq!(
        names(&run),
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSucceeded",
            "TaskStateExited",
            "ExecutionSucceeded"
        ]
    );
    let output = run.snapshot.root().output.clone().unwrap();
    let output = output.value().unwrap();
    assert_eq!(output.get("ExecutionArn").unwrap().as_str(), Some(CHILD));
    assert_eq!(output.get("StartDate").unwrap().to_json(), "1688564956123");
    let headers = output.get("SdkHttpMetadata").unwrap().get("HttpHeaders").unwrap();
    let length = format!(r#"{{"executionArn":"{CHILD}","startDate":1.688564956123E9}}"#).len();
    assert_eq!(headers.get("Content-Length").unwrap().as_str(), Some(&*length.to_string()));
    assert_eq!(headers.get("Date").unwrap().as_str(), Some("Mon, 23 Nov 2026 02:13:00 GMT"));
    assert!(run.stopped.is_empty());
}

#[test]
fn the_end_of_the_child_is_the_end_of_the_task_whichever_way_it_comes() {
    for pattern in [".sync", ".sync:2"] {
        for at_once in [true, false] {
            let mut run = started(pattern, "", &input());
            let task = pending(&run);
            if !at_once {
                run.trigger(reported(task, None)).unwrap();
                // Told again it changes nothing.
                let before = run.events.len();
                run.trigger(reported(task, None)).unwrap();
                assert_eq!(run.events.len(), before);
                assert!(run.queue.is_empty());
            }
            run.trigger(reported(task, Some(Ok(r#"{"Status":"SUCCEEDED"}"#)))).unwrap();
            let submitted = names(&run)[4..].to_vec();
            assert_eq!(
                submitted,
                ["TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"]
            );
            let output = run.snapshot.root().output.clone().unwrap();
            assert_eq!(output.text(), r#"{"Status":"SUCCEEDED"}"#);
            let late = run.trigger(reported(task, Some(Ok("1"))));
            assert_eq!(late, Err(Refusal::TaskTimedOut));
            assert!(run.stopped.is_empty());
        }
    }
}

#[test]
fn a_failed_child_is_retried_with_another_one_and_then_caught() {
    let more = r#""Retry":[{"ErrorEquals":["States.TaskFailed"],"MaxAttempts":1}],
        "Catch":[{"ErrorEquals":["States.TaskFailed"],"Next":"C"}],"#;
    let text = definition(".sync", more);
    let text = text.replace(r#""States":{"#, r#""States":{"C":{"Type":"Pass","End":true},"#);
    let mut run = Run::new(&text);
    run.start(&format!(r#"{{"StateMachineArn":"{MACHINE}"}}"#));
    let mut children = Vec::new();
    for _ in 0..2 {
        let attempt = run.queue.values().next().unwrap();
        children.push(attempt.child().unwrap());
        let failed = Some(Err(("States.TaskFailed", "{}")));
        run.trigger(reported(attempt.reference(), failed)).unwrap();
        if run.snapshot.is_running() {
            assert!(run.wait_for_due());
        }
    }
    assert_ne!(children[0].name, children[1].name, "a name of its own for each attempt");
    assert!(children.iter().all(|child| child.name.len() == 36 && &*child.input == "{}"));
    assert_eq!(run.snapshot.root().status, Status::Succeeded);
    let output = run.snapshot.root().output.clone().unwrap();
    assert_eq!(output.text(), r#"{"Error":"States.TaskFailed","Cause":"{}"}"#);
}

#[test]
fn a_start_that_is_refused_fails_the_task() {
    let mut run = started(".sync", "", &input());
    let (error, cause) = (Some("StepFunctions.X".into()), Some("why".into()));
    let failure = TaskFailure::Failed;
    run.trigger(Trigger::CallFailed { task: pending(&run), failure, error, cause }).unwrap();
    assert_eq!(names(&run)[3..], ["TaskStarted", "TaskFailed", "ExecutionFailed"]);
    assert!(run.queue.is_empty() && run.stopped.is_empty());
}

#[test]
fn a_child_is_stopped_when_nobody_waits_for_its_end_any_more() {
    let abort = || Trigger::Abort { error: None, cause: None };
    for (pattern, stops) in [("", 0), (".sync", 1), (".sync:2", 1), (".waitForTaskToken", 0)] {
        for submitted in [true, false] {
            let mut run = started(pattern, r#""TimeoutSeconds":9,"#, &input());
            if submitted && !pattern.is_empty() {
                run.trigger(reported(pending(&run), None)).unwrap();
            }
            run.trigger(abort()).unwrap();
            assert_eq!(run.stopped.len(), stops, "{pattern}");
            assert!(run.queue.is_empty());
            let mut run = started(pattern, r#""TimeoutSeconds":9,"#, &input());
            assert!(run.wait_for_due());
            assert_eq!(names(&run)[4..], ["TaskTimedOut", "ExecutionFailed"]);
            assert_eq!(run.stopped.len(), stops, "{pattern}");
        }
    }
}

#[test]
fn a_report_under_the_token_ends_what_waits_for_it_and_leaves_the_child_alone() {
    for pattern in [".waitForTaskToken", ".sync"] {
        let mut run = started(pattern, r#""HeartbeatSeconds":5,"#, &input());
        let task = pending(&run);
        run.trigger(reported(task, None)).unwrap();
        run.now_ms += 4_000;
        run.trigger(Trigger::TaskHeartbeat { task }).unwrap();
        run.now_ms += 4_000;
        let output = Payload::parse("\"done\"").unwrap();
        run.trigger(Trigger::TaskSucceeded { task, output }).unwrap();
        assert_eq!(run.snapshot.root().output.clone().unwrap().text(), "\"done\"");
        assert!(run.stopped.is_empty());
        // While the start is on its way the end is kept, so that the history is whole.
        let mut run = started(pattern, "", &input());
        let task = pending(&run);
        let output = Payload::parse("\"early\"").unwrap();
        run.trigger(Trigger::TaskSucceeded { task, output }).unwrap();
        assert!(run.snapshot.is_running());
        run.trigger(reported(task, None)).unwrap();
        let end = ["TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"];
        assert!(names(&run).ends_with(&end), "{:?}", names(&run));
        assert_eq!(run.snapshot.root().output.clone().unwrap().text(), "\"early\"");
        assert!(run.stopped.is_empty());
    }
    let mut run = started(".waitForTaskToken", r#""HeartbeatSeconds":5,"#, &input());
    run.trigger(reported(pending(&run), None)).unwrap();
    assert!(run.wait_for_due());
    assert_eq!(run.snapshot.root().reason.error.as_deref(), Some("States.Timeout"));
}

#[test]
fn parameters_that_nothing_can_be_started_with_fail_the_execution() {
    let told = |why: &str, input: &str| {
        format!(
            "An error occurred while executing the state 'N' (entered at the event id #2). The \
             Parameters '{input}' could not be used to start the Task: [{why}]"
        )
    };
    for (input, why) in [
        ("{}", "The field \"StateMachineArn\" is required but was missing"),
        (
            r#"{"StateMachineArn":1}"#,
            "The value for the field \"StateMachineArn\" must be a STRING",
        ),
        (
            r#"{"stateMachineArn":""}"#,
            "The field \"stateMachineArn\" is not supported by Step Functions",
        ),
    ] {
        let run = started("", "", input);
        expect(
            &run,
            &format!(
                "1 ExecutionStarted <- 0 {input}
                2 TaskStateEntered <- 0 N {input}
                3 ExecutionFailed <- 2 States.Runtime: {}",
                told(why, input)
            ),
        );
    }
}

#[test]
fn the_end_of_an_execution_is_described_as_the_service_does() {
    let arn = ExecutionArn::parse(CHILD).unwrap();
    let mut root = Root {
        status: Status::Succeeded,
        started_ms: 1,
        input: Payload::parse(r#"{ "a": 1 }"#).unwrap(),
        output: Some(Payload::parse("[2]").unwrap()),
        ..Root::default()
    };
    assert_eq!(child_end(&arn, &root, JsonForm::Text), None);
    root.stopped_ms = Some(2);
    let told = |root: &Root, form| child_end(&arn, root, form).unwrap().unwrap().text().to_owned();
    let text = |form| told(&root, form);
    assert_eq!(
        text(JsonForm::Text),
        format!(
            r#"{{"ExecutionArn":"{CHILD}","Input":"{{ \"a\": 1 }}","InputDetails":{{"Included":true}},"Name":"run","Output":"[2]","OutputDetails":{{"Included":true}},"RedriveCount":0,"RedriveStatus":"NOT_REDRIVABLE","RedriveStatusReason":"Execution is SUCCEEDED and cannot be redriven","StartDate":1,"StateMachineArn":"{MACHINE}","Status":"SUCCEEDED","StopDate":2}}"#
        )
    );
    assert!(text(JsonForm::Parsed).contains(r#""Input":{"a":1},"#));
    assert!(text(JsonForm::Parsed).contains(r#""Output":[2],"#));
    // One level more could not be read again.
    for (depth, shown) in [(255, "\"Output\":[["), (256, "\"Output\":\"[[")] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        root.output = Some(Payload::parse(deep).unwrap());
        let told = told(&root, JsonForm::Parsed);
        assert!(told.contains(shown), "{depth}");
        assert!(stepwell_json::parse(&told).is_ok());
    }
    let long = "é".repeat(32_000);
    root = Root {
        status: Status::Failed,
        stopped_ms: Some(2),
        input: Payload::parse(format!("\"{long}\"")).unwrap(),
        reason: Reason { error: Some("E".into()), cause: Some("why".into()) },
        ..Root::default()
    };
    for cause in ["why", &long] {
        root.reason.cause = Some(cause.into());
        let failed = child_end(&arn, &root, JsonForm::Parsed).unwrap().unwrap_err();
        assert_eq!(failed.error.as_deref(), Some("States.TaskFailed"));
        let told = failed.cause.unwrap();
        assert!(told.chars().count() <= 32_768);
        let value = stepwell_json::parse(&told).unwrap();
        assert_eq!(value.get("Error").unwrap().as_str(), Some("E"));
        assert_eq!(value.get("Status").unwrap().as_str(), Some("FAILED"));
        assert!(cause.starts_with(value.get("Cause").unwrap().as_str().unwrap()));
        assert_eq!(value.get("Input").is_some(), cause == "why");
    }
}
