//! Constraints on the members of a request, with the texts of the service's own validation.

use crate::{ApiError, ErrorCode};
use std::fmt::Display;

/// Longest quotation of a value in a message, in bytes; a longer one is cut.
const MAX_QUOTED_BYTES: usize = 1_024;

/// Collects every constraint that a request breaks, to be told at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<String>);

impl Violations {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `value` must have `least` to `most` characters.
    #[must_use]
    pub fn length(mut self, member: &str, value: &str, least: usize, most: usize) -> Self {
        // Counting is only needed where the bytes could be too many characters, or too few.
        if value.len() > most && value.chars().count() > most {
            self.broken(member, value, format!("have length less than or equal to {most}"));
        } else if value.len() < least {
            self.broken(member, value, format!("have length greater than or equal to {least}"));
        }
        self
    }

    /// As [`Violations::length`], for a value that may be absent.
    #[must_use]
    pub fn optional_length(
        self,
        member: &str,
        value: Option<&str>,
        least: usize,
        most: usize,
    ) -> Self {
        match value {
            Some(value) => self.length(member, value, least, most),
            None => self,
        }
    }

    /// A payload, which is too long by the installation's limit where `exceeded`.
    #[must_use]
    pub fn payload(mut self, member: &str, value: &str, most: usize, exceeded: bool) -> Self {
        if exceeded {
            self.broken(member, value, format!("have length less than or equal to {most}"));
        }
        self
    }

    /// `value` must be `least` to `most`.
    #[must_use]
    pub fn range(mut self, member: &str, value: Option<i32>, least: i32, most: i32) -> Self {
        if let Some(value) = value {
            if value > most {
                self.broken(member, value, format!("have value less than or equal to {most}"));
            } else if value < least {
                self.broken(member, value, format!("have value greater than or equal to {least}"));
            }
        }
        self
    }

    /// A list must have `least` to `most` items; `value` shows it.
    #[must_use]
    pub fn count(
        mut self,
        member: &str,
        value: impl FnOnce() -> String,
        items: usize,
        least: usize,
        most: usize,
    ) -> Self {
        if items > most {
            self.broken(member, value(), format!("have length less than or equal to {most}"));
        } else if items < least {
            self.broken(member, value(), format!("have length greater than or equal to {least}"));
        }
        self
    }

    /// `value` must be one of `values`.
    #[must_use]
    pub fn one_of(mut self, member: &str, value: Option<&str>, values: &[&str]) -> Self {
        if let Some(value) = value.filter(|value| !values.contains(value)) {
            let set = values.join(", ");
            self.broken(member, value, format!("satisfy enum value set: [{set}]"));
        }
        self
    }

    /// `member` must be there.
    #[must_use]
    pub fn required(mut self, member: &str, present: bool) -> Self {
        if !present {
            self.0.push(format!(
                "Value at '{member}' failed to satisfy constraint: Member must not be null"
            ));
        }
        self
    }

    fn broken(&mut self, member: &str, value: impl Display, constraint: String) {
        let mut value = value.to_string();
        if value.len() > MAX_QUOTED_BYTES {
            value.truncate(value.floor_char_boundary(MAX_QUOTED_BYTES));
            value.push('…');
        }
        self.0.push(format!(
            "Value '{value}' at '{member}' failed to satisfy constraint: Member must {constraint}"
        ));
    }

    /// All that was broken, as one error.
    ///
    /// # Errors
    /// `ValidationException` that lists every broken constraint, in the order of the checks.
    pub fn finish(self) -> Result<(), ApiError> {
        let count = self.0.len();
        if count == 0 {
            return Ok(());
        }
        let errors = if count == 1 { "error" } else { "errors" };
        let message = format!("{count} validation {errors} detected: {}", self.0.join("; "));
        Err(ApiError::new(ErrorCode::ValidationException, message))
    }
}

#[cfg(test)]
mod tests {
    use super::Violations;

    fn message(violations: Violations) -> String {
        violations.finish().unwrap_err().message().to_owned()
    }

    #[test]
    fn the_texts_are_those_of_the_service() {
        let found = message(Violations::new().range("maxResults", Some(1_001), 0, 1_000));
        assert_eq!(
            found,
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy \
             constraint: Member must have value less than or equal to 1000"
        );
        let found = message(Violations::new().length("name", "", 1, 80).one_of(
            "type",
            Some("X"),
            &["A", "B"],
        ));
        assert_eq!(
            found,
            "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member \
             must have length greater than or equal to 1; Value 'X' at 'type' failed to satisfy \
             constraint: Member must satisfy enum value set: [A, B]"
        );
        assert!(Violations::new().length("name", &"é".repeat(80), 1, 80).finish().is_ok());
    }

    #[test]
    fn long_values_are_cut() {
        let found = message(Violations::new().length("cause", &"é".repeat(40_000), 0, 32_768));
        assert!(found.len() < 1_400, "{}", found.len());
    }
}
