//! Events, in batches: one batch a commit.

use super::branches::{decode_branches_body, encode_branches_body};
use super::kind::{decode_state, decode_worker, encode_state, encode_worker};
use super::task::{decode_outcome, decode_schedule, encode_outcome, encode_schedule};
use super::variables::{decode_variables, encode_variables};
use super::{
    CodecError, Payloads, StoredBatch, Writer, bytes_of, number_of, owned, present, shared,
};
use prost::Message as _;
use std::ops::Range;
use stepwell_api::internal::event_record::Body;
use stepwell_api::internal::{
    EvaluationFailedBody, EventRecord, ExecutionStartedBody, ReasonRecord, RetryScheduledBody,
    StateEnteredBody, StateExitedBody, TaskFailureBody, TaskStartedBody, TaskSucceededBody,
};
use stepwell_asl::ast::StateId;
use stepwell_engine::{Event, EventBody, Reason, ScopeId, WorkerKind};

const WHAT: &str = "event";

/// The record of an event in a batch that counts from `batch_ms`; none of an event that the
/// journal leaves out, because the snapshot holds all that follows from it.
pub(crate) fn encode_event(
    event: &Event,
    batch_ms: i64,
    writer: &mut Writer,
) -> Option<EventRecord> {
    let body = encode_body(&event.body, writer)?;
    Some(EventRecord {
        id: event.id,
        previous: event.previous,
        after_ms: event.time_ms.saturating_sub(batch_ms),
        scope: event.scope.0,
        body: Some(body),
    })
}

fn encode_body(body: &EventBody, writer: &mut Writer) -> Option<Body> {
    Some(match body {
        EventBody::ExecutionStarted { input, role_arn, start_at, deadline_ms } => {
            Body::ExecutionStarted(ExecutionStartedBody {
                input: Some(writer.place(input)),
                role_arn: role_arn.as_ref().to_owned(),
                start_at: start_at.0,
                deadline_ms: *deadline_ms,
            })
        }
        EventBody::ExecutionSucceeded { output } => Body::ExecutionSucceeded(writer.place(output)),
        EventBody::ExecutionFailed(reason) => Body::ExecutionFailed(encode_reason(reason)),
        EventBody::ExecutionAborted(reason) => Body::ExecutionAborted(encode_reason(reason)),
        EventBody::ExecutionTimedOut(reason) => Body::ExecutionTimedOut(encode_reason(reason)),
        EventBody::StateEntered { kind, state, name, input } => {
            Body::StateEntered(StateEnteredBody {
                kind: encode_state(*kind),
                state: state.0,
                name: name.as_ref().to_owned(),
                input: Some(writer.place(input)),
            })
        }
        EventBody::StateExited { kind, name, output, assigned, next } => {
            Body::StateExited(StateExitedBody {
                kind: encode_state(*kind),
                name: name.as_ref().to_owned(),
                output: Some(writer.place(output)),
                next: next.map(|next| next.0),
                assigned: encode_variables(assigned, writer),
            })
        }
        EventBody::StateAborted { kind } => Body::StateAborted(encode_state(*kind)),
        body => match encode_branches_body(body, writer) {
            Some(body) => body,
            None => return encode_task_body(body, writer),
        },
    })
}

