//! State machines as requests may name them: by a version or an alias,
//! `arn:aws:states:<region>:<account>:stateMachine:<name>[:<version or alias>]`.
//!
//! A qualifier of digits alone is a version; an alias has something else in its name.

use crate::arn::{ArnError, part, split};
use crate::{NameError, StateMachineArn};
use std::fmt;

/// The name of an alias: 1 to 80 of the characters a-z, A-Z, 0-9, `-`, `_` and `.`, of which one at
/// least is no digit (API reference, `AliasName`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AliasName(String);

impl AliasName {
    /// Most characters of the name of an alias.
    pub const MAX_CHARACTERS: usize = 80;

    /// The alias that `text` names.
    ///
    /// # Errors
    /// `text` is no name of an alias.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let fits = (1..=Self::MAX_CHARACTERS).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
            && !text.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(NameError::new(text)) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AliasName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What an ARN names of a state machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// A published version, by its number.
    Version(u64),
    /// An alias.
    Alias(AliasName),
}

impl fmt::Display for Qualifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(number) => write!(out, "{number}"),
            Self::Alias(name) => write!(out, "{name}"),
        }
    }
}

/// A state machine, or a version or alias of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QualifiedMachineArn {
    machine: StateMachineArn,
    qualifier: Option<Qualifier>,
}

impl QualifiedMachineArn {
    /// The ARN of `machine` itself.
    #[must_use]
    pub fn unqualified(machine: StateMachineArn) -> Self {
        Self { machine, qualifier: None }
    }

    /// The ARN of a version of `machine`.
    #[must_use]
    pub fn version(machine: StateMachineArn, number: u64) -> Self {
        Self { machine, qualifier: Some(Qualifier::Version(number)) }
    }

    /// The ARN of an alias of `machine`.
    #[must_use]
    pub fn alias(machine: StateMachineArn, name: AliasName) -> Self {
        Self { machine, qualifier: Some(Qualifier::Alias(name)) }
    }

    /// The ARN that `text` writes.
    ///
    /// # Errors
    /// `text` is no ARN, names another kind of resource, or has malformed parts.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let (namespace, parts) = split(text, "stateMachine")?;
        let malformed = || ArnError::Malformed(text.to_owned());
        let (name, qualifier) = match parts[..] {
            [name] => (name, None),
            [name, qualifier] => (name, Some(qualifier)),
            _ => return Err(malformed()),
        };
        let machine = StateMachineArn::new(namespace, part(text, name)?);
        let qualifier = match qualifier {
            None => None,
            Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => {
                let number = number.parse().ok().filter(|it: &u64| it.to_string() == number);
                Some(Qualifier::Version(number.ok_or_else(malformed)?))
            }
            Some(alias) => {
                Some(Qualifier::Alias(AliasName::parse(alias).map_err(|_| malformed())?))
            }
        };
        Ok(Self { machine, qualifier })
    }

    /// The state machine.
    #[must_use]
    pub fn machine(&self) -> &StateMachineArn {
        &self.machine
    }

    /// The version or alias that is named, if one is.
    #[must_use]
    pub fn qualifier(&self) -> Option<&Qualifier> {
        self.qualifier.as_ref()
    }
}

impl fmt::Display for QualifiedMachineArn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.qualifier {
            None => write!(out, "{}", self.machine),
            Some(qualifier) => write!(out, "{}:{qualifier}", self.machine),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

    #[test]
    fn digits_are_a_version_and_other_names_an_alias() {
        let parse = |qualifier: &str| {
            let arn = QualifiedMachineArn::parse(&format!("{MACHINE}{qualifier}"))?;
            assert_eq!(arn.to_string(), format!("{MACHINE}{qualifier}"));
            Ok::<_, ArnError>(arn.qualifier().cloned())
        };
        assert_eq!(parse(""), Ok(None));
        assert_eq!(parse(":12"), Ok(Some(Qualifier::Version(12))));
        let alias = |name| Some(Qualifier::Alias(AliasName::parse(name).unwrap()));
        assert_eq!(parse(":PROD"), Ok(alias("PROD")));
        assert_eq!(parse(":1.2"), Ok(alias("1.2")));
        for broken in [":", ":01", ":99999999999999999999", ":a b", ":a:b"] {
            let text = format!("{MACHINE}{broken}");
            assert_eq!(QualifiedMachineArn::parse(&text), Err(ArnError::Malformed(text)));
        }
    }

    #[test]
    fn a_name_of_digits_is_no_alias() {
        let longest = "a".repeat(80);
        for name in ["a", "-", "1a", "A.b_c-9", &longest] {
            assert!(AliasName::parse(name).is_ok(), "{name}");
        }
        for name in ["", "1", "a/b", "é", &format!("{longest}a")] {
            assert!(AliasName::parse(name).is_err(), "{name}");
        }
    }
}
