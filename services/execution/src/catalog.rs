//! The records of the control plane, as this node knows them.
//!
//! Invariant: nothing is used that a refresh has named since, nor anything that was read before
//! the node's contact with the store last broke; so whoever changed a record and waited for all
//! live nodes knows that no start goes by the old one.

use crate::task::Task;
use async_trait::async_trait;
use bytes::Bytes;
use prost::Message;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use stepwell_api::internal::{
    ActivityRecord, StateMachineAliasRecord, StateMachineRecord, StateMachineVersionRecord,
};
use stepwell_asl::Definition;
use stepwell_engine::{MachineStatus, TaskRef};
use stepwell_ids::{ActivityArn, AliasName, ExecutionArn, QualifiedMachineArn, StateMachineArn};
use stepwell_partition::{Contact, ResourceError, Resources, group_of};
use stepwell_service_kit::tokens::TokenKeys;
use stepwell_storage::Store;
use tokio::time::Instant;

/// Records that are kept, of each kind; all are dropped when there are more.
const MAX_RECORDS: usize = 10_000;

/// Bytes of the texts of definitions that are kept compiled; all are dropped when there are more.
const MAX_DEFINITION_BYTES: usize = 64 << 20;

/// See the module.
pub(crate) struct Catalog {
    store: Arc<dyn Store>,
    contact: Arc<Contact>,
    keys: TokenKeys,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    machines: HashMap<String, Entry<StateMachineRecord>>,
    versions: HashMap<String, Entry<StateMachineVersionRecord>>,
    aliases: HashMap<String, Entry<StateMachineAliasRecord>>,
    activities: HashMap<String, Entry<ActivityRecord>>,
    definitions: HashMap<Bytes, Arc<Definition>>,
    definition_bytes: usize,
    /// How often records were named by a refresh.
    refreshes: u64,
}

struct Entry<R> {
    record: Arc<R>,
    read: Instant,
}

