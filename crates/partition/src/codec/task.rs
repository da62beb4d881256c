//! Attempts of tasks.

use super::kind::{decode_worker, encode_worker};
use super::{CodecError, Payloads, Writer, bytes_of, number_of, owned, present, shared};
use stepwell_api::internal::{AttemptRecord, ScheduleRecord, StartedRecord};
use stepwell_engine::{Schedule, Started, TaskAttempt, Worker};

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
    })
}
