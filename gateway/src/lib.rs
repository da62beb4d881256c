//! The AWS JSON 1.0 edge: HTTP requests as AWS SDKs send them become gRPC calls, and answers go
//! the way back. Only this crate knows the wire shapes of AWS.
//!
//! Invariant: whatever bytes come in, the answer is a documented error or that of a service; the
//! edge itself never fails by input. It keeps no state but rate limits, checks the shape of a
//! request (names, types and presence of members, enum values), and leaves every other constraint
//! to the services. Payloads are never logged.
//!
//! # Requests by header
//! `POST /` with `X-Amz-Target: AWSStepFunctions.<Action>` and a JSON object as body.
//! - An empty body means `{}`. Unknown members are ignored, `null` means absent, of a member that
//!   comes twice the last one counts.
//! - `UnknownOperationException`: no such target, or another path or method than those named here.
//! - `SerializationException`: the body is no JSON object, a member has another JSON type, or a
//!   number is no integer of 32 bits.
//! - `ValidationException`: required members are missing, an enum has no such value (all found are
//!   told at once), or the body is larger than [`GatewayOptions::request_bytes`].
//! - `ThrottlingException`: the account is over its rate.
//!
//! # Requests by query string
//! Without that header: `GET` or `POST /?Action=<Action>&Version=2016-11-23&<member>=<value>`, as
//! the API reference's Common Parameters have it. A body of type
//! `application/x-www-form-urlencoded` holds more parameters; any other body, and one that begins
//! with `{`, is JSON as above, and both are taken together. Answers are the same JSON. Rules, in
//! the order in which they are checked:
//! - `MalformedQueryString`: a `%` without two hexadecimal digits, text that is not UTF-8, or a
//!   parameter without `=`. Empty pieces between two `&` are skipped.
//! - `InvalidQueryParameter`: a parameter without a name, or one that comes twice.
//! - `MissingAction`, `InvalidAction`: no `Action`, or one that does not exist.
//! - `MissingParameter`, `InvalidParameterValue`: no `Version`, or another one.
//! - `InvalidParameterCombination`: a member both in the query string and in the JSON body; also
//!   an `Action` that differs from the header's.
//! - `InvalidParameterValue`: an integer or boolean (`true`, `false`) that does not parse.
//! - `MissingParameter`: a required member is missing.
//! - `ValidationError`, the reference's name: where a request by header is told
//!   `ValidationException`.
//!
//! Signing parameters (`X-Amz-*`) and unknown ones are ignored. With the header a query string
//! may stand too; then `Version` is optional.
//!
//! # Who calls
//! Signatures are not checked. The region is that of the credential scope (`Authorization`, else
//! `X-Amz-Credential`); an access key id of 12 digits names the account. What can't be read falls
//! back to the defaults.
//!
//! # Delivery of tasks
//! `GetActivityTask` is answered from a worker stream that is acknowledged only when the answer
//! was handed to the connection: see `delivery`.

mod actions;
mod answer;
mod arguments;
mod body;
mod call;
mod caller;
mod delivery;
mod gateway;
mod handle;
mod parameters;
mod place;
mod protocol;
mod render;
mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod throttle;

pub use gateway::{Gateway, GatewayOptions};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::any;
use stepwell_api::ApiError;
use stepwell_api::execution::GetExecutionHistoryResponse;

/// The routes of the edge: `/` serves the API, every other path is answered with
/// `UnknownOperationException`. Merge `stepwell_service_kit::ops::router` for health and metrics.
pub fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/", any(handle::api))
        .fallback(handle::elsewhere)
        // The edge reads bodies by itself, under a limit that has a documented error.
        .layer(DefaultBodyLimit::disable())
        .with_state(gateway.0)
}

/// The body of the answer to `GetExecutionHistory`, payloads included.
///
/// # Errors
/// `InternalFailure` where an event lacks what a service promises.
pub fn history_page(page: GetExecutionHistoryResponse) -> Result<bytes::Bytes, ApiError> {
    render::bytes(&render::History::new(page, render::IncludedData::AllData))
}
