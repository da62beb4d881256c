//! The root of a record, and a record as a whole.

use super::kind::{decode_status, encode_status};
use super::nested::{decode_waiter, encode_waiter};
use super::{
    CodecError, Payloads, Writer, bytes_of, decode_scope, number_of, owned, present, shared,
};
use crate::execution::Origin;
use crate::nested::Waiter;
use prost::Message as _;
use stepwell_api::internal::ExecutionRecord;
use stepwell_engine::{Phase, Reason, Root, Scope, ScopeId, Snapshot};
use stepwell_ids::ExecutionArn;

const WHAT: &str = "execution";

/// The number of the part that holds the root; a scope's part is its number + 1.
const ROOT_PART: u64 = 0;

/// The part that holds the root.
pub(crate) fn encode_root(
    origin: &Origin,
    waiters: &[Waiter],
    root: &Root,
    writer: &mut Writer,
) -> (u64, Vec<u8>) {
    let record = ExecutionRecord {
        run_id: bytes_of(origin.run_id),
        request_id: origin.request_id.clone(),
        incarnation: origin.incarnation.clone(),
        revision: Some(origin.revision.clone()),
        status: encode_status(root.status),
        last_event_id: root.last_event_id,
        last_ms: root.last_time_ms,
        started_ms: root.started_ms,
        stopped_ms: root.stopped_ms,
        deadline_ms: root.deadline_ms,
        input: Some(writer.place(&root.input)),
        output: root.output.as_ref().map(|output| writer.place(output)),
        error: owned(root.reason.error.as_ref()),
        cause: owned(root.reason.cause.as_ref()),
        next_scope: root.next_scope.0,
        waiters: waiters.iter().map(encode_waiter).collect(),
    };
    (ROOT_PART, record.encode_to_vec())
}

/// The number of the part of a scope.
pub(crate) fn scope_part(scope: ScopeId) -> u64 {
    u64::from(scope.0) + 1
}

/// The execution whose record has these parts.
pub(crate) fn decode_record(
    arn: &ExecutionArn,
    parts: &[(u64, bytes::Bytes)],
    payloads: &mut Payloads,
) -> Result<(Origin, Vec<Waiter>, Snapshot), CodecError> {
    let root = parts.iter().find(|(number, _)| *number == ROOT_PART);
    let (_, root) = present(root, WHAT, "its root")?;
    let record = ExecutionRecord::decode(root.as_ref());
    let record = record.map_err(|error| CodecError::new(WHAT, error))?;
    let root = Root {
        status: decode_status(record.status)?,
        last_event_id: record.last_event_id,
        last_time_ms: record.last_ms,
        started_ms: record.started_ms,
        stopped_ms: record.stopped_ms,
        deadline_ms: record.deadline_ms,
        input: payloads.of(record.input.as_ref())?,
        output: record.output.map(|output| payloads.get(&output)).transpose()?,
        reason: Reason { error: shared(record.error), cause: shared(record.cause) },
        next_scope: ScopeId(record.next_scope),
    };
    let revision = present(record.revision, WHAT, "its revision")?;
    let origin = Origin::new(
        arn.clone(),
        number_of(&record.run_id, WHAT)?,
        record.request_id,
        record.incarnation,
        revision,
    );
    let waiters: Result<Vec<_>, _> = record.waiters.iter().map(decode_waiter).collect();
    let mut scopes = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().filter(|(number, _)| *number != ROOT_PART) {
        let id = u32::try_from(number - 1);
        let id = id.map_err(|_| CodecError::new(WHAT, "a part's number is out of range"))?;
        let (id, scope) = (ScopeId(id), decode_scope(part, payloads)?);
        if !is_older(scope.parent.map(|parent| parent.scope), id) || !opens_younger(&scope, id) {
            return Err(CodecError::new(WHAT, format_args!("scope {} holds itself", id.0)));
        }
        scopes.push((id, scope));
    }
    Ok((origin, waiters?, Snapshot::from_parts(root, scopes)))
}

/// A scope is made after the one that it is in: walks from child to parent, and back, end.
fn is_older(parent: Option<ScopeId>, id: ScopeId) -> bool {
    parent.is_none_or(|parent| parent < id)
}

fn opens_younger(scope: &Scope, id: ScopeId) -> bool {
    match scope.run().map(|run| &run.phase) {
        Some(Phase::Branches { first, .. } | Phase::Iterations { first, .. }) => *first > id,
        _ => true,
    }
}
