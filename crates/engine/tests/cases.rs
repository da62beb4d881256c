//! Histories, line by line: definition, input, what workers do, and what must come of it.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use stepwell_engine::{MachineStatus, Payload, Refusal, Status, TaskFailure, Trigger};
use support::Outcome::{Fail, FailAs, Ignore, Succeed, Vanish};
use support::{Run, START_MS, expect, run};

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// One Task state `T` with more fields, then a Pass state `P`.
fn task(resource: &str, fields: &str) -> String {
    format!(
        r#"{{"StartAt":"T","States":{{
            "T":{{"Type":"Task","Resource":"{resource}",{fields}"Next":"P"}},
            "P":{{"Type":"Pass","End":true}}}}}}"#
    )
}

#[test]
fn an_activity_is_scheduled_started_and_answered() {
    let mut run = Run::new(&task(ACTIVITY, r#""InputPath":"$.q","ResultPath":"$.r","#));
    run.start(r#"{"q":[1]}"#);
    let task = run.take_task(Some("me"));
    let output = Payload::parse("{ \"ok\": true }").unwrap();
    let answer = Trigger::TaskSucceeded { task, output };
    run.trigger(answer.clone()).unwrap();
    expect(
        &run,
        r#"1 ExecutionStarted <- 0 {"q":[1]}
        2 TaskStateEntered <- 0 T {"q":[1]}
        3 ActivityScheduled <- 2 [1]
        4 ActivityStarted <- 3 me
        5 ActivitySucceeded <- 4 {"ok":true}
        6 TaskStateExited <- 5 T {"q":[1],"r":{"ok":true}}
        7 PassStateEntered <- 6 P {"q":[1],"r":{"ok":true}}
        8 PassStateExited <- 7 P {"q":[1],"r":{"ok":true}}
        9 ExecutionSucceeded <- 8 {"q":[1],"r":{"ok":true}}"#,
    );
    assert_eq!(run.trigger(answer), Err(Refusal::TaskTimedOut));
    assert_eq!(run.trigger(Trigger::TimerFired), Err(Refusal::Closed));
}

#[test]
fn a_missing_activity_fails_the_execution() {
    let mut run =
        Run::new(&task(ACTIVITY, r#""Catch":[{"ErrorEquals":["States.ALL"],"Next":"P"}],"#));
    run.missing_activities.insert(ACTIVITY.to_owned());
    run.start("{}");
    let text = format!("The activity {ACTIVITY} does not exist.");
    expect(
        &run,
        &format!(
            "1 ExecutionStarted <- 0 {{}}
            2 TaskStateEntered <- 0 T {{}}
            3 ExecutionFailed <- 2 States.Runtime: An error occurred while executing the state \
             'T' (entered at the event id #2). {text}"
        ),
    );
}

#[test]
fn retries_follow_the_failure_and_leave_a_catcher_the_rest() {
    let definition = task(
        ACTIVITY,
        r#""Retry":[{"ErrorEquals":["E"],"IntervalSeconds":2,"MaxAttempts":2,"BackoffRate":3.0},
                    {"ErrorEquals":["States.ALL"],"MaxAttempts":1}],
           "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"P"}],"OutputPath":null,"#,
    );
    let failures = [
        Fail(Some("E"), None),
        Fail(None, None),
        Fail(Some("E"), Some("c")),
        Fail(Some("E"), Some("last")),
    ];
    let run = run(&definition, "{}", &failures);
    expect(
        &run,
        r#"1 ExecutionStarted <- 0 {}
        2 TaskStateEntered <- 0 T {}
        3 ActivityScheduled <- 2 {}
        4 ActivityStarted <- 3
        5 ActivityFailed <- 4 E: -
        6 ActivityScheduled <- 5 {}
        7 ActivityStarted <- 6
        8 ActivityFailed <- 7 -: -
        9 ActivityScheduled <- 8 {}
        10 ActivityStarted <- 9
        11 ActivityFailed <- 10 E: c
        12 ActivityScheduled <- 11 {}
        13 ActivityStarted <- 12
        14 ActivityFailed <- 13 E: last
        15 TaskStateExited <- 14 T {"e":{"Error":"E","Cause":"last"}}
        16 PassStateEntered <- 15 P {"e":{"Error":"E","Cause":"last"}}
        17 PassStateExited <- 16 P {"e":{"Error":"E","Cause":"last"}}
        18 ExecutionSucceeded <- 17 {"e":{"Error":"E","Cause":"last"}}"#,
    );
    // 2 s, then 1 s of the other retrier, then 2 s x 3.
    assert_eq!(run.now_ms, START_MS + 9_000);
}

#[test]
fn a_worker_may_fail_without_a_word() {
    let definition = task(ACTIVITY, r#""Catch":[{"ErrorEquals":["States.ALL"],"Next":"P"}],"#);
    let run = run(&definition, "{}", &[Fail(None, None)]);
    let output = r#"{"Error":null,"Cause":null}"#;
    assert_eq!(run.snapshot.root().output.as_ref().unwrap().text(), output);
}

#[test]
fn an_uncaught_failure_is_the_execution_s() {
    let run = run(&task(ACTIVITY, ""), "{}", &[Fail(Some("E"), Some("c"))]);
    assert!(run.history().ends_with("5 ActivityFailed <- 4 E: c\n6 ExecutionFailed <- 5 E: c\n"));
}

#[test]
fn timeouts_count_from_the_start_and_heartbeats_from_each_other() {
    let definition = task(ACTIVITY, r#""TimeoutSeconds":60,"HeartbeatSeconds":10,"#);
    let mut run = Run::new(&definition);
    run.start("{}");
    run.now_ms += 1_000_000;
    let task = run.take_task(None);
    for _ in 0..6 {
        run.now_ms += 9_000;
        run.trigger(Trigger::TaskHeartbeat { task }).unwrap();
        assert_eq!(run.trigger(Trigger::TimerFired), Err(Refusal::NothingDue));
    }
    assert_eq!(run.snapshot.next_due_ms(), Some(START_MS + 1_060_000));
    assert!(run.wait_for_due());
    assert!(run.history().ends_with(
        "4 ActivityStarted <- 3\n5 ActivityTimedOut <- 4 States.Timeout: -\n\
         6 ExecutionFailed <- 5 States.Timeout: -\n"
    ));
    assert_eq!(run.trigger(Trigger::TaskHeartbeat { task }), Err(Refusal::TaskTimedOut));
}

#[test]
fn a_missed_heartbeat_is_caught_by_either_name() {
    for (name, caught) in [
        ("States.HeartbeatTimeout", true),
        ("States.Timeout", true),
        ("States.ALL", true),
        ("States.TaskFailed", false),
    ] {
        let catch =
            format!(r#""HeartbeatSeconds":10,"Catch":[{{"ErrorEquals":["{name}"],"Next":"P"}}],"#);
        let run = run(&task(ACTIVITY, &catch), "{}", &[Vanish]);
        assert!(run.history().contains("5 ActivityTimedOut <- 4 States.Timeout: -\n"));
        assert_eq!(run.snapshot.root().status == Status::Succeeded, caught, "{name}");
        assert_eq!(run.now_ms, START_MS + 10_000);
    }
}

#[test]
fn a_function_is_a_task_like_any_other() {
    let definition =
        task(FUNCTION, r#""TimeoutSeconds":20,"Retry":[{"ErrorEquals":["States.ALL"]}],"#);
    let outcomes = [
        FailAs(TaskFailure::ScheduleFailed, "Lambda.A", "a"),
        FailAs(TaskFailure::StartFailed, "Lambda.B", "b"),
        Vanish,
        Succeed("1"),
    ];
    expect(
        &run(&definition, "{}", &outcomes),
        r#"1 ExecutionStarted <- 0 {}
        2 TaskStateEntered <- 0 T {}
        3 LambdaFunctionScheduled <- 2 {}
        4 LambdaFunctionScheduleFailed <- 3 Lambda.A: a
        5 LambdaFunctionScheduled <- 4 {}
        6 LambdaFunctionStartFailed <- 5 Lambda.B: b
        7 LambdaFunctionScheduled <- 6 {}
        8 LambdaFunctionStarted <- 7
        9 LambdaFunctionTimedOut <- 8 States.Timeout: -
        10 LambdaFunctionScheduled <- 9 {}
        11 LambdaFunctionStarted <- 10
        12 LambdaFunctionSucceeded <- 11 1
        13 TaskStateExited <- 12 T 1
        14 PassStateEntered <- 13 P 1
        15 PassStateExited <- 14 P 1
        16 ExecutionSucceeded <- 15 1"#,
    );
}

#[test]
fn an_activity_that_can_t_be_queued_says_so() {
    let outcomes = [FailAs(TaskFailure::ScheduleFailed, "States.TaskFailed", "c")];
    let run = run(&task(ACTIVITY, ""), "{}", &outcomes);
    assert!(run.history().ends_with(
        "4 ActivityScheduleFailed <- 3 States.TaskFailed: c\n\
         5 ExecutionFailed <- 4 States.TaskFailed: c\n"
    ));
}

#[test]
fn a_lost_call_of_a_function_is_not_made_again() {
    let definition = task(FUNCTION, r#""Catch":[{"ErrorEquals":["Lambda.Unknown"],"Next":"P"}],"#);
    let mut run = Run::new(&definition);
    run.start("{}");
    let task = run.take_task(None);
    run.now_ms += 20_000;
    run.trigger(Trigger::CallAlive { task }).unwrap();
    assert_eq!(run.snapshot.next_due_ms(), Some(START_MS + 50_000));
    assert!(run.wait_for_due());
    assert!(run.history().contains("5 LambdaFunctionFailed <- 4 Lambda.Unknown: "));
    assert_eq!(run.snapshot.root().status, Status::Succeeded);
}

#[test]
fn the_time_of_the_machine_cuts_through_everything() {
    let definition = r#"{"StartAt":"W","TimeoutSeconds":30,"States":{
        "W":{"Type":"Wait","Seconds":100,"End":true}}}"#;
    let mut run = Run::new(definition);
    run.start("{}");
    assert_eq!(run.snapshot.next_due_ms(), Some(START_MS + 30_000));
    run.now_ms += 31_000;
    run.trigger(Trigger::TimerFired).unwrap();
    assert!(run.history().ends_with("\n3 ExecutionTimedOut <- 0 States.Timeout: -\n"));
    let root = run.snapshot.root();
    assert_eq!((root.status, root.stopped_ms), (Status::TimedOut, Some(START_MS + 30_000)));
    assert_eq!(root.reason, stepwell_engine::Reason::default());
}

#[test]
fn a_late_timer_costs_nothing_that_was_due_before() {
    let definition = r#"{"StartAt":"W","TimeoutSeconds":30,"States":{
        "W":{"Type":"Wait","Seconds":29,"End":true}}}"#;
    let mut run = Run::new(definition);
    run.start("{}");
    run.now_ms += 100_000;
    run.trigger(Trigger::TimerFired).unwrap();
    assert_eq!(run.snapshot.root().status, Status::Succeeded);
}

#[test]
fn a_stop_ends_everything_and_stays() {
    let mut run = Run::new(&task(ACTIVITY, ""));
    assert_eq!(run.trigger(Trigger::TimerFired), Err(Refusal::NotStarted));
    run.start("{}");
    let task = run.take_task(None);
    let stop = Trigger::Abort { error: Some("E".into()), cause: None };
    run.trigger(stop.clone()).unwrap();
    assert!(run.history().ends_with("\n5 ExecutionAborted <- 0 E: -\n"));
    assert_eq!(run.trigger(stop), Err(Refusal::Closed));
    let output = Payload::default();
    let late = Trigger::TaskSucceeded { task, output: output.clone() };
    assert_eq!(run.trigger(late), Err(Refusal::TaskTimedOut));
    assert_eq!(run.trigger(Trigger::Start { input: output }), Err(Refusal::Started));
    assert_eq!(run.snapshot.root().status, Status::Aborted);
}

#[test]
fn executions_of_a_deleted_machine_end_at_their_next_transition() {
    let mut run = Run::new(&task(ACTIVITY, ""));
    run.start("{}");
    run.machine = MachineStatus::Deleting;
    let task = run.take_task(None);
    run.trigger(Trigger::TaskSucceeded { task, output: Payload::default() }).unwrap();
    assert!(run.history().ends_with("6 TaskStateExited <- 5 T {}\n7 ExecutionAborted <- 0 -: -\n"));
}

#[test]
fn the_last_event_of_a_full_history_fails_the_execution() {
    let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},
        "B":{"Type":"Choice","Choices":[{"Variable":"$","IsNull":true,"Next":"C"}],"Default":"A"},
        "C":{"Type":"Succeed"}}}"#;
    let mut run = Run::new(definition);
    run.start("{}");
    let mut turns = 0;
    while run.wait_for_due() {
        turns += 1;
    }
    assert!(turns > 10, "a hot loop goes on in bounded steps");
    let last = "25000 ExecutionFailed <- 24999 States.Runtime: \
                The execution reached the maximum number of history events (25000).";
    assert_eq!(run.history().lines().last(), Some(last));
}

#[test]
fn a_delivery_asks_again_and_another_takes_its_place() {
    let mut run = Run::new(&task(ACTIVITY, r#""HeartbeatSeconds":10,"TimeoutSeconds":15,"#));
    run.start("{}");
    let task = run.take_task(Some("one"));
    let again = |delivery_id| Trigger::TaskStarted { task, delivery_id, worker_name: None };
    run.trigger(again(1)).unwrap();
    assert_eq!(run.trigger(again(2)), Err(Refusal::AlreadyStarted));
    run.now_ms += 8_000;
    let redelivered = |failed_delivery_id, delivery_id| Trigger::TaskRedelivered {
        task,
        failed_delivery_id,
        delivery_id,
        worker_name: Some("two".into()),
    };
    run.trigger(redelivered(1, 2)).unwrap();
    run.trigger(redelivered(1, 2)).unwrap();
    run.trigger(again(2)).unwrap();
    assert_eq!(run.trigger(redelivered(1, 3)), Err(Refusal::AlreadyStarted));
    assert_eq!(run.private_events(), ["TaskRedelivered"]);
    assert!(run.history().ends_with("\n4 ActivityStarted <- 3 one\n"));
    let (_, attempt) = run.snapshot.attempt(3).unwrap();
    assert_eq!(attempt.heartbeat_deadline_ms, Some(START_MS + 18_000));
    assert_eq!(attempt.deadline_ms, Some(START_MS + 15_000));
}

#[test]
fn tokens_of_other_tasks_are_refused() {
    let mut run = Run::new(&task(ACTIVITY, r#""Retry":[{"ErrorEquals":["States.ALL"]}],"#));
    run.start("{}");
    let pending = run.queue[&3].reference();
    let heartbeat = |task| Trigger::TaskHeartbeat { task };
    assert_eq!(run.trigger(heartbeat(pending)), Err(Refusal::TaskDoesNotExist));
    let task = run.take_task(None);
    let other = stepwell_engine::TaskRef { nonce: task.nonce ^ 1, ..task };
    assert_eq!(run.trigger(heartbeat(other)), Err(Refusal::TaskDoesNotExist));
    let later = stepwell_engine::TaskRef { scheduled_event: 99, ..task };
    assert_eq!(run.trigger(heartbeat(later)), Err(Refusal::TaskDoesNotExist));
    let failure = TaskFailure::Failed;
    run.trigger(Trigger::TaskFailed { task, failure, error: None, cause: None }).unwrap();
    assert!(run.wait_for_due());
    let newer = run.take_task(None);
    assert_eq!((newer.scheduled_event, newer.attempt), (6, 2));
    assert_eq!(run.trigger(heartbeat(task)), Err(Refusal::TaskTimedOut));
    run.trigger(heartbeat(newer)).unwrap();
}

#[test]
fn a_task_nobody_takes_waits_as_long_as_the_machine() {
    let definition = format!(
        r#"{{"StartAt":"T","TimeoutSeconds":90,"States":{{
            "T":{{"Type":"Task","Resource":"{ACTIVITY}","TimeoutSeconds":5,"End":true}}}}}}"#
    );
    let run = run(&definition, "{}", &[Ignore]);
    assert!(
        run.history()
            .ends_with("3 ActivityScheduled <- 2 {}\n4 ExecutionTimedOut <- 0 States.Timeout: -\n")
    );
    assert!(run.queue.is_empty());
}
