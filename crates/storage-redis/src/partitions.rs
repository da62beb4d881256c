//! The port of executions.

use crate::keys::{PartitionKeys, home};
use crate::library::Function;
use crate::refusal::Effect::{Hints, Reads, ReadsSettled, Writes};
use crate::refusal::is_stale;
use crate::reply::{array, bytes, fixed, integer, natural, number, optional, parse, texts};
use crate::router::{Answer, Call};
use crate::{RedisStore, commit, encode, record};
use async_trait::async_trait;
use bytes::Bytes;
use redis::Value;
use stepwell_storage::{
    Commit, Fence, Gate, Lease, ListPage, Listed, OutboxEntry, Outcome, PartitionStore, Record,
    StoreError,
};

/// Times and their sums stay whole numbers in the server, which counts in doubles.
const LONGEST_TTL_MS: i64 = 1 << 50;
/// So do numbers of batches.
const MOST_BATCHES: i64 = 1 << 50;

pub(crate) fn ttl(ttl_ms: i64) -> i64 {
    ttl_ms.min(LONGEST_TTL_MS)
}

/// The server's `TIME` in milliseconds.
fn time_ms(value: Value) -> Result<i64, StoreError> {
    let [seconds, micros] = fixed(value)?;
    let seconds: i64 = parse(&bytes(seconds)?)?;
    let micros: i64 = parse(&bytes(micros)?)?;
    Ok(seconds.saturating_mul(1000).saturating_add(micros / 1000))
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl RedisStore {
    /// The live owners of these partitions, each by its own server's clock.
    async fn owners_of(&self, keys: &[&PartitionKeys]) -> Result<Vec<Option<String>>, StoreError> {
        let ask = |keys: &&PartitionKeys| {
            Call::new(keys.slot, self.library.call(Function::Owner, &[&keys.lease]))
        };
        let answers = self.router.all(keys.iter().map(ask).collect(), Reads).await?;
        let owner = |node: Value| {
            Ok(optional(node)?.map(|node| String::from_utf8_lossy(&node).into_owned()))
        };
        answers.into_iter().map(owner).collect()
    }

    fn set_gate_of(&self, partition: u32, index: &[u8], gate: Gate) -> Result<Call, StoreError> {
        let keys = self.keys(partition)?;
        let field = encode::gate(index);
        let set = match gate {
            Gate::Open => redis::Cmd::hdel(&keys.lease, &field),
            Gate::Closed => redis::Cmd::hset(&keys.lease, &field, ""),
        };
        Ok(Call::new(keys.slot, set))
    }

    fn lease_call(&self, function: Function, lease: Lease) -> Result<Call, StoreError> {
        let keys = self.keys(lease.partition)?;
        let mut call = self.library.call(function, &[&keys.lease]);
        call.arg(lease.epoch).arg(&lease.fence.to_be_bytes());
        Ok(Call::new(keys.slot, call))
    }

    /// Reads what only an owner reads, and relies on: a deposed master that still answers would
    /// give it what the partition was, and the rest would never be looked at.
    async fn read_as_owner(
        &self,
        partition: u32,
        keys: &PartitionKeys,
        command: redis::Cmd,
    ) -> Result<Value, StoreError> {
        let under = self.leases.last_incarnation(partition);
        let call = Call { slot: keys.slot, command, under };
        let answer = self.router.all(vec![call], Reads).await?.into_iter().next();
        answer.ok_or_else(|| StoreError::Unavailable("Redis gave no answer".to_owned()))
    }
}

#[async_trait]
impl PartitionStore for RedisStore {
    fn partitions(&self) -> u32 {
        self.count()
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        time_ms(self.router.call(home(), redis::cmd("TIME"), Reads).await?)
    }

    async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let keys = self.keys(partition)?;
        let mut call = self.library.call(Function::Acquire, &[&keys.lease]);
        call.arg(node).arg(&fence.to_be_bytes()).arg(ttl(ttl_ms));
        call.arg(self.leases.highest(partition));
        let answer = self.router.call_in(keys.slot, call, Writes).await?;
        if answer.value == Value::Nil {
            return Ok(None);
        }
        let lease = Lease { partition, epoch: natural(&answer.value)?, fence };
        self.leases.acquired(lease, answer.incarnation);
        Ok(Some(lease))
    }

    async fn renew(&self, leases: &[Lease], ttl_ms: i64) -> Result<Vec<bool>, StoreError> {
        let mut calls = Vec::with_capacity(leases.len());
        for lease in leases {
            let mut call = self.lease_call(Function::Renew, *lease)?;
            call.command.arg(ttl(ttl_ms));
            call.under = self.leases.incarnation(*lease);
            calls.push(call);
        }
        if leases.is_empty() {
            return Ok(Vec::new());
        }
        self.router.verify().await;
        // What is answered from memory rests on it: a replica that becomes master must know it.
        let answers = self.router.send(calls, Writes).await?;
        let mut renewed = Vec::with_capacity(leases.len());
        for (lease, answer) in leases.iter().zip(answers) {
            renewed.push(match answer.value {
                Value::ServerError(error) if is_stale(&error) => {
                    log_stale(*lease);
                    false
                }
                Value::ServerError(error) => return Err(Writes.refused(&error)),
                value => integer(&value)? == 1,
            });
        }
        Ok(renewed)
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let call = self.lease_call(Function::Release, lease)?;
        self.router.all(vec![call], Hints).await.map(drop)
    }

    async fn owner(&self, partition: u32) -> Result<Option<String>, StoreError> {
        let owners = self.owners_of(&[self.keys(partition)?]).await?;
        Ok(owners.into_iter().next().flatten())
    }

    async fn owners(&self) -> Result<Vec<Option<String>>, StoreError> {
        self.owners_of(&self.partitions.iter().collect::<Vec<_>>()).await
    }

    async fn commit(&self, lease: Lease, commits: Vec<Commit>) -> Result<Vec<Outcome>, StoreError> {
        let keys = self.keys(lease.partition)?;
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        let under = self.leases.incarnation(lease);
        let call = |commit: &Commit| {
            let command = commit::call(&self.library, keys, lease, commit);
            Call { slot: keys.slot, command, under }
        };
        let calls = commits.iter().map(call).collect();
        let answers = self.router.send(calls, Writes).await?;
        let stale = |answer: &Answer| match &answer.value {
            Value::ServerError(error) => is_stale(error),
            _ => false,
        };
        if answers.iter().any(stale) {
            log_stale(lease);
        }
        commit::outcomes(&commits, answers)
    }

    async fn load(&self, partition: u32, key: &[u8]) -> Result<Option<Record>, StoreError> {
        let keys = self.keys(partition)?;
        let (row, history) = (keys.record(key), keys.history(key));
        let load = if self.router.settles() {
            self.library.call(Function::LoadMarked, &[&row, &history, &keys.mark])
        } else {
            self.library.call(Function::Load, &[&row, &history])
        };
        let answer = self.router.call(keys.slot, load, ReadsSettled).await?;
        let [fields, batches] = fixed(answer)?;
        record::read(fields, natural(&batches)?)
    }

    async fn history(
        &self,
        partition: u32,
        key: &[u8],
        from: u64,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        let keys = self.keys(partition)?;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let (row, history) = (keys.record(key), keys.history(key));
        let mut range = if self.router.settles() {
            self.library.call(Function::HistoryMarked, &[&row, &history, &keys.mark])
        } else {
            self.library.call(Function::History, &[&row, &history])
        };
        let from = i64::try_from(from).unwrap_or(i64::MAX).min(MOST_BATCHES);
        range.arg(from).arg(from.saturating_add(most(limit) - 1).min(MOST_BATCHES));
        texts(self.router.call(keys.slot, range, ReadsSettled).await?)
    }

    async fn timers(&self, partition: u32, limit: usize) -> Result<Vec<(i64, Bytes)>, StoreError> {
        let keys = self.keys(partition)?;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut range = redis::cmd("ZRANGE");
        range.arg(&keys.timers).arg(0).arg(most(limit) - 1).arg("WITHSCORES");
        let mut answers = texts(self.read_as_owner(partition, keys, range).await?)?.into_iter();
        let mut timers = Vec::with_capacity(answers.len() / 2);
        while let (Some(key), Some(due)) = (answers.next(), answers.next()) {
            // Scores are doubles, and written as such where they are large.
            timers.push((parse::<f64>(&due)? as i64, key));
        }
        Ok(timers)
    }

    async fn outbox(
        &self,
        partition: u32,
        after: Option<(Bytes, u64)>,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        let keys = self.keys(partition)?;
        let from = match after {
            None => b"-".to_vec(),
            Some((key, id)) => encode::behind(&encode::outbox_entry(&key, id)),
        };
        let mut range = redis::cmd("ZRANGEBYLEX");
        range.arg(&keys.outbox).arg(from).arg("+").arg("LIMIT").arg(0).arg(most(limit));
        let members = texts(self.read_as_owner(partition, keys, range).await?)?;
        let entry = |member: &Bytes| {
            let (key, id, body) = encode::outbox_parts(member)?;
            Some(OutboxEntry { key, id, body })
        };
        let torn = || StoreError::Unavailable("Redis holds a torn outbox entry".to_owned());
        members.iter().map(|member| entry(member).ok_or_else(torn)).collect()
    }

    async fn append_trigger(
        &self,
        partition: u32,
        id: u128,
        body: Bytes,
    ) -> Result<(), StoreError> {
        let keys = self.keys(partition)?;
        let mut call = self.library.call(Function::Append, &[&keys.triggers, &keys.trigger_ids]);
        call.arg(&id.to_be_bytes()).arg(&body[..]);
        self.router.call(keys.slot, call, Writes).await.map(drop)
    }

    async fn triggers(
        &self,
        partition: u32,
        limit: usize,
    ) -> Result<Vec<(u128, Bytes)>, StoreError> {
        let keys = self.keys(partition)?;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut range = redis::cmd("XRANGE");
        range.arg(&keys.triggers).arg("-").arg("+").arg("COUNT").arg(most(limit));
        let entries = array(self.read_as_owner(partition, keys, range).await?)?;
        let trigger = |entry| {
            let (id, body) = stream_entry(entry)?;
            Ok((number(&id)?, body))
        };
        entries.into_iter().map(trigger).collect()
    }

    async fn has_triggers(&self, partitions: &[u32]) -> Result<Vec<bool>, StoreError> {
        let exists = |partition: &u32| {
            let keys = self.keys(*partition)?;
            let mut exists = redis::cmd("EXISTS");
            exists.arg(&keys.trigger_ids);
            Ok(Call::new(keys.slot, exists))
        };
        let calls = partitions.iter().map(exists).collect::<Result<_, StoreError>>()?;
        let answers = self.router.all(calls, Reads).await?;
        answers.iter().map(|answer| Ok(integer(answer)? == 1)).collect()
    }

    async fn set_gate(&self, partition: u32, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        let set = self.set_gate_of(partition, index, gate)?;
        self.router.all(vec![set], Writes).await.map(drop)
    }

    async fn set_gates(&self, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        let all = (0..self.count()).map(|partition| self.set_gate_of(partition, index, gate));
        let calls = all.collect::<Result<_, _>>()?;
        self.router.all(calls, Writes).await.map(drop)
    }

    async fn open_count(&self, partition: u32, counter: &[u8]) -> Result<u64, StoreError> {
        self.open_of(&[self.keys(partition)?], counter).await
    }

    async fn open_total(&self, counter: &[u8]) -> Result<u64, StoreError> {
        self.open_of(&self.partitions.iter().collect::<Vec<_>>(), counter).await
    }

    async fn list(
        &self,
        partition: u32,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        self.list_one(self.keys(partition)?, index, page).await
    }

    async fn list_all(&self, index: &[u8], page: &ListPage) -> Result<Vec<Listed>, StoreError> {
        self.list_every(index, page).await
    }
}

fn log_stale(lease: Lease) {
    tracing::info!(partition = lease.partition, "the lease is of an earlier life of Redis");
}

/// Id and body of a stream's entry.
pub(crate) fn stream_entry(entry: Value) -> Result<(Bytes, Bytes), StoreError> {
    let [_, fields] = fixed(entry)?;
    let [_, id, _, body] = fixed(fields)?;
    Ok((bytes(id)?, bytes(body)?))
}
