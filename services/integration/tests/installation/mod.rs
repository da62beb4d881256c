//! Every role in this process over a memory store, as `stepwell dev` has them, and a server that
//! stands for the Lambda endpoint.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use stepwell_activity::Activity;
use stepwell_api::activity::activity_service_client::ActivityServiceClient;
use stepwell_api::controlplane::CreateStateMachineRequest;
use stepwell_api::controlplane::control_plane_service_client::ControlPlaneServiceClient;
use stepwell_api::execution::execution_service_client::ExecutionServiceClient;
use stepwell_api::execution::*;
use stepwell_control_plane::ControlPlane;
use stepwell_execution::ExecutionRole;
use stepwell_ids::Namespace;
use stepwell_integration::{Integration, Options};
use stepwell_partition::NodeConfig;
use stepwell_service_kit::{Drain, Limits, LocalDirectory, Role, Transport};
use stepwell_storage::{MemoryStore, Store};
use tokio::net::TcpListener;
use tonic::service::Routes;

pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:";

pub(crate) struct Installation {
    pub(crate) control_plane: ControlPlaneServiceClient<Transport>,
    pub(crate) executions: ExecutionServiceClient<Transport>,
    pub(crate) activities: ActivityServiceClient<Transport>,
    pub(crate) drain: Drain,
    execution: ExecutionRole,
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

impl Installation {
    pub(crate) async fn start(lambda_endpoint: Option<String>) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(4, Arc::new(now_ms)));
        let namespace = Namespace { account: "000000000000".into(), region: "us-east-1".into() };
        let (directory, drain, limits) = (LocalDirectory::new(), Drain::new(), Limits::default());
        let known = Arc::new(directory.clone());

        let options = stepwell_execution::Options {
            node_id: "e".into(),
            limits: limits.clone(),
            namespace: namespace.clone(),
        };
        let config = NodeConfig {
            lease: Duration::from_millis(2_000),
            renew_every: Duration::from_millis(40),
            watch_every: Duration::from_millis(20),
            ..NodeConfig::new("e")
        };
        let execution = ExecutionRole::start_with(store.clone(), known.clone(), options, config);
        let execution = execution.await.unwrap();
        let executions = Transport::local(execution.routes().prepare());
        directory.insert(Role::Execution, "e", executions.clone());

        let options = stepwell_control_plane::Options {
            limits: limits.clone(),
            namespace: namespace.clone(),
        };
        let role = ControlPlane::start(store.clone(), known.clone(), options, &drain).await;
        let control_plane = Transport::local(role.unwrap().server());

        let options = stepwell_activity::Options { node_id: "a".into(), limits, namespace };
        let role = Activity::start(store, known.clone(), options, &drain).await.unwrap();
        let routes = Routes::new(role.activity_server()).add_service(role.queue_server());
        let activities = Transport::local(routes.prepare());
        directory.insert(Role::Activity, "a", activities.clone());

        let options = Options { lambda_endpoint, ..Options::default() };
        Integration::start(known, options, &drain).unwrap();
        Self {
            control_plane: ControlPlaneServiceClient::new(control_plane),
            executions: ExecutionServiceClient::new(executions),
            activities: ActivityServiceClient::new(activities),
            drain,
            execution,
        }
    }

    /// Starts an execution of a new state machine, and says its ARN.
    pub(crate) async fn run(&self, name: &str, definition: &str, input: &str) -> String {
        let create = CreateStateMachineRequest {
            name: name.into(),
            definition: definition.into(),
            role_arn: "arn:aws:iam::000000000000:role/r".into(),
            ..CreateStateMachineRequest::default()
        };
        let created = self.control_plane.clone().create_state_machine(create).await.unwrap();
        let start = StartExecutionRequest {
            state_machine_arn: created.into_inner().state_machine_arn,
            name: Some("e".into()),
            input: Some(input.into()),
            ..StartExecutionRequest::default()
        };
        let started = self.executions.clone().start_execution(start).await.unwrap();
        started.into_inner().execution_arn
    }

    pub(crate) async fn describe(&self, arn: &str) -> DescribeExecutionResponse {
        let request = DescribeExecutionRequest { execution_arn: arn.into() };
        self.executions.clone().describe_execution(request).await.unwrap().into_inner()
    }

    /// Waits until the execution has ended.
    pub(crate) async fn ended(&self, arn: &str) -> DescribeExecutionResponse {
        let ended = async {
            loop {
                let found = self.describe(arn).await;
                if found.status() != ExecutionStatus::Running {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), ended).await.unwrap()
    }

    /// The types of the execution's events, without those of states and of the execution.
    pub(crate) async fn task_events(&self, arn: &str) -> Vec<String> {
        let request = GetExecutionHistoryRequest {
            execution_arn: arn.into(),
            ..GetExecutionHistoryRequest::default()
        };
        let history = self.executions.clone().get_execution_history(request).await.unwrap();
        let events = history.into_inner().events.into_iter();
        let types = events.map(|event| event.r#type().as_str_name().to_owned());
        let types = types.map(|name| name.replace("HISTORY_EVENT_TYPE_", ""));
        types.filter(|name| name.starts_with("LAMBDA") || name.starts_with("ACTIVITY")).collect()
    }

    pub(crate) async fn shutdown(self) {
        self.drain.begin();
        self.drain.finished().await;
        self.execution.shutdown().await;
    }
}

/// Serves functions; the URL of the endpoint.
pub(crate) async fn endpoint() -> String {
    let router = Router::new().route("/2015-03-31/functions/{function}/invocations", post(invoke));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn invoke(Path(function): Path<String>, body: String) -> Response {
    match function.strip_prefix(FUNCTION) {
        Some("echo") => body.into_response(),
        Some("raise") => {
            let body = r#"{"errorMessage":"no","errorType":"Custom"}"#;
            ([("x-amz-function-error", "Unhandled")], body).into_response()
        }
        Some("hang") => std::future::pending().await,
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
