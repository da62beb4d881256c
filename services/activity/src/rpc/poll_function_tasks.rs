//! PollFunctionTasks: a long poll for function calls to make, each started. Where the caller says
//! that it can make none, the calls that wait fail, before they are started.

use crate::claim::{Claim, Delivery};
use crate::handover::carry;
use crate::owner::Repeat;
use crate::requests::FUNCTION_QUEUE;
use crate::service::Shared;
use crate::taker::{OfTheDead, Start};
use futures::future::join_all;
use std::time::Duration;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{
    PollFunctionTasksRequest, PollFunctionTasksResponse, ReportTaskRequest, TaskFailure, TaskRef,
    TaskReporter,
};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_service_kit::tokens::TaskToken;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tonic::{Request, Response};

/// How long a poll waits.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the claims of dead nodes are looked for.
const RECLAIM: Duration = Duration::from_secs(5);
/// How long to wait after calls that could not be started.
const PAUSE: Duration = Duration::from_millis(500);
/// Most calls that a poll is given.
const MOST: u32 = 1_000;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<PollFunctionTasksRequest>,
) -> Result<Response<PollFunctionTasksResponse>, ApiError> {
    let PollFunctionTasksRequest { max_tasks, unable } = request.into_inner();
    if !(1..=MOST).contains(&max_tasks) {
        let message = format!("max_tasks is {max_tasks}, must be 1 to {MOST}");
        return Err(ApiError::new(ErrorCode::ValidationException, message));
    }
    let limit = usize::try_from(max_tasks).unwrap_or(usize::MAX);
    let taker = &shared.dispatchers.taker;
    let listener = shared.dispatchers.wakes.listen(&FUNCTION_QUEUE);
    let give_up = Instant::now() + PATIENCE;
    let mut reclaim = interval(RECLAIM);
    reclaim.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !shared.drain.has_begun() {
        let claimed = taker.claim(&FUNCTION_QUEUE, limit).await;
        let (claims, _) = claimed.map_err(ApiError::unavailable)?;
        if !claims.is_empty() {
            let deliveries = match &unable {
                Some(failure) => fail(shared, claims, failure).await,
                None => start(shared, claims).await,
            };
            match deliveries {
                Ok(deliveries) if deliveries.is_empty() => {}
                Ok(deliveries) => return Ok(answer(deliveries)),
                Err(error) => {
                    tracing::warn!(%error, "function calls can't be taken at present");
                    sleep(PAUSE).await;
                }
            }
            if Instant::now() < give_up {
                continue;
            }
        }
        tokio::select! {
            biased;
            () = shared.dispatchers.draining.cancelled() => {}
            () = sleep_until(give_up) => break,
            _ = reclaim.tick() => { taker.reclaim(&FUNCTION_QUEUE).await?; }
            () = listener.woken() => {}
        }
    }
    Ok(Response::new(PollFunctionTasksResponse::default()))
}

fn answer(deliveries: Vec<Delivery>) -> Response<PollFunctionTasksResponse> {
    let tasks = deliveries.iter().map(|delivery| delivery.task.clone()).collect();
    carry(PollFunctionTasksResponse { tasks }, deliveries)
}

/// Starts each call; fails only where none could be.
async fn start(shared: &Shared, claims: Vec<Claim>) -> Result<Vec<Delivery>, ApiError> {
    let taker = &shared.dispatchers.taker;
    let starts = claims.into_iter().map(|claim| taker.start(claim, None, OfTheDead::Leave));
    let (mut deliveries, mut unavailable) = (Vec::new(), None);
    for start in join_all(starts).await {
        match start {
            Start::Started(delivery) => deliveries.push(delivery),
            Start::Gone => {}
            Start::Unavailable(error) => unavailable = Some(error),
        }
    }
    match unavailable {
        Some(error) if deliveries.is_empty() => Err(error),
        _ => Ok(deliveries),
    }
}

/// Fails each call; gives no deliveries.
async fn fail(
    shared: &Shared,
    claims: Vec<Claim>,
    failure: &TaskFailure,
) -> Result<Vec<Delivery>, ApiError> {
    let failures = claims.into_iter().map(|claim| async move {
        let task_token = token_of(&claim.entry.task).seal(&shared.keys)?;
        let report = ReportTaskRequest {
            task_token,
            report: Some(Report::Failure(failure.clone())),
            reporter: TaskReporter::Caller.into(),
        };
        match shared.dispatchers.taker.owners().report(&report, Repeat::Harmless).await {
            Err(error) if !has_ended(&error) => Err(error),
            _ => {
                claim.finish();
                Ok(())
            }
        }
    });
    join_all(failures).await.into_iter().collect::<Result<(), ApiError>>()?;
    Ok(Vec::new())
}

fn has_ended(error: &ApiError) -> bool {
    matches!(error.code(), ErrorCode::TaskTimedOut | ErrorCode::TaskDoesNotExist)
}

/// The token that names a task which is not started yet.
fn token_of(task: &TaskRef) -> TaskToken {
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, u128::from_be_bytes);
    let execution = task.execution_arn.strip_prefix("arn:aws:states:");
    TaskToken {
        execution: execution.unwrap_or_default().to_owned(),
        run_id: number(&task.run_id),
        scheduled_event_id: task.scheduled_event_id,
        attempt: task.attempt,
        nonce: number(&task.nonce),
    }
}
