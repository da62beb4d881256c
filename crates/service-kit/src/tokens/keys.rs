//! The keys, and the store that keeps them.

use super::{InvalidToken, MAC_BYTES};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use prost::Message as _;
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;
use stepwell_api::internal::{TaskTokenKey, TaskTokenKeys};
use stepwell_storage::{
    ControlChange, ControlOutcome, ControlStore, ControlWrite, Expect, StoreError,
};
use subtle::ConstantTimeEq as _;

/// Where the keys are in the control store: a group of the installation's own.
const GROUP: &[u8] = b"installation";
const KEY: &[u8] = b"token-keys";
const SECRET_BYTES: usize = 32;

/// The keys of an installation, newest last. Cheap to clone.
#[derive(Clone)]
pub struct TokenKeys(Arc<Vec<TaskTokenKey>>);

impl TokenKeys {
    /// Reads the keys, made by whoever comes first.
    ///
    /// # Errors
    /// The store can't be reached, or holds keys that can't be read.
    pub async fn load(store: &(impl ControlStore + ?Sized)) -> Result<Self, StoreError> {
        loop {
            if let Some((_, value)) = store.control_get(GROUP, KEY).await? {
                return Self::decode(value);
            }
            let secret: [u8; SECRET_BYTES] = rand::random();
            let key = TaskTokenKey { id: 1, secret: Bytes::copy_from_slice(&secret) };
            let keys = TaskTokenKeys { keys: vec![key] };
            let write = ControlWrite {
                key: Bytes::from_static(KEY),
                expect: Some(Expect::Absent),
                change: ControlChange::Put(keys.encode_to_vec().into()),
            };
            match store.control_write(GROUP, vec![write]).await? {
                ControlOutcome::Written { .. } => return Ok(Self(Arc::new(keys.keys))),
                ControlOutcome::Conflict { .. } => {}
            }
        }
    }

    fn decode(value: Bytes) -> Result<Self, StoreError> {
        let broken = |why: &str| StoreError::Unavailable(format!("the token keys: {why}"));
        let keys = TaskTokenKeys::decode(value).map_err(|error| broken(&error.to_string()))?.keys;
        if keys.is_empty() {
            return Err(broken("there is none"));
        }
        Ok(Self(Arc::new(keys)))
    }

    /// The id of the key that makes tokens.
    pub(super) fn newest(&self) -> u32 {
        self.0.last().map_or(0, |key| key.id)
    }

    /// The MAC of `parts`, each with its length, under the key `id`.
    pub(super) fn mac(&self, id: u32, parts: &[&[u8]]) -> Result<[u8; MAC_BYTES], InvalidToken> {
        let key = self.0.iter().find(|key| key.id == id).ok_or(InvalidToken)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).map_err(|_| InvalidToken)?;
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        let full = mac.finalize().into_bytes();
        full.get(..MAC_BYTES).and_then(|cut| cut.try_into().ok()).ok_or(InvalidToken)
    }

    /// Checks a MAC in constant time.
    pub(super) fn verify(
        &self,
        id: u32,
        parts: &[&[u8]],
        mac: [u8; MAC_BYTES],
    ) -> Result<(), InvalidToken> {
        let same: bool = self.mac(id, parts)?.ct_eq(&mac).into();
        if same { Ok(()) } else { Err(InvalidToken) }
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "TokenKeys({} keys)", self.0.len())
    }
}
