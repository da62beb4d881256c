//! Members that are structures or lists, as a request has them. Members that they don't have are
//! ignored, as everywhere.

use crate::arguments::Arguments;
use serde::Deserialize;
use stepwell_api::controlplane::{
    EncryptionConfiguration, LogDestinations, LoggingConfiguration, Route, Tag,
};
use stepwell_api::{ApiError, ErrorCode};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logging {
    level: Option<String>,
    include_execution_data: Option<bool>,
    destinations: Option<Vec<Destination>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Destination {
    cloud_watch_logs_log_group: Option<LogGroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogGroup {
    log_group_arn: Option<String>,
}

/// The log that a request gives; a destination without its parts is an empty ARN.
pub(super) fn logging(arguments: &mut Arguments) -> Result<Option<LoggingConfiguration>, ApiError> {
    let logging = arguments.decode("loggingConfiguration")?;
    Ok(logging.map(|Logging { level, include_execution_data, destinations }| {
        let arn = |it: Destination| it.cloud_watch_logs_log_group?.log_group_arn;
        let arns = |it: Vec<Destination>| it.into_iter().map(|it| arn(it).unwrap_or_default());
        let destinations =
            destinations.map(|it| LogDestinations { log_group_arns: arns(it).collect() });
        LoggingConfiguration { level, include_execution_data, destinations }
    }))
}

#[derive(Deserialize)]
struct Tracing {
    enabled: Option<bool>,
}

/// Whether a request asks for tracing.
pub(super) fn tracing(arguments: &mut Arguments) -> Result<Option<bool>, ApiError> {
    let tracing = arguments.decode("tracingConfiguration")?;
    Ok(tracing.map(|Tracing { enabled }| enabled.unwrap_or_default()))
}

#[derive(Deserialize)]
struct Encryption {
    r#type: Option<String>,
}

/// The encryption that a request asks for.
pub(super) fn encryption(
    arguments: &mut Arguments,
) -> Result<Option<EncryptionConfiguration>, ApiError> {
    let Some(Encryption { r#type }) = arguments.decode("encryptionConfiguration")? else {
        return Ok(None);
    };
    let r#type = r#type.ok_or_else(|| missing("encryptionConfiguration.type"))?;
    Ok(Some(EncryptionConfiguration { r#type }))
}

#[derive(Deserialize)]
struct GivenTag {
    key: Option<String>,
    value: Option<String>,
}

/// The tags that a request gives; parts that are absent are empty.
pub(super) fn tags(arguments: &mut Arguments) -> Result<Vec<Tag>, ApiError> {
    let tags: Vec<GivenTag> = arguments.decode("tags")?.unwrap_or_default();
    let tag = |GivenTag { key, value }| Tag {
        key: key.unwrap_or_default(),
        value: value.unwrap_or_default(),
    };
    Ok(tags.into_iter().map(tag).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GivenRoute {
    state_machine_version_arn: Option<String>,
    weight: Option<i32>,
}

/// The routes that a request gives an alias.
pub(super) fn routes(arguments: &mut Arguments) -> Result<Vec<Route>, ApiError> {
    let given: Vec<GivenRoute> = arguments.decode("routingConfiguration")?.unwrap_or_default();
    let mut routes = Vec::with_capacity(given.len());
    for (number, route) in (1..).zip(given) {
        let member = |name| missing(&format!("routingConfiguration.{number}.member.{name}"));
        let arn = route.state_machine_version_arn;
        routes.push(Route {
            state_machine_version_arn: arn.ok_or_else(|| member("stateMachineVersionArn"))?,
            weight: route.weight.ok_or_else(|| member("weight"))?,
        });
    }
    Ok(routes)
}

fn missing(member: &str) -> ApiError {
    let message = format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must \
         not be null"
    );
    ApiError::new(ErrorCode::ValidationException, message)
}
