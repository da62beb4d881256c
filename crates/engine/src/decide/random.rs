//! Randomness from the seed of a decision.

/// A stream of numbers that its seed determines (SplitMix64 on both halves of the seed). As
/// unpredictable as the seed, not more: task tokens are signed besides.
pub(super) struct Random {
    high: u64,
    low: u64,
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    pub(super) fn new(seed: u128) -> Self {
        // Both halves of the seed, as they are.
        Self { high: (seed >> 64) as u64, low: seed as u64 }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.high = self.high.wrapping_add(STEP);
        mix(mix(self.high) ^ self.low)
    }

    pub(super) fn nonce(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    /// Uniform in [0, 1).
    pub(super) fn share(&mut self) -> f64 {
        // A double holds 53 bits exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
