//! What one evaluation may spend.

/// The bounds of one evaluation. None is measured in time: the same expression and bindings meet
/// the same bound everywhere. [`Limits::default`] is meant for expressions of strangers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps: a node evaluated, a function called back, or 1,024 steps of a regular expression's
    /// backtracking. An expression that holds a regular expression gets a fifth of them, since
    /// such a step takes longer. Default 500,000.
    pub steps: u64,
    /// How deep evaluations nest, recursion included. Default 2,000.
    pub depth: usize,
    /// Elements of one array that the evaluation builds. Default 100,000.
    pub array_items: usize,
    /// Bytes of one string that the evaluation builds. Default 512 KiB.
    pub string_bytes: usize,
    /// Bytes that the evaluation builds and reads altogether, kept or not: 24 an element and 64
    /// a member built, 1 an element read, 1 a byte of a string; what some functions could come to is
    /// charged before they run, and so is a walk over arrays in arrays, 8 a value: more than 200,000
    /// in narrow ones are refused, more than 256 MiB of text in wide ones. It bounds the memory of an evaluation, and the work that one step can hide. Default 128 MiB.
    pub work_bytes: u64,
    /// Bytes of the result as JSON text, and of the arguments of one call of a function that
    /// Step Functions adds. Above the quota of a payload, so that a result beyond the quota
    /// meets the quota's own error. Default 1 MiB.
    pub result_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 500_000,
            depth: 2_000,
            array_items: 100_000,
            string_bytes: 512 << 10,
            work_bytes: 128 << 20,
            result_bytes: 1 << 20,
        }
    }
}

/// What an evaluation spent of its [`Limits`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Steps, as [`Limits::steps`] counts them.
    pub steps: u64,
    /// Bytes built and read, those of the variables included.
    pub work_bytes: u64,
}

impl Spent {
    pub(crate) fn add(&mut self, other: Self) {
        self.steps = self.steps.saturating_add(other.steps);
        self.work_bytes = self.work_bytes.saturating_add(other.work_bytes);
    }
}

impl Limits {
    /// What is left of these limits after `spent`, for evaluations that share them.
    pub fn spend(&mut self, spent: Spent) {
        self.steps = self.steps.saturating_sub(spent.steps);
        self.work_bytes = self.work_bytes.saturating_sub(spent.work_bytes);
    }
}
