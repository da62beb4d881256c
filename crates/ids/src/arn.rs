//! ARNs: `arn:aws:states:<region>:<account>:<type>:<rest>`.

use crate::{Name, NameError};
use std::fmt;

/// An account in a region. Resources of different namespaces never see each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Namespace {
    /// Twelve digits.
    pub account: String,
    /// A region name such as `us-east-1`.
    pub region: String,
}

/// Why a text is not the ARN that was asked for. Prints as the message of `InvalidArn`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// Not an ARN of this service at all.
    #[error("Invalid Arn: 'Invalid ARN prefix: {0}'")]
    Prefix(String),
    /// An ARN of another kind of resource, named as in the ARN.
    #[error("Invalid Arn: 'Resource type not valid in this context: {0}'")]
    ResourceType(String),
    /// The right kind, with parts that are missing, too many or malformed.
    #[error("Invalid Arn: 'Invalid ARN: {0}'")]
    Malformed(String),
}

/// The parts before the resource, checked, with the resource's own parts.
pub(crate) fn split<'a>(
    text: &'a str,
    resource_type: &str,
) -> Result<(Namespace, Vec<&'a str>), ArnError> {
    let prefix = || ArnError::Prefix(text.to_owned());
    let malformed = || ArnError::Malformed(text.to_owned());
    let mut parts = text.split(':');
    if [parts.next(), parts.next(), parts.next()] != [Some("arn"), Some("aws"), Some("states")] {
        return Err(prefix());
    }
    let (Some(region), Some(account), Some(found)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err(prefix());
    };
    if found != resource_type {
        return Err(ArnError::ResourceType(found.to_owned()));
    }
    let region_fits = !region.is_empty()
        && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let account_fits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if !region_fits || !account_fits {
        return Err(malformed());
    }
    let namespace = Namespace { account: account.to_owned(), region: region.to_owned() };
    Ok((namespace, parts.collect()))
}

pub(crate) fn part(text: &str, part: &str) -> Result<Name, ArnError> {
    Name::parse(part).map_err(|_: NameError| ArnError::Malformed(text.to_owned()))
}

macro_rules! named_resource {
    ($(#[$doc:meta])* $type:ident, $resource:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type {
            namespace: Namespace,
            name: Name,
        }

        impl $type {
            /// The ARN of the resource `name` in `namespace`.
            #[must_use]
            pub fn new(namespace: Namespace, name: Name) -> Self {
                Self { namespace, name }
            }

            /// The ARN that `text` writes.
            ///
            /// # Errors
            /// `text` is no ARN, names another kind of resource, or has malformed parts.
            pub fn parse(text: &str) -> Result<Self, ArnError> {
                match split(text, $resource)? {
                    (namespace, parts) if parts.len() == 1 => {
                        Ok(Self { namespace, name: part(text, parts[0])? })
                    }
                    _ => Err(ArnError::Malformed(text.to_owned())),
                }
            }

            /// Where the resource lives.
            #[must_use]
            pub fn namespace(&self) -> &Namespace {
                &self.namespace
            }

            /// The resource's name.
            #[must_use]
            pub fn name(&self) -> &Name {
                &self.name
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                let Namespace { account, region } = &self.namespace;
                write!(out, "arn:aws:states:{region}:{account}:{}:{}", $resource, self.name)
            }
        }
    };
}

named_resource! {
    /// A state machine, without version or alias.
    StateMachineArn, "stateMachine"
}

named_resource! {
    /// An activity.
    ActivityArn, "activity"
}

/// An execution of a standard state machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExecutionArn {
    state_machine: StateMachineArn,
    name: Name,
}

impl ExecutionArn {
    /// The ARN of the execution `name` of `state_machine`.
    #[must_use]
    pub fn new(state_machine: StateMachineArn, name: Name) -> Self {
        Self { state_machine, name }
    }

    /// The ARN that `text` writes.
    ///
    /// # Errors
    /// `text` is no ARN, names another kind of resource, or has malformed parts.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let (namespace, parts) = split(text, "execution")?;
        let [machine, name] = parts[..] else {
            return Err(ArnError::Malformed(text.to_owned()));
        };
        let state_machine = StateMachineArn::new(namespace, part(text, machine)?);
        Ok(Self::new(state_machine, part(text, name)?))
    }

    /// The state machine that the execution runs.
    #[must_use]
    pub fn state_machine(&self) -> &StateMachineArn {
        &self.state_machine
    }

    /// The execution's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }
}

impl fmt::Display for ExecutionArn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Namespace { account, region } = self.state_machine.namespace();
        let machine = self.state_machine.name();
        write!(out, "arn:aws:states:{region}:{account}:execution:{machine}:{}", self.name)
    }
}
