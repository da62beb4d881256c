//! Executions without a shell: what is decided is taken, tasks end as the input says.

use stepwell_asl::Definition;
use stepwell_engine::{
    Context, Decision, Identity, Limits, MachineStatus, Payload, Snapshot, TaskFailure, Trigger,
    apply, decide,
};
use stepwell_ids::ExecutionArn;

/// 2026-11-23T02:13:00Z
const START_MS: i64 = 1_795_399_980_000;
/// Decisions of one execution.
const DECISIONS: u32 = 60;

/// Limits that are met soon.
fn limits() -> Limits {
    Limits {
        steps: 500,
        payload_bytes: 32 << 10,
        variable_bytes: 32 << 10,
        all_variables_bytes: 128 << 10,
        map_concurrency: 5,
        history_events: 300,
        ..Limits::default()
    }
}

/// Runs an execution to its end, or for a while. `outcomes` tells of each task in turn how it ends.
pub(crate) fn execute(definition: &Definition, input: &str, outcomes: &[u8]) {
    let Ok(input) = Payload::parse(input) else { return };
    let arn = "arn:aws:states:us-east-1:000000000000:execution:machine:run";
    let Ok(arn) = ExecutionArn::parse(arn) else { return };
    let execution = Identity { arn, role_arn: "arn:aws:iam::000000000000:role/role".into() };
    let limits = limits();
    let mut outcomes = outcomes.iter().copied().chain(std::iter::repeat(0));
    let mut snapshot = Snapshot::unstarted();
    let mut now_ms = START_MS;
    let mut trigger = Some(Trigger::Start { input });
    for seed in 1..=u128::from(DECISIONS) {
        let Some(next) = trigger.take() else { return };
        let context = Context {
            definition,
            execution: &execution,
            now_ms,
            seed,
            limits: &limits,
            activity: &|_| Some(1),
            task_token: &|_| "token".into(),
            machine: MachineStatus::Active,
        };
        let Ok(decision) = decide(&snapshot, next, &context) else { return };
        check(&snapshot, &decision, &limits);
        snapshot = decision.snapshot;
        trigger = follow(&snapshot, &mut outcomes, &mut now_ms);
    }
}

/// What happens next: the oldest task goes on, or time does.
fn follow(
    snapshot: &Snapshot,
    outcomes: &mut impl Iterator<Item = u8>,
    now_ms: &mut i64,
) -> Option<Trigger> {
    if let Some((_, task)) = snapshot.pending_attempts().next() {
        let task = task.reference();
        let delivery_id = u128::from(task.scheduled_event);
        return Some(Trigger::TaskStarted { task, delivery_id, worker_name: None });
    }
    let started = snapshot.scopes().iter().find_map(|(_, scope)| scope.attempt());
    match (started, outcomes.next().unwrap_or(0) % 4) {
        (Some(attempt), 0 | 1) => {
            let (task, output) = (attempt.reference(), attempt.schedule.input.clone());
            Some(Trigger::TaskSucceeded { task, output })
        }
        (Some(attempt), 2) => {
            let (error, cause) = (Some("Broken".into()), Some("{\"why\":1}".into()));
            let (task, failure) = (attempt.reference(), TaskFailure::Failed);
            Some(Trigger::TaskFailed { task, failure, error, cause })
        }
        _ => {
            *now_ms = snapshot.next_due_ms()?.max(*now_ms);
            Some(Trigger::TimerFired)
        }
    }
}

/// A decision is its events: ids are dense, payloads within their limit, and replay leads to the
/// same snapshot.
pub(crate) fn check(before: &Snapshot, decision: &Decision, limits: &Limits) {
    let mut replayed = before.clone();
    let mut last = before.root().last_event_id;
    for event in &decision.events {
        if event.id > 0 {
            assert_eq!(event.id, last + 1, "{event:?}");
            last = event.id;
        }
        apply(&mut replayed, event);
    }
    assert!(last <= limits.history_events.max(before.root().last_event_id + 1), "{last} events");
    assert_eq!(replayed, decision.snapshot, "replay");
    let mut bytes = 0;
    for (_, scope) in decision.snapshot.scopes().iter() {
        bytes += scope.variables.iter().map(|(_, value)| value.size()).sum::<usize>();
    }
    assert!(bytes <= limits.all_variables_bytes, "{bytes} bytes of variables");
    if let Some(output) = &decision.snapshot.root().output {
        assert!(output.size() <= limits.payload_bytes.max(decision.snapshot.root().input.size()));
    }
}
