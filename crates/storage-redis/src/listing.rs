//! Listings and counts of open records.
//!
//! A list over all partitions takes two round trips to every server: the first asks every partition for a few of
//! its newest; the second fetches the entries of those that made the page, and the rest of any
//! partition that could have had more of them.

use crate::RedisStore;
use crate::encode::{after, entry_of, from, list_member, list_prefix, sort_ms, tag, to_end_of};
use crate::keys::PartitionKeys;
use crate::library::Function;
use crate::refusal::Effect::Reads;
use crate::reply::{array, fixed, optional, parse, texts};
use crate::router::Call;
use bytes::Bytes;
use redis::{Cmd, Value};
use stepwell_storage::{ListPage, Listed, StoreError};

/// The range of a page in a list.
struct Span {
    prefix: Vec<u8>,
    from: Vec<u8>,
    to: Vec<u8>,
}

impl Span {
    fn new(index: &[u8], page: &ListPage) -> Self {
        let prefix = list_prefix(index, page.status);
        let from = match &page.after {
            None => from(&prefix),
            Some(at) => after(&list_member(&prefix, at)),
        };
        let to = to_end_of(&prefix);
        Self { prefix, from, to }
    }

    /// What a member sorts by within the list, and its key.
    fn place(&self, member: &Bytes) -> Option<(i64, Bytes)> {
        let at = self.prefix.len();
        let place = member.get(at..at + 8)?.try_into().ok()?;
        Some((sort_ms(place), member.slice(at + 8..)))
    }

    fn listed(&self, member: &Bytes, entry: Option<Bytes>) -> Option<Listed> {
        let (sort_ms, key) = self.place(member)?;
        // A record that was removed since its place was read is no longer listed.
        Some((sort_ms, key, Bytes::from(entry_of(entry?.into()))))
    }
}

/// What a partition has for the page, before its entries are known.
struct Share {
    /// Places that may be on the page, in order.
    members: Vec<Bytes>,
    /// Whether there may be more behind them.
    cut: bool,
}

impl RedisStore {
    fn list_call(&self, keys: &PartitionKeys, span: &Span, start: &[u8], limit: usize) -> Cmd {
        let mut call = self.library.call(Function::List, &[&keys.list, &keys.entries]);
        // Lua counts from 1.
        call.arg(start).arg(&span.to).arg(limit).arg(span.prefix.len() + 9);
        call
    }

    pub(crate) async fn list_one(
        &self,
        keys: &PartitionKeys,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        let span = Span::new(index, page);
        let call = self.list_call(keys, &span, &span.from, page.limit.min(i32::MAX as usize));
        listed(&span, self.router.call(keys.slot, call, Reads).await?)
    }

    pub(crate) async fn list_every(
        &self,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        if page.limit == 0 {
            return Ok(Vec::new());
        }
        let mut span = Span::new(index, page);
        // Executions spread evenly: of 256 partitions about one has more than this on a page.
        let quota = page.limit.min(2 * page.limit / self.partitions.len().max(1) + 3);
        let range = |keys: &PartitionKeys| {
            let mut range = redis::cmd("ZRANGEBYLEX");
            range.arg(&keys.list).arg(&span.from).arg(&span.to).arg("LIMIT").arg(0).arg(quota);
            Call::new(keys.slot, range)
        };
        let answers = self.router.all(self.partitions.iter().map(range).collect(), Reads).await?;
        let members = answers.into_iter().map(texts).collect::<Result<Vec<_>, _>>()?;
        let (shares, end) = shares(members, page.limit, quota);
        if let Some(end) = end {
            span.to = from(&end);
        }
        let mut found = self.entries(&span, &shares, page.limit).await?;
        found.sort_unstable_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
        found.truncate(page.limit);
        Ok(found)
    }

    /// The entries of all that may be on the page.
    async fn entries(
        &self,
        span: &Span,
        shares: &[Share],
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let mut calls = Vec::new();
        for (keys, share) in self.partitions.iter().zip(shares) {
            let Some(last) = share.members.last() else { continue };
            let places = share.members.iter().filter_map(|member| span.place(member));
            let mut get = redis::cmd("HMGET");
            get.arg(&keys.entries);
            for (_, key) in places {
                get.arg(&key[..]);
            }
            calls.push(Call::new(keys.slot, get));
            if share.cut {
                let limit = limit - share.members.len();
                let rest = self.list_call(keys, span, &after(last), limit);
                calls.push(Call::new(keys.slot, rest));
            }
        }
        let mut answers = self.router.all(calls, Reads).await?.into_iter();
        let mut found = Vec::new();
        for share in shares.iter().filter(|share| !share.members.is_empty()) {
            let entries = array(answers.next().unwrap_or_default())?;
            for (member, entry) in share.members.iter().zip(entries) {
                found.extend(span.listed(member, optional(entry)?));
            }
            if share.cut {
                found.extend(listed(span, answers.next().unwrap_or_default())?);
            }
        }
        Ok(found)
    }

    pub(crate) async fn open_of(
        &self,
        partitions: &[&PartitionKeys],
        counter: &[u8],
    ) -> Result<u64, StoreError> {
        let counter = tag(counter);
        let get = |keys: &&PartitionKeys| {
            let mut get = redis::cmd("HGET");
            get.arg(&keys.open).arg(&counter);
            Call::new(keys.slot, get)
        };
        let answers = self.router.all(partitions.iter().map(get).collect(), Reads).await?;
        let count = |answer| optional(answer)?.map_or(Ok(0), |count| parse::<u64>(&count));
        answers.into_iter().map(count).sum()
    }
}

/// The answer of the list function.
fn listed(span: &Span, answer: Value) -> Result<Vec<Listed>, StoreError> {
    let [members, entries] = fixed(answer)?;
    let mut found = Vec::new();
    for (member, entry) in texts(members)?.iter().zip(array(entries)?) {
        found.extend(span.listed(member, optional(entry)?));
    }
    Ok(found)
}

/// Keeps of every partition's newest what may be on a page of `limit`. A partition that gave all
/// it was asked for may have more, unless its last one is already behind the page. With them comes
/// the last place that the page can reach to.
fn shares(mut members: Vec<Vec<Bytes>>, limit: usize, quota: usize) -> (Vec<Share>, Option<Bytes>) {
    let mut all: Vec<Bytes> = members.iter().flatten().cloned().collect();
    all.sort_unstable();
    let end = all.into_iter().nth(limit.saturating_sub(1));
    let share = |members: &mut Vec<Bytes>| {
        let asked = members.len();
        members.retain(|member| end.as_ref().is_none_or(|end| member <= end));
        let cut = asked == quota && members.len() == quota && quota < limit;
        Share { members: std::mem::take(members), cut }
    };
    let shares = members.iter_mut().map(share).collect();
    (shares, end)
}

#[cfg(test)]
mod tests {
    use super::shares;
    use bytes::Bytes;

    #[test]
    fn only_partitions_that_could_have_more_of_the_page_are_asked_again() {
        let members = |keys: &[&'static str]| {
            keys.iter().map(|key| Bytes::from_static(key.as_bytes())).collect::<Vec<_>>()
        };
        let (shares, end) =
            shares(vec![members(&["a", "b"]), members(&["c", "x"]), members(&["d"])], 4, 2);
        let kept = |share: &super::Share| (share.members.len(), share.cut);
        // x may be pushed off the page, but nothing between d and x has been seen yet.
        assert_eq!(
            shares.iter().map(kept).collect::<Vec<_>>(),
            [(2, true), (1, false), (1, false)]
        );
        assert_eq!(end.as_deref(), Some(&b"d"[..]));
    }
}
