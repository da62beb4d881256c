//! The port of executions.

use crate::library::Function;
use crate::link::Effect::{Reads, Writes};
use crate::reply::{array, bytes, fixed, integer, natural, number, optional, parse, texts};
use crate::{RedisStore, commit, encode};
use async_trait::async_trait;
use bytes::Bytes;
use redis::{Cmd, Pipeline, Value};
use stepwell_storage::{
    Commit, Fence, Gate, Lease, ListPage, Listed, OutboxEntry, Outcome, PartitionStore, Record,
    StoreError,
};

/// Times and their sums stay whole numbers in the server, which counts in doubles.
const LONGEST_TTL_MS: i64 = 1 << 50;

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
    /// The live owners of the partitions whose leases are at these keys.
    async fn owners_at(&self, leases: &[&[u8]]) -> Result<Vec<Option<String>>, StoreError> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("TIME");
        for lease in leases {
            pipeline.cmd("HMGET").arg(*lease).arg(&["node", "until"]);
        }
        let mut answers = self.reads.all(&pipeline, Reads).await?.into_iter();
        let now_ms = time_ms(answers.next().unwrap_or_default())?;
        let owner = |held: Value| {
            let [node, until] = fixed(held)?;
            let (Some(node), Some(until)) = (optional(node)?, optional(until)?) else {
                return Ok(None);
            };
            let lives = parse::<i64>(&until)? > now_ms;
            Ok(lives.then(|| String::from_utf8_lossy(&node).into_owned()))
        };
        answers.map(owner).collect()
    }

    fn set_gate_of(
        &self,
        pipeline: &mut Pipeline,
        partition: u32,
        index: &[u8],
        gate: Gate,
    ) -> Result<(), StoreError> {
        let command = match gate {
            Gate::Open => "SREM",
            Gate::Closed => "SADD",
        };
        pipeline.cmd(command).arg(&self.keys(partition)?.closed).arg(&encode::tag(index));
        Ok(())
    }

    fn lease_call(&self, function: Function, lease: Lease) -> Result<Cmd, StoreError> {
        let mut call = self.library.call(function, &[&self.keys(lease.partition)?.lease]);
        call.arg(lease.epoch).arg(&lease.fence.to_be_bytes());
        Ok(call)
    }
}

#[async_trait]
impl PartitionStore for RedisStore {
    fn partitions(&self) -> u32 {
        self.count()
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        time_ms(self.reads.call(&redis::cmd("TIME"), Reads).await?)
    }

