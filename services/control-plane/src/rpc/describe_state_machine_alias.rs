//! DescribeStateMachineAlias.

use crate::aliases::{self, missing};
use crate::requests::alias_arn;
use crate::service::Shared;
use stepwell_api::controlplane::{
    DescribeStateMachineAliasRequest, DescribeStateMachineAliasResponse,
};
use stepwell_api::{ApiError, from_millis};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DescribeStateMachineAliasRequest>,
) -> Result<DescribeStateMachineAliasResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().state_machine_alias_arn;
    let (arn, name) = alias_arn(&text)?;
    let machine = arn.machine();
    if *machine.namespace() != namespace {
        return Err(missing());
    }
    let record = shared.records.alias(machine, &name).await?.ok_or_else(missing)?.record;
    Ok(DescribeStateMachineAliasResponse {
        state_machine_alias_arn: text,
        routes: aliases::shown(machine, &record.routes),
        name: record.name,
        description: record.description,
        creation_date: Some(from_millis(record.created_ms)),
        update_date: Some(from_millis(record.updated_ms)),
    })
}
