//! The gRPC services of one process, for its own clients and for its listener.

use crate::Transport;
use http::{Request, Response};
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, StdError};
use tonic::server::NamedService;
use tonic::service::Routes;
use tower::Service;

/// Services, each under its name. A listener serves them through a router of HTTP paths; who is in
/// the same process finds them by name alone ([`Services::transport`]), which costs a call less.
#[derive(Clone, Default)]
pub struct Services {
    routes: Routes,
    by_name: HashMap<&'static str, Transport>,
}

impl Services {
    /// These services and `service`.
    #[must_use]
    pub fn with<S>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.by_name.insert(S::NAME, Transport::local(service.clone()));
        self.routes = self.routes.add_service(service);
        self
    }

    /// The way to the services from within the process.
    #[must_use]
    pub fn transport(&self) -> Transport {
        Transport::local(Local(Arc::new(self.by_name.clone())))
    }

    /// The services as a listener serves them.
    #[must_use]
    pub fn routes(self) -> Routes {
        self.routes.prepare()
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.by_name.keys()).finish()
    }
}

/// Passes a call to the service that its path names: `/<service>/<method>`.
#[derive(Clone)]
struct Local(Arc<HashMap<&'static str, Transport>>);

impl Service<Request<Body>> for Local {
    type Response = Response<Body>;
    type Error = StdError;
    type Future = BoxFuture<Response<Body>, StdError>;

    /// Generated servers are always ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), StdError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let name = request.uri().path().split('/').nth(1).unwrap_or_default();
        match self.0.get(name) {
            Some(service) => service.clone().call(request),
            None => {
                let missing = Status::unimplemented(format!("this process has no service {name}"));
                Box::pin(async { Ok(missing.into_http()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Services;
    use stepwell_api::execution::StopExecutionRequest;
    use stepwell_api::execution::execution_service_client::ExecutionServiceClient;
    use tonic::Code;
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_client::HealthClient;

    #[tokio::test]
    async fn calls_go_to_the_service_that_they_name() {
        let (_, health) = tonic_health::server::health_reporter();
        let services = Services::default().with(health);
        let mut client = HealthClient::new(services.transport());
        assert!(client.check(HealthCheckRequest::default()).await.is_ok());
        let mut missing = ExecutionServiceClient::new(services.transport());
        let status = missing.stop_execution(StopExecutionRequest::default()).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented);
        assert!(status.message().contains("stepwell.execution.v1.ExecutionService"), "{status}");
    }
}
