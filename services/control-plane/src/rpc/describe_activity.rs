//! DescribeActivity.

use crate::requests::{check_arn, no_activity};
use crate::service::Shared;
use stepwell_api::controlplane::{DescribeActivityRequest, DescribeActivityResponse};
use stepwell_api::{ApiError, from_millis};
use stepwell_ids::ActivityArn;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DescribeActivityRequest>,
) -> Result<DescribeActivityResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().activity_arn;
    check_arn("activityArn", &text)?;
    let arn = ActivityArn::parse(&text)?;
    if *arn.namespace() != namespace {
        return Err(no_activity(&text));
    }
    let found = shared.records.activity(&namespace, arn.name()).await?;
    let record = found.ok_or_else(|| no_activity(&text))?.record;
    Ok(DescribeActivityResponse {
        activity_arn: text,
        name: record.name,
        creation_date: Some(from_millis(record.created_ms)),
    })
}
