//! Makes the calls of the outboxes, each until it took effect and its entry is retired, or until
//! the partition is another node's.

use super::{Node, PartitionNode};
use crate::calls::Told;
use crate::codec::{OutboxItem, encode_nested_trigger, read_outbox};
use crate::nested::{
    Call, CallError, CallKind, ChildReport, NestedCalls, NestedStart, RemoteTask, Stopped,
    waiter_of,
};
use crate::relay::OUTBOX_PAGE;
use crate::request::{Action, Reply, SubmitError};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use stepwell_engine::{NestedPattern, TaskFailure, Trigger};
use stepwell_ids::ExecutionArn;
use stepwell_storage::StoreError;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep};

/// Calls that are made at once.
const ROOM: usize = 256;
/// The first pause after a call that gave nothing, doubled up to the longest.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long a start may be on its way after its caller gave it up: the time of a call to an owner,
/// twice, and that of a commit whose answer is slow.
const ON_ITS_WAY: Duration = Duration::from_secs(60);

/// What became of a call.
enum Made {
    /// It took effect, or is another node's to make.
    Done,
    /// It has to be made again.
    Again(String),
}

/// Names a call: its partition, the record and the number of its entry.
type CallId = (u32, Bytes, u64);

/// What the calls of a node share.
struct Relaying {
    node: PartitionNode,
    calls: Arc<dyn NestedCalls>,
    room: Semaphore,
    /// Calls that are being made, and whether they were told again meanwhile.
    open: Mutex<BTreeMap<CallId, bool>>,
}

impl PartitionNode {
    /// Makes the calls of this node's executions to others by `calls`, until the node ends. To be
    /// asked for once; without it such calls stay in the outbox.
    pub fn relay_calls(&self, calls: Arc<dyn NestedCalls>) {
        let Some(told) = self.0.shared.calls.take() else { return };
        let (room, open) = (Semaphore::new(ROOM), Mutex::default());
        let relaying = Arc::new(Relaying { node: self.clone(), calls, room, open });
        let stop = self.0.stop.clone();
        self.0.loops.spawn(async move {
            tokio::select! { biased; () = stop.cancelled() => {}, () = relaying.run(told) => {} }
        });
    }
}

impl PartitionNode {
    /// Stops the child of a task, where it is that task's and runs: what [`NestedCalls::stop`]
    /// does on the owner of the child's partition.
    ///
    /// # Errors
    /// See [`SubmitError`].
    pub async fn stop_child(
        &self,
        task: &RemoteTask,
        child: &ExecutionArn,
    ) -> Result<Stopped, SubmitError> {
        let Some(found) = self.read(child).await? else { return Ok(Stopped::Absent) };
        if found.origin.request_id != task.request_id() {
            return Ok(Stopped::Over);
        }
        let trigger = Trigger::Abort { error: None, cause: None };
        let action = Action::Trigger { run_id: Some(found.origin.run_id), trigger };
        match self.submit(child, action).await {
            Ok(_) | Err(SubmitError::Refused(_)) => Ok(Stopped::Over),
            Err(error) => Err(error),
        }
    }
}

impl Node {
    /// Takes calls from the outboxes that may hold some that are not known.
    pub(super) async fn look_for_calls(&self) -> Result<(), StoreError> {
        let calls = &self.shared.calls;
        for partition in calls.take_missed() {
            let mut after = None;
            // What another node has it will find.
            while self.slot(partition).is_some() {
                let page = self.store.outbox(partition, after, OUTBOX_PAGE).await;
                let page = page.inspect_err(|_| calls.miss(partition))?;
                after = page.last().map(|last| (last.key.clone(), last.id));
                for entry in &page {
                    // What can't be read is told when the partition is taken over.
                    if let Ok(OutboxItem::Call(call)) = read_outbox(entry) {
                        calls.made(partition, *call);
                    }
                }
                if page.len() < OUTBOX_PAGE {
                    break;
                }
            }
        }
        Ok(())
    }
}

