//! Definitions that no execution uses any more, and what is kept of state machines that are gone.
//!
//! Whoever takes a definition out of use leaves a reminder before, in the group `retired`. A sweep
//! of any node has all nodes confirm that they start nothing by it, and notes when that was; later
//! ones note when every execution that started before has ended, and remove it once none of them
//! is kept. A text is removed where no state machine and no other reminder names it; a call that puts the same text meanwhile gives it
//! another version, and it stays.

use crate::records::{
    STATE_MACHINES, VERSIONS, decode, definition_key, group, unavailable, versions_of,
};
use crate::service::Shared;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::ApiError;
use stepwell_api::internal::{
    ReleaseStateMachineRequest, StateMachineRecord, StateMachineVersionRecord,
};
use stepwell_ids::{Name, Namespace, StateMachineArn};
use stepwell_storage::{ControlChange, ControlWrite, Expect};
use tokio_util::sync::CancellationToken;

/// The group of the reminders.
const RETIRED: &[u8] = b"retired";
/// How often each node looks at them.
const SWEEP: Duration = Duration::from_secs(600);
/// How many are read at once.
const PAGE: usize = 100;
/// How long calls and starts that are under way may take, in milliseconds.
const SETTLING_MS: i64 = 600_000;

/// What is out of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Retired {
    /// A definition, by the hash of its text.
    Definition(Bytes),
    /// The incarnation itself.
    All,
}

/// A reminder as it is stored.
#[derive(Clone, Debug)]
struct Reminder {
    key: Bytes,
    version: u64,
    arn: StateMachineArn,
    incarnation: Bytes,
    what: Retired,
    /// When it was left, by the store's clock.
    left_ms: i64,
    /// When all nodes had confirmed; none where they have not been asked yet.
    confirmed_ms: Option<i64>,
    /// When all executions had ended that started before; none while one may be open.
    ended_ms: Option<i64>,
}

impl Reminder {
    fn read(key: &Bytes, version: u64, value: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(key).ok()?.split('/');
        let (account, region) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let arn =
            StateMachineArn::new(Namespace { account, region }, Name::parse(parts.next()?).ok()?);
        let incarnation = from_hex(parts.next()?)?;
        let what = match parts.next()? {
            "" => Retired::All,
            hash => Retired::Definition(from_hex(hash)?),
        };
        let (times, rest) = value.as_chunks::<8>();
        let times: Vec<_> = times.iter().map(|time| i64::from_be_bytes(*time)).collect();
        let [left_ms, ref noted @ ..] = times[..] else { return None };
        let (confirmed_ms, ended_ms) = (noted.first().copied(), noted.get(1).copied());
        let key = key.clone();
        let read = Self { key, version, arn, incarnation, what, left_ms, confirmed_ms, ended_ms };
        (rest.is_empty() && noted.len() <= 2).then_some(read)
    }

    /// The time of the newest note.
    fn noted_ms(&self) -> i64 {
        self.ended_ms.or(self.confirmed_ms).unwrap_or(self.left_ms)
    }

    /// The reminder with one more time.
    fn note(&self, time_ms: i64) -> ControlWrite {
        let times = [Some(self.left_ms), self.confirmed_ms, Some(time_ms)];
        let value: Vec<u8> = times.into_iter().flatten().flat_map(i64::to_be_bytes).collect();
        self.change(ControlChange::Put(value.into()))
    }

    fn change(&self, change: ControlChange) -> ControlWrite {
        ControlWrite { key: self.key.clone(), expect: Some(Expect::Version(self.version)), change }
    }
}

impl Shared {
    /// Leaves reminders: from now on the incarnation starts nothing by these, unless the write
    /// that follows does not take effect.
    pub(crate) async fn retire(
        &self,
        arn: &StateMachineArn,
        incarnation: &[u8],
        what: &[Retired],
    ) -> Result<(), ApiError> {
        let left_ms = Bytes::copy_from_slice(&self.records.now_ms().await?.to_be_bytes());
        let mut writes: Vec<ControlWrite> = Vec::with_capacity(what.len());
        for what in what {
            let key = key(arn, incarnation, what);
            if writes.iter().all(|write| write.key != key) {
                let change = ControlChange::Put(left_ms.clone());
                writes.push(ControlWrite { key, expect: None, change });
            }
        }
        for _ in 0..ATTEMPTS {
            let left = write(&*self.records.store, RETIRED, writes.clone()).await?;
            if left == Settled::Written {
                return Ok(());
            }
        }
        Err(gave_up(arn))
    }

