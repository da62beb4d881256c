//! Scripted nodes of the other services, and a control plane among them.

use super::lossy::Lossy;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use stepwell_api::controlplane::control_plane_service_client::ControlPlaneServiceClient;
use stepwell_api::internal::queue_service_server::{QueueService, QueueServiceServer};
use stepwell_api::internal::resource_cache_service_server::{
    ResourceCacheService, ResourceCacheServiceServer,
};
use stepwell_api::internal::*;
use stepwell_control_plane::{ControlPlane, Options};
use stepwell_ids::Namespace;
use stepwell_service_kit::{Drain, Limits, LocalDirectory, Role, Transport};
use stepwell_storage::{MemoryStore, Store};
use tonic::{Request, Response, Status};

/// An execution node and an activity node that note what they are asked.
#[derive(Clone, Default)]
pub(crate) struct Nodes(Arc<Script>);

#[derive(Default)]
pub(crate) struct Script {
    /// What the nodes were asked, in order.
    pub(crate) asked: Mutex<Vec<String>>,
    /// How many executions the next CloseStateMachine finds open.
    pub(crate) open: AtomicU64,
    /// Whether executions are kept, as ReleaseStateMachine finds.
    pub(crate) kept: AtomicBool,
    /// How often ReleaseStateMachine was called.
    pub(crate) looked: AtomicUsize,
    /// How many calls fail before one succeeds.
    pub(crate) failures: AtomicUsize,
}

impl std::ops::Deref for Nodes {
    type Target = Script;
    fn deref(&self) -> &Script {
        &self.0
    }
}

impl Nodes {
    fn note(&self, what: String) -> Result<(), Status> {
        let failing = self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if failing.is_ok() {
            return Err(Status::unavailable("not now"));
        }
        self.asked.lock().unwrap().push(what);
        Ok(())
    }

    pub(crate) fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

#[tonic::async_trait]
impl ResourceCacheService for Nodes {
    async fn refresh_resource(
        &self,
        request: Request<RefreshResourceRequest>,
    ) -> Result<Response<RefreshResourceResponse>, Status> {
        self.note(format!("refresh {}", name_of(&request.into_inner().arn)))?;
        Ok(Response::new(RefreshResourceResponse {}))
    }

    async fn close_state_machine(
        &self,
        request: Request<CloseStateMachineRequest>,
    ) -> Result<Response<CloseStateMachineResponse>, Status> {
        let request = request.into_inner();
        assert_eq!(request.incarnation.len(), 16);
        self.note(format!("close {}", name_of(&request.state_machine_arn)))?;
        let open_executions = self.open.load(Ordering::SeqCst);
        Ok(Response::new(CloseStateMachineResponse { open_executions }))
    }

    async fn release_state_machine(
        &self,
        request: Request<ReleaseStateMachineRequest>,
    ) -> Result<Response<ReleaseStateMachineResponse>, Status> {
        let request = request.into_inner();
        assert_eq!(request.incarnation.len(), 16);
        self.looked.fetch_add(1, Ordering::SeqCst);
        let kept = self.kept.load(Ordering::SeqCst);
        if !kept {
            self.note(format!("release {}", if request.gone { "all" } else { "definition" }))?;
        }
        Ok(Response::new(ReleaseStateMachineResponse { kept }))
    }
}

#[tonic::async_trait]
impl QueueService for Nodes {
    async fn drop_pollers(
        &self,
        request: Request<DropPollersRequest>,
    ) -> Result<Response<DropPollersResponse>, Status> {
        self.note(format!("drop {}", name_of(&request.into_inner().activity_arn)))?;
        Ok(Response::new(DropPollersResponse {}))
    }

    async fn poll_function_tasks(
        &self,
        _: Request<PollFunctionTasksRequest>,
    ) -> Result<Response<PollFunctionTasksResponse>, Status> {
        Err(Status::unimplemented("the control plane polls nothing"))
    }

    async fn report_function_task(
        &self,
        _: Request<ReportFunctionTaskRequest>,
    ) -> Result<Response<ReportFunctionTaskResponse>, Status> {
        Err(Status::unimplemented("the control plane reports nothing"))
    }
}

fn name_of(arn: &str) -> String {
    arn.rsplit(':').next().unwrap_or_default().to_owned()
}

/// A control plane over an empty store, and what it talks to.
pub(crate) struct Suite {
    pub(crate) client: ControlPlaneServiceClient<Transport>,
    pub(crate) nodes: Nodes,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) lossy: Arc<Lossy>,
    pub(crate) now_ms: Arc<AtomicI64>,
    pub(crate) drain: Drain,
}

pub(crate) fn namespace() -> Namespace {
    Namespace { account: "000000000000".into(), region: "us-east-1".into() }
}

impl Suite {
    pub(crate) async fn start(limits: Limits) -> Self {
        let now_ms = Arc::new(AtomicI64::new(1_700_000_000_123));
        let clock = Arc::clone(&now_ms);
        let store = Arc::new(MemoryStore::new(1, Arc::new(move || clock.load(Ordering::SeqCst))));
        let nodes = Nodes::default();
        let directory = LocalDirectory::new();
        let execution = ResourceCacheServiceServer::new(nodes.clone());
        directory.insert(Role::Execution, "e", Transport::local(execution));
        let activity = QueueServiceServer::new(nodes.clone());
        directory.insert(Role::Activity, "a", Transport::local(activity));
        let drain = Drain::new();
        let options = Options { limits, namespace: namespace() };
        let lossy = Arc::new(Lossy::new(store.clone()));
        let dynamic: Arc<dyn Store> = lossy.clone();
        let directory = Arc::new(directory);
        let service = ControlPlane::start(dynamic, directory, options, &drain).await.unwrap();
        let client = ControlPlaneServiceClient::new(Transport::local(service.server()));
        Self { client, nodes, store, lossy, now_ms, drain }
    }
}
