//! Activities: create, describe, list, delete.

use super::structures;
use crate::arguments::Arguments;
use crate::call::Call;
use crate::render::resources::{
    Activities, Activity, ActivityItem, CreatedActivity, EncryptionConfiguration,
};
use crate::render::{date, json, nothing};
use axum::body::Body;
use stepwell_api::ApiError;
use stepwell_api::controlplane::{
    ActivityListItem, CreateActivityRequest, DeleteActivityRequest, DescribeActivityRequest,
    ListActivitiesRequest,
};

pub(super) async fn create(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = CreateActivityRequest {
        name: arguments.required("name"),
        tags: structures::tags(&mut arguments)?,
        encryption_configuration: structures::encryption(&mut arguments)?,
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.create_activity(request).await
        })
        .await?;
    json(&CreatedActivity {
        creation_date: date(answer.creation_date.as_ref(), "creationDate")?,
        activity_arn: answer.activity_arn,
    })
}

pub(super) async fn describe(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = DescribeActivityRequest { activity_arn: arguments.required("activityArn") };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.describe_activity(request).await
        })
        .await?;
    json(&Activity {
        item: ActivityItem {
            creation_date: date(answer.creation_date.as_ref(), "creationDate")?,
            activity_arn: answer.activity_arn,
            name: answer.name,
        },
        encryption_configuration: EncryptionConfiguration::DEFAULT,
    })
}

pub(super) async fn list(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = ListActivitiesRequest {
        max_results: arguments.integer("maxResults"),
        next_token: arguments.text("nextToken"),
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.list_activities(request).await
        })
        .await?;
    let activities = answer.activities.into_iter().map(item).collect::<Result<_, _>>()?;
    json(&Activities { activities, next_token: answer.next_token })
}

fn item(item: ActivityListItem) -> Result<ActivityItem, ApiError> {
    Ok(ActivityItem {
        creation_date: date(item.creation_date.as_ref(), "creationDate")?,
        activity_arn: item.activity_arn,
        name: item.name,
    })
}

pub(super) async fn delete(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = DeleteActivityRequest { activity_arn: arguments.required("activityArn") };
    call.control_plane(message, |mut client, request| async move {
        client.delete_activity(request).await
    })
    .await?;
    Ok(nothing())
}
