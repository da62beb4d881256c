//! Chance that a seed determines.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// A stream of numbers (SplitMix64). Who draws from a stream of its own is not disturbed by how
/// often others draw.
#[derive(Debug)]
pub(crate) struct Dice(Mutex<u64>);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Dice {
    /// The stream of this name under the seed.
    pub(crate) fn new(seed: u64, stream: &str) -> Self {
        let name = stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        Self(Mutex::new(mix(seed.wrapping_mul(STEP)) ^ name))
    }

    /// 64 bits.
    pub(crate) fn bits(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(STEP);
        mix(*state)
    }

    /// 128 bits.
    pub(crate) fn wide(&self) -> u128 {
        u128::from(self.bits()) << 64 | u128::from(self.bits())
    }

    /// Uniform from 0 to `end` - 1; 0 where `end` is 0.
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.bits().checked_rem(end).unwrap_or_default()
    }

    /// Uniform from `first` to `last`.
    pub(crate) fn between(&self, first: u64, last: u64) -> u64 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// True so many times in a thousand.
    pub(crate) fn chance(&self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// Uniform, in milliseconds.
    pub(crate) fn millis(&self, first: u64, last: u64) -> Duration {
        Duration::from_millis(self.between(first, last))
    }

    /// One of them; none where there is none.
    pub(crate) fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap_or_default();
        from.get(at)
    }
}

fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
