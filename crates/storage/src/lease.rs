//! The right to write to a partition.

/// A random number that makes a lease unique for all time. The epoch alone is not enough: a
/// store that failed over to an older replica can hand out the same epoch twice.
pub type Fence = u128;

/// The lease of a partition, as its owner shows it with every write.
///
/// Acquired with an epoch above all earlier ones; kept alive by renewals; gone when its time to
/// live passes on the store's clock, or when it is released. Its expiry decides who may acquire
/// next, and nothing else: what keeps an old owner from writing is that the store compares epoch
/// and fence inside the write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// From 0 to the store's number of partitions - 1.
    pub partition: u32,
    /// From 1, larger than every earlier epoch of the partition.
    pub epoch: u64,
    /// Chosen by the acquirer at random.
    pub fence: Fence,
}
