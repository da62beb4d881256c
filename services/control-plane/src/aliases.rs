//! Routes of aliases: which versions of one state machine an alias starts, and how often.

use crate::requests::ARN_CHARACTERS;
use crate::service::Shared;
use crate::versions::version_arn;
use stepwell_api::controlplane::Route;
use stepwell_api::internal::AliasRoute;
use stepwell_api::{ApiError, ErrorCode, Violations};
use stepwell_ids::{QualifiedMachineArn, Qualifier, StateMachineArn};

/// Most versions of an alias.
const ROUTES: usize = 2;
/// What the weights of an alias are together.
const WHOLE: i32 = 100;

/// Adds what is wrong with the values of routes, of which there must be `least`.
pub(crate) fn check_values(
    mut violations: Violations,
    routes: &[Route],
    least: usize,
) -> Violations {
    let items = routes.iter().map(|Route { state_machine_version_arn: arn, weight }| {
        format!("RoutingConfigurationListItem(stateMachineVersionArn={arn}, weight={weight})")
    });
    let shown = || format!("[{}]", items.collect::<Vec<_>>().join(", "));
    violations = violations.count("routingConfiguration", shown, routes.len(), least, ROUTES);
    for (number, route) in (1..).zip(routes) {
        let member = format!("routingConfiguration.{number}.member");
        let arn = &route.state_machine_version_arn;
        violations = violations
            .length(&format!("{member}.stateMachineVersionArn"), arn, 1, ARN_CHARACTERS)
            .range(&format!("{member}.weight"), Some(route.weight), 0, WHOLE);
    }
    violations
}

/// The state machine whose versions `routes` name, of which there is at least one, and the routes
/// as they are kept.
///
/// # Errors
/// `InvalidArn`; `ValidationException` where they are no distinct versions of one state machine
/// with weights that are 100 together.
pub(crate) fn routes(routes: &[Route]) -> Result<(StateMachineArn, Vec<AliasRoute>), ApiError> {
    let invalid = |message| Err(ApiError::new(ErrorCode::ValidationException, message));
    let received = || {
        let arns: Vec<_> = routes.iter().map(|it| it.state_machine_version_arn.as_str()).collect();
        arns.join(", ")
    };
    let (mut machine, mut kept) = (None, Vec::new());
    for route in routes {
        let arn = QualifiedMachineArn::parse(&route.state_machine_version_arn)?;
        let Some(Qualifier::Version(version)) = arn.qualifier() else {
            return invalid(format!(
                "Routing configuration must contain state machine version ARNs. Received: [{}]",
                received()
            ));
        };
        if machine.get_or_insert_with(|| arn.machine().clone()) != arn.machine() {
            return invalid(format!(
                "Routing configuration must contain versions of the same state machine. \
                 Received: [{}]",
                received()
            ));
        }
        let weight = u32::try_from(route.weight).unwrap_or_default();
        kept.push(AliasRoute { version: *version, weight });
    }
    if let [one, other] = &kept[..]
        && one.version == other.version
    {
        return invalid(format!(
            "Routing configuration must contain distinct state machine version ARNs. \
             Received: [{}]",
            received()
        ));
    }
    if routes.iter().map(|route| route.weight).sum::<i32>() != WHOLE {
        let weights: Vec<_> = routes.iter().map(|route| route.weight.to_string()).collect();
        return invalid(format!(
            "Sum of routing configuration weights must equal 100. Received: [{}]",
            weights.join(", ")
        ));
    }
    machine.map_or_else(|| Err(missing()), |machine| Ok((machine, kept)))
}

/// Routes as they are shown.
pub(crate) fn shown(machine: &StateMachineArn, routes: &[AliasRoute]) -> Vec<Route> {
    let route = |route: &AliasRoute| Route {
        state_machine_version_arn: version_arn(machine, route.version),
        weight: i32::try_from(route.weight).unwrap_or(WHOLE),
    };
    routes.iter().map(route).collect()
}

/// What a request about an alias refers to is not there.
pub(crate) fn missing() -> ApiError {
    let message = "Request references a resource that does not exist.";
    ApiError::new(ErrorCode::ResourceNotFound, message)
}

impl Shared {
    /// Refuses routes to versions that are not there.
    pub(crate) async fn check_routes(
        &self,
        machine: &StateMachineArn,
        routes: &[AliasRoute],
    ) -> Result<(), ApiError> {
        for route in routes {
            if self.records.version(machine, route.version).await?.is_none() {
                return Err(missing());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

    fn given(routes: &[(&str, i32)]) -> Vec<Route> {
        let route = |(arn, weight): &(&str, i32)| Route {
            state_machine_version_arn: format!("{MACHINE}{arn}"),
            weight: *weight,
        };
        routes.iter().map(route).collect()
    }

    #[test]
    fn distinct_versions_of_one_machine_that_are_100_together() {
        let (machine, kept) = routes(&given(&[(":1", 30), (":2", 70)])).unwrap();
        assert_eq!(machine.to_string(), MACHINE);
        assert_eq!(shown(&machine, &kept), given(&[(":1", 30), (":2", 70)]));
        let message =
            |routes_: &[(&str, i32)]| routes(&given(routes_)).unwrap_err().message().to_owned();
        assert!(message(&[("", 100)]).starts_with("Routing configuration must contain state"));
        assert!(message(&[(":PROD", 100)]).contains("version ARNs. Received"));
        assert!(message(&[(":1", 50), (":1", 50)]).contains("distinct"));
        assert!(message(&[(":1", 50), ("n:1", 50)]).contains("same state machine"));
        assert!(message(&[(":1", 70), (":2", 29)]).ends_with("Received: [70, 29]"));
    }
}
