//! What became of a turn's commits, and the answers.

use super::Actor;
use crate::plan::due_ms;
use crate::request::{Refused, SubmitError};
use crate::work::{Done, Step, Then, What, Work};
use std::collections::HashSet;
use std::sync::Arc;
use stepwell_storage::Outcome;

/// How often work is decided anew after a conflict.
const MAX_ATTEMPTS: u32 = 5;

impl Actor {
    /// Applies the outcomes, one for each step that has a commit. A commit that was refused takes
    /// with it whatever the turn decided on top of it.
    pub(super) fn settle(&mut self, steps: Vec<Step>, outcomes: Vec<Outcome>) {
        let count = outcomes.iter().filter(|o| matches!(o, Outcome::Committed { .. })).count();
        self.shared.metrics.committed(count, "committed");
        self.shared.metrics.committed(outcomes.len() - count, "refused");
        let mut outcomes = outcomes.into_iter();
        let mut discarded = HashSet::new();
        for Step { work, then } in steps {
            match then {
                Then::Answer(reply) if !discarded.contains(&work.key) => work.reply(reply),
                Then::Answer(_) => self.again(work),
                Then::Committed(done) => match outcomes.next() {
                    Some(Outcome::Committed { now_ms }) => {
                        self.shared.clock.observe(now_ms);
                        self.committed(work, done);
                    }
                    Some(outcome) if discarded.insert(work.key.clone()) => {
                        self.refused(work, &done, outcome);
                    }
                    Some(_) => self.again(work),
                    None => {
                        let why = "the store gave too few outcomes".to_owned();
                        self.behind = true;
                        self.slot.cache().remove(&work.key);
                        self.fail(work, SubmitError::Unavailable(why));
                    }
                },
            }
        }
    }

    fn committed(&mut self, work: Work, done: Done) {
        let (plan, partition) = (done.plan, self.partition());
        let Some(next) = plan.next else {
            self.slot.cache().remove(&work.key);
            self.set_timer(&work.key, None);
            return;
        };
        self.slot.cache().insert(Arc::clone(&next));
        let due = due_ms(&next.snapshot, self.shared.decider.retention_ms);
        self.set_timer(&work.key, due);
        for effect in plan.queued {
            self.shared.relay.queued(partition, effect);
        }
        for call in plan.calls {
            self.shared.calls.made(partition, call);
        }
        for retired in plan.retired {
            self.shared.relay.retired(partition, retired);
        }
        self.shared.metrics.events.add(plan.events as u64, &[]);
        if let What::Start(_) = work.what {
            self.shared.metrics.starts.add(1, &[]);
        }
        work.reply(Ok(next));
    }

    fn refused(&mut self, mut work: Work, done: &Done, outcome: Outcome) {
        match outcome {
            Outcome::Fenced => {
                self.fenced = true;
                work.reply(Err(SubmitError::NotOwner));
            }
            Outcome::Conflict { .. } => {
                // Under one's own epoch that is no refusal yet: an earlier write whose outcome
                // was not known may have come through. A start simply found its name taken.
                self.behind |= !work.expected_absence();
                self.slot.cache().remove(&work.key);
                work.tried.push(done.id);
                self.again(work);
            }
            Outcome::TooEarly { now_ms } => {
                // The clock is right now, so what is decided next is not early again.
                self.shared.clock.observe(now_ms);
                if !matches!(work.what, What::Due) {
                    return self.again(work);
                }
                let cached = self.slot.cache().get(&work.key);
                let retention_ms = self.shared.decider.retention_ms;
                let due = cached.and_then(|cached| due_ms(&cached.snapshot, retention_ms));
                self.set_timer(&work.key, due.or(Some(now_ms)));
            }
            Outcome::Gated => work.reply(Err(Refused::Gated.into())),
            Outcome::Full => {
                let why = "the store is short of room and takes no new executions".to_owned();
                work.reply(Err(SubmitError::Unavailable(why)));
            }
            // Another commit has consumed the entry, and with it the work.
            Outcome::TriggerGone | Outcome::Committed { .. } => {}
        }
    }

    fn again(&mut self, work: Work) {
        if work.attempts < MAX_ATTEMPTS {
            self.again.push(work);
        } else {
            let why = "the execution changes too often".to_owned();
            self.fail(work, SubmitError::Unavailable(why));
        }
    }

    /// The store can't hold one of the writes, and refused all of them.
    pub(super) fn refused_whole(&mut self, steps: Vec<Step>, commits: usize, why: &str) {
        for Step { work, then } in steps {
            match then {
                Then::Committed(_) if commits == 1 => {
                    tracing::error!(arn = %work.arn, why, "a commit can't be stored");
                    work.reply(Err(SubmitError::Broken(why.to_owned())));
                }
                _ => self.alone.push_back(work),
            }
        }
    }
}
