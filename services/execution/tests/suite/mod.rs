//! Execution nodes in this process, with a control plane beside them.

// No test uses all of it.
#![allow(dead_code)]

use async_trait::async_trait;
use bytes::Bytes;
use prost::Message as _;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use stepwell_api::controlplane::control_plane_service_client::ControlPlaneServiceClient;
use stepwell_api::controlplane::{CreateActivityRequest, CreateStateMachineRequest};
use stepwell_api::execution::execution_service_client::ExecutionServiceClient;
use stepwell_api::execution::*;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::resource_cache_service_client::ResourceCacheServiceClient;
use stepwell_api::internal::{
    ActivityRecord, ReleaseStateMachineRequest, StateMachineRecord, TaskRef,
};
use stepwell_api::{ApiError, DEFAULT_ACCOUNT, DEFAULT_REGION, ErrorCode};
use stepwell_control_plane::ControlPlane;
use stepwell_execution::{ExecutionRole, Options};
use stepwell_ids::Namespace;
use stepwell_partition::NodeConfig;
use stepwell_service_kit::{Directory, Drain, Limits, NoPeer, Peer, Role, Transport};
use stepwell_storage::{MemoryStore, Store};
use tonic::Status;

pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/r";
pub(crate) const PASS: &str =
    r#"{"StartAt":"P","States":{"P":{"Type":"Pass","Result":{"a":1},"End":true}}}"#;

/// A clock that goes by itself and can be put forward.
#[derive(Clone, Default)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn forward(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }

    fn now_ms(&self) -> i64 {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        now.as_millis() as i64 + self.0.load(Ordering::SeqCst)
    }
}

/// Every execution node of this process, by id.
#[derive(Clone, Default, Debug)]
pub(crate) struct Nodes(Arc<Mutex<BTreeMap<String, Transport>>>);

#[async_trait]
impl Directory for Nodes {
    async fn peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        let nodes = self.0.lock().unwrap();
        let peer = |(id, transport): (&String, &Transport)| Peer {
            id: id.clone(),
            transport: transport.clone(),
        };
        Ok(nodes.iter().filter(|_| role == Role::Execution).map(peer).collect())
    }

    async fn execution_node(&self, id: &str) -> Result<Transport, NoPeer> {
        let node = self.0.lock().unwrap().get(id).cloned();
        node.ok_or_else(|| NoPeer::Node(id.to_owned()))
    }

    async fn any(&self, role: Role) -> Result<Transport, NoPeer> {
        let peer = self.peers(role).await?.pop();
        peer.map(|peer| peer.transport).ok_or(NoPeer::OfRole(role))
    }
}

/// Execution nodes over one store.
pub(crate) struct Installation {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: TestClock,
    pub(crate) limits: Limits,
    pub(crate) nodes: Nodes,
    drain: Drain,
}

pub(crate) fn namespace() -> Namespace {
    Namespace { account: DEFAULT_ACCOUNT.into(), region: DEFAULT_REGION.into() }
}

impl Installation {
    pub(crate) fn new() -> Self {
        let clock = TestClock::default();
        let time = clock.clone();
        let store = Arc::new(MemoryStore::new(8, Arc::new(move || time.now_ms())));
        Self::over(store, clock)
    }

    pub(crate) fn over(store: Arc<dyn Store>, clock: TestClock) -> Self {
        let (nodes, drain) = (Nodes::default(), Drain::new());
        Self { store, clock, limits: Limits::default(), nodes, drain }
    }

    /// Starts an execution node.
    pub(crate) async fn node(&self, id: &str) -> ExecutionRole {
        let options =
            Options { node_id: id.to_owned(), limits: self.limits.clone(), namespace: namespace() };
        let config = NodeConfig {
            lease: Duration::from_millis(2_000),
            renew_every: Duration::from_millis(40),
            watch_every: Duration::from_millis(20),
            ..NodeConfig::new(id)
        };
        let directory = Arc::new(self.nodes.clone());
        let store = Arc::clone(&self.store);
        let role = ExecutionRole::start_with(store, directory, options, config).await.unwrap();
        let transport = Transport::local(role.routes().prepare());
        self.nodes.0.lock().unwrap().insert(id.to_owned(), transport);
        role
    }

    pub(crate) fn forget(&self, id: &str) {
        self.nodes.0.lock().unwrap().remove(id);
    }

    /// The service of a node.
    pub(crate) fn executions(&self, id: &str) -> ExecutionServiceClient<Transport> {
        ExecutionServiceClient::new(self.nodes.0.lock().unwrap()[id].clone())
    }

    pub(crate) fn partitions(&self, id: &str) -> PartitionServiceClient<Transport> {
        PartitionServiceClient::new(self.nodes.0.lock().unwrap()[id].clone())
    }

