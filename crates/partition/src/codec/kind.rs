//! The enumerations of the records.

use super::CodecError;
use stepwell_api::internal::{StoredStateType, StoredStatus, StoredWorkerKind};
use stepwell_engine::{StateType, Status, WorkerKind};

/// Each pair is one meaning in memory and in the store.
macro_rules! stored {
    ($encode:ident, $decode:ident, $what:literal, $engine:ident <=> $record:ident:
     $($name:ident),+ $(,)?) => {
        pub(super) fn $encode(value: $engine) -> i32 {
            match value { $($engine::$name => $record::$name,)+ }.into()
        }

        pub(super) fn $decode(number: i32) -> Result<$engine, CodecError> {
            match $record::try_from(number) {
                $(Ok($record::$name) => Ok($engine::$name),)+
                _ => Err(CodecError::new($what, format_args!("there is none with number {number}"))),
            }
        }
    };
}

stored! {
    encode_status, decode_status, "status", Status <=> StoredStatus:
    Running, Succeeded, Failed, TimedOut, Aborted,
}

stored! {
    encode_state, decode_state, "state type", StateType <=> StoredStateType:
    Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map,
}

/// The number of a kind of worker and, of an integration, the ARN of its resource.
pub(super) fn encode_worker(kind: &WorkerKind) -> (i32, String) {
    let (kind, resource) = match kind {
        WorkerKind::Activity => (StoredWorkerKind::Activity, ""),
        WorkerKind::Function => (StoredWorkerKind::Function, ""),
        WorkerKind::Integration(arn) => (StoredWorkerKind::Integration, &**arn),
    };
    (kind.into(), resource.to_owned())
}

pub(super) fn decode_worker(number: i32, resource: &str) -> Result<WorkerKind, CodecError> {
    match StoredWorkerKind::try_from(number) {
        Ok(StoredWorkerKind::Activity) => Ok(WorkerKind::Activity),
        Ok(StoredWorkerKind::Function) => Ok(WorkerKind::Function),
        Ok(StoredWorkerKind::Integration) => Ok(WorkerKind::Integration(resource.into())),
        _ => {
            let why = format_args!("there is none with number {number}");
            Err(CodecError::new("worker kind", why))
        }
    }
}
