//! Listings and counts of open records.
//!
//! A list over all partitions takes a round trip to every server, which asks every partition for a
//! few of its newest, and another where some could have had more of those that made the page.

use crate::RedisStore;
use crate::encode::{after, behind, from, list_place, list_prefix, listed, tag, to_end_of};
use crate::keys::PartitionKeys;
use crate::refusal::Effect::Reads;
use crate::reply::{optional, parse, texts};
use crate::router::Call;
use bytes::Bytes;
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
            Some((sort_ms, key)) => behind(&list_place(&prefix, *sort_ms, key)),
        };
        let to = to_end_of(&prefix);
        Self { prefix, from, to }
    }

    /// The call for so many of a partition's, from `start`.
    fn of(&self, keys: &PartitionKeys, start: &[u8], limit: usize) -> Call {
        let mut range = redis::cmd("ZRANGEBYLEX");
        range.arg(&keys.list).arg(start).arg(&self.to).arg("LIMIT").arg(0);
        range.arg(limit.min(i32::MAX as usize));
        Call::new(keys.slot, range)
    }

    fn listed(&self, members: &[Bytes]) -> Result<Vec<Listed>, StoreError> {
        let torn = || StoreError::Unavailable("Redis holds a torn list".to_owned());
        let one = |member| listed(member, self.prefix.len()).ok_or_else(torn);
        members.iter().map(one).collect()
    }
}

/// What a partition has for the page.
struct Share {
    /// Members that may be on the page, in order.
    members: Vec<Bytes>,
    /// Whether there may be more behind them.
    cut: bool,
}

impl RedisStore {
    pub(crate) async fn list_one(
        &self,
        keys: &PartitionKeys,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        let span = Span::new(index, page);
        let answers = self.router.all(vec![span.of(keys, &span.from, page.limit)], Reads).await?;
        let members = answers.into_iter().map(texts).collect::<Result<Vec<_>, _>>()?;
        span.listed(&members.concat())
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
        let range = |keys: &PartitionKeys| span.of(keys, &span.from, quota);
        let answers = self.router.all(self.partitions.iter().map(range).collect(), Reads).await?;
        let members = answers.into_iter().map(texts).collect::<Result<Vec<_>, _>>()?;
        let (shares, end) = shares(members, page.limit, quota);
        if let Some(end) = end {
            span.to = from(&end);
        }
        let mut found = span.listed(&self.rest(&span, &shares, page.limit).await?)?;
        for share in &shares {
            found.extend(span.listed(&share.members)?);
        }
        found.sort_unstable_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
        found.truncate(page.limit);
        Ok(found)
    }

    /// What the partitions that were cut short have more.
    async fn rest(
        &self,
        span: &Span,
        shares: &[Share],
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        let more = |(keys, share): (&PartitionKeys, &Share)| {
            let last = share.members.last().filter(|_| share.cut)?;
            Some(span.of(keys, &after(last), limit - share.members.len()))
        };
        let calls: Vec<_> = self.partitions.iter().zip(shares).filter_map(more).collect();
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.router.all(calls, Reads).await?.into_iter();
        Ok(answers.map(texts).collect::<Result<Vec<_>, _>>()?.concat())
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
