//! Milliseconds since 1970 and protobuf timestamps.

use prost_types::Timestamp;

/// The timestamp of `millis` milliseconds since 1970.
#[must_use]
pub fn from_millis(millis: i64) -> Timestamp {
    // The remainder of a division by 1,000 fits.
    let nanos = i32::try_from(millis.rem_euclid(1_000)).unwrap_or_default() * 1_000_000;
    Timestamp { seconds: millis.div_euclid(1_000), nanos }
}

/// Whole milliseconds since 1970.
#[must_use]
pub fn to_millis(timestamp: &Timestamp) -> i64 {
    timestamp.seconds.saturating_mul(1_000).saturating_add(i64::from(timestamp.nanos) / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{from_millis, to_millis};

    #[test]
    fn milliseconds_survive_on_both_sides_of_1970() {
        for millis in [0, 1, 999, 1_700_000_000_123, -1, -1_001] {
            assert_eq!(to_millis(&from_millis(millis)), millis);
        }
    }
}
