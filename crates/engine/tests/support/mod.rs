//! Drives the engine as a partition does: stores what it decides, hands tasks to workers, turns
//! the clock by hand. Every decision is checked against the invariants on the way.

#![allow(dead_code, reason = "each test crate uses its own part")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use stepwell_asl::Definition;
use stepwell_engine::{
    Command, Context, Decision, Event, EventBody, Identity, Limits, MachineStatus, Payload,
    Refusal, ScopeId, Snapshot, TaskAttempt, TaskFailure, TaskRef, Trigger, apply, decide,
};
use stepwell_ids::ExecutionArn;

/// 2026-11-23T02:13:00Z, when the recorded cases ran.
pub(crate) const START_MS: i64 = 1_795_399_980_000;

/// The token of a task, as the tests seal it.
pub(crate) fn token(task: TaskRef) -> std::sync::Arc<str> {
    format!("{}/{}", task.scheduled_event, task.attempt).into()
}

/// What a worker does with a task.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Succeed(&'static str),
    Fail(Option<&'static str>, Option<&'static str>),
    FailAs(TaskFailure, &'static str, &'static str),
    /// Takes the task and is never heard of again.
    Vanish,
    /// Never takes the task.
    Ignore,
}

/// An execution with its surroundings.
pub(crate) struct Run {
    pub(crate) definition: Definition,
    pub(crate) identity: Identity,
    pub(crate) limits: Limits,
    pub(crate) machine: MachineStatus,
    pub(crate) missing_activities: BTreeSet<String>,
    pub(crate) now_ms: i64,
    pub(crate) snapshot: Snapshot,
    pub(crate) events: Vec<Event>,
    /// What the queues hold, by scheduled event.
    pub(crate) queue: BTreeMap<u64, TaskAttempt>,
    /// Scheduled events of the children that are to be stopped.
    pub(crate) stopped: Vec<u64>,
    /// How many scopes the last decision touched.
    pub(crate) touched: usize,
    /// The latest time that the last decision took as come.
    pub(crate) not_before_ms: Option<i64>,
    decisions: u128,
}

impl Run {
    pub(crate) fn new(definition: &str) -> Self {
        let definition = stepwell_asl::executable(definition)
            .unwrap_or_else(|findings| panic!("{findings:?} in {definition}"));
        let arn = "arn:aws:states:us-east-1:000000000000:execution:machine:run";
        Self {
            definition,
            identity: Identity {
                arn: ExecutionArn::parse(arn).unwrap(),
                role_arn: "arn:aws:iam::000000000000:role/role".into(),
            },
            limits: Limits::default(),
            machine: MachineStatus::Active,
            missing_activities: BTreeSet::new(),
            now_ms: START_MS,
            snapshot: Snapshot::unstarted(),
            events: Vec::new(),
            queue: BTreeMap::new(),
            stopped: Vec::new(),
            touched: 0,
            decisions: 0,
            not_before_ms: None,
        }
    }

    pub(crate) fn start(&mut self, input: &str) {
        let input = Payload::parse(input).unwrap();
        self.trigger(Trigger::Start { input }).unwrap();
    }

    /// Decides, checks the decision and takes it.
    pub(crate) fn trigger(&mut self, trigger: Trigger) -> Result<(), Refusal> {
        self.decisions += 1;
        let activity = |arn: &str| (!self.missing_activities.contains(arn)).then_some(1);
        let context = Context {
            definition: &self.definition,
            execution: &self.identity,
            now_ms: self.now_ms,
            seed: self.decisions.wrapping_mul(0x2545_f491_4f6c_dd1d_9e37_79b9_7f4a_7c15),
            limits: &self.limits,
            activity: &activity,
            task_token: &token,
            machine: self.machine,
        };
        let decision = decide(&self.snapshot, trigger, &context)?;
        check(&self.snapshot, &decision);
        self.touched = decision.touched.len();
        self.not_before_ms = decision.not_before_ms;
        for command in &decision.commands {
            match command {
                Command::EnqueueTask { task, .. } => {
                    let before = self.queue.insert(task.scheduled_event, (**task).clone());
                    assert!(before.is_none(), "enqueued twice");
                }
                Command::StopChild { attempt } => self.stopped.push(attempt.scheduled_event),
                Command::RetireTask { scheduled_event } => {
                    assert!(self.queue.remove(scheduled_event).is_some(), "retired twice");
                }
            }
        }
        self.snapshot = decision.snapshot;
        self.events.extend(decision.events);
        let pending: Vec<_> =
            self.snapshot.pending_attempts().map(|(_, task)| task.scheduled_event).collect();
        assert_eq!(pending, self.queue.keys().copied().collect::<Vec<_>>(), "the queue's tasks");
        Ok(())
    }

