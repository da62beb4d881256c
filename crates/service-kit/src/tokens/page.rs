//! Page tokens.

use super::{InvalidToken, TokenKeys, from_text, to_text};
use bytes::Bytes;
use prost::Message as _;
use stepwell_api::internal::PageTokenBody;

const PURPOSE: &[u8] = b"page";

/// A call that is answered in pages: its name, its namespace, and every argument that must stay
/// the same from page to page.
///
/// A token of one call is no token of another, nor of the same call with other arguments.
#[derive(Clone, Debug)]
pub struct PageCall<'a> {
    keys: &'a TokenKeys,
    arguments: Vec<Vec<u8>>,
}

impl<'a> PageCall<'a> {
    /// The call `name`, with its arguments in a fixed order.
    #[must_use]
    pub fn new(keys: &'a TokenKeys, name: &str, arguments: &[&[u8]]) -> Self {
        let all = std::iter::once(name.as_bytes()).chain(arguments.iter().copied());
        Self { keys, arguments: all.map(<[u8]>::to_vec).collect() }
    }

    /// A token for the page that begins at `position`, of at most 700 bytes, valid until
    /// `expires_ms` in milliseconds since 1970.
    ///
    /// # Errors
    /// There is no key.
    pub fn seal(&self, position: &[u8], expires_ms: i64) -> Result<String, InvalidToken> {
        let key_id = self.keys.newest();
        let body = PageTokenBody { key_id, expires_ms, position: Bytes::copy_from_slice(position) };
        let bytes = body.encode_to_vec();
        let mac = self.keys.mac(key_id, &self.parts(&bytes))?;
        Ok(to_text(bytes, mac))
    }

    /// The position that a token holds.
    ///
    /// # Errors
    /// The token is of another call, or has expired at `now_ms`.
    pub fn open(&self, text: &str, now_ms: i64) -> Result<Bytes, InvalidToken> {
        let (bytes, mac) = from_text(text)?;
        let body = PageTokenBody::decode(bytes.as_slice()).map_err(|_| InvalidToken)?;
        self.keys.verify(body.key_id, &self.parts(&bytes), mac)?;
        if body.expires_ms < now_ms { Err(InvalidToken) } else { Ok(body.position) }
    }

    fn parts<'b>(&'b self, bytes: &'b [u8]) -> Vec<&'b [u8]> {
        let arguments = self.arguments.iter().map(Vec::as_slice);
        [PURPOSE, bytes].into_iter().chain(arguments).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use stepwell_storage::MemoryStore;

    #[tokio::test]
    async fn a_token_is_of_one_call_for_its_time() {
        let keys = TokenKeys::load(&MemoryStore::new(1, Arc::new(|| 0))).await.unwrap();
        let call = PageCall::new(&keys, "ListExecutions", &[b"ns", b"a", b"b"]);
        let text = call.seal(&[7; 600], 1_000).unwrap();
        assert!(text.len() <= 1_024, "{}", text.len());
        assert_eq!(call.open(&text, 1_000).as_deref(), Ok(&[7; 600][..]));
        assert_eq!(call.open(&text, 1_001), Err(InvalidToken));
        for other in [
            PageCall::new(&keys, "ListActivities", &[b"ns", b"a", b"b"]),
            PageCall::new(&keys, "ListExecutions", &[b"ns", b"ab", b""]),
            PageCall::new(&keys, "ListExecutions", &[b"ns", b"a"]),
        ] {
            assert_eq!(other.open(&text, 0), Err(InvalidToken));
        }
    }
}