impl Relaying {
    fn open(&self) -> MutexGuard<'_, BTreeMap<CallId, bool>> {
        // No statement under the lock leaves the table half changed.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(self: Arc<Self>, mut told: mpsc::Receiver<Told>) {
        while let Some((partition, call)) = told.recv().await {
            let (key, entry) = call.id();
            let id = (partition, key, entry);
            if let Some(again) = self.open().get_mut(&id) {
                *again = true;
                continue;
            }
            self.open().insert(id.clone(), false);
            let (relaying, stop) = (Arc::clone(&self), self.node.0.stop.clone());
            self.node.0.loops.spawn(async move {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => {}
                    () = relaying.make(&id, &call) => {}
                }
            });
        }
    }

    /// Makes a call, and once more where it was told again.
    async fn make(&self, id: &CallId, call: &Call) {
        loop {
            self.make_until_done(id, call).await;
            let mut open = self.open();
            match open.get_mut(id) {
                Some(again) if *again => *again = false,
                _ => {
                    open.remove(id);
                    return;
                }
            }
        }
    }

    async fn make_until_done(&self, id: &CallId, call: &Call) {
        let (mut pause, began) = (PAUSE, Instant::now());
        while self.node.0.slot(id.0).is_some() {
            // Never closed.
            let permit = self.room.acquire().await;
            let made = match &call.kind {
                CallKind::Start => self.start(call).await,
                CallKind::Stop { child } => self.stop(id, call, child, began).await,
                CallKind::End => self.end(call).await,
            };
            drop(permit);
            match made {
                Made::Done => return,
                Made::Again(why) => tracing::debug!(from = %call.from, why, "a call is put off"),
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn start(&self, call: &Call) -> Made {
        let RemoteTask { run_id, task, .. } = call.task;
        let parent = match self.node.read(&call.from).await {
            Ok(Some(parent)) if parent.origin.run_id == run_id => parent,
            Ok(_) => return Made::Done,
            Err(error) => return Made::Again(error.to_string()),
        };
        let attempt = parent.snapshot.attempt(task.scheduled_event).map(|(_, attempt)| attempt);
        let attempt = attempt.filter(|open| open.reference() == task && open.is_pending());
        let child = attempt.and_then(|attempt| Some((attempt, attempt.child()?)));
        // Without one the attempt has ended, and its entry is gone.
        let Some((attempt, child)) = child else { return Made::Done };
        let form = match attempt.schedule.worker.kind.nested() {
            Some(NestedPattern::Sync(form)) => Some(form),
            _ => None,
        };
        let account = account_of(attempt.schedule.role_arn.as_deref())
            .unwrap_or(&call.from.state_machine().namespace().account)
            .to_owned();
        let start = NestedStart { task: call.task.clone(), account, child, form };
        let trigger = match self.calls.start(&start).await {
            Ok(report) => report.trigger(task),
            Err(CallError::Refused(reason)) => {
                let (error, cause) = (reason.error, reason.cause);
                Trigger::CallFailed { task, failure: TaskFailure::Failed, error, cause }
            }
            Err(CallError::Unavailable(why)) => return Made::Again(why),
        };
        let action = Action::Trigger { run_id: Some(run_id), trigger };
        after(self.node.submit(&call.from, action).await)
    }

    async fn stop(&self, id: &CallId, call: &Call, child: &ExecutionArn, began: Instant) -> Made {
        let start = (id.0, id.1.clone(), call.task.task.scheduled_event);
        if self.open().contains_key(&start) {
            return Made::Again("its start is still on its way".to_owned());
        }
        match self.calls.stop(&call.task, child).await {
            // A start that its caller gave up, here or before a takeover.
            Ok(Stopped::Absent) if began.elapsed() < ON_ITS_WAY => {
                return Made::Again("its start may still arrive".to_owned());
            }
            Err(CallError::Unavailable(why)) => return Made::Again(why),
            Ok(_) | Err(CallError::Refused(_)) => {}
        }
        self.retire(call, call.task.run_id).await
    }

    async fn end(&self, call: &Call) -> Made {
        let child = match self.node.read(&call.from).await {
            Ok(Some(child)) => child,
            Ok(None) => return Made::Done,
            Err(error) => return Made::Again(error.to_string()),
        };
        let waiter = waiter_of(call.entry).and_then(|at| child.waiters.get(at));
        let waiter = waiter.filter(|waiter| waiter.task == call.task && !waiter.told);
        let Some(waiter) = waiter else { return Made::Done };
        let report = ChildReport::new(&child, Some(waiter.form));
        if let Err(CallError::Unavailable(why)) = self.calls.report(&call.task, &report).await {
            let parent = self.node.partition_of(&call.task.arn);
            let id = child.origin.run_id ^ call.task.task.nonce;
            let entry = encode_nested_trigger(&call.task, report);
            if self.node.0.store.append_trigger(parent, id, entry).await.is_err() {
                return Made::Again(why);
            }
        }
        self.retire(call, child.origin.run_id).await
    }

    async fn retire(&self, call: &Call, run_id: u128) -> Made {
        let action = Action::Retire { run_id, entry: call.entry };
        after(self.node.submit(&call.from, action).await)
    }
}

/// The account of a role, `arn:aws:iam::<account>:role/<name>`, in which its calls are made.
fn account_of(role_arn: Option<&str>) -> Option<&str> {
    role_arn?.split(':').nth(4).filter(|account| !account.is_empty())
}

/// What follows from the last step of a call, on the execution that makes it.
fn after(reply: Reply) -> Made {
    match reply {
        // What was refused is of no use any more; another owner finds the entry.
        Ok(_) | Err(SubmitError::Refused(_) | SubmitError::NotOwner) => Made::Done,
        Err(error @ (SubmitError::Overloaded | SubmitError::Unavailable(_))) => {
            Made::Again(error.to_string())
        }
        Err(SubmitError::Broken(why)) => {
            tracing::error!(why, "a call can't be concluded");
            Made::Done
        }
    }
}