fn encode_task_body(body: &EventBody, writer: &mut Writer) -> Option<Body> {
    let failure = |worker: &WorkerKind, reason| {
        let (kind, resource) = encode_worker(worker);
        TaskFailureBody { kind, reason: Some(encode_reason(reason)), resource }
    };
    Some(match body {
        EventBody::TaskScheduled(schedule) => {
            Body::TaskScheduled(encode_schedule(schedule, writer))
        }
        EventBody::TaskScheduleFailed(worker, reason) => {
            Body::TaskScheduleFailed(failure(worker, reason))
        }
        EventBody::TaskStarted { worker, delivery_id, worker_name } => {
            let (kind, resource) = encode_worker(worker);
            Body::TaskStarted(TaskStartedBody {
                kind,
                resource,
                delivery_id: bytes_of(*delivery_id),
                worker_name: owned(worker_name.as_ref()),
            })
        }
        EventBody::TaskSubmitted { worker, output } => {
            let (kind, resource) = encode_worker(worker);
            let output = Some(writer.place(output));
            Body::TaskSubmitted(TaskSucceededBody { kind, output, resource })
        }
        EventBody::OutcomeReceived(outcome) => {
            Body::OutcomeReceived(encode_outcome(outcome, writer))
        }
        EventBody::TaskStartFailed(WorkerKind::Function, reason) => {
            Body::TaskStartFailed(encode_reason(reason))
        }
        EventBody::TaskStartFailed(worker, reason) => Body::TaskCallFailed(failure(worker, reason)),
        EventBody::TaskSucceeded { worker, output } => {
            let (kind, resource) = encode_worker(worker);
            let output = Some(writer.place(output));
            Body::TaskSucceeded(TaskSucceededBody { kind, output, resource })
        }
        EventBody::TaskFailed(worker, reason) => Body::TaskFailed(failure(worker, reason)),
        EventBody::TaskTimedOut(worker, reason) => Body::TaskTimedOut(failure(worker, reason)),
        EventBody::EvaluationFailed { state, location, reason } => {
            Body::EvaluationFailed(EvaluationFailedBody {
                state: state.as_ref().to_owned(),
                location: owned(location.as_ref()),
                reason: Some(encode_reason(reason)),
            })
        }
        EventBody::WaitScheduled { until_ms } => Body::WaitScheduledMs(*until_ms),
        EventBody::RetryScheduled { retrier, until_ms } => {
            Body::RetryScheduled(RetryScheduledBody { retrier: *retrier, until_ms: *until_ms })
        }
        EventBody::TaskRedelivered { delivery_id, worker_name } => {
            Body::TaskRedelivered(TaskStartedBody {
                kind: 0,
                resource: String::new(),
                delivery_id: bytes_of(*delivery_id),
                worker_name: owned(worker_name.as_ref()),
            })
        }
        _ => return None,
    })
}

pub(super) fn encode_reason(reason: &Reason) -> ReasonRecord {
    ReasonRecord { error: owned(reason.error.as_ref()), cause: owned(reason.cause.as_ref()) }
}

/// Events of a batch, whose own payloads are among `payloads`; fewer where the batch has fewer.
pub(crate) fn decode_events(
    batch: &StoredBatch,
    range: Range<usize>,
    payloads: &mut Payloads,
) -> Result<Vec<Event>, CodecError> {
    let count = range.end.saturating_sub(range.start);
    let events = batch.events.iter().skip(range.start).take(count).map(|record| {
        let record = EventRecord::decode(record.clone());
        let record = record.map_err(|error| CodecError::new(WHAT, error))?;
        let body = present(record.body, WHAT, "body")?;
        Ok(Event {
            id: record.id,
            previous: record.previous,
            time_ms: batch.time_ms.saturating_add(record.after_ms),
            scope: ScopeId(record.scope),
            body: decode_body(body, payloads)?,
        })
    });
    events.collect()
}

