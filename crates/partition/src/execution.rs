//! An execution as its partition holds it: the engine's snapshot with what the store needs to
//! know about it.

use crate::codec::{CodecError, Payloads, Places, decode_record};
use crate::nested::{RemoteTask, Waiter};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::sync::Arc;
use stepwell_api::internal::Revision;
use stepwell_engine::{Identity, Snapshot, TaskAttempt};
use stepwell_ids::ExecutionArn;
use stepwell_storage::{CommitId, Record};

const ARN_PREFIX: &str = "arn:aws:states:";

/// The key of an execution's record: its ARN without `arn:aws:states:`.
#[must_use]
pub fn key_of(arn: &ExecutionArn) -> Bytes {
    let text = arn.to_string();
    Bytes::copy_from_slice(text.strip_prefix(ARN_PREFIX).unwrap_or(&text).as_bytes())
}

/// The execution whose record has this key; none where it is the key of none.
#[must_use]
pub fn arn_of_key(key: &[u8]) -> Option<ExecutionArn> {
    let text = std::str::from_utf8(key).ok()?;
    ExecutionArn::parse(&format!("{ARN_PREFIX}{text}")).ok()
}

/// What the start of an execution fixed.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Its ARN, and its role.
    pub identity: Identity,
    /// Names this run: the name may be used again once this one is gone.
    pub run_id: u128,
    /// The call that started it.
    pub request_id: String,
    /// The incarnation of its state machine, 16 bytes.
    pub incarnation: Bytes,
    /// The revision of its state machine that it runs.
    pub revision: Revision,
}

impl Origin {
    pub(crate) fn new(
        arn: ExecutionArn,
        run_id: u128,
        request_id: String,
        incarnation: Bytes,
        revision: Revision,
    ) -> Self {
        let identity = Identity { arn, role_arn: revision.role_arn.as_str().into() };
        Self { identity, run_id, request_id, incarnation, revision }
    }
}

/// Payloads that a record refers to.
pub(crate) struct Missing {
    /// The batches of the history that hold them.
    pub(crate) batches: BTreeSet<u64>,
    /// The time of the execution's last event: no batch of it is newer.
    pub(crate) last_ms: i64,
}

/// An execution as one commit left it. Immutable, and shared by whoever reads it.
#[derive(Debug)]
pub struct Execution {
    pub(crate) key: Bytes,
    pub(crate) origin: Arc<Origin>,
    pub(crate) snapshot: Snapshot,
    /// The version of the record, and the commit that wrote it.
    pub(crate) version: u64,
    pub(crate) commit: CommitId,
    /// How many batches the history has.
    pub(crate) batches: u64,
    pub(crate) places: Places,
    /// Tasks of other executions that wait for its end.
    pub(crate) waiters: Vec<Waiter>,
}

impl Execution {
    /// What its start fixed.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Its state.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// How many batches its history has.
    #[must_use]
    pub fn batches(&self) -> u64 {
        self.batches
    }

    /// An attempt of one of its tasks, as other executions name it.
    pub(crate) fn task(&self, attempt: &TaskAttempt) -> RemoteTask {
        let arn = self.origin.identity.arn.clone();
        RemoteTask { arn, run_id: self.origin.run_id, task: attempt.reference() }
    }

    /// Whether this is what a start for `task` has started, or found running.
    #[must_use]
    pub fn is_child_of(&self, task: &RemoteTask) -> bool {
        self.origin.request_id == task.request_id()
            || self.waiters.iter().any(|waiter| waiter.task == *task)
    }

    /// Whether a task that waits for the end does not know of it yet.
    pub(crate) fn owes_its_end(&self) -> bool {
        self.waiters.iter().any(|waiter| !waiter.told)
    }

    /// An execution that is not stored yet.
    pub(crate) fn unborn(key: Bytes, origin: Origin) -> Self {
        Self {
            key,
            origin: Arc::new(origin),
            snapshot: Snapshot::unstarted(),
            version: 0,
            commit: 0,
            batches: 0,
            places: Places::default(),
            waiters: Vec::new(),
        }
    }

    /// Reads a record. Where payloads are missing the answer says which: call again with those
    /// added.
    pub(crate) fn decode(
        arn: &ExecutionArn,
        record: &Record,
        payloads: &mut Payloads,
    ) -> Result<Result<Self, Missing>, CodecError> {
        let (origin, waiters, snapshot) = decode_record(arn, &record.parts, payloads)?;
        let batches = payloads.missing();
        if !batches.is_empty() {
            return Ok(Err(Missing { batches, last_ms: snapshot.root().last_time_ms }));
        }
        let mut places = payloads.places();
        places.prune(&snapshot);
        Ok(Ok(Self {
            key: key_of(arn),
            origin: Arc::new(origin),
            snapshot,
            version: record.version,
            commit: record.commit,
            batches: record.batches,
            places,
            waiters,
        }))
    }

    /// Bytes that it takes in memory, roughly.
    pub(crate) fn weight(&self) -> usize {
        const FIXED: usize = 1_024;
        const SCOPE: usize = 512;
        FIXED
            + self.snapshot.scopes().len() * SCOPE
            + self.snapshot.held_bytes()
            + self.places.bytes()
    }
}
