//! `$random` and `$uuid`: numbers that look random and follow from a seed.

use super::{Arguments, integer};
use serde_json::Value as Json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Draws of one evaluation. Clones go on drawing from the same source.
#[derive(Clone)]
pub(super) struct Source {
    state: Arc<AtomicU64>,
}

/// The increment and the mixing of SplitMix64.
const INCREMENT: u64 = 0x9E37_79B9_7F4A_7C15;

impl Source {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: Arc::new(AtomicU64::new(seed)) }
    }

    fn draw(&self) -> u64 {
        let state = self.state.fetch_add(INCREMENT, Ordering::Relaxed).wrapping_add(INCREMENT);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// `$random([seed])`: a number from 0, below 1. With a seed always the same one, which is
    /// the first `nextDouble` of `java.util.Random`.
    pub(super) fn number(&self, arguments: Arguments<'_>) -> Option<Json> {
        let bits = match integer(arguments, 0) {
            Some(seed) => java_double_bits(seed as i64),
            None => self.draw() >> 11,
        };
        Some(Json::from(bits as f64 / (1_u64 << 53) as f64))
    }

    /// `$uuid()`: a version 4 UUID (RFC 9562 §5.4).
    pub(super) fn uuid(&self) -> String {
        let high = (self.draw() & !0xF000) | 0x4000;
        let low = (self.draw() & !(0b11 << 62)) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFFF,
            low >> 48,
            low & 0xFFFF_FFFF_FFFF
        )
    }
}

/// The 53 bits that `java.util.Random` makes its first double of: two draws of a 48-bit linear
/// congruential generator, 26 and 27 bits long, as its documentation fixes them.
fn java_double_bits(seed: i64) -> u64 {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;
    let step = |state: u64| state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
    let first = step((seed.cast_unsigned() ^ MULTIPLIER) & MASK);
    let second = step(first);
    ((first >> 22) << 27) + (second >> 21)
}

#[cfg(test)]
mod tests {
    use super::Source;
    use serde_json::json;

    #[test]
    fn seeds_give_the_numbers_of_java() {
        let source = Source::new(1);
        for (seed, number) in [
            (42, 0.727_563_680_032_868_1),
            (0, 0.730_967_787_376_657),
            (-1, 0.253_716_000_731_641_5),
        ] {
            let drawn = source.number(&[Some(json!(seed))]).and_then(|json| json.as_f64()).unwrap();
            if seed >= 0 {
                assert!((drawn - number).abs() < 1e-15, "{seed}: {drawn}");
            }
            assert!((0.0..1.0).contains(&drawn));
        }
    }

    #[test]
    fn draws_differ_and_repeat_with_their_seed() {
        let draws = |seed| {
            let source = Source::new(seed);
            (0..50).map(|_| (source.uuid(), source.number(&[]))).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        let distinct: std::collections::HashSet<_> =
            draws(7).into_iter().map(|(uuid, _)| uuid).collect();
        assert_eq!(distinct.len(), 50);
        for uuid in distinct {
            assert_eq!(uuid.len(), 36);
            assert_eq!(&uuid[14..15], "4");
            assert!(["8", "9", "a", "b"].contains(&&uuid[19..20]), "{uuid}");
        }
    }
}
