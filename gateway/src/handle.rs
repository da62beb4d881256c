//! The way of a request through the edge.

use crate::actions::Action;
use crate::arguments::{self, Arguments};
use crate::call::Call;
use crate::gateway::Edge;
use crate::parameters::Parameters;
use crate::protocol::{self, Protocol};
use crate::{answer, body, caller};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use futures::FutureExt as _;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;
use stepwell_api::{ApiError, ErrorCode};
use tracing::Instrument as _;
use uuid::Uuid;

const INVOCATION: &str = "amz-sdk-invocation-id";

/// Answers a request for `/`.
pub(crate) async fn api(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let (id, started) = (Uuid::new_v4(), Instant::now());
    let protocol = Protocol::of(request.headers());
    let mut action = "";
    let served = AssertUnwindSafe(serve(&edge, id, request, &mut action));
    let outcome = served.catch_unwind().await.unwrap_or_else(|_| {
        let message = format!("Request {id} met a fault: see the log of the gateway");
        Err(ApiError::new(ErrorCode::InternalFailure, message))
    });
    let outcome = outcome.map_err(|error| named(error, protocol));
    let error = outcome.as_ref().err();
    edge.instruments.record(action, error.map(ApiError::code), started.elapsed());
    if let Some(error) = error {
        log(error, action, id);
    }
    answer::response(id, outcome)
}

/// Answers a request for another path.
pub(crate) async fn elsewhere(request: Request) -> Response {
    let message = format!("There is nothing at {}: send POST /", request.uri().path());
    let error = ApiError::new(ErrorCode::UnknownOperationException, message);
    answer::response(Uuid::new_v4(), Err(error))
}

async fn serve(
    edge: &Arc<Edge>,
    id: Uuid,
    request: Request,
    seen: &mut &'static str,
) -> Result<Body, ApiError> {
    let (head, body) = request.into_parts();
    if head.method != Method::POST && head.method != Method::GET {
        let message = format!("There is no operation by {}: send POST /", head.method);
        return Err(ApiError::new(ErrorCode::UnknownOperationException, message));
    }
    let mut parameters = Parameters::default();
    parameters.read(head.uri.query().unwrap_or_default().as_bytes())?;
    let namespace = caller::namespace(&head.headers, &parameters, &edge.options.account_id);
    if let Some(throttle) = &edge.throttle {
        throttle.check(&namespace.account)?;
    }
    let mut body = body::read(body, edge.options.request_bytes).await?;
    if is_form(&head.headers, &body) {
        parameters.read(&body)?;
        body.clear();
    }
    let action = protocol::action(&head.headers, &parameters)?;
    *seen = action.name;
    let arguments = arguments(action, &head.headers, &parameters, &body)?;
    drop(body);
    let call = Call {
        edge: Arc::clone(edge),
        namespace,
        invocation: invocation(&head.headers),
        repeat: action.repeat,
    };
    // Made with all its fields: one that is added later has the others read and written again.
    let span = tracing::info_span!("request", %id, action = action.name);
    (action.run)(call, arguments).instrument(span).await
}

/// Reads a request as [`serve`] does, and names its action.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn read(
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
) -> Result<&'static str, ApiError> {
    let mut parameters = Parameters::default();
    parameters.read(query.as_bytes())?;
    let mut body = body;
    if is_form(headers, body) {
        parameters.read(body)?;
        body = &[];
    }
    let action = protocol::action(headers, &parameters)?;
    arguments(action, headers, &parameters, body).map(|_| action.name)
}

/// The members that the request gives, checked.
fn arguments(
    action: &'static Action,
    headers: &HeaderMap,
    parameters: &Parameters,
    body: &[u8],
) -> Result<Arguments, ApiError> {
    let mut arguments = Arguments::new(action.members);
    arguments::read_json(body, &mut arguments)?;
    arguments::read_parameters(parameters, &mut arguments)?;
    arguments::check(&arguments, Protocol::of(headers))?;
    Ok(arguments)
}

/// Whether the body holds parameters. Some clients call any body a form unless told otherwise, but
/// no form begins with a brace.
fn is_form(headers: &HeaderMap, body: &[u8]) -> bool {
    let form = headers.get(CONTENT_TYPE).is_some_and(|media_type| {
        let media_type = media_type.as_bytes().split(|byte| *byte == b';').next();
        media_type.is_some_and(|media_type| {
            media_type.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
        })
    });
    form && Protocol::of(headers) == Protocol::Query && !body.trim_ascii_start().starts_with(b"{")
}

/// The client's own id of the request, where it sends a usable one.
fn invocation(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(INVOCATION)?.to_str().ok()?;
    (1..=128).contains(&id.len()).then(|| id.to_owned())
}

/// The name that the protocol has for an error.
fn named(error: ApiError, protocol: Protocol) -> ApiError {
    if protocol == Protocol::Query && error.code() == ErrorCode::ValidationException {
        return ApiError::new(ErrorCode::ValidationError, error.message());
    }
    error
}

/// Messages of a caller's errors quote what was sent, so that they are not logged.
fn log(error: &ApiError, action: &str, id: Uuid) {
    match error.code() {
        ErrorCode::InternalFailure => {
            tracing::error!(action, %id, reason = error.message(), "a request met a fault");
        }
        ErrorCode::ServiceUnavailable => {
            tracing::warn!(action, %id, reason = error.message(), "a service is unavailable");
        }
        code => tracing::debug!(action, %id, %code, "a request was refused"),
    }
}
