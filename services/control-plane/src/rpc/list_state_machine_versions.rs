//! ListStateMachineVersions: newest first; of a state machine that is not there, none.

use crate::page::PageRequest;
use crate::records::{decode, versions_of};
use crate::requests::check_arn;
use crate::service::Shared;
use crate::versions::version_arn;
use stepwell_api::controlplane::{
    ListStateMachineVersionsRequest, ListStateMachineVersionsResponse, StateMachineVersionListItem,
};
use stepwell_api::internal::StateMachineVersionRecord;
use stepwell_api::{ApiError, from_millis};
use stepwell_ids::StateMachineArn;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ListStateMachineVersionsRequest>,
) -> Result<ListStateMachineVersionsResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    check_arn("stateMachineArn", &request.state_machine_arn)?;
    let machine = StateMachineArn::parse(&request.state_machine_arn)?;
    if *machine.namespace() != namespace {
        return Ok(ListStateMachineVersionsResponse::default());
    }
    let page = PageRequest {
        call: "ListStateMachineVersions",
        prefix: &versions_of(machine.name()),
        max_results: request.max_results,
        next_token: request.next_token.as_deref(),
    };
    let page = shared.page(&namespace, page).await?;
    let item = |value| {
        let record: StateMachineVersionRecord = decode(value)?;
        Ok(StateMachineVersionListItem {
            state_machine_version_arn: version_arn(&machine, record.number),
            creation_date: Some(from_millis(record.created_ms)),
        })
    };
    let versions = page.values.into_iter().map(item).collect::<Result<_, ApiError>>()?;
    Ok(ListStateMachineVersionsResponse {
        state_machine_versions: versions,
        next_token: page.next_token,
    })
}
