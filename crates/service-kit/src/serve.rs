//! The two listeners of a process: gRPC, and HTTP.

use crate::Drain;
pub use axum::Router;
use stepwell_api::DESCRIPTOR_SET;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;

/// Why a listener could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The descriptors of the protos can't be read.
    #[error("gRPC reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The gRPC server failed.
    #[error("gRPC server: {0}")]
    Grpc(#[from] tonic::transport::Error),
    /// The HTTP server failed.
    #[error("HTTP server: {0}")]
    Http(#[from] std::io::Error),
}

/// Serves `routes`, health and reflection until draining has begun and the calls in flight have
/// ended. From the beginning of draining the health service answers NOT_SERVING.
///
/// # Errors
/// See [`ServeError`].
pub async fn grpc(listener: TcpListener, routes: Routes, drain: &Drain) -> Result<(), ServeError> {
    let (reporter, health) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let routes = routes.add_service(health).add_service(reflection);
    let begun = drain.begun();
    let stop = async move {
        begun.await;
        reporter.set_service_status("", ServingStatus::NotServing).await;
    };
    // Set here since the server applies its own option only to listeners that it opens.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .http2_adaptive_window(Some(true))
        .http2_keepalive_interval(Some(std::time::Duration::from_secs(10)))
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stop)
        .await?;
    Ok(())
}

/// Serves `router` over HTTP/1.1 and HTTP/2 until draining has begun and the requests in flight
/// have ended.
///
/// # Errors
/// See [`ServeError`].
pub async fn http(listener: TcpListener, router: Router, drain: &Drain) -> Result<(), ServeError> {
    use axum::serve::ListenerExt as _;
    let listener = listener.tap_io(|connection| {
        // Answers are small and whole: waiting to fill a packet only delays them.
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, router).with_graceful_shutdown(drain.begun()).await?;
    Ok(())
}
