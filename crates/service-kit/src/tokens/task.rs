//! Task tokens.

use super::{InvalidToken, TokenKeys, from_text, to_text};
use bytes::Bytes;
use prost::Message as _;
use stepwell_api::internal::TaskTokenBody;

const PURPOSE: &[u8] = b"task";

/// One attempt of one task, as its worker names it.
///
/// It binds the execution and its run, the event that scheduled the attempt, the attempt's number
/// and the random nonce that is stored with the attempt; so it can't be guessed, nor pass for a
/// token of another attempt. It is at most 1,024 characters long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskToken {
    /// The execution's ARN without `arn:aws:states:`.
    pub execution: String,
    /// Names the run of the execution.
    pub run_id: u128,
    /// Id of the event that scheduled the attempt.
    pub scheduled_event_id: u64,
    /// The attempt's number within the execution.
    pub attempt: u64,
    /// Kept with the attempt.
    pub nonce: u128,
}

impl TaskToken {
    /// The token's text under the newest key.
    ///
    /// # Errors
    /// There is no key.
    pub fn seal(&self, keys: &TokenKeys) -> Result<String, InvalidToken> {
        let body = TaskTokenBody {
            key_id: keys.newest(),
            execution: self.execution.clone(),
            run_id: Bytes::copy_from_slice(&self.run_id.to_be_bytes()),
            scheduled_event_id: self.scheduled_event_id,
            attempt: self.attempt,
            nonce: Bytes::copy_from_slice(&self.nonce.to_be_bytes()),
        };
        let bytes = body.encode_to_vec();
        let mac = keys.mac(body.key_id, &[PURPOSE, &bytes])?;
        Ok(to_text(bytes, mac))
    }

    /// What a text that a worker sent says.
    ///
    /// # Errors
    /// The text is no task token of this installation.
    pub fn open(keys: &TokenKeys, text: &str) -> Result<Self, InvalidToken> {
        let (bytes, mac) = from_text(text)?;
        let body = TaskTokenBody::decode(bytes.as_slice()).map_err(|_| InvalidToken)?;
        keys.verify(body.key_id, &[PURPOSE, &bytes], mac)?;
        let number = |bytes: &Bytes| {
            let bytes = bytes.as_ref().try_into().map_err(|_| InvalidToken)?;
            Ok::<_, InvalidToken>(u128::from_be_bytes(bytes))
        };
        Ok(Self {
            run_id: number(&body.run_id)?,
            nonce: number(&body.nonce)?,
            execution: body.execution,
            scheduled_event_id: body.scheduled_event_id,
            attempt: body.attempt,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use stepwell_storage::MemoryStore;

    fn token() -> TaskToken {
        TaskToken {
            execution: format!(
                "us-east-1:000000000000:execution:{}:{}",
                "é".repeat(80),
                "é".repeat(80)
            ),
            run_id: u128::MAX,
            scheduled_event_id: 24_999,
            attempt: 24_999,
            nonce: u128::MAX - 1,
        }
    }

    #[tokio::test]
    async fn a_token_reads_back_and_any_change_is_found() {
        let store = MemoryStore::new(1, Arc::new(|| 0));
        let keys = TokenKeys::load(&store).await.unwrap();
        let text = token().seal(&keys).unwrap();
        assert!(text.len() <= 1_024, "{}", text.len());
        assert_eq!(TaskToken::open(&TokenKeys::load(&store).await.unwrap(), &text), Ok(token()));
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(TaskToken::open(&keys, &changed), Err(InvalidToken), "{at}");
        }
        let other = TokenKeys::load(&MemoryStore::new(1, Arc::new(|| 0))).await.unwrap();
        assert_eq!(TaskToken::open(&other, &text), Err(InvalidToken));
        for garbage in ["", "a", "AAAA", "not a token", "é"] {
            assert_eq!(TaskToken::open(&keys, garbage), Err(InvalidToken));
        }
    }
}
