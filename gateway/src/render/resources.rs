//! Answers about state machines and activities.

use super::Date;
use serde::Serialize;
use std::collections::BTreeMap;

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

/// How the data of a machine or activity is encrypted: with no key of the customer's own.
#[derive(Debug, Serialize)]
pub(crate) struct EncryptionConfiguration {
    r#type: &'static str,
}

impl EncryptionConfiguration {
    /// That of what was created without one.
    pub(crate) const DEFAULT: Self = Self { r#type: "AWS_OWNED_KEY" };
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
    pub(crate) encryption_configuration: EncryptionConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision_id: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) variable_references: BTreeMap<String, Vec<String>>,
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

/// Of DescribeActivity.
#[derive(Debug, Serialize)]
pub(crate) struct Activity {
    #[serde(flatten)]
    pub(crate) item: ActivityItem,
    #[serde(rename = "encryptionConfiguration")]
    pub(crate) encryption_configuration: EncryptionConfiguration,
}

/// Of ListActivities.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Activities {
    pub(crate) activities: Vec<ActivityItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// An item of [`Activities`], and what DescribeActivity tells beside the encryption.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivityItem {
    pub(crate) activity_arn: String,
    pub(crate) name: String,
    pub(crate) creation_date: Date,
}
