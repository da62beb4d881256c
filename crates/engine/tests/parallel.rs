//! Parallel states: their joins, failures and event links.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use stepwell_engine::Trigger;
use support::Outcome::{Fail, Ignore, Succeed};
use support::{Run, START_MS, expect, run};

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

/// A Parallel state `P` with these branches (each the fields of its one state) and more fields.
fn parallel(fields: &str, branches: &[&str]) -> String {
    let branch = |(at, state): (usize, &&str)| {
        format!(r#"{{"StartAt":"B{at}","States":{{"B{at}":{{{state}}}}}}}"#)
    };
    let branches: Vec<_> = branches.iter().enumerate().map(branch).collect();
    format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel",{fields}"Branches":[{}]}},
           "Z":{{"Type":"Succeed"}}}}}}"#,
        branches.join(",")
    )
}

const NEXT: &str = r#""Next":"Z","#;
const CATCH: &str = r#""Next":"Z","Catch":[{"ErrorEquals":["States.ALL"],"Next":"Z"}],"#;

fn task() -> String {
    format!(r#""Type":"Task","Resource":"{ACTIVITY}","End":true"#)
}

#[test]
fn outputs_are_joined_in_the_order_of_branches() {
    let definition = parallel(
        &format!(r#"{NEXT}"InputPath":"$.i","ResultPath":"$.r","#),
        &[r#""Type":"Wait","Seconds":3,"End":true"#, r#""Type":"Pass","Result":2,"End":true"#],
    );
    expect(
        &run(&definition, r#"{"i":1}"#, &[]),
        r#"1 ExecutionStarted <- 0 {"i":1}
        2 ParallelStateEntered <- 0 P {"i":1}
        3 ParallelStateStarted <- 2
        4 WaitStateEntered <- 3 B0 1
        5 PassStateEntered <- 3 B1 1
        6 PassStateExited <- 5 B1 2
        7 WaitStateExited <- 4 B0 1
        8 ParallelStateSucceeded <- 7
        9 ParallelStateExited <- 7 P {"i":1,"r":[1,2]}
        10 SucceedStateEntered <- 9 Z {"i":1,"r":[1,2]}
        11 SucceedStateExited <- 10 Z {"i":1,"r":[1,2]}
        12 ExecutionSucceeded <- 11 {"i":1,"r":[1,2]}"#,
    );
}

#[test]
fn a_caught_failure_cuts_off_the_other_branches() {
    let inner = r#""Type":"Parallel","End":true,"Branches":[{"StartAt":"I","States":{
        "I":{"Type":"Wait","Seconds":9,"End":true}}}]"#;
    let wait = r#""Type":"Wait","Seconds":5,"End":true"#;
    let done = r#""Type":"Pass","End":true"#;
    let definition = parallel(CATCH, &[wait, &task(), inner, &task(), done]);
    expect(
        &run(&definition, "{}", &[Ignore, Fail(Some("E"), None)]),
        r#"1 ExecutionStarted <- 0 {}
        2 ParallelStateEntered <- 0 P {}
        3 ParallelStateStarted <- 2
        4 WaitStateEntered <- 3 B0 {}
        5 TaskStateEntered <- 3 B1 {}
        6 ParallelStateEntered <- 3 B2 {}
        7 TaskStateEntered <- 3 B3 {}
        8 PassStateEntered <- 3 B4 {}
        9 ActivityScheduled <- 5 {}
        10 ParallelStateStarted <- 6
        11 ActivityScheduled <- 7 {}
        12 PassStateExited <- 8 B4 {}
        13 WaitStateEntered <- 10 I {}
        14 ActivityStarted <- 11
        15 ActivityFailed <- 14 E: -
        16 TaskStateAborted <- 15
        17 WaitStateAborted <- 15
        18 TaskStateAborted <- 15
        19 WaitStateAborted <- 15
        20 ParallelStateAborted <- 15
        21 ParallelStateFailed <- 15
        22 ParallelStateExited <- 21 P {"Error":"E","Cause":null}
        23 SucceedStateEntered <- 22 Z {"Error":"E","Cause":null}
        24 SucceedStateExited <- 23 Z {"Error":"E","Cause":null}
        25 ExecutionSucceeded <- 24 {"Error":"E","Cause":null}"#,
    );
}

#[test]
fn a_failure_climbs_from_branch_to_branch() {
    let inner = r#""Type":"Parallel","End":true,"Branches":[{"StartAt":"I","States":{
        "I":{"Type":"Fail","Error":"E","Cause":"c"}}}]"#;
    expect(
        &run(&parallel(NEXT, &[inner]), "{}", &[]),
        r#"1 ExecutionStarted <- 0 {}
        2 ParallelStateEntered <- 0 P {}
        3 ParallelStateStarted <- 2
        4 ParallelStateEntered <- 3 B0 {}
        5 ParallelStateStarted <- 4
        6 FailStateEntered <- 5 I {}
        7 ParallelStateFailed <- 6
        8 ParallelStateFailed <- 7
        9 ExecutionFailed <- 8 E: c"#,
    );
}

