//! Attempts of tasks.

use super::event::{decode_reason, encode_reason};
use super::kind::{decode_worker, encode_worker};
use super::{CodecError, Payloads, Writer, bytes_of, number_of, owned, present, shared};
use stepwell_api::internal::task_outcome_record::Outcome;
use stepwell_api::internal::{AttemptRecord, ScheduleRecord, StartedRecord, TaskOutcomeRecord};
use stepwell_engine::{Schedule, Started, TaskAttempt, TaskOutcome, Worker};

const WHAT: &str = "attempt";

pub(super) fn encode_schedule(schedule: &Schedule, writer: &mut Writer) -> ScheduleRecord {
    ScheduleRecord {
        attempt: schedule.attempt,
        nonce: bytes_of(schedule.nonce),
        kind: encode_worker(&schedule.worker.kind).0,
        arn: schedule.worker.arn.as_ref().to_owned(),
        input: Some(writer.place(&schedule.input)),
        timeout_seconds: schedule.timeout_seconds,
        heartbeat_seconds: schedule.heartbeat_seconds,
        incarnation: bytes_of(schedule.worker.incarnation),
        role_arn: owned(schedule.role_arn.as_ref()),
        call_seconds: schedule.call_seconds,
    }
}

pub(super) fn decode_schedule(
    record: ScheduleRecord,
    payloads: &mut Payloads,
) -> Result<Schedule, CodecError> {
    Ok(Schedule {
        attempt: record.attempt,
        nonce: number_of(&record.nonce, WHAT)?,
        worker: Worker {
            kind: decode_worker(record.kind, &record.arn)?,
            arn: record.arn.into(),
            incarnation: number_of(&record.incarnation, WHAT)?,
        },
        input: payloads.of(record.input.as_ref())?,
        timeout_seconds: record.timeout_seconds,
        heartbeat_seconds: record.heartbeat_seconds,
        role_arn: shared(record.role_arn),
        call_seconds: record.call_seconds,
    })
}

pub(super) fn encode_attempt(attempt: &TaskAttempt, writer: &mut Writer) -> AttemptRecord {
    AttemptRecord {
        scheduled_event: attempt.scheduled_event,
        schedule: Some(encode_schedule(&attempt.schedule, writer)),
        started: attempt.started.as_ref().map(|started| StartedRecord {
            event: started.event,
            time_ms: started.time_ms,
            delivery_id: bytes_of(started.delivery_id),
            worker_name: owned(started.worker_name.as_ref()),
        }),
        submitted_event: attempt.submitted_event,
        deadline_ms: attempt.deadline_ms,
        heartbeat_deadline_ms: attempt.heartbeat_deadline_ms,
        call_deadline_ms: attempt.call_deadline_ms,
        outcome: attempt.outcome.as_ref().map(|outcome| encode_outcome(outcome, writer)),
    }
}

pub(super) fn decode_attempt(
    record: AttemptRecord,
    payloads: &mut Payloads,
) -> Result<TaskAttempt, CodecError> {
    let started = |record: StartedRecord| {
        Ok::<_, CodecError>(Started {
            event: record.event,
            time_ms: record.time_ms,
            delivery_id: number_of(&record.delivery_id, WHAT)?,
            worker_name: shared(record.worker_name),
        })
    };
    Ok(TaskAttempt {
        scheduled_event: record.scheduled_event,
        schedule: decode_schedule(present(record.schedule, WHAT, "schedule")?, payloads)?,
        started: record.started.map(started).transpose()?,
        submitted_event: record.submitted_event,
        deadline_ms: record.deadline_ms,
        heartbeat_deadline_ms: record.heartbeat_deadline_ms,
        call_deadline_ms: record.call_deadline_ms,
        outcome: record.outcome.map(|outcome| decode_outcome(outcome, payloads)).transpose()?,
    })
}

pub(super) fn encode_outcome(outcome: &TaskOutcome, writer: &mut Writer) -> TaskOutcomeRecord {
    let outcome = match outcome {
        TaskOutcome::Succeeded(output) => Outcome::Output(writer.place(output)),
        TaskOutcome::Failed(reason) => Outcome::Failure(encode_reason(reason)),
    };
    TaskOutcomeRecord { outcome: Some(outcome) }
}

pub(super) fn decode_outcome(
    record: TaskOutcomeRecord,
    payloads: &mut Payloads,
) -> Result<TaskOutcome, CodecError> {
    Ok(match present(record.outcome, WHAT, "outcome")? {
        Outcome::Output(output) => TaskOutcome::Succeeded(payloads.get(&output)?),
        Outcome::Failure(reason) => TaskOutcome::Failed(decode_reason(reason)),
    })
}
