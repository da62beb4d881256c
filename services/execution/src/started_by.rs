//! What an execution runs that is started by a state machine, a version or an alias.

use crate::failure::{no_state_machine, of_resource};
use crate::service::Shared;
use stepwell_api::ApiError;
use stepwell_api::internal::{AliasRoute, Revision, StateMachineRecord};
use stepwell_ids::{QualifiedMachineArn, Qualifier};
use uuid::Uuid;

/// What the weights of an alias are together.
const WHOLE: u32 = 100;

impl Shared {
    /// The revision that a start by `arn` runs, of the state machine `machine`: with a note of the
    /// version, and of the alias, that it is started by.
    pub(crate) async fn revision_to_start(
        &self,
        arn: &QualifiedMachineArn,
        machine: &StateMachineRecord,
    ) -> Result<Revision, ApiError> {
        if arn.qualifier().is_none() {
            return Ok(machine.revision.clone().unwrap_or_default());
        }
        if let Some(revision) = self.qualified(arn, machine).await? {
            return Ok(revision);
        }
        // The alias may have been routed elsewhere since it was read.
        self.catalog.refresh(&arn.machine().to_string());
        self.qualified(arn, machine).await?.ok_or_else(|| no_state_machine(arn))
    }

    /// The revision of a version, or of one that an alias routes to; none where there is none.
    async fn qualified(
        &self,
        arn: &QualifiedMachineArn,
        machine: &StateMachineRecord,
    ) -> Result<Option<Revision>, ApiError> {
        let (number, alias) = match arn.qualifier() {
            None => return Ok(None),
            Some(Qualifier::Version(number)) => (*number, String::new()),
            Some(Qualifier::Alias(name)) => {
                let alias = self.catalog.alias(arn.machine(), name).await.map_err(of_resource)?;
                let alias = alias.filter(|alias| alias.incarnation == machine.incarnation);
                let Some(alias) = alias else { return Ok(None) };
                // A start that is made again finds the execution that the first one made.
                let share = Uuid::new_v4().as_fields().0 % WHOLE;
                (route(&alias.routes, share), alias.name.clone())
            }
        };
        let version = self.catalog.version(arn.machine(), number).await.map_err(of_resource)?;
        let version = version.filter(|version| version.incarnation == machine.incarnation);
        let Some(version) = version else { return Ok(None) };
        let revision = version.revision.clone().unwrap_or_default();
        Ok(Some(Revision { started_version: number, started_alias: alias, ..revision }))
    }
}

/// The version that a share of 0 to 99 of the starts goes to.
fn route(routes: &[AliasRoute], share: u32) -> u64 {
    let mut end = 0;
    for route in routes {
        end += route.weight;
        if share < end {
            return route.version;
        }
    }
    routes.last().map_or(0, |route| route.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_shares_of_the_starts() {
        let routes = [AliasRoute { version: 7, weight: 30 }, AliasRoute { version: 8, weight: 70 }];
        let starts = (0..WHOLE).filter(|share| route(&routes, *share) == 7).count();
        assert_eq!(starts, 30);
        let idle = [AliasRoute { version: 7, weight: 0 }, AliasRoute { version: 8, weight: 100 }];
        assert!((0..WHOLE).all(|share| route(&idle, share) == 8));
    }
}
