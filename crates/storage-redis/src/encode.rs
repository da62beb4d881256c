//! Bytes as the store has them: digests, places in lists, ranges of byte strings.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use stepwell_storage::{Listed, Listing};

/// Stands for an index or a group: names are long, and stored with every record.
pub(crate) type Tag = [u8; 16];

pub(crate) fn tag(name: &[u8]) -> Tag {
    let mut tag = Tag::default();
    tag.iter_mut().zip(Sha256::digest(name)).for_each(|(to, from)| *to = from);
    tag
}

/// Eight bytes that sort as lists do: newest first.
fn place(sort_ms: i64) -> [u8; 8] {
    (!(sort_ms as u64 ^ (1 << 63))).to_be_bytes()
}

/// The sort time of a [`place`].
fn sort_ms(place: [u8; 8]) -> i64 {
    (!u64::from_be_bytes(place) ^ (1 << 63)) as i64
}

/// The field of a partition's lease that stands for a closed gate.
pub(crate) fn gate(index: &[u8]) -> Vec<u8> {
    [&b"g"[..], &tag(index)].concat()
}

/// What a record lists, as `commit.lua` reads it.
pub(crate) fn listing(listing: &Listing) -> Vec<u8> {
    let open = if listing.open { b'1' } else { b'0' };
    [
        &[open, listing.status][..],
        &place(listing.sort_ms),
        &tag(&listing.index),
        &tag(&listing.group),
        &listing.entry,
    ]
    .concat()
}

/// What the members of a list start with. Place, key and entry follow.
pub(crate) fn list_prefix(index: &[u8], status: Option<u8>) -> Vec<u8> {
    let mut prefix = vec![if status.is_some() { b's' } else { b'a' }];
    prefix.extend(tag(index));
    prefix.extend(status);
    prefix
}

/// Appends the key of a member and its end. A zero in it is followed by 255, so that members sort
/// as their keys do, whatever the entries.
fn put_key(member: &mut Vec<u8>, key: &[u8]) {
    for (at, piece) in key.split(|byte| *byte == 0).enumerate() {
        if at > 0 {
            member.extend([0, 255]);
        }
        member.extend_from_slice(piece);
    }
    member.extend([0, 1]);
}

/// What the member of a list at this place starts with. Its entry follows.
pub(crate) fn list_place(prefix: &[u8], sort_ms: i64, key: &[u8]) -> Vec<u8> {
    let mut member = Vec::with_capacity(prefix.len() + key.len() + 32);
    member.extend_from_slice(prefix);
    member.extend(place(sort_ms));
    put_key(&mut member, key);
    member
}

/// The members of a record's listing: of the whole list, and of its status.
pub(crate) fn list_members(listing: &Listing, key: &[u8]) -> [Vec<u8>; 2] {
    [None, Some(listing.status)].map(|status| {
        let prefix = list_prefix(&listing.index, status);
        let mut member = list_place(&prefix, listing.sort_ms, key);
        member.extend_from_slice(&listing.entry);
        member
    })
}

/// A member of a list that starts with so long a prefix, taken apart: sort time, key and entry.
pub(crate) fn listed(member: &Bytes, prefix: usize) -> Option<Listed> {
    let sort_ms = sort_ms(member.get(prefix..prefix + 8)?.try_into().ok()?);
    let from = prefix + 8;
    let rest = member.get(from..)?;
    let ends = |at: &usize| rest.get(*at..*at + 2) == Some(&[0, 1]);
    let end = (0..rest.len()).find(ends)?;
    let mut key = member.slice(from..from + end);
    if key.contains(&0) {
        let mut plain = Vec::with_capacity(key.len());
        let mut zero = false;
        for byte in &key {
            if !(zero && *byte == 255) {
                plain.push(*byte);
            }
            zero = *byte == 0;
        }
        key = plain.into();
    }
    Some((sort_ms, key, member.slice(from + end + 2..)))
}

/// What all entries of a record in the outbox start with. The length keeps keys apart that start
/// alike.
pub(crate) fn outbox_record(key: &[u8]) -> Vec<u8> {
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], key].concat()
}

/// What an entry of the outbox starts with; its body follows.
pub(crate) fn outbox_entry(key: &[u8], id: u64) -> Vec<u8> {
    let mut prefix = outbox_record(key);
    prefix.extend(id.to_be_bytes());
    prefix
}

