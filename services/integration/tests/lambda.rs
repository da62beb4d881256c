//! Function calls against a server that stands for the Lambda endpoint, with a scripted queue.
#![allow(clippy::unwrap_used)]

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::routing::post;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stepwell_api::internal::queue_service_server::{QueueService, QueueServiceServer};
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::*;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_integration::{Integration, Options};
use stepwell_service_kit::{Drain, LocalDirectory, Role, Transport};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;
use tonic::{Request, Response, Status};

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:";

/// An activity node that gives the calls it was given, and notes what is reported.
#[derive(Clone, Default)]
struct Queue(Arc<Script>);

#[derive(Default)]
struct Script {
    tasks: Mutex<VecDeque<StartedTask>>,
    pushed: Notify,
    /// The ends, in order.
    ends: Mutex<Vec<ReportTaskRequest>>,
    /// What polls said that they are unable to do.
    unable: Mutex<Vec<TaskFailure>>,
    most_asked: Mutex<u32>,
    heartbeats: Mutex<usize>,
    changed: Notify,
    /// So many reports fail.
    unavailable: Mutex<usize>,
    /// Heartbeats find that the task has ended.
    ended: Mutex<bool>,
}

impl Queue {
    fn push(&self, function: &str, input: &str, timeout_seconds: Option<i64>) {
        let task = StartedTask {
            task_token: format!("token of {function}"),
            input: input.into(),
            resource: format!("{ARN}{function}"),
            timeout_seconds,
        };
        self.0.tasks.lock().unwrap().push_back(task);
        self.0.pushed.notify_one();
    }

    /// Waits until so many ends were reported.
    async fn ends(&self, count: usize) -> Vec<ReportTaskRequest> {
        self.wait(|| {
            let ends = self.0.ends.lock().unwrap();
            (ends.len() >= count).then(|| ends.clone())
        })
        .await
    }

    async fn wait<T>(&self, find: impl Fn() -> Option<T>) -> T {
        let found = async {
            loop {
                let changed = self.0.changed.notified();
                if let Some(found) = find() {
                    return found;
                }
                changed.await;
            }
        };
        timeout(Duration::from_secs(100), found).await.unwrap()
    }
}

#[tonic::async_trait]
impl QueueService for Queue {
    async fn drop_pollers(
        &self,
        _: Request<DropPollersRequest>,
    ) -> Result<Response<DropPollersResponse>, Status> {
        Err(Status::unimplemented("the integration drops nobody"))
    }

    async fn poll_function_tasks(
        &self,
        request: Request<PollFunctionTasksRequest>,
    ) -> Result<Response<PollFunctionTasksResponse>, Status> {
        let PollFunctionTasksRequest { max_tasks, unable } = request.into_inner();
        if let Some(unable) = unable {
            self.0.unable.lock().unwrap().push(unable);
            self.0.changed.notify_waiters();
            return std::future::pending().await;
        }
        loop {
            let pushed = self.0.pushed.notified();
            {
                let mut most = self.0.most_asked.lock().unwrap();
                *most = max_tasks.max(*most);
                let mut waiting = self.0.tasks.lock().unwrap();
                let count = waiting.len().min(max_tasks as usize);
                let tasks: Vec<_> = waiting.drain(..count).collect();
                if !tasks.is_empty() {
                    return Ok(Response::new(PollFunctionTasksResponse { tasks }));
                }
            }
            pushed.await;
        }
    }

    async fn report_function_task(
        &self,
        request: Request<ReportFunctionTaskRequest>,
    ) -> Result<Response<ReportFunctionTaskResponse>, Status> {
        let report = request.into_inner().report.unwrap();
        let left = self.0.unavailable.lock().unwrap().checked_sub(1);
        if let Some(left) = left {
            *self.0.unavailable.lock().unwrap() = left;
            return Err(ApiError::unavailable("not now").into());
        }
        let is_heartbeat = matches!(report.report, Some(Report::Heartbeat(_)));
        if is_heartbeat {
            *self.0.heartbeats.lock().unwrap() += 1;
        } else {
            self.0.ends.lock().unwrap().push(report);
        }
        self.0.changed.notify_waiters();
        if *self.0.ended.lock().unwrap() {
            return Err(ApiError::new(ErrorCode::TaskTimedOut, "it has ended").into());
        }
        Ok(Response::new(ReportFunctionTaskResponse {}))
    }
}

/// What the functions of the endpoint share.
#[derive(Clone)]
struct Functions {
    called: Arc<Mutex<Vec<String>>>,
    /// Calls of `hold` wait for a permit.
    held: Arc<Semaphore>,
    /// A held call was given up by its caller.
    dropped: Arc<AtomicBool>,
}

/// Notes that a call was given up.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

