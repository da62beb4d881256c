//! One role over Redis, with its peers found by their records in the store.

use crate::cli::Node;
use crate::roles::Parts;
use crate::settings::{bind, redis};
use anyhow::{Context as _, Result, bail};
use std::sync::Arc;
use stepwell_execution::ExecutionRole;
use stepwell_service_kit::ops::{self, Health};
use stepwell_service_kit::{Directory, Registration, Role, StoreDirectory, serve};
use tokio::net::TcpListener;
use tonic::service::Routes;

/// Runs the role until draining has ended.
pub(crate) async fn run(role: Role, node: Node, registry: prometheus::Registry) -> Result<()> {
    let http = bind("--listen", node.listen).await?;
    let store = redis(&node.redis, node.shared.partitions).await?;
    let directory: Arc<dyn Directory> = Arc::new(StoreDirectory::new(Arc::clone(&store)));
    let parts = Parts::new(&node.shared, store, directory)?;
    parts.drain.on_signals()?;
    let health = Health::new();
    let router = ops::router(health.clone(), registry);
    match role {
        Role::Gateway => {
            let edge = stepwell_gateway::router(parts.gateway()).merge(router);
            serve_http(http, edge, &parts, &health).await
        }
        Role::Integration => {
            parts.integration()?;
            serve_http(http, router, &parts, &health).await
        }
        Role::ControlPlane | Role::Execution | Role::Activity => {
            serve_grpc(role, &node, http, router, &parts, &health).await
        }
    }
}

async fn serve_http(
    http: TcpListener,
    router: serve::Router,
    parts: &Parts,
    health: &Health,
) -> Result<()> {
    health.ready();
    tracing::info!(http = %http.local_addr()?, "ready");
    let unready = async {
        parts.drain.begun().await;
        health.not_ready();
        Ok(())
    };
    tokio::try_join!(serve::http(http, router, &parts.drain), unready)?;
    parts.drain.finished().await;
    Ok(())
}

async fn serve_grpc(
    role: Role,
    node: &Node,
    http: TcpListener,
    router: serve::Router,
    parts: &Parts,
    health: &Health,
) -> Result<()> {
    let grpc = bind("--grpc-listen", node.grpc_listen).await?;
    let address = advertised(node, &grpc)?;
    // The record comes before the role: partitions are shared among nodes that have one.
    let id = parts.node_id(role);
    let registration = Registration::begin(Arc::clone(&parts.store), role, &id, &address)
        .await
        .context("the node record could not be written")?;
    let mut execution = None;
    let routes = match role {
        Role::ControlPlane => parts.control_plane(Routes::default()).await?,
        Role::Activity => parts.activity(Routes::default()).await?,
        _ => execution.insert(parts.execution().await?).routes(),
    };
    tracing::info!(grpc = %address, "serving");
    let served = tokio::try_join!(
        async { Ok(serve::grpc(grpc, routes, &parts.drain).await?) },
        serve_http(http, router, parts, health),
    );
    if let Some(execution) = &execution {
        ExecutionRole::shutdown(execution).await;
    }
    registration.end().await;
    served.map(|_| ())
}

/// Where peers reach this node.
fn advertised(node: &Node, grpc: &TcpListener) -> Result<String> {
    if let Some(address) = node.advertise.as_ref().filter(|address| !address.is_empty()) {
        return Ok(address.clone());
    }
    let address = grpc.local_addr()?;
    if address.ip().is_unspecified() {
        bail!("--grpc-listen {address} is no address that peers could reach: give --advertise");
    }
    Ok(address.to_string())
}