    async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let mut call = self.library.call(Function::Acquire, &[&self.keys(partition)?.lease]);
        call.arg(node).arg(&fence.to_be_bytes()).arg(ttl(ttl_ms));
        match self.writes.call(&call, Writes).await? {
            Value::Nil => Ok(None),
            epoch => Ok(Some(Lease { partition, epoch: natural(&epoch)?, fence })),
        }
    }

    async fn renew(&self, leases: &[Lease], ttl_ms: i64) -> Result<Vec<bool>, StoreError> {
        let mut pipeline = redis::pipe();
        for lease in leases {
            let mut call = self.lease_call(Function::Renew, *lease)?;
            call.arg(ttl(ttl_ms));
            pipeline.add_command(call);
        }
        if leases.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.writes.all(&pipeline, Writes).await?;
        answers.iter().map(|answer| Ok(integer(answer)? == 1)).collect()
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let call = self.lease_call(Function::Release, lease)?;
        self.writes.call(&call, Writes).await.map(drop)
    }

    async fn owner(&self, partition: u32) -> Result<Option<String>, StoreError> {
        let owners = self.owners_at(&[&self.keys(partition)?.lease]).await?;
        Ok(owners.into_iter().next().flatten())
    }

    async fn owners(&self) -> Result<Vec<Option<String>>, StoreError> {
        let leases: Vec<&[u8]> = self.partitions.iter().map(|keys| &keys.lease[..]).collect();
        self.owners_at(&leases).await
    }

    async fn commit(&self, lease: Lease, commits: Vec<Commit>) -> Result<Vec<Outcome>, StoreError> {
        let keys = self.keys(lease.partition)?;
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipeline = Pipeline::with_capacity(commits.len());
        for commit in &commits {
            pipeline.add_command(commit::call(&self.library, keys, lease, commit));
        }
        let answers = self.writes.pipeline(&pipeline, Writes).await?;
        commit::outcomes(&commits, answers)
    }

    async fn load(&self, partition: u32, key: &[u8]) -> Result<Option<Record>, StoreError> {
        let keys = self.keys(partition)?;
        let names = [&keys.record(key)[..], &keys.history(key)];
        let answer = self.reads.call(&self.library.call(Function::Load, &names), Reads).await?;
        let [fields, batches] = fixed(answer)?;
        record(texts(fields)?, natural(&batches)?)
    }

    async fn history(
        &self,
        partition: u32,
        key: &[u8],
        from: u64,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        let name = self.keys(partition)?.history(key);
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut range = redis::cmd("LRANGE");
        range.arg(name).arg(from).arg(from.saturating_add(most(limit) - 1));
        texts(self.reads.call(&range, Reads).await?)
    }

    async fn timers(&self, partition: u32, limit: usize) -> Result<Vec<(i64, Bytes)>, StoreError> {
        let timers = &self.keys(partition)?.timers;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut range = redis::cmd("ZRANGE");
        range.arg(timers).arg(0).arg(most(limit) - 1).arg("WITHSCORES");
        let mut answers = texts(self.reads.call(&range, Reads).await?)?.into_iter();
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
        let outbox = &self.keys(partition)?.outbox;
        let from = match after {
            None => b"-".to_vec(),
            Some((key, id)) => {
                // What starts with the entry's place ends here; its bound is exclusive above, and
                // as a lower bound it takes the next.
                let mut from = encode::to_end_of(&encode::outbox_entry(&key, id));
                if let Some(first) = from.first_mut().filter(|first| **first == b'(') {
                    *first = b'[';
                }
                from
            }
        };
        let mut range = redis::cmd("ZRANGEBYLEX");
        range.arg(outbox).arg(from).arg("+").arg("LIMIT").arg(0).arg(most(limit));
        let members = texts(self.reads.call(&range, Reads).await?)?;
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
        self.writes.call(&call, Writes).await.map(drop)
    }

    async fn triggers(
        &self,
        partition: u32,
        limit: usize,
    ) -> Result<Vec<(u128, Bytes)>, StoreError> {
        let triggers = &self.keys(partition)?.triggers;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut range = redis::cmd("XRANGE");
        range.arg(triggers).arg("-").arg("+").arg("COUNT").arg(most(limit));
        let entries = array(self.reads.call(&range, Reads).await?)?;
        let trigger = |entry| {
            let (id, body) = stream_entry(entry)?;
            Ok((number(&id)?, body))
        };
        entries.into_iter().map(trigger).collect()
    }

    async fn has_triggers(&self, partitions: &[u32]) -> Result<Vec<bool>, StoreError> {
        let mut pipeline = Pipeline::with_capacity(partitions.len());
        for partition in partitions {
            pipeline.cmd("EXISTS").arg(&self.keys(*partition)?.trigger_ids);
        }
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.reads.all(&pipeline, Reads).await?;
        answers.iter().map(|answer| Ok(integer(answer)? == 1)).collect()
    }

    async fn set_gate(&self, partition: u32, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        let mut pipeline = redis::pipe();
        self.set_gate_of(&mut pipeline, partition, index, gate)?;
        self.writes.all(&pipeline, Writes).await.map(drop)
    }

    async fn set_gates(&self, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        let mut pipeline = redis::pipe();
        for partition in 0..self.count() {
            self.set_gate_of(&mut pipeline, partition, index, gate)?;
        }
        self.writes.all(&pipeline, Writes).await.map(drop)
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

/// A record from the fields of its hash.
fn record(fields: Vec<Bytes>, batches: u64) -> Result<Option<Record>, StoreError> {
    let mut meta = None;
    let mut parts = Vec::with_capacity(fields.len() / 2);
    let mut fields = fields.into_iter();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        match name.split_first() {
            Some((b'p', part)) => parts.push((parse(part)?, value)),
            _ => meta = Some(value),
        }
    }
    let Some(meta) = meta else { return Ok(None) };
    let torn = || StoreError::Unavailable("Redis holds a torn record".to_owned());
    let (commit, version) = meta.split_at_checked(16).ok_or_else(torn)?;
    parts.sort_unstable_by_key(|(part, _)| *part);
    Ok(Some(Record { version: parse(version)?, commit: number(commit)?, parts, batches }))
}

/// Id and body of a stream's entry.
pub(crate) fn stream_entry(entry: Value) -> Result<(Bytes, Bytes), StoreError> {
    let [_, fields] = fixed(entry)?;
    let [_, id, _, body] = fixed(fields)?;
    Ok((bytes(id)?, bytes(body)?))
}
