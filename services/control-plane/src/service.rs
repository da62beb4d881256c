//! The service: what its calls share, and how it starts.

use crate::confirm::Confirmation;
use crate::deletion;
use crate::records::Records;
use crate::retired;
use crate::rpc;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use std::sync::Arc;
use stepwell_api::ApiError;
use stepwell_api::controlplane::control_plane_service_server::{
    ControlPlaneService, ControlPlaneServiceServer,
};
use stepwell_api::controlplane::*;
use stepwell_ids::Namespace;
use stepwell_service_kit::tokens::TokenKeys;
use stepwell_service_kit::{Directory, Drain, Limits, MAX_MESSAGE_BYTES};
use stepwell_storage::{Store, StoreError};
use tonic::{Request, Response, Status};

/// What an installation decides about its control plane.
#[derive(Clone, Debug)]
pub struct Options {
    /// The quotas that are enforced.
    pub limits: Limits,
    /// The namespace of a caller that names none.
    pub namespace: Namespace,
}

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct ControlPlane(Arc<Shared>);

/// What the calls share.
pub(crate) struct Shared {
    pub(crate) records: Records,
    pub(crate) confirmation: Confirmation,
    pub(crate) limits: Limits,
    pub(crate) keys: TokenKeys,
    pub(crate) namespace: Namespace,
    requests: Counter<u64>,
}

impl ControlPlane {
    /// Starts the service, and its part in finishing deletions until draining begins.
    ///
    /// # Errors
    /// The keys of page tokens can't be read from the store.
    pub async fn start(
        store: Arc<dyn Store>,
        directory: Arc<dyn Directory>,
        options: Options,
        drain: &Drain,
    ) -> Result<Self, StoreError> {
        let keys = TokenKeys::load(&*store).await?;
        let meter = opentelemetry::global::meter("stepwell");
        let shared = Arc::new(Shared {
            records: Records::new(store),
            confirmation: Confirmation::new(directory),
            limits: options.limits,
            keys,
            namespace: options.namespace,
            requests: meter
                .u64_counter("stepwell.control_plane.requests")
                .with_description("Calls of the control plane, by call and outcome")
                .build(),
        });
        drain.spawn(deletion::sweep(Arc::clone(&shared), drain.token()));
        drain.spawn(retired::collect(Arc::clone(&shared), drain.token()));
        Ok(Self(shared))
    }

    /// The gRPC service to mount.
    #[must_use]
    pub fn server(&self) -> ControlPlaneServiceServer<Self> {
        ControlPlaneServiceServer::new(self.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES)
    }
}

impl Shared {
    fn answer<T>(
        &self,
        call: &'static str,
        result: Result<T, ApiError>,
    ) -> Result<Response<T>, Status> {
        let outcome = result.as_ref().err().map_or("ok", |error| error.code().name());
        self.requests.add(1, &[KeyValue::new("call", call), KeyValue::new("outcome", outcome)]);
        result.map(Response::new).map_err(Status::from)
    }
}

macro_rules! calls {
    ($($call:ident: $request:ident => $response:ident,)*) => {
        #[tonic::async_trait]
        impl ControlPlaneService for ControlPlane {
            $(async fn $call(
                &self,
                request: Request<$request>,
            ) -> Result<Response<$response>, Status> {
                let result = rpc::$call::call(&self.0, request).await;
                self.0.answer(stringify!($call), result)
            })*
        }
    };
}

calls! {
    create_state_machine: CreateStateMachineRequest => CreateStateMachineResponse,
    describe_state_machine: DescribeStateMachineRequest => DescribeStateMachineResponse,
    list_state_machines: ListStateMachinesRequest => ListStateMachinesResponse,
    update_state_machine: UpdateStateMachineRequest => UpdateStateMachineResponse,
    delete_state_machine: DeleteStateMachineRequest => DeleteStateMachineResponse,
    validate_state_machine_definition: ValidateStateMachineDefinitionRequest =>
        ValidateStateMachineDefinitionResponse,
    publish_state_machine_version: PublishStateMachineVersionRequest =>
        PublishStateMachineVersionResponse,
    list_state_machine_versions: ListStateMachineVersionsRequest =>
        ListStateMachineVersionsResponse,
    delete_state_machine_version: DeleteStateMachineVersionRequest =>
        DeleteStateMachineVersionResponse,
    create_state_machine_alias: CreateStateMachineAliasRequest =>
        CreateStateMachineAliasResponse,
    describe_state_machine_alias: DescribeStateMachineAliasRequest =>
        DescribeStateMachineAliasResponse,
    update_state_machine_alias: UpdateStateMachineAliasRequest =>
        UpdateStateMachineAliasResponse,
    list_state_machine_aliases: ListStateMachineAliasesRequest =>
        ListStateMachineAliasesResponse,
    delete_state_machine_alias: DeleteStateMachineAliasRequest =>
        DeleteStateMachineAliasResponse,
    tag_resource: TagResourceRequest => TagResourceResponse,
    untag_resource: UntagResourceRequest => UntagResourceResponse,
    list_tags_for_resource: ListTagsForResourceRequest => ListTagsForResourceResponse,
    create_activity: CreateActivityRequest => CreateActivityResponse,
    describe_activity: DescribeActivityRequest => DescribeActivityResponse,
    list_activities: ListActivitiesRequest => ListActivitiesResponse,
    delete_activity: DeleteActivityRequest => DeleteActivityResponse,
}
