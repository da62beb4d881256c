//! Random numbers in a range.

/// A number below `width`, from 64 unpredictable bits.
pub(super) fn within(bits: u64, width: u64) -> u64 {
    // The high half of the product is below `width`.
    (u128::from(bits).wrapping_mul(u128::from(width)) >> 64) as u64
}

/// The generator of the Java library, which the service seeds.
pub(super) struct JavaRandom(u64);

const MULTIPLIER: u64 = 0x5_deec_e66d;
const MASK: u64 = (1 << 48) - 1;

impl JavaRandom {
    pub(super) fn new(seed: i64) -> Self {
        Self((seed.cast_unsigned() ^ MULTIPLIER) & MASK)
    }

    fn bits(&mut self, count: u32) -> u32 {
        self.0 = self.0.wrapping_mul(MULTIPLIER).wrapping_add(0xb) & MASK;
        // At most 32 bits remain.
        (self.0 >> (48 - count)) as u32
    }

    /// A number below `width`, which is at least 1.
    pub(super) fn below(&mut self, width: u64) -> u64 {
        let Ok(bound) = i32::try_from(width) else {
            return within(u64::from(self.bits(32)) << 32 | u64::from(self.bits(32)), width);
        };
        let bound = bound.cast_unsigned();
        if bound.is_power_of_two() {
            return (width * u64::from(self.bits(31))) >> 31;
        }
        // Bits above the last whole multiple of the bound would favour small numbers.
        let whole = (1 << 31) / bound * bound;
        loop {
            let bits = self.bits(31);
            if bits < whole {
                return u64::from(bits % bound);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{JavaRandom, within};

    #[test]
    fn numbers_are_those_of_the_java_library() {
        // nextInt() of seed 42, and nextInt(100), which divides what is above the last bit.
        let mut random = JavaRandom::new(42);
        let first: Vec<_> = (0..3).map(|_| random.bits(32).cast_signed()).collect();
        assert_eq!(first, [-1_170_105_035, 234_785_527, -1_360_544_799]);
        let mut random = JavaRandom::new(42);
        assert_eq!([random.below(100), random.below(100)], [30, 63]);
        // nextDouble() of seed 42 is 0.7275636800328681 (measured on the service).
        let mut random = JavaRandom::new(42);
        let double = (u64::from(random.bits(26)) << 27) + u64::from(random.bits(27));
        assert_eq!(double as f64 / (1_u64 << 53) as f64, 0.727_563_680_032_868_1);
    }

    #[test]
    fn ranges_are_kept() {
        for width in [1, 2, 7, 1 << 31, (1 << 31) + 1, u64::MAX] {
            assert!(within(0, width) == 0 && within(u64::MAX, width) == width - 1);
            let mut random = JavaRandom::new(-1);
            assert!((0..100).all(|_| random.below(width) < width));
        }
    }
}