    pub(crate) fn resources(&self, id: &str) -> ResourceCacheServiceClient<Transport> {
        ResourceCacheServiceClient::new(self.nodes.0.lock().unwrap()[id].clone())
    }

    /// The incarnation of the state machine whose record has the key.
    pub(crate) async fn incarnation(&self, key: &str) -> Bytes {
        let found = self.store.control_get(b"000000000000/us-east-1", key.as_bytes()).await;
        StateMachineRecord::decode(found.unwrap().unwrap().1).unwrap().incarnation
    }

    /// Whether a state machine that is gone is kept by its executions.
    pub(crate) async fn kept(&self, of: &Bytes, started_ms: i64, ended_ms: Option<i64>) -> bool {
        let request = ReleaseStateMachineRequest {
            incarnation: of.clone(),
            started_until_ms: started_ms,
            gone: true,
            ended_until_ms: ended_ms,
        };
        let answer = self.resources("a").release_state_machine(request).await;
        answer.unwrap().into_inner().kept
    }

    pub(crate) async fn control_plane(&self) -> ControlPlaneServiceClient<Transport> {
        let options =
            stepwell_control_plane::Options { limits: self.limits.clone(), namespace: namespace() };
        let (store, directory) = (Arc::clone(&self.store), Arc::new(self.nodes.clone()));
        let control_plane = ControlPlane::start(store, directory, options, &self.drain).await;
        let server = control_plane.unwrap().server();
        ControlPlaneServiceClient::new(Transport::local(server))
    }

    pub(crate) async fn create(&self, name: &str, definition: &str) -> String {
        let request = CreateStateMachineRequest {
            name: name.to_owned(),
            definition: definition.to_owned(),
            role_arn: ROLE.to_owned(),
            ..Default::default()
        };
        let created = self.control_plane().await.create_state_machine(request).await.unwrap();
        created.into_inner().state_machine_arn
    }

    pub(crate) async fn create_activity(&self, name: &str) -> String {
        let request =
            CreateActivityRequest { name: name.to_owned(), ..CreateActivityRequest::default() };
        let created = self.control_plane().await.create_activity(request).await.unwrap();
        created.into_inner().activity_arn
    }

    /// The queue of the activity of this name, as its record has it.
    pub(crate) async fn queue(&self, name: &str) -> Vec<u8> {
        let key = format!("a/{name}");
        let found = self.store.control_get(b"000000000000/us-east-1", key.as_bytes()).await;
        let record: ActivityRecord = prost::Message::decode(found.unwrap().unwrap().1).unwrap();
        let incarnation = u128::from_be_bytes(record.incarnation.as_ref().try_into().unwrap());
        let arn = format!("arn:aws:states:us-east-1:000000000000:activity:{name}");
        stepwell_partition::activity_queue(&arn, incarnation).to_vec()
    }

    /// Waits for a task in the queue of an activity.
    pub(crate) async fn claim(&self, queue: &[u8]) -> TaskRef {
        let store = &self.store;
        let claimed = eventually("a queued task", || async move {
            store.queue_claim(queue, "worker", 1).await.unwrap().pop()
        })
        .await;
        prost::Message::decode(claimed.body).unwrap()
    }

    /// Waits until an execution has ended.
    pub(crate) async fn ended(&self, id: &str, arn: &str) -> DescribeExecutionResponse {
        let executions = self.executions(id);
        eventually("the end of the execution", || {
            let mut executions = executions.clone();
            async move {
                let request = DescribeExecutionRequest { execution_arn: arn.to_owned() };
                let found = executions.describe_execution(request).await.unwrap().into_inner();
                (found.status() != ExecutionStatus::Running).then_some(found)
            }
        })
        .await
    }

    pub(crate) async fn history(&self, id: &str, arn: &str) -> Vec<HistoryEvent> {
        let request =
            GetExecutionHistoryRequest { execution_arn: arn.to_owned(), ..Default::default() };
        let page = self.executions(id).get_execution_history(request).await.unwrap().into_inner();
        assert_eq!(page.next_token, None);
        page.events
    }
}

/// Asks until there is an answer.
pub(crate) async fn eventually<T, F>(what: &str, ask: impl Fn() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let give_up = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < give_up, "no {what}");
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn start(machine: &str, name: &str, input: &str) -> StartExecutionRequest {
    StartExecutionRequest {
        state_machine_arn: machine.to_owned(),
        name: Some(name.to_owned()),
        input: Some(input.to_owned()),
        request_id: None,
    }
}

/// The error's name and its message.
pub(crate) fn error(status: Status) -> (ErrorCode, String) {
    let error = ApiError::from(status);
    (error.code(), error.message().to_owned())
}

pub(crate) fn types(events: &[HistoryEvent]) -> Vec<&'static str> {
    let name = |event: &HistoryEvent| event.r#type().as_str_name();
    events.iter().map(|event| name(event).strip_prefix("HISTORY_EVENT_TYPE_").unwrap()).collect()
}
