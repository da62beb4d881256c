//! The types that have work done: Task, Parallel, Map.

use super::{Expressions, FlowId, Quantity, Template, Text, Transition};
use std::sync::Arc;
use stepwell_json::{Object, Value};
use stepwell_jsonpath::Path;

/// The fields of a Task state.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// `Resource`
    pub resource: Resource,
    /// `TimeoutSeconds` or `TimeoutSecondsPath`; a literal is 1 to 99,999,999. None is no limit.
    pub timeout: Option<Quantity>,
    /// `HeartbeatSeconds` or `HeartbeatSecondsPath`; a literal is 1 to 99,999,999 and below a
    /// literal timeout. None asks for no heartbeats.
    pub heartbeat: Option<Quantity>,
    /// `RoleArn` of `Credentials`: the role that the call is made with.
    pub role_arn: Option<Text>,
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

/// How a call of another service ends (developer guide, "Service integration patterns").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallPattern {
    /// With the service's answer.
    RequestResponse,
    /// `.sync`: with the job that the call starts; its description tells results as text.
    Sync,
    /// `.sync:2`: as [`Self::Sync`]; its description tells results as JSON.
    Sync2,
    /// `.waitForTaskToken`: with what somebody reports under the task's token.
    WaitForTaskToken,
}

impl CallPattern {
    /// The pattern with this name after the action's `.`; none names [`Self::RequestResponse`].
    #[must_use]
    pub fn of_suffix(suffix: Option<&str>) -> Option<Self> {
        Some(match suffix {
            None => Self::RequestResponse,
            Some("sync") => Self::Sync,
            Some("sync:2") => Self::Sync2,
            Some("waitForTaskToken") => Self::WaitForTaskToken,
            Some(_) => return None,
        })
    }
}

/// `arn:aws:states:::<service>:<action>[.<pattern>]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// The ARN as written.
    pub arn: Arc<str>,
    /// For example `lambda` or `aws-sdk:dynamodb`, as histories name it in `resourceType`.
    pub service: Arc<str>,
    /// For example `invoke` or `startExecution.sync:2`, as histories name it in `resource`.
    pub action: Arc<str>,
    /// How the call ends.
    pub pattern: CallPattern,
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
    /// `ItemsPath`, a reference path; none for all of the effective input. May start from the
    /// context object or a variable.
    pub items_path: Option<Path>,
    /// `Items` of a JSONata state; none for its input.
    pub items: Option<Expressions>,
    /// `ItemSelector`, or `Parameters`, which once had its place; of a JSONPath state.
    pub item_selector: Option<Template>,
    /// `ItemSelector` of a JSONata state.
    pub item_expressions: Option<Expressions>,
    /// `MaxConcurrency` or `MaxConcurrencyPath`; none and 0 set no bound.
    pub max_concurrency: Option<Quantity>,
    /// Every other field of the type by its name, checked for shape and unevaluated:
    /// `ItemReader`, `ItemBatcher`, `ResultWriter`, `Label` and the tolerated failures with their
    /// `…Path` forms.
    pub fields: Object,
    /// `Next` or `End`
    pub transition: Transition,
}

impl Map {
    /// Whether iterations run as executions of their own.
    #[must_use]
    pub fn is_distributed(&self) -> bool {
        let mode = self.processor_config.as_ref().and_then(|config| config.get("Mode"));
        mode.and_then(Value::as_str) == Some("DISTRIBUTED")
    }
}
