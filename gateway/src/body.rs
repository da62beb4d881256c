//! Reading the body of a request under a limit.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use std::time::Duration;
use stepwell_api::{ApiError, ErrorCode};

/// How much of a body that is too large is read, in bytes, so that the client gets the answer: one
/// that is still sending when its connection closes sees a broken connection instead.
const DISCARDED_BYTES: usize = 64 * 1024 * 1024;

/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// All bytes of `body`.
///
/// # Errors
/// `ValidationException` where there are more than `limit`, `SerializationException` where the
/// connection breaks off, or the end has not come after 60 seconds.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    tokio::time::timeout(PATIENCE, read_all(body, limit)).await.unwrap_or_else(|_| {
        let seconds = PATIENCE.as_secs();
        let message = format!("The body of the request did not come within {seconds} seconds");
        Err(ApiError::new(ErrorCode::SerializationException, message))
    })
}

async fn read_all(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let mut chunks = body.into_data_stream();
    let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
    let mut length = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            let message = "The body of the request could not be read to its end";
            ApiError::new(ErrorCode::SerializationException, message)
        })?;
        length = length.saturating_add(chunk.len());
        if length > limit.saturating_add(DISCARDED_BYTES) {
            break;
        }
        if length > limit {
            rest.clear();
        } else if first.is_empty() {
            first = chunk;
        } else {
            if rest.is_empty() {
                rest.extend_from_slice(&first);
            }
            rest.extend_from_slice(&chunk);
        }
    }
    if length > limit {
        return Err(ApiError::new(
            ErrorCode::ValidationException,
            format!("The body of the request is larger than {limit} bytes"),
        ));
    }
    // A body in one chunk, the usual case, is not copied.
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    async fn read_chunks(chunks: &[&'static str], limit: usize) -> Result<Bytes, ErrorCode> {
        let chunks: Vec<Result<_, Infallible>> = chunks.iter().map(|chunk| Ok(*chunk)).collect();
        let body = Body::from_stream(futures::stream::iter(chunks));
        read(body, limit).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn chunks_are_joined_up_to_the_limit() {
        assert_eq!(read_chunks(&[], 6).await, Ok(Bytes::new()));
        assert_eq!(read_chunks(&["abc", "", "de", "f"], 6).await, Ok(Bytes::from("abcdef")));
        let refused = Err(ErrorCode::ValidationException);
        assert_eq!(read_chunks(&["abc", "de", "fg", "h"], 6).await, refused);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_end_is_refused() {
        let drop_by_drop = futures::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, Infallible>("a"), ()))
        });
        let begun = tokio::time::Instant::now();
        let refused = read(Body::from_stream(drop_by_drop), 1_000).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::SerializationException);
        assert_eq!(begun.elapsed(), PATIENCE);
    }
}
