//! Bytes as the store has them: digests, places in lists, ranges of byte strings.

use sha2::{Digest, Sha256};
use stepwell_storage::Listing;

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
pub(crate) fn sort_ms(place: [u8; 8]) -> i64 {
    (!u64::from_be_bytes(place) ^ (1 << 63)) as i64
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

/// The entry of a [`listing`].
pub(crate) fn entry_of(mut listing: Vec<u8>) -> Vec<u8> {
    listing.drain(..listing.len().min(42));
    listing
}

/// What the members of a list start with.
pub(crate) fn list_prefix(index: &[u8], status: Option<u8>) -> Vec<u8> {
    let mut prefix = vec![if status.is_some() { b's' } else { b'a' }];
    prefix.extend(tag(index));
    prefix.extend(status);
    prefix
}

/// A member of a list, or the place of one that isn't there.
pub(crate) fn list_member(prefix: &[u8], at: &(i64, bytes::Bytes)) -> Vec<u8> {
    [prefix, &place(at.0), &at.1].concat()
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
pub(crate) fn outbox_parts(member: &bytes::Bytes) -> Option<(bytes::Bytes, u64, bytes::Bytes)> {
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
    use super::{entry_of, listing, outbox_entry, outbox_parts, place, sort_ms, to_end_of};
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
        let entry = Bytes::from_static(b"entry");
        let (index, group) = (Bytes::from_static(b"i"), Bytes::from_static(b"g"));
        let listed = Listing { index, group, status: 1, sort_ms: 5, entry, open: true };
        assert_eq!(entry_of(listing(&listed)), b"entry");
    }
}
