//! A number that keeps the text it was written with.

use std::sync::Arc;

/// A JSON number: its source text, read as a number only when asked.
#[derive(Clone, Debug)]
pub struct Number {
    text: Arc<str>,
}

impl Number {
    /// The number that `text` writes, or none where `text` is not a JSON number (RFC 8259 §6).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (literal_length(text.as_bytes()) == Some(text.len())).then(|| Self::from_literal(text))
    }

    pub(crate) fn from_literal(text: &str) -> Self {
        Self { text: text.into() }
    }

    /// The number that prints as `value` in decimal.
    #[must_use]
    pub fn from_i64(value: i64) -> Self {
        Self { text: value.to_string().into() }
    }

    /// The shortest text that reads back as `value`; none for infinities and NaN, which JSON
    /// has no text for.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self { text: format!("{value:?}").into() })
    }

    /// The text that the number was written with.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The nearest double; beyond the range of doubles an infinity.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        self.text.parse().unwrap_or(f64::NAN)
    }

    /// The exact value of a number written without fraction and exponent, within 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.text.parse().ok()
    }
}

/// Integers compare exactly, everything else as doubles.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_i64(), other.as_i64()) {
            (Some(one), Some(two)) => one == two,
            _ => self.text == other.text || self.as_f64() == other.as_f64(),
        }
    }
}

/// How many bytes at the start of `text` form a number, none where it starts with no number.
pub(crate) fn literal_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        text.get(from..).map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count())
    };
    let mut end = usize::from(text.first() == Some(&b'-'));
    match (text.get(end), digits(end)) {
        (_, 0) => return None,
        (Some(b'0'), _) => end += 1,
        (_, count) => end += count,
    }
    if text.get(end) == Some(&b'.') {
        match digits(end + 1) {
            0 => return None,
            count => end += 1 + count,
        }
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        match digits(end + 1 + sign) {
            0 => return None,
            count => end += 1 + sign + count,
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn text_is_kept_and_leading_zeros_are_refused() {
        for text in ["0", "-0", "1.0", "1e5", "12345678901234567890", "-1.5E-3"] {
            assert_eq!(Number::parse(text).map(|n| n.text().to_owned()).as_deref(), Some(text));
        }
        for text in ["", "-", "01", "1.", ".5", "1e", "+1", "0x1", "NaN", "1 "] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn integers_beyond_doubles_stay_distinct() {
        let number = |text| Number::parse(text).unwrap();
        assert_ne!(number("9007199254740993"), number("9007199254740992"));
        assert_eq!(number("1.0"), number("1"));
        assert_eq!(Number::from_f64(f64::NAN), None);
    }
}
