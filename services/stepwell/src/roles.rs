//! The roles as gRPC services, each built from the same few parts.

use crate::cli::Shared;
use anyhow::{Context as _, Result};
use std::sync::Arc;
use std::time::Duration;
use stepwell_activity::Activity;
use stepwell_control_plane::ControlPlane;
use stepwell_execution::ExecutionRole;
use stepwell_gateway::{Gateway, GatewayOptions};
use stepwell_ids::Namespace;
use stepwell_integration::Integration;
use stepwell_service_kit::{Directory, Drain, Limits, Role, Services};
use stepwell_storage::Store;

/// What every role is built from.
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) namespace: Namespace,
    pub(crate) drain: Drain,
    process_id: String,
    lambda_endpoint: Option<String>,
}

impl Parts {
    pub(crate) fn new(
        shared: &Shared,
        limits: Arc<Limits>,
        store: Arc<dyn Store>,
        directory: Arc<dyn Directory>,
    ) -> Self {
        Self {
            store,
            directory,
            limits,
            namespace: shared.namespace(),
            drain: Drain::new(),
            process_id: uuid::Uuid::new_v4().to_string(),
            lambda_endpoint: shared.lambda_endpoint.clone(),
        }
    }

    /// The id of this process in a role, for node records, leases and claims.
    pub(crate) fn node_id(&self, role: Role) -> String {
        format!("{}-{}", self.process_id, role.name())
    }

    pub(crate) async fn control_plane(&self, services: Services) -> Result<Services> {
        let options = stepwell_control_plane::Options {
            limits: (*self.limits).clone(),
            namespace: self.namespace.clone(),
        };
        let (store, directory) = (Arc::clone(&self.store), Arc::clone(&self.directory));
        let role = ControlPlane::start(store, directory, options, &self.drain)
            .await
            .context("control-plane")?;
        Ok(services.with(role.server()))
    }

    /// The node's record must be in the store: partitions are shared among the nodes that have one.
    pub(crate) async fn execution(&self) -> Result<ExecutionRole> {
        let options = stepwell_execution::Options {
            node_id: self.node_id(Role::Execution),
            limits: (*self.limits).clone(),
            namespace: self.namespace.clone(),
        };
        let (store, directory) = (Arc::clone(&self.store), Arc::clone(&self.directory));
        ExecutionRole::start(store, directory, options).await.context("execution")
    }

    /// The node's record must be in the store: a node without one is taken for dead.
    pub(crate) async fn activity(&self, services: Services) -> Result<Services> {
        let options = stepwell_activity::Options {
            node_id: self.node_id(Role::Activity),
            limits: (*self.limits).clone(),
            namespace: self.namespace.clone(),
        };
        let (store, directory) = (Arc::clone(&self.store), Arc::clone(&self.directory));
        let role =
            Activity::start(store, directory, options, &self.drain).await.context("activity")?;
        Ok(services.with(role.activity_server()).with(role.queue_server()))
    }

    pub(crate) fn integration(&self) -> Result<Integration> {
        let lambda_endpoint = self.lambda_endpoint.clone();
        let options = stepwell_integration::Options { lambda_endpoint, ..Default::default() };
        Integration::start(Arc::clone(&self.directory), options, &self.drain)
            .context("--lambda-endpoint")
    }

    pub(crate) fn gateway(&self) -> Gateway {
        let options = GatewayOptions {
            account_id: self.namespace.account.clone(),
            request_bytes: self.limits.request_bytes,
            poll: Duration::from_secs(self.limits.poll_seconds),
            requests_per_second: self.limits.requests_per_second,
        };
        Gateway::new(Arc::clone(&self.directory), options)
    }
}