impl Catalog {
    pub(crate) fn new(store: Arc<dyn Store>, contact: Arc<Contact>, keys: TokenKeys) -> Self {
        Self { store, contact, keys, known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // No statement under the lock leaves the tables half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record of a state machine; none where there is none.
    pub(crate) async fn machine(
        &self,
        arn: &StateMachineArn,
    ) -> Result<Option<Arc<StateMachineRecord>>, ResourceError> {
        let key = format!("m/{}", arn.name());
        self.record(arn.to_string(), &group_of(arn.namespace()), &key, |known| &mut known.machines)
            .await
    }

    /// A version of a state machine; none where there is none.
    pub(crate) async fn version(
        &self,
        machine: &StateMachineArn,
        number: u64,
    ) -> Result<Option<Arc<StateMachineVersionRecord>>, ResourceError> {
        let arn = QualifiedMachineArn::version(machine.clone(), number).to_string();
        let key = format!("v/{}/{:020}", machine.name(), u64::MAX - number);
        let group = group_of(machine.namespace());
        self.record(arn, &group, &key, |known| &mut known.versions).await
    }

    /// An alias of a state machine; none where there is none.
    pub(crate) async fn alias(
        &self,
        machine: &StateMachineArn,
        alias: &AliasName,
    ) -> Result<Option<Arc<StateMachineAliasRecord>>, ResourceError> {
        let arn = QualifiedMachineArn::alias(machine.clone(), alias.clone()).to_string();
        let key = format!("l/{}/{alias}", machine.name());
        self.record(arn, &group_of(machine.namespace()), &key, |known| &mut known.aliases).await
    }

    /// The text of a definition.
    pub(crate) async fn definition_text(
        &self,
        arn: &StateMachineArn,
        hash: &[u8],
    ) -> Result<String, ResourceError> {
        let key = [b"d/", hash].concat();
        let stored = self.store.control_get(&group_of(arn.namespace()), &key).await;
        let stored = stored.map_err(|error| ResourceError::Unavailable(error.to_string()))?;
        let broken = |why: &str| ResourceError::Broken(format!("a definition of {arn} {why}"));
        let (_, text) = stored.ok_or_else(|| broken("is missing"))?;
        String::from_utf8(text.into()).map_err(|_| broken("is not UTF-8"))
    }

    /// Forgets what is known about a resource.
    pub(crate) fn refresh(&self, arn: &str) {
        let mut known = self.known();
        known.machines.remove(arn);
        // Of a state machine, what its versions and aliases are as well.
        let of = |key: &str| key.strip_prefix(arn).is_some_and(|rest| rest.starts_with(':'));
        known.versions.retain(|key, _| key != arn && !of(key));
        known.aliases.retain(|key, _| key != arn && !of(key));
        known.activities.remove(arn);
        known.refreshes += 1;
    }

    /// A record from memory, or from the store. That there is none is asked anew every time.
    async fn record<R: Message + Default>(
        &self,
        arn: String,
        group: &[u8],
        key: &str,
        table: impl Fn(&mut Known) -> &mut HashMap<String, Entry<R>>,
    ) -> Result<Option<Arc<R>>, ResourceError> {
        let since = self.contact.since();
        let refreshes = {
            let mut known = self.known();
            if let (Some(since), Some(entry)) = (since, table(&mut known).get(&arn))
                && entry.read >= since
            {
                return Ok(Some(Arc::clone(&entry.record)));
            }
            known.refreshes
        };
        let read = Instant::now();
        let stored = self.store.control_get(group, key.as_bytes()).await;
        let stored = stored.map_err(|error| ResourceError::Unavailable(error.to_string()))?;
        let Some((_, value)) = stored else { return Ok(None) };
        let record = R::decode(value)
            .map_err(|error| ResourceError::Broken(format!("the record of {arn}: {error}")))?;
        let record = Arc::new(record);
        let mut known = self.known();
        // What was refreshed meanwhile may have been read before the change.
        if known.refreshes == refreshes {
            let table = table(&mut known);
            if table.len() >= MAX_RECORDS {
                table.clear();
            }
            table.insert(arn, Entry { record: Arc::clone(&record), read });
        }
        Ok(Some(record))
    }
}

#[async_trait]
impl Resources for Catalog {
    async fn definition(
        &self,
        arn: &StateMachineArn,
        hash: &[u8],
    ) -> Result<Arc<Definition>, ResourceError> {
        // Equal texts are equal definitions, whoever's they are.
        if let Some(definition) = self.known().definitions.get(hash) {
            return Ok(Arc::clone(definition));
        }
        let text = self.definition_text(arn, hash).await?;
        let definition = stepwell_asl::executable(&text).map_err(|findings| {
            let why = stepwell_asl::invalid_definition(&findings);
            ResourceError::Broken(format!("the definition of {arn} can't be executed: {why}"))
        })?;
        let definition = Arc::new(definition);
        let mut known = self.known();
        if known.definition_bytes + text.len() > MAX_DEFINITION_BYTES {
            known.definitions.clear();
            known.definition_bytes = 0;
        }
        let hash = Bytes::copy_from_slice(hash);
        if known.definitions.insert(hash, Arc::clone(&definition)).is_none() {
            known.definition_bytes += text.len();
        }
        Ok(definition)
    }

    async fn activity(&self, arn: &str) -> Result<Option<u128>, ResourceError> {
        let Ok(activity) = ActivityArn::parse(arn) else { return Ok(None) };
        let (key, group) = (format!("a/{}", activity.name()), group_of(activity.namespace()));
        let record = self.record(arn.to_owned(), &group, &key, |known| &mut known.activities);
        let Some(record) = record.await? else { return Ok(None) };
        let broken = |_| ResourceError::Broken(format!("the record of {arn} has no incarnation"));
        record.incarnation.as_ref().try_into().map(u128::from_be_bytes).map(Some).map_err(broken)
    }

    fn task_token(
        &self,
        execution: &ExecutionArn,
        run_id: u128,
        task: TaskRef,
    ) -> Result<String, ResourceError> {
        let task = Task { arn: execution.clone(), run_id, attempt: task };
        let sealed = task.token().seal(&self.keys);
        sealed.map_err(|_| ResourceError::Broken("there is no key for task tokens".into()))
    }

    async fn machine_status(
        &self,
        arn: &StateMachineArn,
        incarnation: &[u8],
    ) -> Result<MachineStatus, ResourceError> {
        let record = self.machine(arn).await?;
        let stands =
            |record: &StateMachineRecord| record.incarnation == incarnation && !record.deleting;
        let active = record.is_some_and(|record| stands(&record));
        Ok(if active { MachineStatus::Active } else { MachineStatus::Deleting })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use stepwell_storage::{ControlChange, ControlStore as _, ControlWrite, MemoryStore};

    const ARN: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

    async fn put(store: &MemoryStore, created_ms: i64) {
        let record = StateMachineRecord { created_ms, ..StateMachineRecord::default() };
        let change = ControlChange::Put(record.encode_to_vec().into());
        let write = ControlWrite { key: Bytes::from_static(b"m/m"), expect: None, change };
        store.control_write(b"000000000000/us-east-1", vec![write]).await.unwrap();
    }

    #[tokio::test]
    async fn a_record_is_kept_until_it_is_refreshed_or_contact_breaks() {
        let store = Arc::new(MemoryStore::new(1, Arc::new(|| 0)));
        let contact = Arc::new(Contact::default());
        let keys = TokenKeys::load(&*store).await.unwrap();
        let catalog = Catalog::new(Arc::clone(&store) as _, Arc::clone(&contact), keys);
        let arn = StateMachineArn::parse(ARN).unwrap();
        let created = async || catalog.machine(&arn).await.unwrap().map(|found| found.created_ms);
        assert_eq!(created().await, None);
        // Out of touch: nothing is remembered.
        for time in [1, 2] {
            put(&store, time).await;
            assert_eq!(created().await, Some(time));
        }
        let now = Instant::now();
        contact.extend(now, now + Duration::from_secs(60));
        put(&store, 3).await;
        assert_eq!(created().await, Some(3));
        put(&store, 4).await;
        assert_eq!(created().await, Some(3));
        catalog.refresh(ARN);
        assert_eq!(created().await, Some(4));
        put(&store, 5).await;
        // The contact broke for a moment, in which a change may have been made without this node.
        let later = now + Duration::from_secs(61);
        contact.extend(later, later + Duration::from_secs(60));
        assert_eq!(created().await, Some(5));
    }
}
