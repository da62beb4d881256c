//! Events of branches and iterations.

use super::{CodecError, Payloads, Writer, present};
use std::sync::Arc;
use stepwell_api::internal::event_record::Body;
use stepwell_api::internal::{
    BranchRecord, MapFailedBody, MapIterationBody, MapIterationStartedBody, MapStartedBody,
    MapSucceededBody, ParallelFailedBody, ParallelStartedBody, ParallelSucceededBody,
};
use stepwell_asl::ast::{FlowId, StateId};
use stepwell_engine::{Branch, EventBody};

const WHAT: &str = "event";

/// The record of an event of a Parallel or Map state; none of another.
pub(super) fn encode_branches_body(body: &EventBody, writer: &mut Writer) -> Option<Body> {
    Some(match body {
        EventBody::ParallelStateStarted { branches, input } => {
            Body::ParallelStarted(ParallelStartedBody {
                branches: branches.iter().map(encode_branch).collect(),
                input: Some(writer.place(input)),
            })
        }
        EventBody::ParallelStateSucceeded => Body::ParallelSucceeded(ParallelSucceededBody {}),
        EventBody::ParallelStateFailed => Body::ParallelFailed(ParallelFailedBody {}),
        EventBody::MapStateStarted { items, length } => {
            Body::MapStarted(MapStartedBody { items: Some(writer.place(items)), length: *length })
        }
        EventBody::MapStateSucceeded => Body::MapSucceeded(MapSucceededBody {}),
        EventBody::MapStateFailed => Body::MapFailed(MapFailedBody {}),
        EventBody::MapIterationStarted { name, index, branch, input } => {
            Body::MapIterationStarted(MapIterationStartedBody {
                iteration: Some(encode_iteration(name, *index)),
                branch: Some(encode_branch(branch)),
                input: Some(writer.place(input)),
            })
        }
        EventBody::MapIterationSucceeded { name, index } => {
            Body::MapIterationSucceeded(encode_iteration(name, *index))
        }
        EventBody::MapIterationFailed { name, index } => {
            Body::MapIterationFailed(encode_iteration(name, *index))
        }
        EventBody::MapIterationAborted { name, index } => {
            Body::MapIterationAborted(encode_iteration(name, *index))
        }
        _ => return None,
    })
}

fn encode_branch(branch: &Branch) -> BranchRecord {
    BranchRecord { flow: branch.flow.0, start_at: branch.start_at.0 }
}

fn encode_iteration(name: &Arc<str>, index: u32) -> MapIterationBody {
    MapIterationBody { name: name.as_ref().to_owned(), index }
}

/// The event of a record of a Parallel or Map state; none of another.
pub(super) fn decode_branches_body(
    body: &Body,
    payloads: &mut Payloads,
) -> Result<Option<EventBody>, CodecError> {
    Ok(Some(match body {
        Body::ParallelStarted(body) => EventBody::ParallelStateStarted {
            branches: body.branches.iter().map(decode_branch).collect(),
            input: payloads.of(body.input.as_ref())?,
        },
        Body::ParallelSucceeded(_) => EventBody::ParallelStateSucceeded,
        Body::ParallelFailed(_) => EventBody::ParallelStateFailed,
        Body::MapStarted(body) => EventBody::MapStateStarted {
            items: payloads.of(body.items.as_ref())?,
            length: body.length,
        },
        Body::MapSucceeded(_) => EventBody::MapStateSucceeded,
        Body::MapFailed(_) => EventBody::MapStateFailed,
        Body::MapIterationStarted(body) => {
            let (name, index) = decode_iteration(present(body.iteration.as_ref(), WHAT, "which")?);
            EventBody::MapIterationStarted {
                name,
                index,
                branch: decode_branch(present(body.branch.as_ref(), WHAT, "branch")?),
                input: payloads.of(body.input.as_ref())?,
            }
        }
        Body::MapIterationSucceeded(body) => {
            let (name, index) = decode_iteration(body);
            EventBody::MapIterationSucceeded { name, index }
        }
        Body::MapIterationFailed(body) => {
            let (name, index) = decode_iteration(body);
            EventBody::MapIterationFailed { name, index }
        }
        Body::MapIterationAborted(body) => {
            let (name, index) = decode_iteration(body);
            EventBody::MapIterationAborted { name, index }
        }
        _ => return Ok(None),
    }))
}

fn decode_branch(record: &BranchRecord) -> Branch {
    Branch { flow: FlowId(record.flow), start_at: StateId(record.start_at) }
}

fn decode_iteration(record: &MapIterationBody) -> (Arc<str>, u32) {
    (record.name.as_str().into(), record.index)
}
