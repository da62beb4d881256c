//! Requests, read as the edge reads them, without a service behind it.

use crate::handle;
use http::HeaderMap;
use stepwell_api::ApiError;

/// The action that a request asks for. `target` is its header, none where it is empty.
///
/// # Errors
/// What the caller would be told.
pub fn read_request(target: &str, query: &str, body: &[u8]) -> Result<&'static str, ApiError> {
    let mut headers = HeaderMap::new();
    match http::HeaderValue::from_str(target) {
        Ok(value) if !target.is_empty() => drop(headers.insert("x-amz-target", value)),
        _ => drop(headers.insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/x-www-form-urlencoded"),
        )),
    }
    handle::read(&headers, query, body)
}
