//! Answers about state machines and activities.

use super::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use stepwell_api::{controlplane, execution};

/// What goes to a machine's log.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoggingConfiguration {
    level: String,
    include_execution_data: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    destinations: Option<Vec<Destination>>,
}

/// An item of [`LoggingConfiguration`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Destination {
    cloud_watch_logs_log_group: LogGroup,
}

/// Of [`Destination`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogGroup {
    log_group_arn: String,
}

impl LoggingConfiguration {
    /// That of a machine; a service that tells none has none.
    pub(crate) fn of_machine(logging: Option<controlplane::LoggingConfiguration>) -> Self {
        let logging = logging.unwrap_or_default();
        let arns = logging.destinations.map(|destinations| destinations.log_group_arns);
        let level = logging.level.unwrap_or_default();
        Self::new(level, logging.include_execution_data.unwrap_or_default(), arns)
    }

    /// That of the machine of an execution; a service that tells none has none.
    pub(crate) fn of_execution(logging: Option<execution::LoggingConfiguration>) -> Self {
        let logging = logging.unwrap_or_default();
        let arns = logging.destinations.map(|destinations| destinations.log_group_arns);
        Self::new(logging.level, logging.include_execution_data, arns)
    }

    fn new(level: String, include_execution_data: bool, arns: Option<Vec<String>>) -> Self {
        let level = if level.is_empty() { "OFF".to_owned() } else { level };
        let destination =
            |log_group_arn| Destination { cloud_watch_logs_log_group: LogGroup { log_group_arn } };
        let destinations = arns.map(|arns| arns.into_iter().map(destination).collect());
        Self { level, include_execution_data, destinations }
    }
}

/// Whether a machine is traced.
#[derive(Debug, Serialize)]
pub(crate) struct TracingConfiguration {
    pub(crate) enabled: bool,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state_machine_version_arn: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state_machine_version_arn: Option<String>,
}

/// Of PublishStateMachineVersion, and an item of [`Versions`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Version {
    pub(crate) state_machine_version_arn: String,
    pub(crate) creation_date: Date,
}

/// Of ListStateMachineVersions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Versions {
    pub(crate) state_machine_versions: Vec<Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// Of CreateStateMachineAlias, and an item of [`Aliases`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedAlias {
    pub(crate) state_machine_alias_arn: String,
    pub(crate) creation_date: Date,
}

/// Of ListStateMachineAliases.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Aliases {
    pub(crate) state_machine_aliases: Vec<CreatedAlias>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// Of DescribeStateMachineAlias.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Alias {
    pub(crate) state_machine_alias_arn: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) routing_configuration: Vec<RouteItem>,
    pub(crate) creation_date: Date,
    pub(crate) update_date: Date,
}

/// An item of [`Alias`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RouteItem {
    state_machine_version_arn: String,
    weight: i32,
}

impl From<controlplane::Route> for RouteItem {
    fn from(route: controlplane::Route) -> Self {
        let controlplane::Route { state_machine_version_arn, weight } = route;
        Self { state_machine_version_arn, weight }
    }
}

/// Of UpdateStateMachineAlias.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdatedAlias {
    pub(crate) update_date: Date,
}

/// Of ListTagsForResource.
#[derive(Debug, Serialize)]
pub(crate) struct Tags {
    tags: Vec<TagItem>,
}

/// An item of [`Tags`].
#[derive(Debug, Serialize)]
struct TagItem {
    key: String,
    value: String,
}

impl Tags {
    pub(crate) fn new(tags: Vec<controlplane::Tag>) -> Self {
        let item = |controlplane::Tag { key, value }| TagItem { key, value };
        Self { tags: tags.into_iter().map(item).collect() }
    }
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
