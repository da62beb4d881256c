//! DeleteActivity: removes the record, has execution nodes forget it, and wakes the pollers.

use crate::records::{activity_key, group};
use crate::requests::check_arn;
use crate::service::Shared;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use stepwell_api::ApiError;
use stepwell_api::controlplane::{DeleteActivityRequest, DeleteActivityResponse};
use stepwell_ids::ActivityArn;
use stepwell_storage::{ControlChange, ControlWrite, Expect};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DeleteActivityRequest>,
) -> Result<DeleteActivityResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().activity_arn;
    check_arn("activityArn", &text)?;
    let arn = ActivityArn::parse(&text)?;
    if *arn.namespace() != namespace {
        return Ok(DeleteActivityResponse {});
    }
    remove(shared, &arn).await?;
    // Also where it was gone already: an earlier call may have removed it without hearing from
    // all nodes.
    let (refreshed, dropped) =
        tokio::join!(shared.confirmation.refresh(&arn), shared.confirmation.drop_pollers(&arn));
    refreshed?;
    dropped?;
    Ok(DeleteActivityResponse {})
}

async fn remove(shared: &Shared, arn: &ActivityArn) -> Result<(), ApiError> {
    for _ in 0..ATTEMPTS {
        let Some(found) = shared.records.activity(arn.namespace(), arn.name()).await? else {
            return Ok(());
        };
        let expect = Some(Expect::Version(found.version));
        let key = activity_key(arn.name());
        let remove = ControlWrite { key, expect, change: ControlChange::Delete };
        let group = group(arn.namespace());
        if write(&*shared.records.store, &group, vec![remove]).await? == Settled::Written {
            return Ok(());
        }
    }
    Err(gave_up(arn))
}
