//! One role over Redis, with its peers found by their records in the store.

use crate::cli::Node;
use crate::roles::Parts;
use crate::settings::{bind, redis};
use anyhow::{Context as _, Result, bail};
use std::sync::Arc;
use stepwell_execution::ExecutionRole;
use stepwell_service_kit::ops::{self, Health};
use stepwell_service_kit::{Directory, Registration, Role, Services, StoreDirectory, serve};
use tokio::net::TcpListener;

/// Runs the role until draining has ended.
pub(crate) async fn run(role: Role, node: Node, registry: prometheus::Registry) -> Result<()> {
    // All that can be wrong with the flags is told before the wait for a Redis that is starting.
    let http = bind("--listen", node.listen).await?;
    let grpc = match role {
        Role::Gateway | Role::Integration => None,
        Role::ControlPlane | Role::Execution | Role::Activity => {
            let listener = bind("--grpc-listen", node.grpc_listen).await?;
            Some((advertised(&node, &listener)?, listener))
        }
    };
    let limits = node.shared.limits()?;
    let store = redis(&node.redis, &node.shared).await?;
    let directory: Arc<dyn Directory> = Arc::new(StoreDirectory::new(Arc::clone(&store)));
    let parts = Parts::new(&node.shared, limits, store, directory);
    parts.drain.on_signals()?;
    let health = Health::new();
    let router = ops::router(health.clone(), registry);
    let Some((address, grpc)) = grpc else {
        let router = if role == Role::Integration {
            parts.integration()?;
            router
        } else {
            stepwell_gateway::router(parts.gateway()).merge(router)
        };
        return serve_http(http, router, &parts, &health).await;
    };
    // The record comes before the role: partitions are shared among nodes that have one.
    let id = parts.node_id(role);
    let registration = Registration::begin(Arc::clone(&parts.store), role, &id, &address)
        .await
        .context("the node record could not be written")?;
    tracing::info!(grpc = %address, "serving");
    let served = serve_grpc(role, grpc, http, router, &parts, &health).await;
    registration.end().await;
    served
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
    grpc: TcpListener,
    http: TcpListener,
    router: serve::Router,
    parts: &Parts,
    health: &Health,
) -> Result<()> {
    let mut execution = None;
    let routes = match role {
        Role::ControlPlane => parts.control_plane(Services::default()).await?.routes(),
        Role::Activity => parts.activity(Services::default()).await?.routes(),
        _ => execution.insert(parts.execution().await?).routes(),
    };
    let told = async {
        parts.drain.begun().await;
        execution.as_ref().map(ExecutionRole::drain);
        Ok(())
    };
    let served = tokio::try_join!(
        async { Ok(serve::grpc(grpc, routes, &parts.drain).await?) },
        serve_http(http, router, parts, health),
        told,
    );
    if let Some(execution) = &execution {
        ExecutionRole::shutdown(execution).await;
    }
    served.map(|_| ())
}

/// Where peers reach this node.
fn advertised(node: &Node, grpc: &TcpListener) -> Result<String> {
    if let Some(address) = node.advertise.as_ref().filter(|address| !address.is_empty()) {
        let port = address.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        if !matches!(port, Some(Ok(1..))) {
            bail!("--advertise {address:?} must be host:port, where peers reach this node's gRPC");
        }
        return Ok(address.clone());
    }
    let address = grpc.local_addr()?;
    if address.ip().is_unspecified() {
        bail!("--grpc-listen {address} is no address that peers could reach: give --advertise");
    }
    Ok(address.to_string())
}
