//! Why a store gave no answer.

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The write may have taken effect: read the record and compare commit ids before answering.
    #[error("the outcome of the write is unknown: {0}")]
    Unknown(String),
    /// Nothing took effect; the same call may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Nothing took effect, and the same call never will: it asks for what the store can't hold.
    #[error("the store can't take this: {0}")]
    Invalid(String),
}

impl StoreError {
    /// The refusal of a partition number that a store of `partitions` doesn't have.
    #[must_use]
    pub fn no_partition(partition: u32, partitions: u32) -> Self {
        Self::Invalid(format!("no partition {partition}, the store has {partitions}"))
    }

    /// Refuses a partition number that a store of `partitions` doesn't have.
    ///
    /// # Errors
    /// [`no_partition`](Self::no_partition).
    pub fn check_partition(partition: u32, partitions: u32) -> Result<(), Self> {
        if partition < partitions {
            return Ok(());
        }
        Err(Self::no_partition(partition, partitions))
    }
}
