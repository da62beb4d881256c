//! Tokens that callers carry for us: task tokens and page tokens, sealed with a key of the store.
//!
//! A token is base64url of a body and a MAC (HMAC-SHA256, cut to 16 bytes) over what it is for
//! and the body. Callers can read nothing of worth from it and can't make one. The keys are made
//! once in the store; the newest makes tokens and all verify them, so that a rotation keeps the
//! tokens that are out there.

mod keys;
mod page;
mod task;

pub use keys::TokenKeys;
pub use page::PageCall;
pub use task::TaskToken;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of a MAC.
const MAC_BYTES: usize = 16;

/// A token that was not made here, or not for this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid Token: 'Invalid token'")]
pub struct InvalidToken;

impl From<InvalidToken> for stepwell_api::ApiError {
    fn from(invalid: InvalidToken) -> Self {
        Self::new(stepwell_api::ErrorCode::InvalidToken, invalid.to_string())
    }
}

fn to_text(mut body: Vec<u8>, mac: [u8; MAC_BYTES]) -> String {
    body.extend(mac);
    URL_SAFE_NO_PAD.encode(body)
}

fn from_text(text: &str) -> Result<(Vec<u8>, [u8; MAC_BYTES]), InvalidToken> {
    let mut body = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidToken)?;
    let at = body.len().checked_sub(MAC_BYTES).ok_or(InvalidToken)?;
    let mac = body.split_off(at).try_into().map_err(|_| InvalidToken)?;
    Ok((body, mac))
}
