//! One decision in the making.

use super::nested::pending;
use super::random::Random;
use crate::apply::apply_noting;
use crate::{
    Command, Context, Decision, Event, EventBody, MachineStatus, Payload, Phase, Position, Reason,
    Refusal, Scope, ScopeId, Snapshot,
};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use stepwell_asl::RUNTIME;

/// Values that an evaluation looks at, or bytes that a state writes, in about the time of a step.
const WORK_OF_A_STEP: u64 = 1_000;

/// Invariant: a runnable scope that an event of this turn made so stands in `queue` once.
pub(super) struct Turn<'a> {
    pub(super) snapshot: Snapshot,
    pub(super) context: Context<'a>,
    pub(super) random: Random,
    /// Scopes to look at, in turn, so that branches share the steps evenly.
    pub(super) queue: VecDeque<ScopeId>,
    events: Vec<Event>,
    touched: BTreeSet<ScopeId>,
    steps_left: u32,
    /// Digests of the payloads that were counted as steps: what is written once counts once.
    charged: BTreeSet<u64>,
    /// The payload that a template made last.
    pub(super) made: Option<Payload>,
    /// [`Decision::not_before_ms`]
    not_before_ms: Option<i64>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(snapshot: &Snapshot, context: &Context<'a>) -> Self {
        Self {
            snapshot: snapshot.clone(),
            context: *context,
            random: Random::new(context.seed),
            queue: VecDeque::new(),
            events: Vec::new(),
            touched: BTreeSet::new(),
            steps_left: context.limits.steps.max(1),
            charged: BTreeSet::new(),
            made: None,
            not_before_ms: None,
        }
    }

    pub(super) fn start(&mut self, input: Payload) -> Result<(), Refusal> {
        if self.snapshot.root().last_event_id > 0 {
            return Err(Refusal::Started);
        }
        let (definition, limits) = (self.context.definition, self.context.limits);
        let seconds = definition.timeout_seconds.unwrap_or(u32::MAX).min(limits.execution_seconds);
        let body = EventBody::ExecutionStarted {
            input,
            role_arn: Arc::clone(&self.context.execution.role_arn),
            start_at: definition.main().start_at,
            deadline_ms: self.in_millis(i64::from(seconds) * 1_000),
        };
        self.emit(ScopeId::MAIN, 0, body);
        Ok(())
    }

    pub(super) fn abort(&mut self, reason: Reason) -> Result<(), Refusal> {
        self.check_running()?;
        self.emit(ScopeId::MAIN, 0, EventBody::ExecutionAborted(reason));
        Ok(())
    }

    pub(super) fn check_running(&self) -> Result<(), Refusal> {
        if self.snapshot.is_running() {
            Ok(())
        } else if self.snapshot.root().last_event_id == 0 {
            Err(Refusal::NotStarted)
        } else {
            Err(Refusal::Closed)
        }
    }

    /// The time that an event of now has.
    pub(super) fn now_ms(&self) -> i64 {
        self.context.now_ms.max(self.snapshot.root().last_time_ms)
    }

    /// Whether a time has come, by the clock itself: the last event may be ahead of it. What
    /// follows if it has may not take effect before that time.
    pub(super) fn has_come(&mut self, time_ms: i64) -> bool {
        let has_come = time_ms <= self.context.now_ms;
        if has_come {
            self.not_before_ms = self.not_before_ms.max(Some(time_ms));
        }
        has_come
    }

    /// The time so many milliseconds from now.
    pub(super) fn in_millis(&self, millis: i64) -> i64 {
        self.now_ms().saturating_add(millis)
    }

    /// Makes an event and applies it. After the end of the execution nothing more happens.
    pub(super) fn emit(&mut self, scope: ScopeId, previous: u64, body: EventBody) {
        let last = self.snapshot.root().last_event_id;
        if last > 0 && !self.snapshot.is_running() {
            return;
        }
        let id = if body.is_private() { 0 } else { last + 1 };
        let limit = self.context.limits.history_events.max(2);
        let mut event = Event { id, previous, time_ms: self.now_ms(), scope, body };
        if id >= limit && !event.body.ends_execution() {
            let cause =
                format!("The execution reached the maximum number of history events ({limit}).");
            let reason = Reason { error: Some(RUNTIME.into()), cause: Some(cause.into()) };
            event.body = EventBody::ExecutionFailed(reason);
            event.previous = last;
            event.scope = ScopeId::MAIN;
        }
        apply_noting(&mut self.snapshot, &event, &mut self.touched);
        self.enqueue(&event);
        self.events.push(event);
    }

    /// Puts the scopes that `event` made runnable into the queue.
    fn enqueue(&mut self, event: &Event) {
        match &event.body {
            EventBody::ExecutionStarted { .. }
            | EventBody::StateEntered { .. }
            | EventBody::StateExited { next: Some(_), .. } => self.queue.push_back(event.scope),
            EventBody::ParallelStateStarted { .. } => {
                self.queue.extend(self.snapshot.branches(event.scope));
            }
            EventBody::MapIterationStarted { index, .. } => {
                let run = self.snapshot.scope(event.scope).and_then(Scope::run);
                if let Some(Phase::Iterations { first, .. }) = run.map(|run| &run.phase) {
                    self.queue.push_back(ScopeId(first.0.saturating_add(*index)));
                }
            }
            _ => {}
        }
    }

    /// Makes an event that follows the last one of its scope.
    pub(super) fn emit_next(&mut self, scope: ScopeId, body: EventBody) {
        let previous = self.tail(scope);
        self.emit(scope, previous, body);
    }

    /// The event that the scope's next one follows.
    pub(super) fn tail(&self, scope: ScopeId) -> u64 {
        self.snapshot.scope(scope).map_or(0, |scope| scope.tail)
    }

    /// Counts what a payload adds to the commit as steps: nothing where one like it was counted.
    pub(super) fn charge_payload(&mut self, payload: &Payload) {
        if payload.size() as u64 >= WORK_OF_A_STEP && self.charged.insert(payload.digest()) {
            self.charge(payload.size() as u64);
        }
    }

    /// Counts the work of an evaluation as steps, so that costly states don't keep a decision from
    /// ending, nor make more than one commit should hold.
    pub(super) fn charge(&mut self, work: u64) {
        let steps = u32::try_from(work / WORK_OF_A_STEP).unwrap_or(u32::MAX);
        self.steps_left = self.steps_left.saturating_sub(steps);
    }

    /// Counts a step that is taken outside of [`Self::run`].
    pub(super) fn charge_step(&mut self) {
        self.steps_left = self.steps_left.saturating_sub(1);
    }

    /// Goes on until nothing can, or the step bound is reached.
    pub(super) fn run(&mut self) {
        while self.steps_left > 0
            && self.snapshot.is_running()
            && let Some(scope) = self.queue.pop_front()
        {
            self.steps_left -= 1;
            self.step(scope);
        }
    }

    /// Enters the state that a scope is about to enter.
    pub(super) fn enter(&mut self, id: ScopeId) {
        let Some(Scope { flow, position: Position::Entering { state, input }, .. }) =
            self.snapshot.scope(id)
        else {
            return;
        };
        if self.context.machine == MachineStatus::Deleting {
            self.emit(ScopeId::MAIN, 0, EventBody::ExecutionAborted(Reason::default()));
            return;
        }
        let (state_id, definition) = (*state, self.context.definition);
        if !definition.contains(*flow, state_id) {
            let reason = Reason {
                error: Some(RUNTIME.into()),
                cause: Some("The definition of the execution has no such state.".into()),
            };
            self.emit_next(ScopeId::MAIN, EventBody::ExecutionFailed(reason));
            return;
        }
        let state = definition.flow(*flow).state(state_id);
        let body = EventBody::StateEntered {
            kind: (&state.kind).into(),
            state: state_id,
            name: Arc::clone(&state.name),
            input: input.clone(),
        };
        self.emit_next(id, body);
    }

    /// Whether a task of the scope had a result in this turn.
    pub(super) fn has_result(&self, id: ScopeId) -> bool {
        self.events.iter().any(|event| {
            let result =
                matches!(event.body, EventBody::TaskSucceeded { .. } | EventBody::TaskFailed(..));
            result && event.scope == id
        })
    }

    pub(super) fn finish(self, before: &Snapshot) -> Decision {
        let mut commands = Vec::new();
        for id in &self.touched {
            commands.extend(self.stop_of(before, *id));
            let old = pending(before, *id).map(|attempt| attempt.scheduled_event);
            let new = pending(&self.snapshot, *id);
            if old == new.map(|attempt| attempt.scheduled_event) {
                continue;
            }
            commands.extend(old.map(|scheduled_event| Command::RetireTask { scheduled_event }));
            commands.extend(
                new.map(|task| Command::EnqueueTask { scope: *id, task: Box::new(task.clone()) }),
            );
        }
        commands.sort_by_key(|command| match command {
            Command::EnqueueTask { task, .. } => task.scheduled_event,
            Command::StopChild { attempt } => attempt.scheduled_event,
            Command::RetireTask { scheduled_event } => *scheduled_event,
        });
        let Self { snapshot, events, touched, not_before_ms, .. } = self;
        Decision { snapshot, events, commands, touched, not_before_ms }
    }
}
