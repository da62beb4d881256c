//! The work of a turn, from request to reply.

use crate::plan::Plan;
use crate::request::{Action, Refused, Reply, Start, SubmitError};
use crate::slot::Slot;
use crate::{Execution, key_of};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::Arc;
use stepwell_engine::Trigger;
use stepwell_ids::ExecutionArn;
use stepwell_storage::{Commit, CommitId};
use tokio::sync::oneshot;

/// Something that a partition has to deal with.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) key: Bytes,
    pub(crate) arn: ExecutionArn,
    pub(crate) what: What,
    pub(crate) source: Source,
    /// Commits that were tried for it. One that turns up in the store was this work's.
    pub(crate) tried: Vec<CommitId>,
    /// How often it was decided upon.
    pub(crate) attempts: u32,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum What {
    Start(Box<Start>),
    Trigger {
        run_id: Option<u128>,
        trigger: Trigger,
        entry: Entry,
    },
    /// What an entry of the outbox asks for is done.
    Retire {
        run_id: u128,
        entry: u64,
    },
    /// The record's timer has come.
    Due,
}

/// What becomes of a task's entry in the outbox when it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The queue has the task: it goes.
    Retire,
    /// No queue has it: it stays.
    Keep,
}

/// Where work comes from, and so who waits for the reply.
#[derive(Debug)]
pub(crate) enum Source {
    Caller(oneshot::Sender<Reply>),
    Timer,
    /// The entry of the trigger stream.
    Stream(u128),
}

impl Work {
    pub(crate) fn new(arn: ExecutionArn, what: What, source: Source) -> Self {
        Self { key: key_of(&arn), arn, what, source, tried: Vec::new(), attempts: 0 }
    }

    pub(crate) fn asked(arn: ExecutionArn, action: Action, reply: oneshot::Sender<Reply>) -> Self {
        let what = match action {
            Action::Start(start) => What::Start(start),
            Action::Trigger { run_id, trigger } => {
                What::Trigger { run_id, trigger, entry: Entry::Retire }
            }
            Action::StartGiven { run_id, trigger } => {
                What::Trigger { run_id: Some(run_id), trigger, entry: Entry::Keep }
            }
            Action::Retire { run_id, entry } => What::Retire { run_id, entry },
        };
        Self::new(arn, what, Source::Caller(reply))
    }

    /// Tells the caller, where there is one.
    pub(crate) fn reply(self, reply: Reply) {
        if let Source::Caller(caller) = self.source {
            // A caller that has gone away wants no answer.
            drop(caller.send(reply));
        }
    }

    /// Whether its last decision rested on that.
    pub(crate) fn expected_absence(&self) -> bool {
        matches!(self.what, What::Start(_)) && self.attempts == 1
    }

    /// Whether it can be tried without knowing the record: a start expects that there is none.
    pub(crate) fn expects_absence(&self) -> bool {
        matches!(self.what, What::Start(_)) && self.attempts == 0
    }
}

/// Decisions of one turn, in order, each on top of what the ones before it left.
#[derive(Debug)]
pub(crate) struct Turn {
    slot: Arc<Slot>,
    pub(crate) commits: Vec<Commit>,
    pub(crate) steps: Vec<Step>,
    /// What is not committed yet: never shown.
    current: HashMap<Bytes, Option<Arc<Execution>>>,
}

/// What follows for a piece of work once the turn is committed.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) work: Work,
    pub(crate) then: Then,
}

#[derive(Debug)]
pub(crate) enum Then {
    /// The turn's next commit is its own.
    Committed(Done),
    /// The answer holds if the turn's earlier commits of the execution do.
    Answer(Reply),
}

/// What becomes true with a commit.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) id: CommitId,
    pub(crate) plan: Plan,
}

impl Turn {
    pub(crate) fn new(slot: Arc<Slot>) -> Self {
        Self { slot, commits: Vec::new(), steps: Vec::new(), current: HashMap::new() }
    }

    /// The record as this turn leaves it so far; none where the turn has not touched it.
    pub(crate) fn current(&self, key: &[u8]) -> Option<Option<Arc<Execution>>> {
        self.current.get(key).cloned()
    }

    pub(crate) fn commit(&mut self, work: Work, commit: Commit, plan: Plan) {
        self.current.insert(work.key.clone(), plan.next.clone());
        let done = Done { id: commit.id, plan };
        self.commits.push(commit);
        self.steps.push(Step { work, then: Then::Committed(done) });
    }

    /// Answers at once, or with the commits that the answer rests on. Without a commit nothing
    /// shows that the partition is still this node's, but the time until which it must be: another
    /// owner may know better.
    pub(crate) fn answer(&mut self, work: Work, reply: Reply) {
        if self.current.contains_key(&work.key) {
            self.steps.push(Step { work, then: Then::Answer(reply) });
        } else if self.slot.is_valid() {
            work.reply(reply);
        } else {
            work.reply(Err(SubmitError::NotOwner));
        }
    }

    pub(crate) fn refuse(&mut self, work: Work, refused: impl Into<Refused>) {
        self.answer(work, Err(SubmitError::Refused(refused.into())));
    }
}
