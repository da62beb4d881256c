//! From works to a turn's commits.

use super::Actor;
use crate::decider::Decider;
use crate::load::load;
use crate::nested::waiter_of;
use crate::plan::{due_ms, plan_nothing, plan_removal, plan_waiters};
use crate::request::{Refused, Repeated, SubmitError, repeated};
use crate::work::{Entry, Source, Turn, What, Work};
use crate::{Execution, Origin};
use bytes::Bytes;
use futures::future::join_all;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use stepwell_engine::{Trigger, WorkerKind};

/// Records that were read for a turn; none for a key without a record.
type Loaded = HashMap<Bytes, Result<Option<Arc<Execution>>, SubmitError>>;

impl Actor {
    pub(super) async fn decide(&mut self, works: Vec<Work>) -> Turn {
        let loaded = self.load(&works).await;
        let mut turn = Turn::new(Arc::clone(&self.slot));
        for work in works {
            let base = match turn.current(&work.key) {
                Some(current) => Ok(current),
                None => loaded.get(&work.key).cloned().unwrap_or(Ok(None)),
            };
            match base {
                Ok(base) => self.step(&mut turn, base, work).await,
                Err(error) => self.fail(work, error),
            }
        }
        turn
    }

    /// Gets what the works are about, from memory or from the store.
    async fn load(&mut self, works: &[Work]) -> Loaded {
        let mut loaded = Loaded::new();
        // In the order of their keys: reads follow from the works alone.
        let mut missing = BTreeMap::new();
        for work in works {
            if loaded.contains_key(&work.key) {
                continue;
            }
            if let Some(cached) = self.slot.cache().get(&work.key) {
                loaded.insert(work.key.clone(), Ok(Some(cached)));
            } else if !work.expects_absence() {
                missing.insert(work.key.clone(), work.arn.clone());
            }
        }
        let (store, partition) = (Arc::clone(&self.shared.store), self.partition());
        let reads = missing.into_iter().map(|(key, arn)| {
            let store = &store;
            async move { (key, load(&**store, partition, &arn).await) }
        });
        for (key, read) in join_all(reads).await {
            if let Ok(Some(execution)) = &read {
                self.slot.cache().insert(Arc::clone(execution));
            }
            loaded.insert(key, read.map_err(SubmitError::from));
        }
        loaded
    }

    async fn step(&mut self, turn: &mut Turn, base: Option<Arc<Execution>>, mut work: Work) {
        work.attempts += 1;
        if let Some(base) = &base
            && work.tried.contains(&base.commit)
        {
            return turn.answer(work, Ok(Arc::clone(base)));
        }
        match (&work.what, base) {
            (What::Start(start), Some(base)) => {
                let repeated = repeated(&base, start);
                self.answer_repeated(turn, &base, work, repeated);
            }
            (What::Start(start), None) => {
                let trigger = Trigger::Start { input: start.input.clone() };
                let origin = Origin::new(
                    work.arn.clone(),
                    self.shared.decider.random.draw(),
                    start.request_id.clone(),
                    start.incarnation.clone(),
                    start.revision.clone(),
                );
                let gate = Some(start.incarnation.clone());
                let mut base = Execution::unborn(work.key.clone(), origin);
                base.waiters.extend(start.waiter.clone());
                let base = Arc::new(base);
                self.decide_on(turn, &base, work, &trigger, gate).await;
            }
            (What::Trigger { .. } | What::Retire { .. }, None) => {
                self.refuse(turn, None, work, Refused::Absent)
            }
            (What::Trigger { run_id, trigger, .. }, Some(base)) => {
                if run_id.is_some_and(|run_id| run_id != base.origin.run_id) {
                    return self.refuse(turn, Some(&base), work, Refused::Absent);
                }
                let trigger = trigger.clone();
                self.decide_on(turn, &base, work, &trigger, None).await;
            }
            (What::Retire { run_id, entry }, Some(base)) => {
                if *run_id != base.origin.run_id {
                    return self.refuse(turn, Some(&base), work, Refused::Absent);
                }
                let entry = *entry;
                self.retire(turn, &base, work, entry);
            }
            // The record went before its timer: nothing is left to do.
            (What::Due, None) => {}
            (What::Due, Some(base)) => self.fire(turn, &base, work).await,
        }
    }

