//! Control records.

use crate::RedisStore;
use crate::encode::{after as behind, from, to_end_of};
use crate::keys::ControlKeys;
use crate::library::Function;
use crate::refusal::Effect::{Reads, ReadsSettled, Writes};
use crate::reply::{array, bytes, fixed, integer, natural, optional, parse, texts};
use async_trait::async_trait;
use bytes::Bytes;
use stepwell_storage::{
    ControlChange, ControlOutcome, ControlStore, ControlWrite, Expect, StoreError,
};

#[async_trait]
impl ControlStore for RedisStore {
    async fn control_get(
        &self,
        group: &[u8],
        key: &[u8],
    ) -> Result<Option<(u64, Bytes)>, StoreError> {
        let keys = ControlKeys::new(group);
        let names = [&keys.versions[..], &keys.values, &keys.mark];
        let mut call = if self.router.settles() {
            self.library.call(Function::ControlGetMarked, &names)
        } else {
            self.library.call(Function::ControlGet, &names[..2])
        };
        call.arg(key);
        let [version, value] = fixed(self.router.call(keys.slot, call, ReadsSettled).await?)?;
        let Some(version) = optional(version)? else { return Ok(None) };
        Ok(Some((parse(&version)?, bytes(value)?)))
    }

    async fn control_write(
        &self,
        group: &[u8],
        writes: Vec<ControlWrite>,
    ) -> Result<ControlOutcome, StoreError> {
        ControlWrite::check(&writes)?;
        let keys = ControlKeys::new(group);
        let names = [&keys.counter[..], &keys.versions, &keys.values, &keys.names];
        let mut call = self.library.call(Function::ControlWrite, &names);
        for write in &writes {
            call.arg(&write.key[..]);
            match write.expect {
                None => call.arg(""),
                Some(Expect::Absent) => call.arg("-"),
                Some(Expect::Version(version)) => call.arg(version),
            };
            match &write.change {
                ControlChange::Keep => call.arg("k").arg(""),
                ControlChange::Put(value) => call.arg("p").arg(&value[..]),
                ControlChange::Delete => call.arg("d").arg(""),
            };
        }
        let answer = array(self.router.call(keys.slot, call, Writes).await?)?;
        let numbers = answer.iter().map(integer).collect::<Result<Vec<_>, _>>()?;
        match (&numbers[..], &answer[..]) {
            ([1, _], [_, version]) => Ok(ControlOutcome::Written { version: natural(version)? }),
            ([0, change, version], _) => Ok(ControlOutcome::Conflict {
                change: usize::try_from(*change).unwrap_or_default(),
                version: u64::try_from(*version).ok(),
            }),
            _ => Err(StoreError::Unknown(format!("Redis gave the outcome {numbers:?}"))),
        }
    }

    async fn control_list(
        &self,
        group: &[u8],
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Bytes, u64, Bytes)>, StoreError> {
        let keys = ControlKeys::new(group);
        let names = [&keys.versions[..], &keys.values, &keys.names];
        let mut call = self.library.call(Function::ControlList, &names);
        let start = match after {
            Some(after) if after >= prefix => behind(after),
            _ => from(prefix),
        };
        call.arg(start).arg(to_end_of(prefix)).arg(limit.min(i32::MAX as usize));
        let [names, versions, values] = fixed(self.router.call(keys.slot, call, Reads).await?)?;
        let versions = texts(versions)?.into_iter().zip(texts(values)?);
        let listed = texts(names)?.into_iter().zip(versions);
        listed.map(|(key, (version, value))| Ok((key, parse(&version)?, value))).collect()
    }

    async fn control_count(&self, group: &[u8], prefix: &[u8]) -> Result<u64, StoreError> {
        let keys = ControlKeys::new(group);
        let mut count = redis::cmd("ZLEXCOUNT");
        count.arg(keys.names).arg(from(prefix)).arg(to_end_of(prefix));
        natural(&self.router.call(keys.slot, count, Reads).await?)
    }
}
