//! Map states, inline.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use std::time::Instant;
use stepwell_engine::{Limits, Status};
use support::{Outcome, Run, expect, run};

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";

/// A machine of one Map state `M` with these fields and this processor.
fn mapping(fields: &str, processor: &str) -> String {
    format!(
        r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","End":true,{fields}
            "ItemProcessor":{processor}}}}}}}"#
    )
}

fn task() -> String {
    format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","End":true,"Resource":"{ACTIVITY}"}}}}}}"#
    )
}

const PASS: &str = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;

fn output(run: &Run) -> &str {
    run.snapshot.root().output.as_ref().map_or("none", |output| output.text())
}

fn cause(run: &Run) -> &str {
    run.snapshot.root().reason.cause.as_deref().unwrap_or_default()
}

#[test]
fn iterations_start_together_and_each_end_makes_place_for_the_next() {
    let definition = mapping(r#""MaxConcurrency":2,"#, &task());
    let outcomes = [Outcome::Succeed("10"), Outcome::Succeed("20"), Outcome::Succeed("30")];
    let run = run(&definition, "[1,2,3]", &outcomes);
    expect(
        &run,
        "1 ExecutionStarted <- 0 [1,2,3]
        2 MapStateEntered <- 0 M [1,2,3]
        3 MapStateStarted <- 2 3
        4 MapIterationStarted <- 3 0
        5 MapIterationStarted <- 3 1
        6 TaskStateEntered <- 4 T 1
        7 TaskStateEntered <- 5 T 2
        8 ActivityScheduled <- 6 1
        9 ActivityScheduled <- 7 2
        10 ActivityStarted <- 8
        11 ActivitySucceeded <- 10 10
        12 TaskStateExited <- 11 T 10
        13 MapIterationSucceeded <- 12 0
        14 MapIterationStarted <- 12 2
        15 TaskStateEntered <- 14 T 3
        16 ActivityScheduled <- 15 3
        17 ActivityStarted <- 9
        18 ActivitySucceeded <- 17 20
        19 TaskStateExited <- 18 T 20
        20 MapIterationSucceeded <- 19 1
        21 ActivityStarted <- 16
        22 ActivitySucceeded <- 21 30
        23 TaskStateExited <- 22 T 30
        24 MapIterationSucceeded <- 23 2
        25 MapStateSucceeded <- 24
        26 MapStateExited <- 24 M [10,20,30]
        27 ExecutionSucceeded <- 26 [10,20,30]",
    );
}

#[test]
fn tasks_that_run_out_of_time_within_a_moment_say_so_before_the_first_cuts_off_the_others() {
    let task = task().replace("\"End\":true,", "\"End\":true,\"TimeoutSeconds\":5,");
    let mut run = Run::new(&mapping("", &task));
    run.start("[1,2,3]");
    let begun = run.now_ms;
    run.take_task(None);
    run.now_ms = begun + 900;
    run.take_task(None);
    run.now_ms = begun + 1_100;
    run.take_task(None);
    // The third is a moment later than the first: it has its whole time.
    assert_eq!(run.snapshot.next_due_ms(), Some(begun + 5_900));
    assert!(run.wait_for_due());
    expect(
        &run,
        "1 ExecutionStarted <- 0 [1,2,3]
        2 MapStateEntered <- 0 M [1,2,3]
        3 MapStateStarted <- 2 3
        4 MapIterationStarted <- 3 0
        5 MapIterationStarted <- 3 1
        6 MapIterationStarted <- 3 2
        7 TaskStateEntered <- 4 T 1
        8 TaskStateEntered <- 5 T 2
        9 TaskStateEntered <- 6 T 3
        10 ActivityScheduled <- 7 1
        11 ActivityScheduled <- 8 2
        12 ActivityScheduled <- 9 3
        13 ActivityStarted <- 10
        14 ActivityStarted <- 11
        15 ActivityStarted <- 12
        16 ActivityTimedOut <- 13 States.Timeout: -
        17 ActivityTimedOut <- 14 States.Timeout: -
        18 MapIterationFailed <- 16 0
        19 TaskStateAborted <- 16
        20 MapIterationAborted <- 16 1
        21 TaskStateAborted <- 16
        22 MapIterationAborted <- 16 2
        23 TaskStateAborted <- 16
        24 MapStateFailed <- 16
        25 ExecutionFailed <- 24 States.Timeout: -",
    );
}

#[test]
fn tasks_that_run_out_of_time_together_are_each_caught() {
    let task = task().replace(
        "\"End\":true,",
        r#""End":true,"TimeoutSeconds":5,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"P"}],"#,
    );
    let task = task.replace("}}}", r#"},"P":{"Type":"Pass","End":true}}}"#);
    let mut run = Run::new(&mapping("", &task));
    run.start("[1,2]");
    run.take_task(None);
    run.take_task(None);
    assert!(run.wait_for_due());
    assert_eq!(run.snapshot.root().status, Status::Succeeded);
    let caught = r#"{"Error":"States.Timeout","Cause":null}"#;
    assert_eq!(output(&run), format!("[{caught},{caught}]"));
}

#[test]
fn an_empty_list_succeeds_at_once() {
    let run = run(&mapping("", &task()), "[]", &[]);
    expect(
        &run,
        "1 ExecutionStarted <- 0 []
        2 MapStateEntered <- 0 M []
        3 MapStateStarted <- 2 0
        4 MapStateSucceeded <- 3
        5 MapStateExited <- 3 M []
        6 ExecutionSucceeded <- 5 []",
    );
}

#[test]
fn a_failed_iteration_cuts_off_the_others() {
    let run = run(
        &mapping("", &task()),
        "[1,2,3]",
        &[Outcome::Succeed("10"), Outcome::Fail(Some("E"), Some("why"))],
    );
    let history = run.history();
    let tail: Vec<_> = history.lines().skip(16).collect();
    assert_eq!(
        tail,
        [
            "17 ActivityStarted <- 11",
            "18 ActivityFailed <- 17 E: why",
            "19 MapIterationFailed <- 18 1",
            "20 TaskStateAborted <- 18",
            "21 MapIterationAborted <- 18 2",
            "22 TaskStateAborted <- 18",
            "23 MapStateFailed <- 18",
            "24 ExecutionFailed <- 23 E: why",
        ],
        "{history}"
    );
}

#[test]
fn a_map_is_retried_whole_and_caught() {
    let fields = r#""MaxConcurrency":1,"Retry":[{"ErrorEquals":["E"],"MaxAttempts":1}],
        "Catch":[{"ErrorEquals":["E"],"Next":"C","ResultPath":"$[2]","Assign":{"e.$":"$.Error"}}],"#;
    let definition = mapping(fields, &task()).replace(
        r#""States":{"M""#,
        r#""States":{"C":{"Type":"Pass","Parameters":{"e.$":"$e"},"End":true},"M""#,
    );
    let fail = || Outcome::Fail(Some("E"), None);
    let run = run(&definition, "[1]", &[fail(), fail()]);
    let history = run.history();
    let tail: Vec<_> = history.lines().skip(7).take(11).collect();
    assert_eq!(
        tail,
        [
            "8 ActivityFailed <- 7 E: -",
            "9 MapIterationFailed <- 8 0",
            "10 TaskStateAborted <- 8",
            "11 MapStateStarted <- 8 1",
            "12 MapIterationStarted <- 11 0",
            "13 TaskStateEntered <- 12 T 1",
            "14 ActivityScheduled <- 13 1",
            "15 ActivityStarted <- 14",
            "16 ActivityFailed <- 15 E: -",
            "17 MapIterationFailed <- 16 0",
            "18 TaskStateAborted <- 16",
        ],
        "{history}"
    );
    assert!(history.contains("19 MapStateFailed <- 16\n"), "{history}");
    assert!(cause(&run).contains("Unable to apply ReferencePath $[2]"), "{history}");
}

#[test]
fn items_are_found_selected_and_told_by_the_context() {
    let run = run(
        &mapping(
            r#""InputPath":"$.in","ItemsPath":"$.list","ResultSelector":{"all.$":"$[*].p.i"},
               "ResultPath":"$.out","ItemSelector":{"i.$":"$$.Map.Item.Index",
               "v.$":"$$.Map.Item.Value","k.$":"$.k","s.$":"$$.State.Name"},"#,
            r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true,"Parameters":{
                "p.$":"$","c.$":"States.Array($$.Map.Item.Index, $$.State.Name)"}}}}"#,
        ),
        r#"{"in":{"list":["a","b"],"k":7}}"#,
        &[],
    );
    assert_eq!(output(&run), r#"{"in":{"list":["a","b"],"k":7},"out":{"all":[0,1]}}"#);
    let inputs = |line: &&str| line.contains("PassStateEntered");
    let history = run.history();
    assert_eq!(
        history.lines().filter(inputs).collect::<Vec<_>>(),
        [
            r#"6 PassStateEntered <- 4 P {"s":"M","v":"a","i":0,"k":7}"#,
            r#"7 PassStateEntered <- 5 P {"s":"M","v":"b","i":1,"k":7}"#,
        ]
    );
    assert!(history.contains(r#""c":[1,"P"]"#), "{history}");
}

#[test]
fn maps_nest_and_see_outer_variables() {
    let inner = r#"{"StartAt":"A","States":{
        "A":{"Type":"Pass","Assign":{"row.$":"$"},"Next":"N"},
        "N":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"D","States":{
            "D":{"Type":"Parallel","OutputPath":"$[0]","End":true,"Branches":[{"StartAt":"P","States":{
                "P":{"Type":"Pass","End":true,"Parameters":{
                    "x.$":"States.Array($$.Map.Item.Index, $, $row[0])"}}}}]}}}}}}"#;
    let run = run(&mapping("", inner), "[[1,2],[],[3]]", &[]);
    assert_eq!(output(&run), r#"[[{"x":[0,1,1]},{"x":[1,2,1]}],[],[{"x":[0,3,3]}]]"#);
}

