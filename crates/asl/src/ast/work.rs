//! The types that have work done: Task, Parallel, Map.

use super::{FlowId, Seconds, Transition};
use std::sync::Arc;
use stepwell_json::{Object, Value};

/// The fields of a Task state.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// `Resource`
    pub resource: Resource,
    /// `TimeoutSeconds` or `TimeoutSecondsPath`; a literal is 1 to 99,999,999. None is no limit.
    pub timeout: Option<Seconds>,
    /// `HeartbeatSeconds` or `HeartbeatSecondsPath`; a literal is 1 to 99,999,999 and below a
    /// literal timeout. None asks for no heartbeats.
    pub heartbeat: Option<Seconds>,
    /// `Credentials`, unevaluated.
    pub credentials: Option<Value>,
    /// `Next` or `End`
    pub transition: Transition,
}

/// Who does the work of a Task state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Workers that poll the activity with this ARN:
    /// `arn:aws:states:<region>:<account>:activity:<name>`.
    Activity(Arc<str>),
    /// The Lambda function with this ARN:
    /// `arn:aws:lambda:<region>:<account>:function:<name>[:<version or alias>]`.
    Function(Arc<str>),
    /// A call of another service.
    Integration(Integration),
}

impl Resource {
    /// The ARN as written.
    #[must_use]
    pub fn arn(&self) -> &str {
        match self {
            Self::Activity(arn) | Self::Function(arn) => arn,
            Self::Integration(integration) => &integration.arn,
        }
    }
}

/// `arn:aws:states:::<service>:<action>`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// The ARN as written.
    pub arn: Arc<str>,
    /// For example `lambda` or `aws-sdk:dynamodb`, as histories name it in `resourceType`.
    pub service: Arc<str>,
    /// For example `invoke` or `startExecution.sync:2`, as histories name it in `resource`.
    pub action: Arc<str>,
}

/// The fields of a Parallel state.
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// `Branches`, never empty.
    pub branches: Vec<FlowId>,
    /// `Next` or `End`
    pub transition: Transition,
}

/// The fields of a Map state.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// `ItemProcessor` or `Iterator`
    pub processor: FlowId,
    /// `ProcessorConfig` of the processor; absent means inline.
    pub processor_config: Option<Value>,
    /// Every other field of the type by its name, checked for shape and unevaluated: `ItemsPath`, `Items`, `ItemSelector`,
    /// `MaxConcurrency`, `ItemReader`, `ItemBatcher`, `ResultWriter`, `Label`, the tolerated
    /// failures, and the `…Path` forms.
    pub fields: Object,
    /// `Next` or `End`
    pub transition: Transition,
}
