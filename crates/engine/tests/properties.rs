//! Whatever happens to an execution, in whatever order: nothing panics, the invariants hold
//! (the test support checks them with every decision), and the events alone make the snapshot.

#![allow(clippy::unwrap_used, reason = "a test crate")]

mod support;

use proptest::prelude::*;
use stepwell_engine::{Payload, Refusal, Snapshot, TaskFailure, TaskRef, Trigger, apply};
use support::Run;

const DEFINITION: &str = r#"{"StartAt":"P","TimeoutSeconds":500,"States":{
  "P":{"Type":"Parallel","ResultPath":"$.p","ResultSelector":{"all.$":"$[*]","n":3},"Next":"Loop",
    "Retry":[{"ErrorEquals":["E"],"MaxAttempts":1}],
    "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"Loop"}],
    "Branches":[
      {"StartAt":"A","States":{"A":{"Type":"Task","TimeoutSeconds":50,"HeartbeatSeconds":20,
        "Parameters":{"id.$":"States.UUID()","in.$":"$.stop","try.$":"$$.State.RetryCount"},
        "Resource":"arn:aws:states:us-east-1:000000000000:activity:a",
        "Retry":[{"ErrorEquals":["States.Timeout","F"],"MaxAttempts":2}],
        "Catch":[{"ErrorEquals":["G"],"Next":"A2"}],"End":true},
        "A2":{"Type":"Pass","InputPath":"$.Error","End":true}}},
      {"StartAt":"B","States":{"B":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"B1","States":{"B1":{"Type":"Wait","Seconds":30,"End":true}}},
        {"StartAt":"B2","States":{"B2":{"Type":"Task","End":true,
          "Resource":"arn:aws:lambda:us-east-1:000000000000:function:f"}}}]}}},
      {"StartAt":"C","States":{"C":{"Type":"Pass","Next":"C2",
        "Parameters":{"n.$":"States.MathRandom(0, 9)","at.$":"$$.State.EnteredTime"}},
        "C2":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","HeartbeatSeconds":25,
          "Parameters":{"FunctionName":"f","Payload.$":"$$.Task.Token"},"Next":"C3",
          "Catch":[{"ErrorEquals":["G"],"Next":"C3"}]},
        "C3":{"Type":"Succeed"}}},
      {"StartAt":"D0","States":{
        "D0":{"Type":"Pass","Result":[1,2,3],"Assign":{"k":"v"},"Next":"D"},
        "D":{"Type":"Map","MaxConcurrency":2,"End":true,"Retry":[{"ErrorEquals":["F"],"MaxAttempts":1}],
          "ItemSelector":{"i.$":"$$.Map.Item.Index","k.$":"$k"},
          "ItemProcessor":{"StartAt":"I","States":{
            "I":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Assign":{"r.$":"$"},
              "Parameters":{"FunctionName.$":"$.k","Payload.$":"$"},"End":true,
              "Catch":[{"ErrorEquals":["G"],"Next":"I2"}]},
            "I2":{"Type":"Wait","Seconds":5,"End":true}}}}}}]},
  "Loop":{"Type":"Choice","Default":"P","Choices":[
    {"Variable":"$.stop","BooleanEquals":true,"Next":"End"},
    {"And":[{"Variable":"$.e","IsPresent":true},{"Variable":"$.e.Error","StringEquals":"G"}],
     "Next":"Broken"}]},
  "Broken":{"Type":"Fail","Error":"Broken"},
  "End":{"Type":"Succeed"}}}"#;

