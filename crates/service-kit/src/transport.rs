//! One transport type for every gRPC client of the suite.
//!
//! A generated client is always `XClient<Transport>`: in `dev` the transport calls the
//! generated server in the same process, between processes it is a [`Channel`]. The types of
//! the two don't show in any signature.

use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tonic::body::Body;
use tonic::codegen::{BoxFuture, StdError};
use tonic::transport::{Channel, Endpoint};
use tower::{Service, ServiceExt, util::BoxCloneSyncService};

/// Largest gRPC message sent or accepted anywhere in the suite, in bytes.
///
/// It lets a definition of 1,048,576 characters (up to 4 MiB of UTF-8) and a history page of
/// 1 MiB through with room to spare.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// What a stream may send ahead of its reader: most messages whole. An adaptive window would ask
/// for an answer of the peer with every few messages.
pub(crate) const STREAM_WINDOW_BYTES: u32 = 1 << 20;

/// The same of all streams of a connection.
pub(crate) const CONNECTION_WINDOW_BYTES: u32 = 16 << 20;

/// How long a connection attempt to a peer may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How often an idle connection is checked, so that a dead peer is noticed within seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// A cloneable way to a gRPC server, in this process or another.
#[derive(Clone, Debug)]
pub struct Transport(BoxCloneSyncService<Request<Body>, Response<Body>, StdError>);

impl Transport {
    /// Calls `server` (a generated server or [`tonic::service::Routes`]) in this process.
    pub fn local<S, E>(server: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = E>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        E: Into<StdError> + 'static,
    {
        Self(BoxCloneSyncService::new(server.map_err(Into::into)))
    }

    /// A channel to `address` (`host:port` or a URI); it connects at the first call.
    pub fn connect(address: &str) -> Result<Self, tonic::transport::Error> {
        let uri =
            if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let endpoint = Endpoint::from_shared(uri)?
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_while_idle(true);
        Ok(Self::channel(endpoint.connect_lazy()))
    }

    /// Wraps an existing channel.
    pub fn channel(channel: Channel) -> Self {
        Self::local(channel)
    }
}

impl Service<Request<Body>> for Transport {
    type Response = Response<Body>;
    type Error = StdError;
    type Future = BoxFuture<Response<Body>, StdError>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.0.call(request)
    }
}

/// Proof at compile time that a transport serves generated clients.
const fn _serves_clients<T>()
where
    T: tonic::client::GrpcService<Body>,
    T::ResponseBody: tonic::codegen::Body<Data = Bytes> + Send + 'static,
{
}
const _: () = _serves_clients::<Transport>();
