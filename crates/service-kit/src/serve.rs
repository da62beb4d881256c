//! The two listeners of a process: gRPC, and HTTP.

use crate::Drain;
use crate::transport::{CONNECTION_WINDOW_BYTES, STREAM_WINDOW_BYTES};
pub use axum::Router;
use std::future::{Future, IntoFuture as _};
use std::time::Duration;
use stepwell_api::DESCRIPTOR_SET;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;

/// How long calls in flight may take once draining has begun, a little more than the longest call
/// that is no long poll. A connection that sends half a request must not hold the process.
const FAREWELL: Duration = Duration::from_secs(35);

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
/// ended, or 35 seconds later. From the beginning of draining the health service answers
/// NOT_SERVING.
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
    let served = Server::builder()
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .http2_keepalive_interval(Some(Duration::from_secs(10)))
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stop);
    until_drained(drain, served).await.unwrap_or(Ok(()))?;
    Ok(())
}

/// Serves `router` over HTTP/1.1 and HTTP/2 until draining has begun and the requests in flight
/// have ended, or 35 seconds later.
///
/// # Errors
/// See [`ServeError`].
pub async fn http(listener: TcpListener, router: Router, drain: &Drain) -> Result<(), ServeError> {
    use axum::serve::ListenerExt as _;
    let listener = listener.tap_io(|connection| {
        // Answers are small and whole: waiting to fill a packet only delays them.
        let _ = connection.set_nodelay(true);
    });
    let served = axum::serve(listener, router).with_graceful_shutdown(drain.begun());
    until_drained(drain, served.into_future()).await.unwrap_or(Ok(()))?;
    Ok(())
}

/// What `served` ends with; none where it has not ended [`FAREWELL`] after draining began.
async fn until_drained<F: Future>(drain: &Drain, served: F) -> Option<F::Output> {
    let late = async {
        drain.begun().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        output = served => Some(output),
        () = late => {
            tracing::warn!("connections that did not end are closed");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpStream;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn half_a_request_does_not_hold_up_the_drain() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let half = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{";
        client.write_all(half).await.unwrap();
        let drain = Drain::new();
        let handler = drain.clone();
        let router = Router::new().fallback(move |request: axum::extract::Request| async move {
            handler.begin();
            axum::body::to_bytes(request.into_body(), 9).await.map_err(|error| error.to_string())
        });
        let begun = Instant::now();
        http(listener, router, &drain).await.unwrap();
        assert_eq!(begun.elapsed().as_secs(), FAREWELL.as_secs());
    }
}
