//! Tasks that go on after their call until somebody uses their token.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use stepwell_engine::{Payload, Refusal, Status, TaskFailure, TaskRef, Trigger};
use support::{Run, expect, token};

const INVOKE: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";

fn definition(fields: &str) -> String {
    let caught = if fields.contains("Catch") { r#","C":{"Type":"Pass","End":true}"# } else { "" };
    format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{INVOKE}",{fields}
            "Parameters":{{"FunctionName":"f","Payload.$":"$$.Task.Token"}},"End":true}}{caught}}}}}"#
    )
}

/// A run whose call has been taken.
fn called(fields: &str) -> (Run, TaskRef) {
    let mut run = Run::new(&definition(fields));
    run.start("{}");
    let task = run.take_task(None);
    (run, task)
}

fn answered(task: TaskRef) -> Trigger {
    Trigger::CallAnswered { task, output: Payload::parse(r#"{"StatusCode":200}"#).unwrap() }
}

fn success(task: TaskRef, output: &'static str) -> Trigger {
    Trigger::TaskSucceeded { task, output: Payload::parse(output).unwrap() }
}

fn failure(task: TaskRef, error: Option<&str>) -> Trigger {
    let error = error.map(Into::into);
    Trigger::TaskFailed { task, failure: TaskFailure::Failed, error, cause: None }
}

fn call_failed(task: TaskRef, failure: TaskFailure) -> Trigger {
    let (error, cause) = (Some("Lambda.E".into()), Some("why".into()));
    Trigger::CallFailed { task, failure, error, cause }
}

const BEFORE: &str = r#"1 ExecutionStarted <- 0 {}
    2 TaskStateEntered <- 0 T {}
    3 TaskScheduled <- 2 {"FunctionName":"f","Payload":"3/1"}
    4 TaskStarted <- 3
    5 TaskSubmitted <- 4 {"StatusCode":200}
"#;

#[test]
fn a_task_goes_on_after_its_call_until_its_token_is_used() {
    let (mut run, task) = called("");
    assert_eq!(&*token(task), "3/1");
    run.trigger(answered(task)).unwrap();
    assert_eq!(run.trigger(answered(task)), Err(Refusal::TaskTimedOut), "once");
    run.trigger(success(task, r#"{"done": true}"#)).unwrap();
    expect(
        &run,
        &format!(
            r#"{BEFORE}6 TaskSucceeded <- 5 {{"done":true}}
            7 TaskStateExited <- 6 T {{"done":true}}
            8 ExecutionSucceeded <- 7 {{"done":true}}"#
        ),
    );
    assert_eq!(run.trigger(success(task, "1")), Err(Refusal::TaskTimedOut));
}

#[test]
fn failures_keep_what_was_sent_and_nothing_more() {
    let (mut run, task) = called(r#""Catch":[{"ErrorEquals":["States.ALL"],"Next":"C"}],"#);
    run.trigger(answered(task)).unwrap();
    run.trigger(failure(task, None)).unwrap();
    let error = r#"{"Error":null,"Cause":null}"#;
    expect(
        &run,
        &format!(
            r#"{BEFORE}6 TaskFailed <- 5 -: -
            7 TaskStateExited <- 6 T {error}
            8 PassStateEntered <- 7 C {error}
            9 PassStateExited <- 8 C {error}
            10 ExecutionSucceeded <- 9 {error}"#
        ),
    );
}

#[test]
fn an_outcome_that_comes_before_the_answer_counts_after_it() {
    for outcome in ["success", "failure"] {
        let (mut run, task) = called(r#""HeartbeatSeconds":5,"#);
        let trigger =
            if outcome == "success" { success(task, "7") } else { failure(task, Some("E")) };
        run.trigger(trigger).unwrap();
        assert_eq!(run.snapshot.root().last_event_id, 4);
        // The task has ended, whatever its history shows yet.
        assert_eq!(run.trigger(success(task, "8")), Err(Refusal::TaskTimedOut));
        assert_eq!(run.trigger(failure(task, Some("F"))), Err(Refusal::TaskTimedOut));
        assert_eq!(run.trigger(Trigger::TaskHeartbeat { task }), Err(Refusal::TaskTimedOut));
        run.trigger(answered(task)).unwrap();
        let end = if outcome == "success" {
            "6 TaskSucceeded <- 5 7\n7 TaskStateExited <- 6 T 7\n8 ExecutionSucceeded <- 7 7"
        } else {
            "6 TaskFailed <- 5 E: -\n7 ExecutionFailed <- 6 E: -"
        };
        expect(&run, &format!("{BEFORE}{end}"));
        assert_eq!(run.private_events(), ["OutcomeReceived"]);
    }
}

#[test]
fn an_early_outcome_is_kept_whatever_becomes_of_the_call() {
    let ends: [fn(&mut Run, TaskRef); 3] = [
        |run, task| run.trigger(call_failed(task, TaskFailure::Failed)).unwrap(),
        |run, task| {
            let answer = format!("\"{}\"", "x".repeat(300_000));
            let output = Payload::parse(answer).unwrap();
            run.trigger(Trigger::CallAnswered { task, output }).unwrap();
        },
        // The node that makes the call is lost, or the time is over.
        |run, _| assert!(run.wait_for_due()),
    ];
    for end in ends {
        for fields in ["", r#""TimeoutSeconds":9,"#] {
            let (mut run, task) = called(fields);
            run.trigger(success(task, "7")).unwrap();
            end(&mut run, task);
            assert_eq!(run.snapshot.root().output.as_ref().unwrap().text(), "7");
            assert!(run.history().contains("5 TaskSucceeded <- 4 7"), "{}", run.history());
        }
    }
}

#[test]
fn a_call_that_fails_ends_the_task() {
    let (mut run, task) = called("");
    run.trigger(call_failed(task, TaskFailure::Failed)).unwrap();
    assert!(run.history().contains("5 TaskFailed <- 4 Lambda.E: why"), "{}", run.history());
    assert_eq!(run.trigger(success(task, "1")), Err(Refusal::TaskTimedOut));
    // Before its start.
    let mut run = Run::new(&definition(""));
    run.start("{}");
    let task = run.queue.values().next().unwrap().reference();
    assert_eq!(run.trigger(success(task, "1")), Err(Refusal::TaskDoesNotExist));
    assert_eq!(run.trigger(answered(task)), Err(Refusal::TaskDoesNotExist));
    run.trigger(call_failed(task, TaskFailure::StartFailed)).unwrap();
    assert!(run.history().contains("4 TaskStartFailed <- 3 Lambda.E: why"), "{}", run.history());
    // After its end it can't.
    let (mut run, task) = called("");
    run.trigger(answered(task)).unwrap();
    let late = run.trigger(call_failed(task, TaskFailure::Failed));
    assert_eq!(late, Err(Refusal::TaskTimedOut));
    assert_eq!(run.snapshot.root().status, Status::Running);
}

#[test]
fn too_large_an_answer_or_outcome_fails_the_task() {
    let large = || Payload::parse(format!("\"{}\"", "x".repeat(300_000))).unwrap();
    let (mut run, task) = called("");
    run.trigger(Trigger::CallAnswered { task, output: large() }).unwrap();
    assert!(run.history().contains("5 TaskFailed <- 4 States.DataLimitExceeded"));
    let (mut run, task) = called("");
    run.trigger(answered(task)).unwrap();
    run.trigger(Trigger::TaskSucceeded { task, output: large() }).unwrap();
    assert!(run.history().contains("6 TaskFailed <- 5 States.DataLimitExceeded"));
}

#[test]
fn heartbeats_of_the_token_and_of_the_call_are_two_things() {
    let (mut run, task) = called(r#""HeartbeatSeconds":50,"TimeoutSeconds":600,"#);
    let start_ms = run.now_ms;
    // The node that makes the call counts as lost after 30 seconds of silence.
    assert_eq!(run.snapshot.next_due_ms(), Some(start_ms + 30_000));
    run.now_ms = start_ms + 20_000;
    run.trigger(Trigger::TaskHeartbeat { task }).unwrap();
    assert_eq!(run.snapshot.next_due_ms(), Some(start_ms + 30_000));
    run.trigger(Trigger::CallAlive { task }).unwrap();
    assert_eq!(run.snapshot.next_due_ms(), Some(start_ms + 50_000));
    run.now_ms = start_ms + 40_000;
    run.trigger(answered(task)).unwrap();
    // From the answer on only the heartbeats of the token count.
    assert_eq!(run.snapshot.next_due_ms(), Some(start_ms + 90_000));
    run.now_ms = start_ms + 80_000;
    run.trigger(Trigger::TaskHeartbeat { task }).unwrap();
    assert_eq!(run.snapshot.next_due_ms(), Some(start_ms + 130_000));
    assert!(run.wait_for_due());
    let end = "6 TaskTimedOut <- 5 States.Timeout: -\n7 ExecutionFailed <- 6 States.Timeout: -";
    expect(&run, &format!("{BEFORE}{end}"));
    assert_eq!(run.trigger(Trigger::TaskHeartbeat { task }), Err(Refusal::TaskTimedOut));
}

#[test]
fn a_lost_call_and_a_passed_timeout_end_the_task() {
    let (mut run, _) = called("");
    assert!(run.wait_for_due());
    assert!(run.history().contains("5 TaskFailed <- 4 Lambda.Unknown"), "{}", run.history());
    let (mut run, task) = called(r#""TimeoutSeconds":40,"#);
    run.trigger(answered(task)).unwrap();
    assert!(run.wait_for_due());
    assert!(run.history().contains("6 TaskTimedOut <- 5 States.Timeout"), "{}", run.history());
}

#[test]
fn a_retry_has_a_new_token_and_the_old_one_is_over() {
    let (mut run, first) = called(r#""Retry":[{"ErrorEquals":["E"],"IntervalSeconds":1}],"#);
    run.trigger(answered(first)).unwrap();
    run.trigger(failure(first, Some("E"))).unwrap();
    assert!(run.wait_for_due());
    let second = run.take_task(None);
    assert!(run.history().contains(r#"7 TaskScheduled <- 6 {"FunctionName":"f","Payload":"7/2"}"#));
    assert_ne!(first.nonce, second.nonce);
    assert_eq!(run.trigger(success(first, "1")), Err(Refusal::TaskTimedOut));
    run.trigger(answered(second)).unwrap();
    run.trigger(success(second, "2")).unwrap();
    assert_eq!(run.snapshot.root().output.as_ref().unwrap().text(), "2");
}

#[test]
fn iterations_have_tokens_of_their_own() {
    let definition = format!(
        r#"{{"QueryLanguage":"JSONata","StartAt":"M","States":{{"M":{{"Type":"Map","End":true,
            "ItemProcessor":{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{INVOKE}",
            "Arguments":{{"FunctionName":"f","Payload":"{{% $states.context.Task.Token %}}"}},
            "Output":"{{% $states.context.Task.Token & '=' & $states.result %}}","End":true}}}}}}}}}}}}"#
    );
    let mut run = Run::new(&definition);
    run.start("[1,2]");
    let tasks = [run.take_task(None), run.take_task(None)];
    assert_ne!(token(tasks[0]), token(tasks[1]));
    for task in tasks {
        run.trigger(answered(task)).unwrap();
    }
    for (task, output) in [(tasks[1], "\"b\""), (tasks[0], "\"a\"")] {
        run.trigger(success(task, output)).unwrap();
    }
    let output = format!("[\"{}=a\",\"{}=b\"]", token(tasks[0]), token(tasks[1]));
    assert_eq!(run.snapshot.root().output.as_ref().unwrap().text(), output);
}

