//! Names of state machines, executions, activities and workers.

use std::fmt;

/// 1 to 80 characters, none of those that the API reference excludes (`CreateStateMachine`,
/// `name`): white space, brackets, wildcards, special and control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

/// Why a text is not a name. Prints as the message that the service sends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid Name: '{0}'")]
pub struct NameError(String);

impl NameError {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Name {
    /// Most characters of a name.
    pub const MAX_CHARACTERS: usize = 80;

    /// The name that `text` is.
    ///
    /// # Errors
    /// `text` is empty, longer than 80 characters or has an excluded character.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let fits = (1..=Self::MAX_CHARACTERS).contains(&text.chars().count());
        if fits && text.chars().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError(text.to_owned()))
        }
    }

    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn is_allowed(character: char) -> bool {
    const EXCLUDED: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";
    !(character.is_whitespace()
        || character.is_control()
        || EXCLUDED.contains(character)
        || matches!(character, '\u{FFFE}' | '\u{FFFF}' | '\u{10FFFF}'))
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn length_and_characters_are_bounded() {
        for text in ["a", "order-1.v2", "ünïcode", &"é".repeat(80)] {
            assert_eq!(Name::parse(text).map(|name| name.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "a b", "a/b", "a:b", "a\u{0}", "a\u{9f}", "a\u{a0}", &"a".repeat(81)] {
            let error = Name::parse(text).unwrap_err();
            assert_eq!(error.to_string(), format!("Invalid Name: '{text}'"));
        }
    }
}