    /// Turns the clock to what is due next and tells the engine.
    pub(crate) fn wait_for_due(&mut self) -> bool {
        let Some(due_ms) = self.snapshot.next_due_ms() else { return false };
        self.now_ms = self.now_ms.max(due_ms);
        self.trigger(Trigger::TimerFired).unwrap();
        true
    }

    /// The oldest task in the queue, taken by a worker.
    pub(crate) fn take_task(&mut self, worker_name: Option<&str>) -> TaskRef {
        let task = self.queue.values().next().expect("a pending task").reference();
        let worker_name = worker_name.map(Into::into);
        self.trigger(Trigger::TaskStarted { task, delivery_id: 1, worker_name }).unwrap();
        task
    }

    /// Lets workers deal with the tasks in the order of their schedule, one outcome each, and
    /// time pass in between, until the execution has ended or waits for ever.
    pub(crate) fn work(&mut self, outcomes: &[Outcome]) {
        let mut outcomes = outcomes.iter();
        let mut ignored = 0;
        loop {
            if self.queue.len() > ignored {
                match outcomes.next().expect("an outcome for each task") {
                    Outcome::Ignore => ignored += 1,
                    outcome => self.perform(outcome, ignored),
                }
            } else if !self.wait_for_due() {
                break;
            }
        }
        assert!(outcomes.next().is_none(), "a task for each outcome");
    }

    /// Lets a worker deal with the oldest task.
    pub(crate) fn work_once(&mut self, outcome: Outcome) {
        self.perform(&outcome, 0);
    }

    fn perform(&mut self, outcome: &Outcome, ignored: usize) {
        let task = self.queue.values().nth(ignored).expect("a pending task").reference();
        if let Outcome::FailAs(failure, error, cause) = outcome {
            let (error, cause) = (Some((*error).into()), Some((*cause).into()));
            self.trigger(Trigger::TaskFailed { task, failure: *failure, error, cause }).unwrap();
            return;
        }
        let delivery_id = u128::from(task.scheduled_event);
        self.trigger(Trigger::TaskStarted { task, delivery_id, worker_name: None }).unwrap();
        match outcome {
            Outcome::Succeed(output) => {
                let output = Payload::parse(*output).unwrap();
                self.trigger(Trigger::TaskSucceeded { task, output }).unwrap();
            }
            Outcome::Fail(error, cause) => {
                let (error, cause) = (error.map(Into::into), cause.map(Into::into));
                let failure = TaskFailure::Failed;
                self.trigger(Trigger::TaskFailed { task, failure, error, cause }).unwrap();
            }
            Outcome::Vanish | Outcome::Ignore | Outcome::FailAs(..) => {}
        }
    }

    /// The history of the API, a line an event: id, type, previous event, details.
    pub(crate) fn history(&self) -> String {
        let mut text = String::new();
        for event in self.events.iter().filter(|event| !event.is_private()) {
            let (id, name, previous) = (event.id, event.type_name(), event.previous);
            let line = format!("{id} {name} <- {previous} {}", details(&event.body));
            writeln!(text, "{}", line.trim_end()).unwrap();
        }
        text
    }

