//! The services: what their calls share.

use crate::catalog::Catalog;
use crate::open_limit::OpenLimit;
use crate::owner::Failure;
use crate::rpc;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use std::sync::Arc;
use stepwell_api::execution::execution_service_server::ExecutionService;
use stepwell_api::execution::*;
use stepwell_api::internal::partition_service_server::PartitionService;
use stepwell_api::internal::resource_cache_service_server::ResourceCacheService;
use stepwell_api::internal::{
    CloseStateMachineRequest, CloseStateMachineResponse, RefreshResourceRequest,
    RefreshResourceResponse, ReleaseStateMachineRequest, ReleaseStateMachineResponse,
    ReportNestedRequest, ReportNestedResponse, ReportTaskRequest, ReportTaskResponse,
    SettleTasksRequest, SettleTasksResponse, StartNestedRequest, StartNestedResponse,
    StartTaskRequest, StartTaskResponse, StopNestedRequest, StopNestedResponse, TakeTasksRequest,
    TakeTasksResponse,
};
use stepwell_ids::Namespace;
use stepwell_partition::PartitionNode;
use stepwell_service_kit::tokens::TokenKeys;
use stepwell_service_kit::{Directory, Limits};
use stepwell_storage::Store;
use tonic::{Request, Response, Status};

/// The services of an execution node. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ExecutionNode(pub(crate) Arc<Shared>);

/// What the calls share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) node: PartitionNode,
    pub(crate) keys: TokenKeys,
    pub(crate) limits: Limits,
    pub(crate) namespace: Namespace,
    pub(crate) open: OpenLimit,
    pub(crate) requests: Counter<u64>,
}

impl Shared {
    pub(crate) fn request_counter() -> Counter<u64> {
        opentelemetry::global::meter("stepwell")
            .u64_counter("stepwell.execution.requests")
            .with_description("Calls of the execution role, by call and outcome")
            .build()
    }

    fn answer<T>(
        &self,
        call: &'static str,
        result: Result<T, Failure>,
    ) -> Result<Response<T>, Status> {
        let outcome = match &result {
            Ok(_) => "ok",
            Err(Failure::Moved(_)) => "moved",
            Err(Failure::Error(error)) => error.code().name(),
        };
        self.requests.add(1, &[KeyValue::new("call", call), KeyValue::new("outcome", outcome)]);
        result.map(Response::new).map_err(Status::from)
    }
}

macro_rules! service {
    ($service:ident: $($call:ident: $request:ident => $response:ident,)*) => {
        #[tonic::async_trait]
        impl $service for ExecutionNode {
            $(async fn $call(
                &self,
                request: Request<$request>,
            ) -> Result<Response<$response>, Status> {
                let result = rpc::$call::call(&self.0, request).await;
                self.0.answer(stringify!($call), result.map_err(Failure::from))
            })*
        }
    };
}

service! {
    ExecutionService:
    start_execution: StartExecutionRequest => StartExecutionResponse,
    stop_execution: StopExecutionRequest => StopExecutionResponse,
    describe_execution: DescribeExecutionRequest => DescribeExecutionResponse,
    describe_state_machine_for_execution: DescribeStateMachineForExecutionRequest =>
        DescribeStateMachineForExecutionResponse,
    get_execution_history: GetExecutionHistoryRequest => GetExecutionHistoryResponse,
    list_executions: ListExecutionsRequest => ListExecutionsResponse,
}

service! {
    PartitionService:
    start_task: StartTaskRequest => StartTaskResponse,
    report_task: ReportTaskRequest => ReportTaskResponse,
    start_nested: StartNestedRequest => StartNestedResponse,
    stop_nested: StopNestedRequest => StopNestedResponse,
    report_nested: ReportNestedRequest => ReportNestedResponse,
    take_tasks: TakeTasksRequest => TakeTasksResponse,
    settle_tasks: SettleTasksRequest => SettleTasksResponse,
}

service! {
    ResourceCacheService:
    refresh_resource: RefreshResourceRequest => RefreshResourceResponse,
    close_state_machine: CloseStateMachineRequest => CloseStateMachineResponse,
    release_state_machine: ReleaseStateMachineRequest => ReleaseStateMachineResponse,
}