    /// The timer of a record has come: something in the execution is due, or its retention ends.
    async fn fire(&mut self, turn: &mut Turn, base: &Arc<Execution>, work: Work) {
        let due = due_ms(&base.snapshot, self.shared.decider.retention_ms);
        match due {
            Some(due) if due <= self.shared.clock.now_ms() => {
                if base.snapshot.is_running() {
                    self.decide_on(turn, base, work, &Trigger::TimerFired, None).await;
                } else if base.owes_its_end() {
                    // Whoever waits for it is told from its record.
                    self.put_off(&work.key);
                } else {
                    let (mut commit, plan) = plan_removal(base, self.shared.decider.random.draw());
                    commit.not_before_ms = Some(due);
                    turn.commit(work, commit, plan);
                }
            }
            due => self.set_timer(&work.key, due),
        }
    }

    fn answer_repeated(
        &mut self,
        turn: &mut Turn,
        base: &Arc<Execution>,
        work: Work,
        repeated: Result<Repeated, Refused>,
    ) {
        match repeated {
            Ok(Repeated::Known) => turn.answer(work, Ok(Arc::clone(base))),
            Ok(Repeated::Waits(waiter)) => {
                let waiters = base.waiters.iter().cloned().chain([waiter]).collect();
                let Decider { random, retention_ms, .. } = &*self.shared.decider;
                let (commit, plan) = plan_waiters(base, waiters, random.draw(), *retention_ms);
                turn.commit(work, commit, plan);
            }
            Err(refused) => turn.refuse(work, refused),
        }
    }

    /// A call of the outbox was made, or a given task delivered: its entry goes, and a waiter has
    /// been told.
    fn retire(&mut self, turn: &mut Turn, base: &Arc<Execution>, work: Work, entry: u64) {
        let mut waiters = base.waiters.clone();
        if let Some(waiter) = waiter_of(entry).and_then(|at| waiters.get_mut(at)) {
            if waiter.told {
                return turn.answer(work, Ok(Arc::clone(base)));
            }
            waiter.told = true;
        } else if base.snapshot.attempt(entry).is_some_and(|(_, attempt)| {
            attempt.schedule.worker.kind == WorkerKind::Activity && attempt.is_pending()
        }) {
            // The entry is all that its queue can be told from.
            return turn.answer(work, Ok(Arc::clone(base)));
        }
        let Decider { random, retention_ms, .. } = &*self.shared.decider;
        let (mut commit, plan) = plan_waiters(base, waiters, random.draw(), *retention_ms);
        commit.outbox_retire.push(entry);
        turn.commit(work, commit, plan);
    }

    async fn decide_on(
        &mut self,
        turn: &mut Turn,
        base: &Arc<Execution>,
        work: Work,
        trigger: &Trigger,
        gate: Option<Bytes>,
    ) {
        let due = match &work.what {
            What::Due => base.snapshot.next_due_ms(),
            _ => None,
        };
        match self.shared.decider.decide(base, trigger, due.unwrap_or(i64::MIN)).await {
            Ok(Some((mut commit, mut plan))) => {
                commit.gate = gate;
                if let Source::Stream(id) = work.source {
                    commit.trigger = Some(id);
                }
                if matches!(work.what, What::Trigger { entry: Entry::Keep, .. }) {
                    plan.keep_started(&mut commit);
                }
                turn.commit(work, commit, plan);
            }
            Ok(None) => match work.source {
                Source::Stream(_) => self.consume(turn, Some(base), work),
                Source::Caller(_) => turn.answer(work, Ok(Arc::clone(base))),
                Source::Timer => self.put_off(&work.key),
            },
            Err(SubmitError::Refused(refused)) => self.refuse(turn, Some(base), work, refused),
            Err(error) => self.fail(work, error),
        }
    }

    fn refuse(
        &mut self,
        turn: &mut Turn,
        base: Option<&Arc<Execution>>,
        work: Work,
        refused: Refused,
    ) {
        match work.source {
            Source::Stream(_) => self.consume(turn, base, work),
            Source::Caller(_) => turn.refuse(work, refused),
            Source::Timer => {
                // Nothing was due: the timer is set as the snapshot has it.
                let retention_ms = self.shared.decider.retention_ms;
                let due = base.and_then(|base| due_ms(&base.snapshot, retention_ms));
                self.set_timer(&work.key, due);
            }
        }
    }

    /// Takes an entry without effect out of the trigger stream.
    fn consume(&self, turn: &mut Turn, base: Option<&Arc<Execution>>, work: Work) {
        let Source::Stream(id) = work.source else { return };
        let (mut commit, plan) =
            plan_nothing(base.map(Arc::as_ref), &work.key, self.shared.decider.random.draw());
        commit.trigger = Some(id);
        turn.commit(work, commit, plan);
    }
}