    /// Leaves reminders for all versions of a state machine that is being deleted.
    pub(crate) async fn retire_versions(
        &self,
        arn: &StateMachineArn,
        incarnation: &[u8],
    ) -> Result<(), ApiError> {
        let (group, prefix) = (group(arn.namespace()), versions_of(arn.name()));
        let mut after: Option<Bytes> = None;
        loop {
            let store = &self.records.store;
            let page = store.control_list(&group, prefix.as_bytes(), after.as_deref(), PAGE).await;
            let page = page.map_err(unavailable)?;
            let Some((last, ..)) = page.last() else { return Ok(()) };
            after = Some(last.clone());
            let versions = page.into_iter().map(|(.., value)| decode(value));
            let versions = versions.collect::<Result<Vec<StateMachineVersionRecord>, _>>()?;
            let texts = versions.into_iter().filter_map(|version| version.revision);
            let texts: Vec<_> =
                texts.map(|revision| Retired::Definition(revision.definition_hash)).collect();
            self.retire(arn, incarnation, &texts).await?;
        }
    }

    async fn collect_once(&self) -> Result<(), ApiError> {
        let mut after: Option<Bytes> = None;
        loop {
            let page = self.records.store.control_list(RETIRED, b"", after.as_deref(), PAGE).await;
            let page = page.map_err(unavailable)?;
            for (key, version, value) in &page {
                let Some(reminder) = Reminder::read(key, *version, value) else {
                    tracing::error!(key = %key.escape_ascii(), "a reminder can't be read");
                    continue;
                };
                if let Err(error) = self.look_at(&reminder).await {
                    tracing::warn!(%error, arn = %reminder.arn, "what is out of use stays for now");
                }
            }
            match page.into_iter().last() {
                Some((key, ..)) => after = Some(key),
                None => return Ok(()),
            }
        }
    }

    /// Goes one step on with a reminder, where it is time.
    async fn look_at(&self, reminder: &Reminder) -> Result<(), ApiError> {
        let now_ms = self.records.now_ms().await?;
        if now_ms < reminder.noted_ms() + SETTLING_MS {
            return Ok(());
        }
        let Some(confirmed_ms) = reminder.confirmed_ms else {
            self.confirmation.refresh(&reminder.arn).await?;
            return self.note(reminder, self.records.now_ms().await?).await;
        };
        let found = self.records.state_machine(reminder.arn.namespace(), reminder.arn.name());
        let stands = found.await?.filter(|now| now.record.incarnation == reminder.incarnation);
        if reminder.what == Retired::All
            && let Some(stands) = &stands
        {
            // Its deletion is not finished, or did not come about.
            return if stands.record.deleting {
                Ok(())
            } else {
                self.forget_reminder(reminder).await
            };
        }
        let release = ReleaseStateMachineRequest {
            incarnation: reminder.incarnation.clone(),
            started_until_ms: confirmed_ms + SETTLING_MS,
            gone: reminder.what == Retired::All,
            // Times of events may be ahead of the store's clock.
            ended_until_ms: reminder.ended_ms.map(|ended_ms| ended_ms + SETTLING_MS),
        };
        if self.confirmation.release(release).await? {
            return Ok(());
        }
        if reminder.ended_ms.is_none() {
            return self.note(reminder, self.records.now_ms().await?).await;
        }
        if let Retired::Definition(hash) = &reminder.what {
            self.remove_definition(reminder, hash).await?;
        }
        self.forget_reminder(reminder).await
    }

    async fn note(&self, reminder: &Reminder, time_ms: i64) -> Result<(), ApiError> {
        let noted = reminder.note(time_ms);
        write(&*self.records.store, RETIRED, vec![noted]).await.map(drop)
    }