/// A member of the outbox taken apart: key, number and body.
pub(crate) fn outbox_parts(member: &Bytes) -> Option<(Bytes, u64, Bytes)> {
    let length = u32::from_be_bytes(member.get(..4)?.try_into().ok()?) as usize;
    let id = u64::from_be_bytes(member.get(4 + length..12 + length)?.try_into().ok()?);
    Some((member.slice(4..4 + length), id, member.slice(12 + length..)))
}

/// The bound of a range of byte strings, as the server writes it: at `value` or after it.
pub(crate) fn from(value: &[u8]) -> Vec<u8> {
    [b"[", value].concat()
}

/// After `value`.
pub(crate) fn after(value: &[u8]) -> Vec<u8> {
    [b"(", value].concat()
}

/// From behind all that start with `prefix`: where [`to_end_of`] ends is exclusive above, and as a
/// lower bound takes the next.
pub(crate) fn behind(prefix: &[u8]) -> Vec<u8> {
    let mut bound = to_end_of(prefix);
    if let Some(first) = bound.first_mut().filter(|first| **first == b'(') {
        *first = b'[';
    }
    bound
}

/// Before the first string that sorts after all that start with `prefix`.
pub(crate) fn to_end_of(prefix: &[u8]) -> Vec<u8> {
    let Some(last) = prefix.iter().rposition(|byte| *byte != 0xff) else {
        return b"+".to_vec();
    };
    let mut bound = vec![b'('];
    bound.extend(prefix.iter().take(last + 1));
    if let Some(last) = bound.last_mut() {
        *last += 1;
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::{
        list_members, list_place, list_prefix, listed, outbox_entry, outbox_parts, place, sort_ms,
        to_end_of,
    };
    use bytes::Bytes;
    use stepwell_storage::Listing;

    #[test]
    fn places_sort_newest_first_and_tell_their_time() {
        let times = [i64::MAX, 1_700_000_000_000, 1, 0, -1, i64::MIN];
        assert!(times.map(place).is_sorted());
        assert_eq!(times.map(|time| sort_ms(place(time))), times);
    }

    #[test]
    fn bounds_end_after_every_string_of_the_prefix() {
        assert_eq!(to_end_of(b"ab"), b"(ac");
        assert_eq!(to_end_of(b"a\xff\xff"), b"(b");
        assert_eq!(to_end_of(b"\xff"), b"+");
        assert_eq!(to_end_of(b""), b"+");
    }

    #[test]
    fn entries_are_read_back() {
        let member = [&outbox_entry(b"key", 7)[..], b"body"].concat();
        assert_eq!(outbox_parts(&member.into()), Some(("key".into(), 7, "body".into())));
        assert_eq!(outbox_parts(&Bytes::from_static(b"\0\0\0\x09key")), None);
    }

    #[test]
    fn members_sort_as_their_keys_do_and_are_taken_apart() {
        let (index, group) = (Bytes::from_static(b"i"), Bytes::from_static(b"g"));
        let keys: [&[u8]; 6] = [b"", b"\0", b"\0\xff", b"\x01", b"a", b"a\0"];
        let mut members = Vec::new();
        for key in keys {
            for entry in [&b"\0\x01"[..], b"", b"\xff"] {
                let (index, group) = (index.clone(), group.clone());
                let entry = Bytes::from_static(entry);
                let listing = Listing {
                    index,
                    group,
                    status: 1,
                    sort_ms: 5,
                    entry: entry.clone(),
                    open: true,
                };
                for (member, status) in list_members(&listing, key).into_iter().zip([None, Some(1)])
                {
                    let prefix = list_prefix(b"i", status);
                    assert!(member.starts_with(&list_place(&prefix, 5, key)));
                    let found = listed(&member.clone().into(), prefix.len()).unwrap();
                    assert_eq!(found, (5, Bytes::from_static(key), entry.clone()));
                    members.push((status, key, member));
                }
            }
        }
        for (status, key, member) in &members {
            for (_, other, behind) in members.iter().filter(|other| other.0 == *status) {
                assert!(key >= other || member < behind, "{key:?} {other:?}");
            }
        }
        assert_eq!(listed(&Bytes::from_static(b"short"), 1), None);
    }
}
