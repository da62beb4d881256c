//! Stored bytes, read as the shell reads them, for whoever damages them to see what becomes of it.

use crate::CodecError;
use crate::codec::{
    ListedExecution, Payloads, StoredBatch, decode_events, decode_record, decode_trigger,
    read_outbox,
};
use crate::execution::key_of;
use bytes::Bytes;
use stepwell_engine::Snapshot;
use stepwell_ids::ExecutionArn;
use stepwell_storage::OutboxEntry;

const ARN: &str = "arn:aws:states:us-east-1:000000000000:execution:machine:run";

/// The snapshot of a record with these parts, whose payloads are the slots of batch 0.
///
/// # Errors
/// The parts were not written by this program.
pub fn read_record(
    arn: &ExecutionArn,
    parts: &[(u64, Bytes)],
    payloads: Vec<String>,
) -> Result<Snapshot, CodecError> {
    let mut known = Payloads::default();
    known.add(0, payloads.into_iter().map(Bytes::from).collect());
    decode_record(arn, parts, &mut known).map(|(_, _, snapshot)| snapshot)
}

/// Reads bytes and forgets them.
type Read = fn(&[u8]) -> Result<(), CodecError>;

/// What else is stored, by name.
pub const STORED: [(&str, Read); 4] = [
    ("history batch", |bytes| {
        let batch = StoredBatch::read(Bytes::copy_from_slice(bytes))?;
        let mut payloads = Payloads::default();
        payloads.add(0, batch.payloads.clone());
        decode_events(&batch, 0..batch.len(), &mut payloads).map(drop)
    }),
    ("trigger", |bytes| decode_trigger(bytes).map(drop)),
    ("outbox entry", |bytes| {
        let body = Bytes::copy_from_slice(bytes);
        read_outbox(&OutboxEntry { key: Bytes::from_static(b"key"), id: 1, body }).map(drop)
    }),
    ("listing entry", |bytes| {
        let arn = ExecutionArn::parse(ARN).map_err(|error| CodecError::new("key", error))?;
        ListedExecution::read(&(0, key_of(&arn), Bytes::copy_from_slice(bytes))).map(drop)
    }),
];
