//! `dev`: every role in this process, on the same wiring as between processes, without sockets.

use crate::cli::Dev;
use crate::roles::Parts;
use crate::settings::bind;
use anyhow::Result;
use std::sync::Arc;
use stepwell_service_kit::ops::{self, Health};
use stepwell_service_kit::{Directory, LocalDirectory, Registration, Role, Services, serve};

/// Runs all roles until draining has ended.
pub(crate) async fn run(dev: Dev, registry: prometheus::Registry) -> Result<()> {
    let http = bind("--listen", dev.listen).await?;
    let grpc = bind("--grpc-listen", dev.grpc_listen).await?;
    let peers = LocalDirectory::new();
    let limits = dev.shared.limits()?;
    let store = dev.store().await?;
    let directory = Arc::new(peers.clone()) as Arc<dyn Directory>;
    let parts = Parts::new(&dev.shared, limits, store, directory);
    parts.drain.on_signals()?;

    // One node in two roles: each role's peers look for it under the role's name.
    let address = grpc.local_addr()?.to_string();
    let mut registrations = Vec::new();
    for role in [Role::Execution, Role::Activity] {
        let id = parts.node_id(role);
        registrations
            .push(Registration::begin(Arc::clone(&parts.store), role, &id, &address).await?);
    }

    let execution = parts.execution().await?;
    let services = parts.control_plane(Services::default()).await?;
    let services = execution.add_to(parts.activity(services).await?);
    for role in [Role::ControlPlane, Role::Execution, Role::Activity] {
        let id = parts.node_id(role);
        peers.insert(role, id, services.transport());
    }
    parts.integration()?;

    let health = Health::new();
    let edge =
        stepwell_gateway::router(parts.gateway()).merge(ops::router(health.clone(), registry));
    health.ready();
    tracing::info!(http = %http.local_addr()?, grpc = %address, "ready");
    let drain = parts.drain.clone();
    let unready = async {
        drain.begun().await;
        health.not_ready();
        Ok(())
    };
    tokio::try_join!(
        serve::http(http, edge, &drain),
        serve::grpc(grpc, services.routes(), &drain),
        unready
    )?;
    drain.finished().await;
    execution.shutdown().await;
    for registration in registrations {
        registration.end().await;
    }
    Ok(())
}
