//! A scripted owner of executions, and an activity node over the memory store.

use bytes::Bytes;
use prost::Message as _;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use stepwell_activity::{Activity, Options};
use stepwell_api::activity::activity_service_client::ActivityServiceClient;
use stepwell_api::internal::partition_service_server::{PartitionService, PartitionServiceServer};
use stepwell_api::internal::queue_service_client::QueueServiceClient;
use stepwell_api::internal::*;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::Namespace;
use stepwell_service_kit::{Drain, Limits, LocalDirectory, Role, Transport, moved};
use stepwell_storage::{
    ControlChange, ControlStore as _, ControlWrite, MemoryStore, QueueStore as _, QueueTask, Store,
};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout};
use tonic::{Request, Response, Status};

pub(crate) const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:a";
pub(crate) const EXECUTION: &str = "arn:aws:states:us-east-1:000000000000:execution:m:e";

/// An owner that knows of each attempt what the real one does: who has it, or that it has ended.
#[derive(Clone)]
pub(crate) struct Owner(Arc<Script>);

pub(crate) struct Script {
    pub(crate) state: Mutex<State>,
    /// Starts wait for a permit.
    pub(crate) starts: Semaphore,
    /// A task is pending.
    scheduled: Notify,
}

#[derive(Default)]
pub(crate) struct State {
    /// The delivery that has an attempt, by nonce.
    pub(crate) taken: HashMap<Bytes, Bytes>,
    pub(crate) ended: Vec<Bytes>,
    /// Every start that was asked for, in order.
    pub(crate) asked: Vec<StartTaskRequest>,
    pub(crate) reports: Vec<ReportTaskRequest>,
    /// Tasks that are given to who asks.
    pub(crate) pending: Vec<TaskRef>,
    /// What became of them.
    pub(crate) settled: SettleTasksRequest,
    /// So many calls fail before they do anything.
    pub(crate) unavailable: usize,
    /// So many starts and reports are recorded, but their answers are lost.
    pub(crate) lost: usize,
    pub(crate) refusal: Option<ErrorCode>,
}

impl Owner {
    pub(crate) fn new() -> Self {
        let starts = Semaphore::new(Semaphore::MAX_PERMITS);
        Self(Arc::new(Script { state: Mutex::default(), starts, scheduled: Notify::new() }))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    /// Holds starts back until [`Owner::release`].
    pub(crate) fn hold(&self) {
        self.0.starts.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn release(&self) {
        self.0.starts.add_permits(1_000);
    }

    /// Has attempts to give.
    pub(crate) fn schedule(&self, attempts: &[u8]) {
        self.state().pending.extend(attempts.iter().map(|attempt| reference(*attempt)));
        self.0.scheduled.notify_waiters();
    }

    /// Waits until so many starts were asked for.
    pub(crate) async fn asked(&self, count: usize) {
        until(|| self.state().asked.len() >= count).await;
    }
}

#[tonic::async_trait]
impl PartitionService for Owner {
    async fn start_task(
        &self,
        request: Request<StartTaskRequest>,
    ) -> Result<Response<StartTaskResponse>, Status> {
        let request = request.into_inner();
        self.state().asked.push(request.clone());
        self.0.starts.acquire().await.unwrap().forget();
        let mut state = self.state();
        if state.unavailable > 0 {
            state.unavailable -= 1;
            return Err(ApiError::unavailable("no owner at present").into());
        }
        let task = request.task.unwrap();
        if state.ended.contains(&task.nonce) {
            return Ok(Response::new(StartTaskResponse::default()));
        }
        let taken = state.taken.get(&task.nonce).cloned();
        if let Some(by) = taken
            && by != request.delivery_id
            && by != request.failed_delivery_id
        {
            return Ok(Response::new(StartTaskResponse { started: None, taken_by: by }));
        }
        state.taken.insert(task.nonce.clone(), request.delivery_id);
        if state.lost > 0 {
            state.lost -= 1;
            return Err(Status::unavailable("the connection broke"));
        }
        let started = StartedTask {
            task_token: format!("token {}", task.attempt),
            input: "{}".into(),
            resource: ACTIVITY.into(),
            timeout_seconds: None,
        };
        let taken_by = Bytes::new();
        Ok(Response::new(StartTaskResponse { started: Some(started), taken_by }))
    }

    async fn start_nested(
        &self,
        _: Request<StartNestedRequest>,
    ) -> Result<Response<StartNestedResponse>, Status> {
        Err(Status::unimplemented("no activity does this"))
    }

    async fn stop_nested(
        &self,
        _: Request<StopNestedRequest>,
    ) -> Result<Response<StopNestedResponse>, Status> {
        Err(Status::unimplemented("no activity does this"))
    }

    async fn report_nested(
        &self,
        _: Request<ReportNestedRequest>,
    ) -> Result<Response<ReportNestedResponse>, Status> {
        Err(Status::unimplemented("no activity does this"))
    }

    async fn take_tasks(
        &self,
        request: Request<TakeTasksRequest>,
    ) -> Result<Response<TakeTasksResponse>, Status> {
        let most = request.get_ref().max_tasks as usize;
        assert_eq!(
            (&request.get_ref().node_id[..], &request.get_ref().queue[..]),
            ("here", &activity_queue()[..])
        );
        let some = timeout(Duration::from_secs(10), async {
            loop {
                let tasks: Vec<_> = {
                    let mut state = self.state();
                    let count = most.min(state.pending.len());
                    state.pending.drain(..count).collect()
                };
                if !tasks.is_empty() {
                    return tasks;
                }
                self.0.scheduled.notified().await;
            }
        });
        Ok(Response::new(TakeTasksResponse { tasks: some.await.unwrap_or_default() }))
    }

    async fn settle_tasks(
        &self,
        request: Request<SettleTasksRequest>,
    ) -> Result<Response<SettleTasksResponse>, Status> {
        let SettleTasksRequest { done, given_back, queued } = request.into_inner();
        let mut state = self.state();
        state.settled.done.extend(done);
        state.settled.given_back.extend(given_back);
        state.settled.queued.extend(queued);
        drop(state);
        Ok(Response::new(SettleTasksResponse {}))
    }

    async fn report_task(
        &self,
        request: Request<ReportTaskRequest>,
    ) -> Result<Response<ReportTaskResponse>, Status> {
        let mut state = self.state();
        if state.unavailable > 0 {
            state.unavailable -= 1;
            return Err(moved(ApiError::unavailable("no owner at present")));
        }
        state.reports.push(request.into_inner());
        if state.lost > 0 {
            state.lost -= 1;
            return Err(Status::unavailable("the connection broke"));
        }
        match state.refusal {
            Some(code) => Err(ApiError::new(code, "as scripted").into()),
            None => Ok(Response::new(ReportTaskResponse {})),
        }
    }
}

/// An activity node, its store and the owner.
pub(crate) struct Suite {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) owner: Owner,
    pub(crate) directory: LocalDirectory,
    pub(crate) service: Activity,
    pub(crate) client: ActivityServiceClient<Transport>,
    pub(crate) queues: QueueServiceClient<Transport>,
    pub(crate) drain: Drain,
}

impl Suite {
    pub(crate) async fn start() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let store = Arc::new(MemoryStore::new(4, Arc::new(|| 1_700_000_000_000)));
        let owner = Owner::new();
        let directory = LocalDirectory::new();
        let execution = Transport::local(PartitionServiceServer::new(owner.clone()));
        directory.insert(Role::Execution, "e", execution);
        let drain = Drain::new();
        let namespace = Namespace { account: "000000000000".into(), region: "us-east-1".into() };
        let options = Options { node_id: "here".into(), limits, namespace };
        let dynamic: Arc<dyn Store> = store.clone();
        let known = Arc::new(directory.clone());
        let service = Activity::start(dynamic, known, options, &drain).await.unwrap();
        let queues = Transport::local(service.queue_server());
        directory.insert(Role::Activity, "here", queues.clone());
        let client = ActivityServiceClient::new(Transport::local(service.activity_server()));
        let queues = QueueServiceClient::new(queues);
        let suite = Self { store, owner, directory, service, client, queues, drain };
        suite.create_activity().await;
        suite
    }

