//! Functions that make numbers.

use super::random::{JavaRandom, within};
use super::{Calls, Outcome, fault, wrong};
use stepwell_json::Value;

/// The whole number that an argument is rounded to, halves up (recorded).
pub(super) fn integer(value: &Value) -> Outcome<i64> {
    let Some(number) = value.as_number() else { return wrong("number", value) };
    if let Some(whole) = number.as_i64() {
        return Ok(whole);
    }
    let rounded = (number.as_f64() + 0.5).floor();
    if rounded.abs() < 9.2e18 {
        // Within 64 bits, so that the conversion is exact.
        return Ok(rounded as i64);
    }
    fault(format!("The number {} is too large", number.text()))
}

/// `States.MathAdd`: within 32 bits.
pub(super) fn add(one: &Value, two: &Value) -> Outcome {
    let sum = integer(one)?.checked_add(integer(two)?);
    let sum = sum.and_then(|sum| i32::try_from(sum).ok());
    sum.map_or_else(
        || fault("The sum lies outside of -2147483648 to 2147483647"),
        |sum| Ok(i64::from(sum).into()),
    )
}

/// `States.MathRandom` with a seed, which determines the result.
pub(super) fn seeded(from: &Value, to: &Value, seed: &Value) -> Outcome {
    let (from, width) = range(from, to)?;
    let offset = JavaRandom::new(integer(seed)?).below(width);
    Ok(from.wrapping_add_unsigned(offset).into())
}

/// The first number and how many there are, the last one excluded.
fn range(from: &Value, to: &Value) -> Outcome<(i64, u64)> {
    let (from, to) = (integer(from)?, integer(to)?);
    if from >= to {
        return fault(format!("The start {from} must be less than the end {to}"));
    }
    Ok((from, to.abs_diff(from)))
}

impl Calls<'_> {
    pub(super) fn math_random(&mut self, from: &Value, to: &Value) -> Outcome {
        let (from, width) = range(from, to)?;
        Ok(from.wrapping_add_unsigned(within((self.random)(), width)).into())
    }
}
