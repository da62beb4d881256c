//! What a server's refusals mean to a caller of the port.

use redis::{ServerError, Value};
use stepwell_storage::StoreError;

/// What a call leaves behind, and how sure that must be before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    Reads,
    /// Nothing but a mark; but an acknowledgement may rest on what is read: with replicas asked
    /// for, they have it too.
    ReadsSettled,
    /// A write that is acknowledged: with replicas asked for, they have it.
    Writes,
    /// A write that may be lost without harm, since it is repeated or its loss shows.
    Hints,
}

impl Effect {
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Writes | Self::Hints)
    }

    /// Whether replicas must have it before it is answered, where they are asked for.
    pub(crate) fn settles(self) -> bool {
        matches!(self, Self::Writes | Self::ReadsSettled)
    }

    /// What it means that an answer was lost.
    pub(crate) fn lost(self, why: String) -> StoreError {
        if self.writes() { StoreError::Unknown(why) } else { StoreError::Unavailable(why) }
    }

    /// What a refusal means.
    pub(crate) fn refused(self, error: &ServerError) -> StoreError {
        if is_refusal(error) {
            return StoreError::Unavailable(error.to_string());
        }
        // A function that failed in its middle may have written before.
        self.lost(error.to_string())
    }
}

/// Whether the server has lost the functions, or never had them.
pub(crate) fn is_missing(error: &ServerError) -> bool {
    error.details().is_some_and(|text| text.contains("Function not found"))
}

/// Whether the call was not sent, since its lease is of an earlier life of the server.
pub(crate) fn is_stale(error: &ServerError) -> bool {
    error.code() == "STALE"
}

/// Stands for the answer of a call that [`is_stale`].
pub(crate) fn stale() -> Value {
    const TEXT: &[u8] = b"-STALE the lease is of an earlier life of the server\r\n";
    redis::parse_redis_value(TEXT).unwrap_or_default()
}

/// Refusals that come before a command or function has done anything.
pub(crate) fn is_refusal(error: &ServerError) -> bool {
    const CODES: [&str; 15] = [
        "OOM",
        "READONLY",
        "LOADING",
        "MASTERDOWN",
        "NOAUTH",
        "NOPERM",
        "NOREPLICAS",
        "MISCONF",
        "BUSY",
        "CLUSTERDOWN",
        "MOVED",
        "ASK",
        "TRYAGAIN",
        "CROSSSLOT",
        "STALE",
    ];
    CODES.contains(&error.code()) || is_missing(error)
}