async fn invoke(
    State(functions): State<Functions>,
    Path(function): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> HttpResponse {
    assert_eq!(headers["x-amz-invocation-type"], "RequestResponse");
    let name = function.strip_prefix(ARN).unwrap().to_owned();
    functions.called.lock().unwrap().push(name.clone());
    match name.as_str() {
        "echo" => body.into_response(),
        "raise" => (
            [("x-amz-function-error", "Unhandled")],
            r#"{"errorMessage": "no", "errorType": "CustomException"}"#,
        )
            .into_response(),
        "busy" => StatusCode::TOO_MANY_REQUESTS.into_response(),
        "hold" => {
            let running = Running(functions.dropped);
            functions.held.acquire().await.unwrap().forget();
            std::mem::forget(running);
            "1".into_response()
        }
        _ => (
            StatusCode::NOT_FOUND,
            [("x-amzn-errortype", "ResourceNotFoundException"), ("x-amzn-requestid", "r")],
            format!(r#"{{"Type":"User","Message":"Function not found: {function}"}}"#),
        )
            .into_response(),
    }
}

struct Suite {
    queue: Queue,
    functions: Functions,
    drain: Drain,
}

impl Suite {
    async fn start(change: impl FnOnce(&mut Options)) -> Self {
        let called = Arc::default();
        let functions =
            Functions { called, held: Arc::new(Semaphore::new(0)), dropped: Arc::default() };
        let router = Router::new()
            .route("/2015-03-31/functions/{function}/invocations", post(invoke))
            .with_state(functions.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut options = Options { lambda_endpoint: Some(url), ..Options::default() };
        change(&mut options);
        let (queue, directory, drain) = (Queue::default(), LocalDirectory::new(), Drain::new());
        let server = QueueServiceServer::new(queue.clone());
        directory.insert(Role::Activity, "a", Transport::local(server));
        Integration::start(Arc::new(directory), options, &drain).unwrap();
        Self { queue, functions, drain }
    }

    fn dropped(&self) -> bool {
        self.functions.dropped.load(Ordering::SeqCst)
    }

    fn called(&self) -> Vec<String> {
        self.functions.called.lock().unwrap().clone()
    }
}

fn failure(report: &ReportTaskRequest) -> (TaskFailureKind, &str, &str) {
    match &report.report {
        Some(Report::Failure(failure)) => (
            failure.kind(),
            failure.error.as_deref().unwrap_or_default(),
            failure.cause.as_deref().unwrap_or_default(),
        ),
        other => panic!("not a failure: {other:?}"),
    }
}

/// Waits until the condition holds.
async fn until(condition: impl Fn() -> bool) {
    let held = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(60), held).await.unwrap();
}

#[tokio::test]
async fn results_and_errors_come_back_by_token() {
    let suite = Suite::start(|_| {}).await;
    let failed = TaskFailureKind::Failed;
    suite.queue.push("echo", r#"{"a": [1, 2.50]}"#, None);
    let ends = suite.queue.ends(1).await;
    assert_eq!(ends[0].task_token, "token of echo");
    assert_eq!(ends[0].report, Some(Report::Output(r#"{"a": [1, 2.50]}"#.into())));
    suite.queue.push("raise", "{}", None);
    let ends = suite.queue.ends(2).await;
    let cause = r#"{"errorMessage": "no", "errorType": "CustomException"}"#;
    assert_eq!(failure(&ends[1]), (failed, "CustomException", cause));
    suite.queue.push("unknown", "{}", None);
    let ends = suite.queue.ends(3).await;
    let cause = format!(
        "Function not found: {ARN}unknown (Service: AWSLambda; Status Code: 404; Error Code: \
         ResourceNotFoundException; Request ID: r; Proxy: null)"
    );
    assert_eq!(failure(&ends[2]), (failed, "Lambda.ResourceNotFoundException", cause.as_str()));
    suite.queue.push("busy", "{}", None);
    let ends = suite.queue.ends(4).await;
    assert_eq!(failure(&ends[3]).1, "Lambda.TooManyRequestsException");
    suite.queue.push("echo", "no json", None);
    let ends = suite.queue.ends(5).await;
    assert_eq!(failure(&ends[4]).1, "Lambda.SdkClientException");
}

#[tokio::test]
async fn no_more_calls_are_taken_than_there_are_slots() {
    let suite = Suite::start(|options| options.max_concurrency = 2).await;
    for _ in 0..3 {
        suite.queue.push("hold", "{}", None);
    }
    until(|| suite.called().len() == 2).await;
    assert_eq!(suite.queue.0.tasks.lock().unwrap().len(), 1, "the third waits in the queue");
    suite.functions.held.add_permits(3);
    suite.queue.ends(3).await;
    assert_eq!(suite.called().len(), 3);
    assert_eq!(*suite.queue.0.most_asked.lock().unwrap(), 2);
}

#[tokio::test]
async fn a_running_call_gives_signs_of_life_and_is_dropped_when_its_task_has_ended() {
    let suite = Suite::start(|_| {}).await;
    suite.queue.push("hold", "{}", None);
    until(|| suite.called().len() == 1).await;
    tokio::time::pause();
    suite.queue.wait(|| (*suite.queue.0.heartbeats.lock().unwrap() >= 3).then_some(())).await;
    assert!(!suite.dropped());
    *suite.queue.0.ended.lock().unwrap() = true;
    suite.queue.wait(|| (*suite.queue.0.heartbeats.lock().unwrap() >= 4).then_some(())).await;
    tokio::time::resume();
    until(|| suite.dropped()).await;
    assert!(suite.queue.0.ends.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_call_is_dropped_when_its_task_times_out() {
    let suite = Suite::start(|_| {}).await;
    suite.queue.push("hold", "{}", Some(5));
    until(|| suite.called().len() == 1).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_millis(5_100)).await;
    tokio::time::resume();
    until(|| suite.dropped()).await;
    suite.queue.push("echo", "1", None);
    let ends = suite.queue.ends(1).await;
    assert_eq!(ends[0].task_token, "token of echo", "the owner times tasks out by itself");
}

#[tokio::test]
async fn a_call_that_takes_too_long_ends_unknown() {
    let suite = Suite::start(|options| options.call_timeout = Duration::from_secs(900)).await;
    suite.queue.push("hold", "{}", None);
    until(|| suite.called().len() == 1).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(901)).await;
    let ends = suite.queue.ends(1).await;
    let cause = "The function did not answer within 900 seconds";
    assert_eq!(failure(&ends[0]), (TaskFailureKind::Failed, "Lambda.Unknown", cause));
}

#[tokio::test]
async fn an_end_is_reported_until_it_is_taken() {
    let suite = Suite::start(|_| {}).await;
    *suite.queue.0.unavailable.lock().unwrap() = 3;
    suite.queue.push("echo", "1", None);
    suite.queue.ends(1).await;
    suite.queue.push("echo", "2", None);
    suite.queue.ends(2).await;
    assert_eq!(suite.called(), ["echo", "echo"], "no call is made twice");
}

#[tokio::test]
async fn without_an_endpoint_calls_can_not_be_scheduled() {
    let suite = Suite::start(|options| options.lambda_endpoint = None).await;
    suite.queue.wait(|| suite.queue.0.unable.lock().unwrap().first().cloned()).await;
    let unable = suite.queue.0.unable.lock().unwrap()[0].clone();
    assert_eq!(unable.kind(), TaskFailureKind::ScheduleFailed);
    assert_eq!(unable.error.as_deref(), Some("Lambda.SdkClientException"));
}

#[tokio::test]
async fn an_unreachable_endpoint_is_told_before_and_after_a_start_and_found_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let suite =
        Suite::start(|options| options.lambda_endpoint = Some(format!("http://{address}"))).await;
    suite.queue.wait(|| suite.queue.0.unable.lock().unwrap().first().cloned()).await;
    let unable = suite.queue.0.unable.lock().unwrap()[0].clone();
    assert_eq!(unable.kind(), TaskFailureKind::StartFailed);
    assert_eq!(unable.error.as_deref(), Some("Lambda.SdkClientException"));

    // It comes, is seen, and goes before the call.
    let listener = TcpListener::bind(address).await.unwrap();
    until(|| *suite.queue.0.most_asked.lock().unwrap() > 0).await;
    drop(listener);
    suite.queue.push("echo", "1", None);
    let ends = suite.queue.ends(1).await;
    let (kind, error, cause) = failure(&ends[0]);
    assert_eq!((kind, error), (TaskFailureKind::StartFailed, "Lambda.SdkClientException"));
    assert!(cause.starts_with("Unable to reach the Lambda endpoint http://127.0.0.1:"), "{cause}");
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_it_unknown_whether_the_function_ran() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                // Takes some of the request, and goes.
                let _ = tokio::io::AsyncReadExt::read_u8(&mut connection).await;
            });
        }
    });
    let suite = Suite::start(|options| options.lambda_endpoint = Some(url)).await;
    suite.queue.push("echo", "1", None);
    let ends = suite.queue.ends(1).await;
    assert_eq!(failure(&ends[0]).1, "Lambda.Unknown");
}

#[tokio::test]
async fn draining_finishes_the_calls_that_run_and_takes_no_more() {
    let suite = Suite::start(|_| {}).await;
    suite.queue.push("hold", "{}", None);
    until(|| suite.called().len() == 1).await;
    suite.drain.begin();
    suite.functions.held.add_permits(1);
    timeout(Duration::from_secs(30), suite.drain.finished()).await.unwrap();
    assert_eq!(suite.queue.ends(1).await[0].report, Some(Report::Output("1".into())));
    suite.queue.push("echo", "1", None);
    tokio::task::yield_now().await;
    assert_eq!(suite.called(), ["hold"]);
}