#[derive(Clone, Debug)]
enum Act {
    Take(usize, u128),
    Redeliver(usize, u128, u128),
    Succeed(usize, bool),
    Fail(usize, TaskFailure, Option<&'static str>),
    Heartbeat(usize),
    Answer(usize, bool),
    CallFail(usize, TaskFailure, Option<&'static str>),
    Alive(usize),
    Wrong(u64, u32),
    Wait(i64),
    Abort,
    Start,
}

fn act() -> impl Strategy<Value = Act> {
    let failure = prop::sample::select(vec![
        TaskFailure::Failed,
        TaskFailure::ScheduleFailed,
        TaskFailure::StartFailed,
        TaskFailure::TimedOut,
    ]);
    let error = prop::sample::select(vec![None, Some("E"), Some("F"), Some("G")]);
    prop_oneof![
        8 => (0..8_usize, 0..3_u128).prop_map(|(at, id)| Act::Take(at, id)),
        2 => (0..8_usize, 0..3_u128, 0..3_u128).prop_map(|(at, a, b)| Act::Redeliver(at, a, b)),
        6 => (0..8_usize, any::<bool>()).prop_map(|(at, stop)| Act::Succeed(at, stop)),
        5 => (0..8_usize, failure.clone(), error.clone()).prop_map(|(at, f, e)| Act::Fail(at, f, e)),
        4 => (0..8_usize, any::<bool>()).prop_map(|(at, stop)| Act::Answer(at, stop)),
        2 => (0..8_usize, failure, error).prop_map(|(at, f, e)| Act::CallFail(at, f, e)),
        2 => (0..8_usize).prop_map(Act::Alive),
        3 => (0..8_usize).prop_map(Act::Heartbeat),
        1 => (0..40_u64, 0..3_u32).prop_map(|(event, attempt)| Act::Wrong(event, attempt)),
        8 => (-2_000..60_000_i64).prop_map(Act::Wait),
        1 => Just(Act::Start),
        1 => Just(Act::Abort),
    ]
}

/// The `at`th open attempt, or a recent one.
fn task(run: &Run, at: usize) -> TaskRef {
    let open: Vec<_> = run
        .snapshot
        .scopes()
        .iter()
        .filter_map(|(_, scope)| scope.attempt())
        .map(stepwell_engine::TaskAttempt::reference)
        .collect();
    let none = TaskRef { scheduled_event: 3, attempt: 1, nonce: 0 };
    open.get(at % open.len().max(1)).copied().unwrap_or(none)
}

fn trigger(run: &mut Run, act: &Act) -> Trigger {
    match *act {
        Act::Take(at, delivery_id) => {
            Trigger::TaskStarted { task: task(run, at), delivery_id, worker_name: None }
        }
        Act::Redeliver(at, failed_delivery_id, delivery_id) => {
            let task = task(run, at);
            let worker_name = Some("w".into());
            Trigger::TaskRedelivered { task, failed_delivery_id, delivery_id, worker_name }
        }
        Act::Succeed(at, stop) => {
            let output = Payload::parse(format!(r#"{{"stop": {stop}}}"#)).unwrap();
            Trigger::TaskSucceeded { task: task(run, at), output }
        }
        Act::Fail(at, failure, error) => {
            let error = error.map(Into::into);
            Trigger::TaskFailed { task: task(run, at), failure, error, cause: None }
        }
        Act::Answer(at, stop) => {
            let output = Payload::parse(format!(r#"{{"stop": {stop}}}"#)).unwrap();
            Trigger::CallAnswered { task: task(run, at), output }
        }
        Act::CallFail(at, failure, error) => {
            let error = error.map(Into::into);
            Trigger::CallFailed { task: task(run, at), failure, error, cause: None }
        }
        Act::Alive(at) => Trigger::CallAlive { task: task(run, at) },
        Act::Heartbeat(at) => Trigger::TaskHeartbeat { task: task(run, at) },
        Act::Wrong(scheduled_event, attempt) => {
            Trigger::TaskHeartbeat { task: TaskRef { scheduled_event, attempt, nonce: 1 } }
        }
        Act::Wait(millis) => {
            run.now_ms += millis;
            Trigger::TimerFired
        }
        Act::Abort => Trigger::Abort { error: None, cause: Some("c".into()) },
        Act::Start => Trigger::Start { input: Payload::default() },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_triggers_in_any_order_leave_a_sound_execution(
        acts in prop::collection::vec(act(), 0..80),
        steps in 1..30_u32,
        history_events in prop_oneof![3 => Just(25_000_u64), 1 => 2..60_u64],
        stop in any::<bool>(),
    ) {
        let mut run = Run::new(DEFINITION);
        run.limits.steps = steps;
        run.limits.history_events = history_events;
        prop_assert_eq!(run.trigger(Trigger::TimerFired), Err(Refusal::NotStarted));
        run.start(&format!(r#"{{"stop": {stop}}}"#));
        for act in &acts {
            let trigger = trigger(&mut run, act);
            let due_ms = run.snapshot.next_due_ms();
            let is_timer = trigger == Trigger::TimerFired;
            let answer = run.trigger(trigger);
            if is_timer && due_ms.is_some_and(|due_ms| due_ms > run.now_ms.max(run.snapshot.root().last_time_ms)) {
                prop_assert_eq!(answer, Err(Refusal::NothingDue));
            }
        }
        let mut replayed = Snapshot::unstarted();
        run.events.iter().for_each(|event| apply(&mut replayed, event));
        prop_assert_eq!(&replayed, &run.snapshot);
        // Left to itself, it ends.
        let mut turns = 0;
        while run.wait_for_due() {
            turns += 1;
            prop_assert!(turns < 100_000);
        }
        prop_assert!(run.snapshot.root().stopped_ms.is_some());
        prop_assert!(run.queue.is_empty());
        prop_assert!(run.snapshot.root().last_event_id <= history_events);
    }

    #[test]
    fn any_input_is_carried_or_refused_in_words(text in r#"[\[\]{}",:0-9a-z\\. -]{0,40}"#) {
        if let Ok(input) = Payload::parse(text.clone()) {
            let mut run = Run::new(DEFINITION);
            run.trigger(Trigger::Start { input: input.clone() }).unwrap();
            prop_assert_eq!(run.snapshot.root().input.text(), text.as_str());
            let compact = input.compact();
            prop_assert_eq!(compact.value().unwrap(), input.value().unwrap());
            prop_assert!(compact.compact().same(&compact));
        }
    }
}
