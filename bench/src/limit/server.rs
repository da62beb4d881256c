//! Servers that give every request the same answer: the limits of HTTP and of one hop behind it.

use crate::process::{Measured, Process};
use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::any;
use clap::Subcommand;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use stepwell_api::execution::execution_service_client::ExecutionServiceClient;
use stepwell_api::execution::execution_service_server::{ExecutionService, ExecutionServiceServer};
use stepwell_api::execution::*;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};

const ARN: &str =
    "arn:aws:states:us-east-1:000000000000:execution:pass:00000000-0000-0000-0000-000000000000";

/// A server of this program, which prints its address and serves until it is killed.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Kind {
    /// HTTP, with the same answer to everything.
    Fixed,
    /// HTTP, with one gRPC call for each request.
    Gateway {
        /// Where the calls go.
        backend: SocketAddr,
    },
    /// gRPC, with the same answer to everything.
    Backend,
}

/// Serves on a free port.
pub(crate) async fn serve(kind: &Kind) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    match kind {
        Kind::Fixed => {
            let router = Router::new().route("/", any(async |_: Bytes| answer(ARN)));
            axum::serve(listener, router).await?;
        }
        Kind::Gateway { backend } => {
            let channel = Endpoint::from_shared(format!("http://{backend}"))?.tcp_nodelay(true);
            let client = ExecutionServiceClient::new(channel.connect_lazy());
            axum::serve(listener, Router::new().route("/", any(hop)).with_state(client)).await?;
        }
        Kind::Backend => {
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            let service = ExecutionServiceServer::new(Fixed);
            Server::builder().add_service(service).serve_with_incoming(incoming).await?;
        }
    }
    Ok(())
}

fn answer(arn: &str) -> String {
    format!(r#"{{"executionArn":"{arn}","startDate":1700000000.123}}"#)
}

async fn hop(
    State(mut client): State<ExecutionServiceClient<Channel>>,
    body: Bytes,
) -> Result<String, String> {
    let input = Some(String::from_utf8_lossy(&body).into_owned());
    let request = StartExecutionRequest {
        state_machine_arn: ARN.to_owned(),
        name: None,
        input,
        request_id: None,
    };
    let started = client.start_execution(request).await.map_err(|status| status.to_string())?;
    Ok(answer(&started.into_inner().execution_arn))
}

struct Fixed;

macro_rules! fixed {
    ($($call:ident: $request:ident => $response:ident,)*) => {
        #[tonic::async_trait]
        impl ExecutionService for Fixed {
            async fn start_execution(
                &self,
                _: Request<StartExecutionRequest>,
            ) -> Result<Response<StartExecutionResponse>, Status> {
                let execution_arn = ARN.to_owned();
                Ok(Response::new(StartExecutionResponse { execution_arn, start_date: None }))
            }

            $(async fn $call(&self, _: Request<$request>) -> Result<Response<$response>, Status> {
                Err(Status::unimplemented("this server only answers starts"))
            })*
        }
    };
}

fixed! {
    stop_execution: StopExecutionRequest => StopExecutionResponse,
    describe_execution: DescribeExecutionRequest => DescribeExecutionResponse,
    describe_state_machine_for_execution: DescribeStateMachineForExecutionRequest =>
        DescribeStateMachineForExecutionResponse,
    get_execution_history: GetExecutionHistoryRequest => GetExecutionHistoryResponse,
    list_executions: ListExecutionsRequest => ListExecutionsResponse,
}

/// A running limit.
pub(crate) struct Limit {
    pub(crate) address: SocketAddr,
    processes: Vec<Process>,
}

impl Limit {
    /// The server with the fixed answer.
    pub(crate) fn fixed() -> Result<Self> {
        let (process, address) = start("fixed", &["fixed"])?;
        Ok(Self { address, processes: vec![process] })
    }

    /// The gateway with one hop behind it.
    pub(crate) fn gateway() -> Result<Self> {
        let (backend, behind) = start("backend", &["backend"])?;
        let (gateway, address) = start("gateway", &["gateway", &behind.to_string()])?;
        Ok(Self { address, processes: vec![gateway, backend] })
    }

    /// The ids of its processes.
    pub(crate) fn ids(&self) -> Vec<Measured> {
        self.processes.iter().map(Process::measured).collect()
    }
}

fn start(name: &'static str, arguments: &[&str]) -> Result<(Process, SocketAddr)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").args(arguments).stdout(Stdio::piped());
    let mut process = Process::start(name, command)?;
    let mut address = String::new();
    BufReader::new(process.output()?).read_line(&mut address)?;
    Ok((process, address.trim().parse().context("the address of a limit")?))
}
