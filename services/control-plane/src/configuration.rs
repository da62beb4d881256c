//! What a state machine is created with besides its definition: log, tracing and encryption.
//!
//! Logs and traces are recorded and shown as the service does, and nothing is written to them.
//! Encryption is the installation's own affair: a key of the caller's is refused.

use stepwell_api::controlplane::{
    EncryptionConfiguration, LogDestinations as GivenDestinations, LoggingConfiguration,
};
use stepwell_api::internal::{LogDestinations, LoggingRecord};
use stepwell_api::{ApiError, ErrorCode, Violations};

use crate::requests::ARN_CHARACTERS;

const OFF: &str = "OFF";
const LEVELS: [&str; 4] = ["ALL", "ERROR", "FATAL", OFF];
const OWN_KEY: &str = "AWS_OWNED_KEY";
const CALLERS_KEY: &str = "CUSTOMER_MANAGED_KMS_KEY";

/// Adds what is wrong with the values of a log and an encryption.
pub(crate) fn check_values(
    violations: Violations,
    logging: Option<&LoggingConfiguration>,
    encryption: Option<&EncryptionConfiguration>,
) -> Violations {
    let level = logging.and_then(|logging| logging.level.as_deref());
    let kind = encryption.map(|encryption| encryption.r#type.as_str());
    let mut violations = violations.one_of("loggingConfiguration.level", level, &LEVELS).one_of(
        "encryptionConfiguration.type",
        kind,
        &[OWN_KEY, CALLERS_KEY],
    );
    for (number, arn) in (1..).zip(destinations(logging)) {
        let member = format!(
            "loggingConfiguration.destinations.{number}.member.cloudWatchLogsLogGroup.logGroupArn"
        );
        violations = violations.length(&member, arn, 0, ARN_CHARACTERS);
    }
    violations
}

fn destinations(logging: Option<&LoggingConfiguration>) -> &[String] {
    let destinations = logging.and_then(|logging| logging.destinations.as_ref());
    destinations.map_or(&[], |it| it.log_group_arns.as_slice())
}

/// Refuses encryption that this version does not have.
pub(crate) fn check_encryption(
    encryption: Option<&EncryptionConfiguration>,
) -> Result<(), ApiError> {
    if encryption.is_none_or(|encryption| encryption.r#type == OWN_KEY) {
        return Ok(());
    }
    let message = "Invalid Encryption Configuration: 'Keys of AWS KMS are not supported by this \
                   version: use the type AWS_OWNED_KEY'";
    Err(ApiError::new(ErrorCode::InvalidEncryptionConfiguration, message))
}

/// The log that a caller asked for.
///
/// # Errors
/// `InvalidLoggingConfiguration` where something is to be logged, and not to exactly one place.
pub(crate) fn logging(given: &LoggingConfiguration) -> Result<LoggingRecord, ApiError> {
    let level = given.level.as_deref().filter(|level| *level != OFF).unwrap_or_default();
    let places = destinations(Some(given));
    let is_one = places.len() == 1 && places.iter().all(|arn| !arn.is_empty());
    if (!level.is_empty() && !is_one) || places.len() > 1 {
        let message = "Invalid Logging Configuration: Must specify exactly one Log Destination.";
        return Err(ApiError::new(ErrorCode::InvalidLoggingConfiguration, message));
    }
    let destinations = given.destinations.clone();
    Ok(LoggingRecord {
        level: level.to_owned(),
        include_execution_data: given.include_execution_data.unwrap_or_default(),
        destinations: destinations.map(|it| LogDestinations { log_group_arns: it.log_group_arns }),
    })
}

/// A log as it is shown; none is one that is off.
pub(crate) fn shown(record: Option<LoggingRecord>) -> LoggingConfiguration {
    let record = record.unwrap_or_default();
    let level = if record.level.is_empty() { OFF.to_owned() } else { record.level };
    LoggingConfiguration {
        level: Some(level),
        include_execution_data: Some(record.include_execution_data),
        destinations: record
            .destinations
            .map(|it| GivenDestinations { log_group_arns: it.log_group_arns }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(level: Option<&str>, places: Option<&[&str]>) -> LoggingConfiguration {
        LoggingConfiguration {
            level: level.map(str::to_owned),
            include_execution_data: None,
            destinations: places.map(|places| GivenDestinations {
                log_group_arns: places.iter().map(ToString::to_string).collect(),
            }),
        }
    }

    #[test]
    fn what_is_logged_goes_to_exactly_one_place() {
        let is_fine = |level, places| logging(&given(level, places)).is_ok();
        assert!(is_fine(None, None));
        assert!(is_fine(Some("OFF"), Some(&[])));
        assert!(is_fine(Some("OFF"), Some(&["g"])));
        assert!(is_fine(Some("ALL"), Some(&["g"])));
        assert!(!is_fine(Some("ALL"), None));
        assert!(!is_fine(Some("ERROR"), Some(&[])));
        assert!(!is_fine(Some("FATAL"), Some(&["g", "h"])));
        assert!(!is_fine(Some("ALL"), Some(&[""])));
    }

    #[test]
    fn an_incomplete_log_is_shown_whole_and_keeps_its_list() {
        let shown = shown(Some(logging(&given(None, Some(&[]))).unwrap()));
        assert_eq!(shown.level.as_deref(), Some("OFF"));
        assert_eq!(shown.include_execution_data, Some(false));
        assert_eq!(shown.destinations, Some(GivenDestinations::default()));
    }
}