fn decode_body(body: Body, payloads: &mut Payloads) -> Result<EventBody, CodecError> {
    Ok(match body {
        Body::ExecutionStarted(body) => EventBody::ExecutionStarted {
            input: payloads.of(body.input.as_ref())?,
            role_arn: body.role_arn.into(),
            start_at: StateId(body.start_at),
            deadline_ms: body.deadline_ms,
        },
        Body::ExecutionSucceeded(output) => {
            EventBody::ExecutionSucceeded { output: payloads.get(&output)? }
        }
        Body::ExecutionFailed(reason) => EventBody::ExecutionFailed(decode_reason(reason)),
        Body::ExecutionAborted(reason) => EventBody::ExecutionAborted(decode_reason(reason)),
        Body::ExecutionTimedOut(reason) => EventBody::ExecutionTimedOut(decode_reason(reason)),
        Body::StateEntered(body) => EventBody::StateEntered {
            kind: decode_state(body.kind)?,
            state: StateId(body.state),
            name: body.name.into(),
            input: payloads.of(body.input.as_ref())?,
        },
        Body::StateExited(body) => EventBody::StateExited {
            kind: decode_state(body.kind)?,
            name: body.name.into(),
            output: payloads.of(body.output.as_ref())?,
            assigned: decode_variables(body.assigned, payloads)?,
            next: body.next.map(StateId),
        },
        Body::StateAborted(kind) => EventBody::StateAborted { kind: decode_state(kind)? },
        body => match decode_branches_body(&body, payloads)? {
            Some(body) => body,
            None => decode_task_body(body, payloads)?,
        },
    })
}

fn decode_task_body(body: Body, payloads: &mut Payloads) -> Result<EventBody, CodecError> {
    let failure = |body: TaskFailureBody| {
        let reason = present(body.reason, WHAT, "reason")?;
        Ok::<_, CodecError>((decode_worker(body.kind, &body.resource)?, decode_reason(reason)))
    };
    Ok(match body {
        Body::TaskScheduled(schedule) => {
            EventBody::TaskScheduled(decode_schedule(schedule, payloads)?)
        }
        Body::TaskScheduleFailed(body) => {
            let (worker, reason) = failure(body)?;
            EventBody::TaskScheduleFailed(worker, reason)
        }
        Body::TaskStarted(body) => EventBody::TaskStarted {
            worker: decode_worker(body.kind, &body.resource)?,
            delivery_id: number_of(&body.delivery_id, WHAT)?,
            worker_name: shared(body.worker_name),
        },
        Body::TaskSubmitted(body) => EventBody::TaskSubmitted {
            worker: decode_worker(body.kind, &body.resource)?,
            output: payloads.of(body.output.as_ref())?,
        },
        Body::OutcomeReceived(outcome) => {
            EventBody::OutcomeReceived(decode_outcome(outcome, payloads)?)
        }
        Body::TaskStartFailed(reason) => {
            EventBody::TaskStartFailed(WorkerKind::Function, decode_reason(reason))
        }
        Body::TaskCallFailed(body) => {
            let (worker, reason) = failure(body)?;
            EventBody::TaskStartFailed(worker, reason)
        }
        Body::TaskSucceeded(body) => EventBody::TaskSucceeded {
            worker: decode_worker(body.kind, &body.resource)?,
            output: payloads.of(body.output.as_ref())?,
        },
        Body::TaskFailed(body) => {
            let (worker, reason) = failure(body)?;
            EventBody::TaskFailed(worker, reason)
        }
        Body::TaskTimedOut(body) => {
            let (worker, reason) = failure(body)?;
            EventBody::TaskTimedOut(worker, reason)
        }
        Body::EvaluationFailed(body) => EventBody::EvaluationFailed {
            state: body.state.into(),
            location: shared(body.location),
            reason: decode_reason(present(body.reason, WHAT, "reason")?),
        },
        Body::WaitScheduledMs(until_ms) => EventBody::WaitScheduled { until_ms },
        Body::RetryScheduled(body) => {
            EventBody::RetryScheduled { retrier: body.retrier, until_ms: body.until_ms }
        }
        Body::TaskRedelivered(body) => EventBody::TaskRedelivered {
            delivery_id: number_of(&body.delivery_id, WHAT)?,
            worker_name: shared(body.worker_name),
        },
        _ => return Err(CodecError::new(WHAT, "its kind is unknown")),
    })
}

pub(super) fn decode_reason(record: ReasonRecord) -> Reason {
    Reason { error: shared(record.error), cause: shared(record.cause) }
}
