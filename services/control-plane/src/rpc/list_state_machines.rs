//! ListStateMachines.

use crate::page::PageRequest;
use crate::records::{STATE_MACHINES, decode};
use crate::service::Shared;
use stepwell_api::controlplane::{
    ListStateMachinesRequest, ListStateMachinesResponse, StateMachineListItem,
};
use stepwell_api::internal::StateMachineRecord;
use stepwell_api::{ApiError, from_millis};
use stepwell_ids::{Name, StateMachineArn};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ListStateMachinesRequest>,
) -> Result<ListStateMachinesResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let page = PageRequest {
        call: "ListStateMachines",
        prefix: STATE_MACHINES,
        max_results: request.max_results,
        next_token: request.next_token.as_deref(),
    };
    let page = shared.page(&namespace, page).await?;
    let item = |value| {
        let record: StateMachineRecord = decode(value)?;
        let arn = StateMachineArn::new(namespace.clone(), Name::parse(&record.name)?);
        Ok(StateMachineListItem {
            state_machine_arn: arn.to_string(),
            name: record.name,
            creation_date: Some(from_millis(record.created_ms)),
            r#type: "STANDARD".to_owned(),
        })
    };
    let state_machines = page.values.into_iter().map(item).collect::<Result<_, ApiError>>()?;
    Ok(ListStateMachinesResponse { state_machines, next_token: page.next_token })
}
