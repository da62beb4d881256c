//! Responses: status, headers and the body of errors.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use stepwell_api::ApiError;
use uuid::Uuid;

const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// The body of an error.
#[derive(Serialize)]
struct ErrorBody<'a> {
    #[serde(rename = "__type")]
    kind: String,
    message: &'a str,
}

/// The response to the request `id`.
pub(crate) fn response(id: Uuid, outcome: Result<Body, ApiError>) -> Response {
    let mut response = match outcome {
        Ok(body) => Response::new(body),
        Err(error) => refused(&error),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    let mut text = Uuid::encode_buffer();
    // A UUID prints as visible ASCII.
    if let Ok(id) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut text)) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

fn refused(error: &ApiError) -> Response {
    let code = error.code();
    let kind = format!("{}#{}", code.namespace(), code.name());
    // Two strings can always be written.
    let body = serde_json::to_vec(&ErrorBody { kind, message: error.message() });
    let mut response = Response::new(Body::from(body.unwrap_or_default()));
    *response.status_mut() =
        StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(code.name()));
    response
}
