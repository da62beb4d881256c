//! ListActivities.

use crate::page::PageRequest;
use crate::records::{ACTIVITIES, decode};
use crate::service::Shared;
use stepwell_api::controlplane::{ActivityListItem, ListActivitiesRequest, ListActivitiesResponse};
use stepwell_api::internal::ActivityRecord;
use stepwell_api::{ApiError, from_millis};
use stepwell_ids::{ActivityArn, Name};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ListActivitiesRequest>,
) -> Result<ListActivitiesResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let page = PageRequest {
        call: "ListActivities",
        prefix: ACTIVITIES,
        max_results: request.max_results,
        next_token: request.next_token.as_deref(),
    };
    let page = shared.page(&namespace, page).await?;
    let item = |value| {
        let record: ActivityRecord = decode(value)?;
        let arn = ActivityArn::new(namespace.clone(), Name::parse(&record.name)?);
        Ok(ActivityListItem {
            activity_arn: arn.to_string(),
            name: record.name,
            creation_date: Some(from_millis(record.created_ms)),
        })
    };
    let activities = page.values.into_iter().map(item).collect::<Result<_, ApiError>>()?;
    Ok(ListActivitiesResponse { activities, next_token: page.next_token })
}
