//! Learns whether an answer that hands over tasks was taken by the transport.
//!
//! A call puts its deliveries into the extensions of its response. They have arrived once the
//! transport has taken the whole body; where the response or its body is dropped before, because
//! the connection or the call is gone, the deliveries have failed.

use crate::claim::Delivery;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::BoxFuture;
use tonic::server::NamedService;
use tower::Service;

/// The deliveries that an answer carries.
#[derive(Clone)]
struct Carried(Arc<Mutex<Vec<Delivery>>>);

/// Adds the deliveries to the answer that hands them over.
pub(crate) fn carry<T>(message: T, deliveries: Vec<Delivery>) -> tonic::Response<T> {
    let mut response = tonic::Response::new(message);
    if !deliveries.is_empty() {
        response.extensions_mut().insert(Carried(Arc::new(Mutex::new(deliveries))));
    }
    response
}

/// A gRPC service whose answers hand over tasks.
#[derive(Clone, Debug)]
pub struct Handover<S>(S);

impl<S> Handover<S> {
    pub(crate) fn new(service: S) -> Self {
        Self(service)
    }
}

impl<S: NamedService> NamedService for Handover<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Handover<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<Response<Body>, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move {
            let (mut parts, body) = answer.await?.into_parts();
            let body = match parts.extensions.remove::<Carried>() {
                Some(carried) => Body::new(Watched { body, carried: Some(carried) }),
                None => body,
            };
            Ok(Response::from_parts(parts, body))
        })
    }
}

/// A body that tells its deliveries when it was taken to the end.
struct Watched {
    body: Body,
    carried: Option<Carried>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let whole = match &polled {
            Poll::Ready(Some(Ok(frame))) => frame.is_trailers() || self.body.is_end_stream(),
            Poll::Ready(None) => true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => false,
        };
        if whole && let Some(Carried(carried)) = self.carried.take() {
            let mut carried = carried.lock().unwrap_or_else(PoisonError::into_inner);
            carried.drain(..).for_each(Delivery::arrived);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
