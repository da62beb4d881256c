//! Answers about state machines and activities.

use super::Date;
use serde::Serialize;

/// What a machine's log shows; machines of this version have none.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoggingConfiguration {
    level: &'static str,
    include_execution_data: bool,
}

impl LoggingConfiguration {
    /// That of a machine created without one.
    pub(crate) const DEFAULT: Self = Self { level: "OFF", include_execution_data: false };
}

/// Whether a machine is traced; machines of this version are not.
#[derive(Debug, Serialize)]
pub(crate) struct TracingConfiguration {
    enabled: bool,
}

impl TracingConfiguration {
    /// That of a machine created without one.
    pub(crate) const DEFAULT: Self = Self { enabled: false };
}

/// Of CreateStateMachine.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedStateMachine {
    pub(crate) state_machine_arn: String,
    pub(crate) creation_date: Date,
}

/// Of DescribeStateMachine.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateMachine {
    pub(crate) state_machine_arn: String,
    pub(crate) name: String,
    pub(crate) status: &'static str,
    pub(crate) definition: String,
    pub(crate) role_arn: String,
    pub(crate) r#type: String,
    pub(crate) creation_date: Date,
    pub(crate) logging_configuration: LoggingConfiguration,
    pub(crate) tracing_configuration: TracingConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision_id: Option<String>,
}

/// Of UpdateStateMachine.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdatedStateMachine {
    pub(crate) update_date: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision_id: Option<String>,
}

/// Of ListStateMachines.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateMachines {
    pub(crate) state_machines: Vec<StateMachineItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// An item of [`StateMachines`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateMachineItem {
    pub(crate) state_machine_arn: String,
    pub(crate) name: String,
    pub(crate) r#type: String,
    pub(crate) creation_date: Date,
}

/// Of CreateActivity.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedActivity {
    pub(crate) activity_arn: String,
    pub(crate) creation_date: Date,
}

/// Of DescribeActivity, and an item of [`Activities`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Activity {
    pub(crate) activity_arn: String,
    pub(crate) name: String,
    pub(crate) creation_date: Date,
}

/// Of ListActivities.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Activities {
    pub(crate) activities: Vec<Activity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}
