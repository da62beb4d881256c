//! CreateActivity: idempotent by name; tags that differ are ignored.

use crate::configuration::{check_encryption, check_values};
use crate::records::{ACTIVITIES, activity_key, group, put};
use crate::service::Shared;
use crate::tags;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use bytes::Bytes;
use stepwell_api::controlplane::{CreateActivityRequest, CreateActivityResponse};
use stepwell_api::internal::ActivityRecord;
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_ids::{ActivityArn, Name};
use stepwell_storage::Expect;
use tonic::Request;
use uuid::Uuid;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<CreateActivityRequest>,
) -> Result<CreateActivityResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let CreateActivityRequest { name, tags: given, encryption_configuration: encryption } =
        request.into_inner();
    let violations = Violations::new().length("name", &name, 1, Name::MAX_CHARACTERS);
    let violations = check_values(violations, None, encryption.as_ref());
    tags::check_values(violations, &given).finish()?;
    check_encryption(encryption.as_ref())?;
    tags::check_count(&given, shared.limits.tags)?;
    let arn = ActivityArn::new(namespace, Name::parse(&name)?);
    let record = ActivityRecord {
        name,
        created_ms: shared.records.now_ms().await?,
        incarnation: Bytes::copy_from_slice(Uuid::new_v4().as_bytes()),
        tags: tags::merged(&[], &given),
    };
    let answer = settle(shared, &arn, &record).await?;
    // Nodes may know one of this name whose deletion ended before it could tell them.
    shared.confirmation.refresh(&arn).await?;
    Ok(answer)
}

async fn settle(
    shared: &Shared,
    arn: &ActivityArn,
    record: &ActivityRecord,
) -> Result<CreateActivityResponse, ApiError> {
    for _ in 0..ATTEMPTS {
        // Made by another call, now or long ago, or by a turn before whose answer was lost.
        if let Some(found) = shared.records.activity(arn.namespace(), arn.name()).await? {
            return Ok(created(arn, &found.record));
        }
        check_limit(shared, arn).await?;
        let create = put(activity_key(arn.name()), Expect::Absent, record);
        let group = group(arn.namespace());
        if write(&*shared.records.store, &group, vec![create]).await? == Settled::Written {
            return Ok(created(arn, record));
        }
    }
    Err(gave_up(arn))
}

async fn check_limit(shared: &Shared, arn: &ActivityArn) -> Result<(), ApiError> {
    let most = shared.limits.activities;
    if shared.records.count(arn.namespace(), ACTIVITIES).await? < most {
        return Ok(());
    }
    let message = format!("Activity Limit Exceeded: 'an account may have {most} a region'");
    Err(ApiError::new(ErrorCode::ActivityLimitExceeded, message))
}

fn created(arn: &ActivityArn, record: &ActivityRecord) -> CreateActivityResponse {
    CreateActivityResponse {
        activity_arn: arn.to_string(),
        creation_date: Some(from_millis(record.created_ms)),
    }
}
