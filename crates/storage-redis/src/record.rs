//! A record's fields, as the server has them: a hash, or one string that holds what the hash would.

use crate::reply::{bytes, number, parse, texts};
use bytes::Bytes;
use redis::Value;
use stepwell_storage::{Commit, Record, StoreError};

/// The commit and the version that it made.
pub(crate) const META: &[u8] = b"m";
/// What is listed.
pub(crate) const LISTING: &[u8] = b"l";
/// The history's first batch, where the record was made with one.
pub(crate) const FIRST_BATCH: &[u8] = b"h";

/// The name of a part.
pub(crate) fn part(number: u64) -> String {
    format!("p{number}")
}

/// The record that `commit` makes, as one string: each field and its value, their lengths before
/// them.
pub(crate) fn whole(commit: &Commit, listing: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(128 + listing.len() + bytes_of(commit));
    let mut put = |field: &[u8], value: &[u8]| {
        for text in [field, value] {
            // No more than a gRPC message holds, which is far less.
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            whole.extend(length.to_be_bytes());
            whole.extend_from_slice(text);
        }
    };
    put(META, &[&commit.id.to_be_bytes()[..], b"1"].concat());
    put(LISTING, listing);
    for (number, value) in &commit.parts {
        if let Some(value) = value {
            put(part(*number).as_bytes(), value);
        }
    }
    if let Some(batch) = &commit.batch {
        put(FIRST_BATCH, batch);
    }
    whole
}

fn bytes_of(commit: &Commit) -> usize {
    let parts =
        commit.parts.iter().filter_map(|(_, part)| part.as_ref()).map(|part| part.len() + 16);
    parts.sum::<usize>() + commit.batch.as_ref().map_or(0, Bytes::len)
}

/// A record from what the function `load` gave: none, its fields, or the string.
pub(crate) fn read(fields: Value, listed_batches: u64) -> Result<Option<Record>, StoreError> {
    let fields = match fields {
        Value::Nil => return Ok(None),
        Value::Array(_) => texts(fields)?,
        whole => unfold(bytes(whole)?).ok_or_else(torn)?,
    };
    let (mut meta, mut batches) = (None, listed_batches);
    let mut parts = Vec::with_capacity(fields.len() / 2);
    let mut fields = fields.into_iter();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        match name.split_first() {
            Some((b'p', part)) => parts.push((parse(part)?, value)),
            _ if name == META => meta = Some(value),
            _ if name == FIRST_BATCH => batches += 1,
            _ => {}
        }
    }
    let Some(meta) = meta else { return Ok(None) };
    let (commit, version) = meta.split_at_checked(16).ok_or_else(torn)?;
    parts.sort_unstable_by_key(|(part, _)| *part);
    Ok(Some(Record { version: parse(version)?, commit: number(commit)?, parts, batches }))
}

/// Fields and values of a [`whole`].
fn unfold(mut whole: Bytes) -> Option<Vec<Bytes>> {
    let mut fields = Vec::new();
    while let Some(length) = whole.first_chunk() {
        let end = 4 + usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let field = (whole.len() >= end).then(|| whole.split_to(end))?;
        fields.push(field.slice(4..));
    }
    whole.is_empty().then_some(fields)
}

fn torn() -> StoreError {
    StoreError::Unavailable("Redis holds a torn record".to_owned())
}