    /// Removes a definition's text, unless something else names it.
    async fn remove_definition(&self, reminder: &Reminder, hash: &Bytes) -> Result<(), ApiError> {
        let namespace = reminder.arn.namespace();
        let (group, key) = (group(namespace), definition_key(hash));
        let found = self.records.store.control_get(&group, &key).await.map_err(unavailable)?;
        let Some((version, _)) = found else { return Ok(()) };
        // Machines first: one that lets go of the text leaves its reminder before.
        if self.is_named(&group, hash).await? || self.is_reminded(reminder, hash).await? {
            return Ok(());
        }
        let expect = Some(Expect::Version(version));
        let remove = ControlWrite { key, expect, change: ControlChange::Delete };
        write(&*self.records.store, &group, vec![remove]).await.map(drop)
    }

    /// Whether a state machine of the namespace, or a version of one, names the definition.
    async fn is_named(&self, group: &[u8], hash: &Bytes) -> Result<bool, ApiError> {
        let of_machine = |value| {
            let record: StateMachineRecord = decode(value)?;
            let current = record.revision.map(|revision| revision.definition_hash);
            Ok(record.created_definition == *hash || current.as_ref() == Some(hash))
        };
        let of_version = |value| {
            let record: StateMachineVersionRecord = decode(value)?;
            Ok(record.revision.is_some_and(|revision| revision.definition_hash == *hash))
        };
        // A version is made of what its machine has, so it is found if the machine no longer is.
        Ok(self.any(group, STATE_MACHINES, of_machine).await?
            || self.any(group, VERSIONS, of_version).await?)
    }

    /// Whether a record of the group says so.
    async fn any(
        &self,
        group: &[u8],
        prefix: &str,
        says_so: impl Fn(Bytes) -> Result<bool, ApiError>,
    ) -> Result<bool, ApiError> {
        let mut after: Option<Bytes> = None;
        loop {
            let store = &self.records.store;
            let page = store.control_list(group, prefix.as_bytes(), after.as_deref(), PAGE).await;
            let page = page.map_err(unavailable)?;
            let Some((last, ..)) = page.last() else { return Ok(false) };
            after = Some(last.clone());
            for (.., value) in page {
                if says_so(value)? {
                    return Ok(true);
                }
            }
        }
    }

    /// Whether another reminder of the namespace names the definition.
    async fn is_reminded(&self, reminder: &Reminder, hash: &Bytes) -> Result<bool, ApiError> {
        let Namespace { account, region } = reminder.arn.namespace();
        let (prefix, end) = (format!("{account}/{region}/"), format!("/{}", to_hex(hash)));
        let mut after: Option<Bytes> = None;
        loop {
            let page =
                self.records.store.control_list(RETIRED, prefix.as_bytes(), after.as_deref(), PAGE);
            let page = page.await.map_err(unavailable)?;
            // Left again for the same text since it was read, it is another one.
            let other = |(key, version, _): &(Bytes, u64, Bytes)| {
                (*key != reminder.key || *version != reminder.version)
                    && key.ends_with(end.as_bytes())
            };
            if page.iter().any(other) {
                return Ok(true);
            }
            match page.into_iter().last() {
                Some((key, ..)) => after = Some(key),
                None => return Ok(false),
            }
        }
    }

    async fn forget_reminder(&self, reminder: &Reminder) -> Result<(), ApiError> {
        let forget = reminder.change(ControlChange::Delete);
        write(&*self.records.store, RETIRED, vec![forget]).await.map(drop)
    }
}

/// Collects what is out of use, until draining begins.
pub(crate) async fn collect(shared: Arc<Shared>, draining: CancellationToken) {
    let mut turns = tokio::time::interval(SWEEP);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = draining.cancelled() => return,
            _ = turns.tick() => {}
        }
        tokio::select! {
            () = draining.cancelled() => return,
            collected = shared.collect_once() => if let Err(error) = collected {
                tracing::warn!(%error, "what is out of use can't be read");
            }
        }
    }
}

fn key(arn: &StateMachineArn, incarnation: &[u8], what: &Retired) -> Bytes {
    let Namespace { account, region } = arn.namespace();
    let hash = match what {
        Retired::Definition(hash) => to_hex(hash),
        Retired::All => String::new(),
    };
    format!("{account}/{region}/{}/{}/{hash}", arn.name(), to_hex(incarnation)).into()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Bytes> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect::<Option<Vec<u8>>>().map(Bytes::from)
}
