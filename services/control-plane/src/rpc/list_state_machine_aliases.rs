//! ListStateMachineAliases: by name; those of a version are found among all of its state machine,
//! so that a page of them may have fewer than asked for.

use crate::page::PageRequest;
use crate::records::{aliases_of, decode};
use crate::requests::{check_arn, no_state_machine, state_machine_deleting};
use crate::service::Shared;
use stepwell_api::controlplane::{
    ListStateMachineAliasesRequest, ListStateMachineAliasesResponse, StateMachineAliasListItem,
};
use stepwell_api::internal::StateMachineAliasRecord;
use stepwell_api::{ApiError, from_millis};
use stepwell_ids::{AliasName, ArnError, QualifiedMachineArn, Qualifier};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ListStateMachineAliasesRequest>,
) -> Result<ListStateMachineAliasesResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let text = &request.state_machine_arn;
    check_arn("stateMachineArn", text)?;
    let arn = QualifiedMachineArn::parse(text)?;
    let version = match arn.qualifier() {
        None => None,
        Some(Qualifier::Version(number)) => Some(*number),
        Some(Qualifier::Alias(_)) => return Err(ArnError::Malformed(text.clone()).into()),
    };
    let machine = arn.machine();
    let page = PageRequest {
        call: "ListStateMachineAliases",
        prefix: &aliases_of(machine.name()),
        max_results: request.max_results,
        next_token: request.next_token.as_deref(),
    };
    let page = shared.page(&namespace, page).await?;
    if *machine.namespace() != namespace {
        return Err(no_state_machine(text));
    }
    let found = shared.records.state_machine(&namespace, machine.name()).await?;
    let found = found.ok_or_else(|| no_state_machine(text))?;
    if found.record.deleting {
        return Err(state_machine_deleting(machine));
    }
    let mut aliases = Vec::new();
    for value in page.values {
        let record: StateMachineAliasRecord = decode(value)?;
        if version.is_none_or(|version| record.routes.iter().any(|it| it.version == version)) {
            let arn = QualifiedMachineArn::alias(machine.clone(), AliasName::parse(&record.name)?);
            aliases.push(StateMachineAliasListItem {
                state_machine_alias_arn: arn.to_string(),
                creation_date: Some(from_millis(record.created_ms)),
            });
        }
    }
    Ok(ListStateMachineAliasesResponse {
        state_machine_aliases: aliases,
        next_token: page.next_token,
    })
}