#[test]
fn a_retry_opens_the_branches_anew_after_the_failing_event() {
    let fields =
        r#""Next":"Z","Retry":[{"ErrorEquals":["E"],"MaxAttempts":1,"IntervalSeconds":4}],"#;
    let definition = parallel(fields, &[&task(), r#""Type":"Wait","Seconds":1,"End":true"#]);
    let mut run = Run::new(&definition);
    run.start("{}");
    run.work(&[Fail(Some("E"), None), Succeed("1")]);
    expect(
        &run,
        r#"1 ExecutionStarted <- 0 {}
        2 ParallelStateEntered <- 0 P {}
        3 ParallelStateStarted <- 2
        4 TaskStateEntered <- 3 B0 {}
        5 WaitStateEntered <- 3 B1 {}
        6 ActivityScheduled <- 4 {}
        7 ActivityStarted <- 6
        8 ActivityFailed <- 7 E: -
        9 TaskStateAborted <- 8
        10 WaitStateAborted <- 8
        11 ParallelStateStarted <- 8
        12 TaskStateEntered <- 11 B0 {}
        13 WaitStateEntered <- 11 B1 {}
        14 ActivityScheduled <- 12 {}
        15 ActivityStarted <- 14
        16 ActivitySucceeded <- 15 1
        17 TaskStateExited <- 16 B0 1
        18 WaitStateExited <- 13 B1 {}
        19 ParallelStateSucceeded <- 18
        20 ParallelStateExited <- 18 P [1,{}]
        21 SucceedStateEntered <- 20 Z [1,{}]
        22 SucceedStateExited <- 21 Z [1,{}]
        23 ExecutionSucceeded <- 22 [1,{}]"#,
    );
    assert_eq!(run.now_ms, START_MS + 5_000);
}

#[test]
fn a_data_error_in_a_branch_is_caught_nowhere() {
    let definition = parallel(CATCH, &[r#""Type":"Pass","InputPath":"$.x","End":true"#, &task()]);
    let run = run(&definition, "{}", &[]);
    let history = run.history();
    assert!(history.contains("6 TaskStateAborted <- 4\n7 ParallelStateFailed <- 4\n8 ExecutionFailed <- 7 States.Runtime: "), "{history}");
    assert!(run.queue.is_empty());
}

#[test]
fn branches_share_the_steps_of_a_decision() {
    let hot = |name: &str| {
        format!(
            r#"{{"StartAt":"{name}1","States":{{"{name}1":{{"Type":"Pass","Next":"{name}2"}},
            "{name}2":{{"Type":"Choice","Choices":[{{"Variable":"$","IsNull":true,"Next":"{name}3"}}],
            "Default":"{name}1"}},"{name}3":{{"Type":"Succeed"}}}}}}"#
        )
    };
    let definition = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","End":true,"Branches":[{},{},{}]}}}}}}"#,
        hot("a"),
        hot("b"),
        hot("c")
    );
    let mut run = Run::new(&definition);
    run.limits.steps = 7;
    run.start("{}");
    for _ in 0..60 {
        assert_eq!(run.snapshot.next_due_ms(), Some(run.now_ms));
        run.trigger(Trigger::TimerFired).unwrap();
    }
    let history = run.history();
    let entered = |line: &&str| line.contains("Entered <- ");
    let count = |name: &str| {
        let name = format!(" {name}");
        history.lines().filter(entered).filter(|line| line.contains(&name)).count()
    };
    let counts = ["a", "b", "c"].map(count);
    let spread = counts.iter().max().unwrap() - counts.iter().min().unwrap();
    assert!(counts[0] > 50 && spread <= 2, "{counts:?}");
}
