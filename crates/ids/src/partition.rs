//! The placement of executions.

use crate::ExecutionArn;
use std::num::NonZeroU32;

/// The partition of an execution, from 0 to `partitions` - 1: by its unqualified machine ARN and
/// its name, so that the idempotency of a name is decided inside one partition.
///
/// The hash is FNV-1a of 64 bits over the execution's ARN, which is those two. It is part of
/// the stored format: a store keeps its executions where this function put them.
#[must_use]
pub fn partition_of(execution: &ExecutionArn, partitions: NonZeroU32) -> u32 {
    let hash = execution.to_string().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    // The remainder is below `partitions`, so it fits.
    u32::try_from(hash % u64::from(partitions.get())).unwrap_or_default()
}
