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

stored! {
    encode_worker, decode_worker, "worker kind", WorkerKind <=> StoredWorkerKind:
    Activity, Function,
}
