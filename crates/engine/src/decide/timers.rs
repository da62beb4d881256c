//! What happens by the passing of time.

use super::turn::Turn;
use crate::{EventBody, Reason, Refusal, ScopeId};
use stepwell_asl::TIMEOUT;

impl Turn<'_> {
    /// Looks at everything that is due, in the order in which it became so, and at the scopes
    /// that an earlier decision left at its step bound, the longest waiting first.
    pub(super) fn timer_fired(&mut self) -> Result<(), Refusal> {
        self.check_running()?;
        // What is due is the clock's to say: the last event's time may be ahead of it.
        let now_ms = self.context.now_ms;
        if self.snapshot.next_due_ms().is_none_or(|due_ms| due_ms > now_ms) {
            return Err(Refusal::NothingDue);
        }
        // What became due after the end of the execution's own time no longer counts.
        let last_ms = self.snapshot.root().deadline_ms.map_or(now_ms, |end| end.min(now_ms));
        let index = self.snapshot.index();
        let due = index.due.range(..=(last_ms, ScopeId(u32::MAX))).map(|(_, id)| *id);
        let mut left: Vec<_> = index.runnable.iter().copied().collect();
        left.sort_by_key(|id| self.tail(*id));
        self.queue = due.chain(left).collect();
        Ok(())
    }

    /// Ends the execution where its time is over: after what was due before, so that lateness of
    /// the timer costs an execution nothing.
    pub(super) fn expire(&mut self) {
        let deadline_ms = self.snapshot.root().deadline_ms;
        if self.snapshot.is_running() && deadline_ms.is_some_and(|end_ms| self.has_come(end_ms)) {
            let reason = Reason { error: Some(TIMEOUT.into()), cause: None };
            self.emit(ScopeId::MAIN, 0, EventBody::ExecutionTimedOut(reason));
        }
    }
}
