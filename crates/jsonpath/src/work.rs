//! A bound on what an evaluation may do.

use std::cell::Cell;

/// What may still be looked at: one unit is one node that a step or a filter visits, or one
/// element or character that a caller charges for. Shared by all paths of one evaluation, so that
/// neither many paths nor nested filters multiply it.
#[derive(Debug)]
pub struct Work {
    limit: u64,
    left: Cell<u64>,
}

/// The bound of a [`Work`] is reached; every later charge fails as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the evaluation looks at too many values")]
pub struct Exhausted;

/// The bound of one evaluation.
const DEFAULT: u64 = 4_000_000;

/// 4,000,000 units.
impl Default for Work {
    fn default() -> Self {
        Self::new(DEFAULT)
    }
}

impl Work {
    /// At most `limit` units.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self { limit, left: Cell::new(limit) }
    }

    /// Charges `units`.
    ///
    /// # Errors
    /// That is more than is left, and from now on nothing is.
    pub fn charge(&self, units: usize) -> Result<(), Exhausted> {
        let units = u64::try_from(units).unwrap_or(u64::MAX);
        let left = self.left.get().checked_sub(units);
        self.left.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or(Exhausted)
    }

    /// The units charged so far.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.limit - self.left.get()
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }
}
