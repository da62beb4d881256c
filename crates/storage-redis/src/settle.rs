//! Waiting until replicas have what a connection has seen.
//!
//! `WAIT` follows the commands that it is for, on their own connection: the server counts up to
//! the last write of that connection. So a read that is to be waited for writes as well, a mark
//! beside what it reads: some versions count reads too, others don't and answer at once.

use crate::refusal::Effect;
use crate::reply::integer;
use redis::{Cmd, Value};
use stepwell_storage::StoreError;

/// How long replicas may take, in milliseconds.
const PATIENCE_MS: u64 = 2_000;

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settle {
    /// How many replicas must have it.
    pub(crate) replicas: i64,
}

impl Settle {
    pub(crate) fn command(self) -> Cmd {
        let mut wait = redis::cmd("WAIT");
        wait.arg(self.replicas).arg(PATIENCE_MS);
        wait
    }

    /// Whether enough replicas have what `values` answers. Where the server refused all, there is
    /// nothing that they would have to have.
    pub(crate) fn check(
        self,
        answer: Option<Value>,
        values: &[Value],
        effect: Effect,
    ) -> Result<(), StoreError> {
        let answer = answer.unwrap_or_default();
        let have = integer(&answer).unwrap_or_default();
        let nothing = values.iter().all(|value| matches!(value, Value::ServerError(_)));
        if have >= self.replicas || nothing {
            return Ok(());
        }
        Err(effect.lost(format!("{have} replicas of Redis have it, {} must", self.replicas)))
    }
}
