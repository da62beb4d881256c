//! Which points in time a decision takes as come, by its own clock.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use stepwell_engine::Trigger;
use support::{Run, START_MS};

/// Points in time, as the fields of an input.
fn input(times: &[(&str, i64)]) -> String {
    let field = |(name, ms): &(&str, i64)| {
        format!("\"{name}\":\"{}\"", jiff::Timestamp::from_millisecond(*ms).unwrap())
    };
    format!("{{{}}}", times.iter().map(field).collect::<Vec<_>>().join(","))
}

#[test]
fn a_decision_names_the_latest_time_that_it_took_as_come() {
    let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[
        {"StartAt":"A","States":{
            "A":{"Type":"Wait","TimestampPath":"$.at","Next":"B"},
            "B":{"Type":"Wait","TimestampPath":"$.later","End":true}}},
        {"StartAt":"C","States":{"C":{"Type":"Wait","Seconds":0,"End":true}}}],"End":true}}}"#;
    let mut run = Run::new(definition);
    run.start(&input(&[("at", START_MS), ("later", START_MS - 5)]));
    assert_eq!((run.snapshot.is_running(), run.not_before_ms), (false, Some(START_MS)));

    let mut run = Run::new(definition);
    run.start(&input(&[("at", START_MS + 10), ("later", START_MS + 20)]));
    // No seconds are over without a clock.
    assert_eq!((run.snapshot.is_running(), run.not_before_ms), (true, None));
    run.now_ms += 25;
    run.trigger(Trigger::TimerFired).unwrap();
    assert_eq!((run.snapshot.is_running(), run.not_before_ms), (false, Some(START_MS + 20)));
}

#[test]
fn the_end_of_the_whole_time_is_such_a_time() {
    let mut run = Run::new(
        r#"{"StartAt":"W","TimeoutSeconds":30,"States":{
        "W":{"Type":"Wait","Seconds":100,"End":true}}}"#,
    );
    run.start("{}");
    run.now_ms += 31_000;
    run.trigger(Trigger::TimerFired).unwrap();
    assert_eq!((run.snapshot.is_running(), run.not_before_ms), (false, Some(START_MS + 30_000)));
}

#[test]
fn an_event_ahead_of_the_clock_makes_nothing_due() {
    let mut run = Run::new(
        r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[
        {"StartAt":"T","States":{"T":{"Type":"Task","End":true,
            "Resource":"arn:aws:states:us-east-1:000000000000:activity:a"}}},
        {"StartAt":"A","States":{"A":{"Type":"Wait","TimestampPath":"$.at","End":true}}},
        {"StartAt":"B","States":{"B":{"Type":"Wait","TimestampPath":"$.later","End":true}}}],
        "End":true}}}"#,
    );
    run.start(&input(&[("at", START_MS + 20), ("later", START_MS + 60)]));
    run.now_ms += 100;
    run.take_task(None);
    // The next owner's clock is behind.
    run.now_ms = START_MS + 30;
    run.trigger(Trigger::TimerFired).unwrap();
    assert_eq!(run.not_before_ms, Some(START_MS + 20));
    assert_eq!(run.snapshot.next_due_ms(), Some(START_MS + 60));
}