    pub(crate) async fn create_activity(&self) {
        let incarnation = Bytes::copy_from_slice(&7_u128.to_be_bytes());
        let record = ActivityRecord {
            name: "a".into(),
            created_ms: 0,
            incarnation,
            ..ActivityRecord::default()
        };
        self.activity(ControlChange::Put(record.encode_to_vec().into())).await;
    }

    pub(crate) async fn delete_activity(&self) {
        self.activity(ControlChange::Delete).await;
    }

    async fn activity(&self, change: ControlChange) {
        let write = ControlWrite { key: Bytes::from_static(b"a/a"), expect: None, change };
        self.store.control_write(b"000000000000/us-east-1", vec![write]).await.unwrap();
    }

    /// Queues an attempt of a task of the activity.
    pub(crate) async fn push(&self, attempt: u8) {
        self.push_to(&activity_queue(), attempt).await;
    }

    pub(crate) async fn push_to(&self, queue: &[u8], attempt: u8) {
        self.store.queue_push(queue, &[task(attempt)]).await.unwrap();
    }

    /// Waits until the queue holds nothing, claimed or not.
    pub(crate) async fn emptied(&self, queue: &[u8]) {
        for _ in 0..10_000 {
            if self.is_empty(queue).await {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("the queue is not emptied");
    }

    /// Waits until the queue holds nothing, while the paused clock goes on: by how much.
    pub(crate) async fn emptied_in_time(&self, queue: &[u8]) -> Duration {
        let before = Instant::now();
        let empty = async {
            while !self.is_empty(queue).await {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        timeout(Duration::from_secs(600), empty).await.expect("the queue is emptied");
        before.elapsed()
    }

    async fn is_empty(&self, queue: &[u8]) -> bool {
        // A node that is not there claims what dead nodes have claimed: everything.
        self.store.queue_reclaim(queue, &[]).await.unwrap();
        self.store.queue_claim(queue, "test", 1_000).await.unwrap().is_empty()
    }
}

pub(crate) fn activity_queue() -> Vec<u8> {
    format!("a:{ACTIVITY}:{:032x}", 7).into_bytes()
}

pub(crate) fn reference(attempt: u8) -> TaskRef {
    TaskRef {
        execution_arn: EXECUTION.into(),
        run_id: Bytes::copy_from_slice(&[9; 16]),
        scheduled_event_id: 3,
        attempt: attempt.into(),
        nonce: Bytes::copy_from_slice(&[attempt; 16]),
    }
}

pub(crate) fn task(attempt: u8) -> QueueTask {
    let body = reference(attempt).encode_to_vec().into();
    QueueTask { id: Bytes::copy_from_slice(&[attempt; 16]), body }
}

/// Lets others run until the condition holds.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    for _ in 0..1_000_000 {
        if condition() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the condition never held");
}