#[test]
fn a_failed_branch_ends_the_tokens_of_the_others() {
    let definition = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","End":true,"Branches":[
            {{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{INVOKE}","End":true}}}}}},
            {{"StartAt":"W","States":{{"W":{{"Type":"Wait","Seconds":1,"Next":"F"}},
                                       "F":{{"Type":"Fail","Error":"E"}}}}}}]}}}}}}"#
    );
    let mut run = Run::new(&definition);
    run.start(r#"{"FunctionName":"f"}"#);
    let task = run.take_task(None);
    run.trigger(success(task, "1")).unwrap();
    assert!(run.wait_for_due());
    assert_eq!(run.snapshot.root().status, Status::Failed);
    assert_eq!(run.trigger(answered(task)), Err(Refusal::TaskTimedOut));
}

#[test]
fn only_calls_that_a_token_can_end_show_one() {
    for resource in
        ["arn:aws:states:::lambda:invoke", "arn:aws:lambda:us-east-1:000000000000:function:f"]
    {
        let definition = definition("").replace(INVOKE, resource);
        let mut run = Run::new(&definition);
        run.start("{}");
        let cause = run.snapshot.root().reason.cause.clone().unwrap();
        assert!(cause.contains("The JSONPath '$.Task.Token'"), "{cause}");
    }
    let sync = definition("").replace(INVOKE, "arn:aws:states:::batch:submitJob.sync");
    let mut run = Run::new(&sync);
    run.start("{}");
    assert!(run.history().contains(r#""Payload":"3/1""#), "{}", run.history());
}
