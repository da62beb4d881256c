//! What the control plane keeps, and where.
//!
//! Group `<account>/<region>`: `m/<name>` is a state machine's record, `a/<name>` an activity's,
//! `d/<SHA-256>` a definition's text by content, written together with the first record that
//! names it and kept for the executions that may still run it, `v/<name>/<number>` a version of a
//! state machine, newest first, `l/<name>/<alias>` an alias. Group `deleting`:
//! `<account>/<region>/<name>` reminds of a state machine whose deletion is not finished. Group
//! `retired`: `<account>/<region>/<name>/<incarnation>/<SHA-256>` reminds of a definition that an
//! incarnation no longer starts, and without the last part of an incarnation that is gone.

use bytes::Bytes;
use prost::Message;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use stepwell_api::internal::{
    ActivityRecord, StateMachineAliasRecord, StateMachineRecord, StateMachineVersionRecord,
};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::{AliasName, Name, Namespace, StateMachineArn};
use stepwell_storage::{ControlChange, ControlWrite, Expect, Store, StoreError};

/// The group of reminders of unfinished deletions.
pub(crate) const DELETING: &[u8] = b"deleting";

/// Prefix of the keys of state machines.
pub(crate) const STATE_MACHINES: &str = "m/";

/// Prefix of the keys of versions.
pub(crate) const VERSIONS: &str = "v/";

/// Prefix of the keys of activities.
pub(crate) const ACTIVITIES: &str = "a/";

/// Most aliases that are read at once: many times as many as a state machine may have.
const READ_AT_ONCE: usize = 65_536;

/// A record with the version that the store has it under.
#[derive(Clone, Debug)]
pub(crate) struct Versioned<R> {
    pub(crate) version: u64,
    pub(crate) record: R,
}

/// The records in the store.
pub(crate) struct Records {
    pub(crate) store: Arc<dyn Store>,
}

impl Records {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    pub(crate) async fn state_machine(
        &self,
        namespace: &Namespace,
        name: &Name,
    ) -> Result<Option<Versioned<StateMachineRecord>>, ApiError> {
        self.get(namespace, state_machine_key(name)).await
    }

    pub(crate) async fn activity(
        &self,
        namespace: &Namespace,
        name: &Name,
    ) -> Result<Option<Versioned<ActivityRecord>>, ApiError> {
        self.get(namespace, activity_key(name)).await
    }

    /// A version of a state machine.
    pub(crate) async fn version(
        &self,
        machine: &StateMachineArn,
        number: u64,
    ) -> Result<Option<Versioned<StateMachineVersionRecord>>, ApiError> {
        self.get(machine.namespace(), version_key(machine.name(), number)).await
    }

    /// An alias of a state machine.
    pub(crate) async fn alias(
        &self,
        machine: &StateMachineArn,
        alias: &AliasName,
    ) -> Result<Option<Versioned<StateMachineAliasRecord>>, ApiError> {
        self.get(machine.namespace(), alias_key(machine.name(), alias)).await
    }

    /// All aliases of a state machine; there are few.
    pub(crate) async fn aliases(
        &self,
        machine: &StateMachineArn,
    ) -> Result<Vec<StateMachineAliasRecord>, ApiError> {
        let (group, prefix) = (group(machine.namespace()), aliases_of(machine.name()));
        let listed = self.store.control_list(&group, prefix.as_bytes(), None, READ_AT_ONCE);
        let listed = listed.await.map_err(unavailable)?;
        listed.into_iter().map(|(_, _, value)| decode(value)).collect()
    }

    /// The text of a definition that a record names.
    pub(crate) async fn definition(
        &self,
        namespace: &Namespace,
        hash: &[u8],
    ) -> Result<String, ApiError> {
        let key = definition_key(hash);
        let text = self.store.control_get(&group(namespace), &key).await.map_err(unavailable)?;
        let (_, text) =
            text.ok_or_else(|| broken("a definition that a record names is missing"))?;
        String::from_utf8(text.into()).map_err(|_| broken("a definition is not UTF-8"))
    }

    /// How many records of a kind the namespace has.
    pub(crate) async fn count(&self, namespace: &Namespace, kind: &str) -> Result<u64, ApiError> {
        let group = group(namespace);
        self.store.control_count(&group, kind.as_bytes()).await.map_err(unavailable)
    }

    /// The time in milliseconds since 1970, by the store's clock.
    pub(crate) async fn now_ms(&self) -> Result<i64, ApiError> {
        self.store.now_ms().await.map_err(unavailable)
    }

    async fn get<R: Message + Default>(
        &self,
        namespace: &Namespace,
        key: Bytes,
    ) -> Result<Option<Versioned<R>>, ApiError> {
        let found = self.store.control_get(&group(namespace), &key).await.map_err(unavailable)?;
        found.map(|(version, value)| Ok(Versioned { version, record: decode(value)? })).transpose()
    }
}

/// The group of a namespace.
pub(crate) fn group(namespace: &Namespace) -> Vec<u8> {
    format!("{}/{}", namespace.account, namespace.region).into_bytes()
}

pub(crate) fn state_machine_key(name: &Name) -> Bytes {
    format!("{STATE_MACHINES}{name}").into()
}

pub(crate) fn activity_key(name: &Name) -> Bytes {
    format!("{ACTIVITIES}{name}").into()
}

/// Prefix of the keys of a state machine's versions.
pub(crate) fn versions_of(name: &Name) -> String {
    format!("{VERSIONS}{name}/")
}

/// Prefix of the keys of a state machine's aliases.
pub(crate) fn aliases_of(name: &Name) -> String {
    format!("l/{name}/")
}

/// Keys sort by their bytes: the newest version comes first.
pub(crate) fn version_key(name: &Name, number: u64) -> Bytes {
    format!("{}{:020}", versions_of(name), u64::MAX - number).into()
}

pub(crate) fn alias_key(name: &Name, alias: &AliasName) -> Bytes {
    format!("{}{alias}", aliases_of(name)).into()
}

pub(crate) fn definition_key(hash: &[u8]) -> Bytes {
    [b"d/", hash].concat().into()
}

/// What a definition's text is kept under.
pub(crate) fn definition_hash(text: &str) -> Bytes {
    Bytes::copy_from_slice(&Sha256::digest(text.as_bytes()))
}

/// A change that puts `record`.
pub(crate) fn put(key: Bytes, expect: Expect, record: &impl Message) -> ControlWrite {
    let change = ControlChange::Put(record.encode_to_vec().into());
    ControlWrite { key, expect: Some(expect), change }
}

/// A change that puts a definition's text, whether or not it is there already.
pub(crate) fn put_definition(hash: &[u8], text: &str) -> ControlWrite {
    let change = ControlChange::Put(Bytes::copy_from_slice(text.as_bytes()));
    ControlWrite { key: definition_key(hash), expect: None, change }
}

pub(crate) fn decode<R: Message + Default>(value: Bytes) -> Result<R, ApiError> {
    R::decode(value).map_err(|error| broken(&format!("a stored record can't be read: {error}")))
}

/// A read or write that did not happen.
pub(crate) fn unavailable(error: StoreError) -> ApiError {
    match error {
        StoreError::Invalid(_) => ApiError::new(ErrorCode::InternalFailure, error.to_string()),
        StoreError::Unknown(_) | StoreError::Unavailable(_) => ApiError::unavailable(error),
    }
}

fn broken(what: &str) -> ApiError {
    ApiError::new(ErrorCode::InternalFailure, what)
}