    pub(crate) fn private_events(&self) -> Vec<&'static str> {
        self.events.iter().filter(|event| event.is_private()).map(Event::type_name).collect()
    }
}

/// Starts an execution and lets it run to its end.
pub(crate) fn run(definition: &str, input: &str, outcomes: &[Outcome]) -> Run {
    let mut run = Run::new(definition);
    run.start(input);
    run.work(outcomes);
    run
}

/// Compares histories without the indentation of the expected one.
#[track_caller]
pub(crate) fn expect(run: &Run, expected: &str) {
    let expected: Vec<_> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(run.history().lines().collect::<Vec<_>>(), expected, "\n{}", run.history());
}

fn details(body: &EventBody) -> String {
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or("-").to_owned();
    match body {
        EventBody::ExecutionStarted { input, .. } => input.text().to_owned(),
        EventBody::ExecutionSucceeded { output }
        | EventBody::TaskSubmitted { output, .. }
        | EventBody::TaskSucceeded { output, .. } => output.text().to_owned(),
        EventBody::ExecutionFailed(reason)
        | EventBody::ExecutionAborted(reason)
        | EventBody::ExecutionTimedOut(reason)
        | EventBody::TaskFailed(_, reason)
        | EventBody::TaskTimedOut(_, reason)
        | EventBody::TaskScheduleFailed(_, reason)
        | EventBody::TaskStartFailed(_, reason) => {
            format!("{}: {}", text(&reason.error), text(&reason.cause))
        }
        EventBody::EvaluationFailed { state, location, reason } => {
            let (error, cause) = (text(&reason.error), text(&reason.cause));
            format!("{state} {} {error}: {cause}", text(location))
        }
        EventBody::StateEntered { name, input, .. } => format!("{name} {}", input.text()),
        EventBody::StateExited { name, output, assigned, .. } => {
            let assigned = assigned.iter().map(|(name, value)| format!(" {name}={}", value.text()));
            format!("{name} {}{}", output.text(), assigned.collect::<String>())
        }
        EventBody::MapStateStarted { length, .. } => length.to_string(),
        EventBody::MapIterationStarted { index, .. }
        | EventBody::MapIterationSucceeded { index, .. }
        | EventBody::MapIterationFailed { index, .. }
        | EventBody::MapIterationAborted { index, .. } => index.to_string(),
        EventBody::TaskScheduled(schedule) => schedule.input.text().to_owned(),
        EventBody::TaskStarted { worker_name, .. } => worker_name.as_deref().unwrap_or("").into(),
        _ => String::new(),
    }
}

/// The invariants of a decision.
fn check(before: &Snapshot, decision: &Decision) {
    let after = &decision.snapshot;
    let mut replayed = before.clone();
    let (mut last_id, mut last_ms) = (before.root().last_event_id, before.root().last_time_ms);
    for event in &decision.events {
        assert!(event.time_ms >= last_ms, "time runs backwards at {event:?}");
        assert_eq!(event.is_private(), event.body.is_private());
        if !event.is_private() {
            last_id += 1;
            assert_eq!(event.id, last_id, "a gap before {event:?}");
            assert!(event.previous < event.id, "{event:?}");
        }
        last_ms = event.time_ms;
        apply(&mut replayed, event);
    }
    assert_eq!(&replayed, after, "replay");
    let changed = |id: &ScopeId| before.scope(*id) != after.scope(*id);
    let all = before.scopes().iter().chain(after.scopes().iter()).map(|(id, _)| id);
    for id in all.filter(|id| changed(id)) {
        assert!(decision.touched.contains(&id), "{id:?} changed untouched");
    }
    let scopes = after.scopes().iter().map(|(id, scope)| (id, scope.as_ref().clone()));
    assert_eq!(&Snapshot::from_parts(after.root().clone(), scopes), after, "the indices");
    assert_eq!(after.is_running(), after.next_due_ms().is_some());
    if !after.is_running() {
        assert!(after.scopes().is_empty());
    }
}
