//! The listings of one partition: entries in the order of their lists, and counts of open records.

use crate::{ListPage, Listed, Listing};
use bytes::Bytes;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Newest first, by key where equal.
type Place = (Reverse<i64>, Bytes);

#[derive(Default)]
pub(super) struct Listings {
    lists: BTreeMap<Bytes, BTreeMap<Place, (u8, Bytes)>>,
    open: BTreeMap<Bytes, u64>,
}

impl Listings {
    /// Lists a record in its new place instead of its old one.
    pub(super) fn replace(&mut self, key: &Bytes, old: Option<&Listing>, new: Option<&Listing>) {
        if let Some(old) = old {
            let place = (Reverse(old.sort_ms), key.clone());
            remove_nested(&mut self.lists, &old.index, &place);
            self.count(old, |count| count - 1);
        }
        if let Some(new) = new {
            let list = self.lists.entry(new.index.clone()).or_default();
            let place = (Reverse(new.sort_ms), key.clone());
            list.insert(place, (new.status, new.entry.clone()));
            self.count(new, |count| count + 1);
        }
    }

    fn count(&mut self, listing: &Listing, step: impl Fn(u64) -> u64) {
        for counter in [&listing.index, &listing.group].into_iter().filter(|_| listing.open) {
            let count = self.open.entry(counter.clone()).or_default();
            *count = step(*count);
            if *count == 0 {
                self.open.remove(counter);
            }
        }
    }

    pub(super) fn open_count(&self, counter: &[u8]) -> u64 {
        self.open.get(counter).copied().unwrap_or_default()
    }

    pub(super) fn list(&self, index: &[u8], page: &ListPage) -> Vec<Listed> {
        let after = page
            .after
            .clone()
            .map_or(Bound::Unbounded, |(sort_ms, key)| Bound::Excluded((Reverse(sort_ms), key)));
        let listed = self.lists.get(index).into_iter();
        listed
            .flat_map(|list| list.range((after.clone(), Bound::Unbounded)))
            .filter(|(_, (status, _))| page.status.is_none_or(|wanted| wanted == *status))
            .map(|((Reverse(sort_ms), key), (_, entry))| (*sort_ms, key.clone(), entry.clone()))
            .take(page.limit)
            .collect()
    }
}

fn remove_nested<K: Ord, V>(lists: &mut BTreeMap<Bytes, BTreeMap<K, V>>, index: &Bytes, place: &K) {
    if let Some(list) = lists.get_mut(index) {
        list.remove(place);
        if list.is_empty() {
            lists.remove(index);
        }
    }
}
