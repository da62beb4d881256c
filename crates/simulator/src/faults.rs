//! What becomes of each crossing of a boundary.

use crate::dice::Dice;
use crate::plan::Rates;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::yield_now;
use tokio::time::sleep;

/// Decides for every crossing, until the faults are over.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) rates: Rates,
    dice: Dice,
    over: AtomicBool,
}

/// What becomes of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is done and answered.
    Done,
    /// Nothing happens, and the caller knows.
    Refused,
    /// Nothing happens, and the caller doesn't know.
    RequestLost,
    /// It is done, and the caller doesn't know.
    AnswerLost,
    /// The caller doesn't know, and it is done after this time.
    Late(Duration),
}

impl Faults {
    pub(crate) fn new(seed: u64, rates: Rates) -> Self {
        Self { rates, dice: Dice::new(seed, "faults"), over: AtomicBool::new(false) }
    }

    /// From now on all goes well.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub(crate) fn are_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn happens(&self, per_mille: u64) -> bool {
        !self.are_over() && self.dice.chance(per_mille)
    }

    /// Of a call that only reads: whether it gets no answer.
    pub(crate) fn refuses(&self) -> bool {
        self.happens(self.rates.refused)
    }

    pub(crate) fn of_write(&self) -> Fate {
        if self.happens(self.rates.refused) {
            Fate::Refused
        } else if self.happens(self.rates.request_lost) {
            Fate::RequestLost
        } else if self.happens(self.rates.answer_lost) {
            Fate::AnswerLost
        } else if self.happens(self.rates.late) {
            Fate::Late(self.dice.millis(1, 4_000))
        } else {
            Fate::Done
        }
    }

    /// When a message arrives a second time; mostly never.
    pub(crate) fn again(&self) -> Option<Duration> {
        self.happens(self.rates.doubled).then(|| self.dice.millis(1, 3_000))
    }

    /// Whether a call between processes breaks off.
    pub(crate) fn breaks(&self) -> bool {
        self.happens(self.rates.broken)
    }

    pub(crate) fn coin(&self) -> bool {
        self.dice.chance(500)
    }

    /// The way from one process to another.
    pub(crate) async fn travel(&self) {
        if self.happens(self.rates.slow) {
            return sleep(self.dice.millis(5, 500)).await;
        }
        match self.dice.below(6) {
            0 | 1 => {}
            2 => yield_now().await,
            3 => {
                yield_now().await;
                yield_now().await;
            }
            _ => sleep(self.dice.millis(1, 3)).await,
        }
    }
}
