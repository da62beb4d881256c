//! The engine alone: snapshots in memory, a clock that is turned by hand.

use crate::case::Case;
use crate::{Door, ROLE, Seen, execution_of, limits_of, task};
use stepwell_asl::Definition;
use stepwell_engine::{
    Context, Event, Identity, Limits, MachineStatus, Payload, Snapshot, Trigger, decide,
};

/// The engine alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct EngineDoor;

const START_MS: i64 = 1_795_399_980_123;

struct Run {
    definition: Definition,
    identity: Identity,
    limits: Limits,
    now_ms: i64,
    snapshot: Snapshot,
    events: Vec<Event>,
}

#[async_trait::async_trait]
impl Door for EngineDoor {
    async fn run(&self, case: &Case) -> Seen {
        let name = &case.name;
        let definition = stepwell_asl::executable(case.definition())
            .unwrap_or_else(|findings| panic!("{name}: {findings:?}"));
        let mut run = Run {
            definition,
            identity: Identity { arn: execution_of(case), role_arn: ROLE.into() },
            limits: limits_of(case),
            now_ms: START_MS,
            snapshot: Snapshot::unstarted(),
            events: Vec::new(),
        };
        let input = Payload::parse(case.input()).unwrap_or_else(|error| panic!("{name}: {error}"));
        run.trigger(Trigger::Start { input });
        for outcome in &case.outcomes {
            let attempt = loop {
                match task::next(&run.snapshot, outcome) {
                    Some(attempt) => break attempt,
                    None => assert!(run.wait(), "{name}: no task for {}", outcome.worker),
                }
            };
            if let Some(trigger) = task::taken(&attempt) {
                run.trigger(trigger);
            }
            if let Some(trigger) = task::said(outcome, &attempt) {
                run.trigger(trigger);
            }
        }
        while run.wait() {
            assert!(run.snapshot.pending_attempts().count() == 0, "{name}: a task has no outcome");
        }
        Seen::new(run.snapshot.root(), &run.events)
    }
}

impl Run {
    fn trigger(&mut self, trigger: Trigger) {
        let context = Context {
            definition: &self.definition,
            execution: &self.identity,
            now_ms: self.now_ms,
            seed: self.events.len() as u128,
            limits: &self.limits,
            activity: &|_| Some(1),
            task_token: &|_| "token".into(),
            machine: MachineStatus::Active,
        };
        let decision = decide(&self.snapshot, trigger, &context)
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", self.identity.arn));
        self.snapshot = decision.snapshot;
        self.events.extend(decision.events);
    }

    /// Lets time pass to what is due next; false where nothing is.
    fn wait(&mut self) -> bool {
        let Some(due_ms) = self.snapshot.next_due_ms() else { return false };
        self.now_ms = self.now_ms.max(due_ms);
        self.trigger(Trigger::TimerFired);
        true
    }
}
