//! The end of a state machine: from DELETING to gone.
//!
//! A deletion is marked in the record and then finished by whoever comes first: the call itself,
//! a later call that meets the record, or the sweep of any node. Finishing is idempotent: it
//! closes the incarnation to starts, and removes the record once no execution is open.

use crate::records::{
    DELETING, Versioned, aliases_of, group, put, state_machine_key, unavailable, versions_of,
};
use crate::retired::Retired;
use crate::service::Shared;
use crate::writes::{Settled, write};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::ApiError;
use stepwell_api::internal::{CloseStateMachineRequest, StateMachineRecord};
use stepwell_ids::{Name, Namespace, StateMachineArn};
use stepwell_storage::{ControlChange, ControlWrite, Expect};
use tokio_util::sync::CancellationToken;

/// How often each node looks for unfinished deletions.
const SWEEP: Duration = Duration::from_secs(5);
/// How many reminders are read at once.
const PAGE: usize = 100;
/// How long a reminder may stand before the record says DELETING, in milliseconds.
const MARKING_MS: i64 = 60_000;

impl Shared {
    /// Leaves a reminder of the deletion, then marks the record. Whether it was marked: another
    /// write may have come first, or the answer was lost.
    pub(crate) async fn mark_deleting(
        &self,
        arn: &StateMachineArn,
        found: &Versioned<StateMachineRecord>,
    ) -> Result<Settled, ApiError> {
        let now_ms = self.records.now_ms().await?;
        let value = Bytes::copy_from_slice(&now_ms.to_be_bytes());
        let change = ControlChange::Put(value);
        let reminder = ControlWrite { key: reminder_key(arn), expect: None, change };
        let left = self.records.store.control_write(DELETING, vec![reminder]).await;
        left.map_err(unavailable)?;
        let current = found.record.revision.as_ref().map(|revision| &revision.definition_hash);
        let named = current.into_iter().chain([&found.record.created_definition]);
        let what: Vec<_> = named.cloned().map(Retired::Definition).chain([Retired::All]).collect();
        self.retire(arn, &found.record.incarnation, &what).await?;
        let record = StateMachineRecord { deleting: true, ..found.record.clone() };
        let expect = Expect::Version(found.version);
        let mark = put(state_machine_key(arn.name()), expect, &record);
        write(&*self.records.store, &group(arn.namespace()), vec![mark]).await
    }

    /// Removes a state machine that is DELETING where none of its executions is open; says
    /// whether it is gone.
    pub(crate) async fn finish_deletion(
        &self,
        arn: &StateMachineArn,
        found: &Versioned<StateMachineRecord>,
    ) -> Result<bool, ApiError> {
        let close = CloseStateMachineRequest {
            state_machine_arn: arn.to_string(),
            incarnation: found.record.incarnation.clone(),
        };
        if self.confirmation.close(close).await? > 0 {
            return Ok(false);
        }
        // None is published or created while the record says DELETING.
        self.retire_versions(arn, &found.record.incarnation).await?;
        for prefix in [versions_of(arn.name()), aliases_of(arn.name())] {
            self.remove_all(arn.namespace(), &prefix).await?;
        }
        let key = state_machine_key(arn.name());
        let expect = Some(Expect::Version(found.version));
        let remove = ControlWrite { key, expect, change: ControlChange::Delete };
        let group = group(arn.namespace());
        if write(&*self.records.store, &group, vec![remove]).await? == Settled::ReadAgain {
            let now = self.records.state_machine(arn.namespace(), arn.name()).await?;
            if now.is_some_and(|now| now.version == found.version) {
                return Ok(false);
            }
        }
        // From here a start says that there is no state machine, instead of one that goes.
        self.confirmation.refresh(arn).await?;
        self.forget(reminder_key(arn), None).await?;
        Ok(true)
    }

    async fn remove_all(&self, namespace: &Namespace, prefix: &str) -> Result<(), ApiError> {
        let group = group(namespace);
        loop {
            let store = &self.records.store;
            let page = store.control_list(&group, prefix.as_bytes(), None, PAGE).await;
            let page = page.map_err(unavailable)?;
            if page.is_empty() {
                return Ok(());
            }
            let writes = page.into_iter().map(|(key, version, _)| {
                let expect = Some(Expect::Version(version));
                ControlWrite { key, expect, change: ControlChange::Delete }
            });
            write(&**store, &group, writes.collect()).await?;
        }
    }

    async fn forget(&self, key: Bytes, expect: Option<Expect>) -> Result<(), ApiError> {
        let forget = ControlWrite { key, expect, change: ControlChange::Delete };
        write(&*self.records.store, DELETING, vec![forget]).await.map(drop)
    }

    async fn sweep_once(&self) -> Result<(), ApiError> {
        let mut after: Option<Bytes> = None;
        loop {
            let store = &self.records.store;
            let page = store.control_list(DELETING, b"", after.as_deref(), PAGE).await;
            let page = page.map_err(unavailable)?;
            for (key, version, value) in &page {
                if let Err(error) = self.sweep_reminder(key, *version, value).await {
                    let key = String::from_utf8_lossy(key);
                    tracing::warn!(%error, %key, "a deletion could not be finished yet");
                }
            }
            match page.into_iter().last() {
                Some((key, ..)) => after = Some(key),
                None => return Ok(()),
            }
        }
    }

    async fn sweep_reminder(
        &self,
        key: &Bytes,
        version: u64,
        value: &[u8],
    ) -> Result<(), ApiError> {
        let expect = Some(Expect::Version(version));
        let Some(arn) = reminder_arn(key) else {
            return self.forget(key.clone(), expect).await;
        };
        let found = self.records.state_machine(arn.namespace(), arn.name()).await?;
        if let Some(found) = found.filter(|found| found.record.deleting) {
            return self.finish_deletion(&arn, &found).await.map(drop);
        }
        // Gone, or about to be marked by a call that runs right now.
        let left_ms = value.try_into().map_or(0, i64::from_be_bytes);
        if self.records.now_ms().await?.saturating_sub(left_ms) > MARKING_MS {
            self.forget(key.clone(), expect).await?;
        }
        Ok(())
    }
}

/// Finishes deletions that calls left unfinished, until draining begins.
pub(crate) async fn sweep(shared: Arc<Shared>, draining: CancellationToken) {
    let mut turns = tokio::time::interval(SWEEP);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = draining.cancelled() => return,
            _ = turns.tick() => {}
        }
        tokio::select! {
            () = draining.cancelled() => return,
            swept = shared.sweep_once() => if let Err(error) = swept {
                tracing::warn!(%error, "unfinished deletions can't be read");
            }
        }
    }
}

fn reminder_key(arn: &StateMachineArn) -> Bytes {
    let Namespace { account, region } = arn.namespace();
    format!("{account}/{region}/{}", arn.name()).into()
}

fn reminder_arn(key: &[u8]) -> Option<StateMachineArn> {
    let mut parts = std::str::from_utf8(key).ok()?.splitn(3, '/');
    let (account, region, name) = (parts.next()?, parts.next()?, parts.next()?);
    let namespace = Namespace { account: account.to_owned(), region: region.to_owned() };
    Some(StateMachineArn::new(namespace, Name::parse(name).ok()?))
}