#[test]
fn an_error_deep_inside_ends_every_level() {
    let inner = mapping("", &task()).replace(r#""M""#, r#""N""#);
    let run = run(&mapping("", &inner), "[[1,2],[3]]", &[Outcome::Fail(Some("E"), None)]);
    let history = run.history();
    let failed = history.lines().position(|line| line.contains("ActivityFailed")).unwrap();
    assert_eq!(
        history.lines().skip(failed + 1).collect::<Vec<_>>(),
        [
            "21 MapIterationFailed <- 20 0",
            "22 TaskStateAborted <- 20",
            "23 MapIterationAborted <- 20 1",
            "24 TaskStateAborted <- 20",
            "25 MapStateFailed <- 20",
            "26 MapIterationFailed <- 25 0",
            "27 MapIterationAborted <- 25 1",
            "28 MapIterationAborted <- 25 0",
            "29 TaskStateAborted <- 25",
            "30 MapStateAborted <- 25",
            "31 MapStateFailed <- 25",
            "32 ExecutionFailed <- 31 E: -",
        ],
        "{history}"
    );
}

#[test]
fn bad_items_and_numbers_fail_the_state() {
    for (fields, input, text) in [
        ("", "{}", r#"Reference path "$" must point to array."#),
        (r#""ItemsPath":"$.a","#, r#"{"a":1}"#, r#"Reference path "$.a" must point to array."#),
        (
            r#""ItemsPath":"$$.Execution.Name","#,
            "[]",
            r#"Reference path "$.Execution.Name" must point to array."#,
        ),
        (
            r#""ItemsPath":"$.a","MaxConcurrencyPath":"$.n","#,
            r#"{"a":[],"n":"x"}"#,
            r#"The MaxConcurrencyPath field refers to value "x" which is not a valid integer: $.n"#,
        ),
        (
            r#""ItemsPath":"$.a","MaxConcurrencyPath":"$.n","#,
            r#"{"a":[],"n":-1}"#,
            "MaxConcurrency cannot be negative.",
        ),
        (
            r#""ItemSelector":{"v.$":"$.x"},"#,
            "[1]",
            "The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '[1]'",
        ),
    ] {
        let run = run(&mapping(fields, PASS), input, &[]);
        assert_eq!(run.snapshot.root().status, Status::Failed);
        let prefix =
            "An error occurred while executing the state 'M' (entered at the event id #2). ";
        assert_eq!(cause(&run), format!("{prefix}{text}"));
    }
}

#[test]
fn large_maps_take_linear_time_and_write_what_changes() {
    let time = |count: usize| {
        let items: Vec<_> = (0..count).map(|item| item.to_string()).collect();
        let mut run = Run::new(&mapping("", PASS));
        run.limits = Limits { history_events: u64::MAX, ..run.limits };
        let start = Instant::now();
        run.start(&format!("[{}]", items.join(",")));
        while run.wait_for_due() {}
        let time = start.elapsed();
        assert_eq!(run.snapshot.root().status, Status::Succeeded);
        assert_eq!(run.events.iter().filter(|it| !it.is_private()).count(), 6 + 4 * count);
        time
    };
    time(100);
    let (small, large) = (time(500), time(5_000));
    assert!(large < small * 40, "{small:?} for 500 items, {large:?} for 5,000");
}

#[test]
fn every_decision_touches_few_scopes_of_a_large_map() {
    let mut run = Run::new(&mapping("", &task()));
    let items: Vec<_> = (0..3_000).map(|item| item.to_string()).collect();
    run.start(&format!("[{}]", items.join(",")));
    assert_eq!(run.queue.len(), 40, "the first wave");
    for _ in 0..100 {
        run.work_once(Outcome::Succeed("1"));
        // The Map state, the iteration that ended and the one that began.
        assert!(run.touched <= 3, "{}", run.touched);
    }
    assert_eq!(run.queue.len(), 40);
}
