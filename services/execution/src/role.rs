//! Starting and ending the role.

use crate::catalog::Catalog;
use crate::nested::Calls;
use crate::service::{ExecutionNode, Shared};
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::execution::execution_service_server::ExecutionServiceServer;
use stepwell_api::internal::partition_service_server::PartitionServiceServer;
use stepwell_api::internal::resource_cache_service_server::ResourceCacheServiceServer;
use stepwell_engine as engine;
use stepwell_ids::Namespace;
use stepwell_partition::{Contact, NodeConfig, PartitionNode, Resources};
use stepwell_service_kit::tokens::TokenKeys;
use stepwell_service_kit::{Directory, Limits, MAX_MESSAGE_BYTES, Role, Services};
use stepwell_storage::{Store, StoreError};
use tonic::service::Routes;

/// What an installation decides about its execution nodes.
#[derive(Clone, Debug)]
pub struct Options {
    /// The id of this node, the one of its node record and its transport in the directory.
    pub node_id: String,
    /// The quotas that are enforced.
    pub limits: Limits,
    /// The namespace of a caller that names none.
    pub namespace: Namespace,
}

/// A running execution node.
pub struct ExecutionRole {
    service: ExecutionNode,
    node: PartitionNode,
}

impl ExecutionRole {
    /// Starts the node, which has tried to acquire its share of the partitions when this returns.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn start(
        store: Arc<dyn Store>,
        directory: Arc<dyn Directory>,
        options: Options,
    ) -> Result<Self, StoreError> {
        let config = NodeConfig::new(options.node_id.clone());
        Self::start_with(store, directory, options, config).await
    }

    /// As [`start`](Self::start), with settings of the partitions that are not for installations
    /// to make; quotas and the node's id are taken from the options all the same.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn start_with(
        store: Arc<dyn Store>,
        directory: Arc<dyn Directory>,
        options: Options,
        config: NodeConfig,
    ) -> Result<Self, StoreError> {
        let keys = TokenKeys::load(&*store).await?;
        let contact = Arc::new(Contact::default());
        let catalog = Catalog::new(Arc::clone(&store), Arc::clone(&contact), keys.clone());
        let catalog = Arc::new(catalog);
        let config = NodeConfig {
            id: options.node_id,
            role: Role::Execution.name().to_owned(),
            limits: engine_limits(&options.limits),
            retention: Duration::from_secs(options.limits.retention_seconds),
            ..config
        };
        let resources: Arc<dyn Resources> = Arc::clone(&catalog) as _;
        let node = PartitionNode::start(config, Arc::clone(&store), resources, contact).await?;
        let shared = Shared {
            store,
            directory,
            catalog,
            node: node.clone(),
            keys,
            limits: options.limits,
            namespace: options.namespace,
            open: Default::default(),
            requests: Shared::request_counter(),
        };
        let shared = Arc::new(shared);
        node.relay_calls(Arc::new(Calls(Arc::downgrade(&shared))));
        Ok(Self { service: ExecutionNode(shared), node })
    }

    /// The gRPC services of the role.
    #[must_use]
    pub fn routes(&self) -> Routes {
        self.add_to(Services::default()).routes()
    }

    /// The gRPC services of the role besides those that are there.
    #[must_use]
    pub fn add_to(&self, services: Services) -> Services {
        let limit = MAX_MESSAGE_BYTES;
        let execution = ExecutionServiceServer::new(self.service.clone());
        let partition = PartitionServiceServer::new(self.service.clone());
        let resources = ResourceCacheServiceServer::new(self.service.clone());
        services
            .with(execution.max_decoding_message_size(limit).max_encoding_message_size(limit))
            .with(partition.max_decoding_message_size(limit).max_encoding_message_size(limit))
            .with(resources)
    }

    /// The partitions of this node.
    #[must_use]
    pub fn partitions(&self) -> &PartitionNode {
        &self.node
    }

    /// To be told when draining begins: nodes that wait here for tasks go away, so that the calls in
    /// flight can end.
    pub fn drain(&self) {
        self.node.stop_giving();
    }

    /// Finishes the commits that run, gives the leases back, and ends the node. Calls that come
    /// later are passed on to other nodes.
    pub async fn shutdown(&self) {
        self.node.shutdown().await;
    }
}

/// The engine's part of the quotas.
fn engine_limits(limits: &Limits) -> engine::Limits {
    engine::Limits {
        payload_bytes: limits.payload,
        history_events: limits.history_events,
        execution_seconds: u32::try_from(limits.execution_seconds).unwrap_or(u32::MAX),
        ..engine::Limits::default()
    }
}
