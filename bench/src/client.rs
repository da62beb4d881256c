//! The load: calls of the AWS JSON API, so many in flight, for so long.

use crate::server::Server;
use anyhow::{Context as _, Result, ensure};
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// An execution that waits for ever.
pub(crate) const PARKED: &str =
    r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":99999999,"End":true}}}"#;

const INPUT: &str = r#"{"order":{"id":"o-1","items":[{"sku":"lamp","quantity":2}]}}"#;

/// A definition of `length` Pass states.
pub(crate) fn chain(length: usize) -> String {
    let states: serde_json::Map<String, Value> = (0..length)
        .map(|at| {
            let state = if at + 1 == length {
                json!({"Type": "Pass", "End": true})
            } else {
                json!({"Type": "Pass", "Next": format!("S{}", at + 1)})
            };
            (format!("S{at}"), state)
        })
        .collect();
    json!({"StartAt": "S0", "States": states}).to_string()
}

/// Single calls.
pub(crate) struct Caller {
    client: Client,
    endpoint: String,
}

impl Caller {
    pub(crate) fn new(endpoint: &str) -> Result<Self> {
        Ok(Self { client: Client::builder().build()?, endpoint: endpoint.to_owned() })
    }

    /// The ARN of a new state machine.
    pub(crate) async fn create(&self, name: &str, definition: &str) -> Result<String> {
        let role = "arn:aws:iam::000000000000:role/bench";
        let body = json!({"name": name, "definition": definition, "roleArn": role}).to_string();
        let answer = call(&self.client, &self.endpoint, "CreateStateMachine", body).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        Ok(answer["stateMachineArn"].as_str().context("an ARN")?.to_owned())
    }
}

/// The same call over and over.
pub(crate) struct Load<'a> {
    pub(crate) name: String,
    pub(crate) server: &'a Server,
    body: String,
}

impl<'a> Load<'a> {
    /// Of the server with the fixed answer.
    pub(crate) fn fixed(server: &'a Server) -> Self {
        Self { name: "fixed answer".to_owned(), server, body: start_body("x") }
    }

    /// Of StartExecution of a state machine.
    pub(crate) fn start(name: &str, server: &'a Server, machine: &str) -> Self {
        Self { name: name.to_owned(), server, body: start_body(machine) }
    }

    /// How many calls were answered in `time` with `in_flight` at once; each must succeed.
    pub(crate) async fn run(&self, in_flight: usize, time: Duration) -> Result<u64> {
        let client = Client::builder().pool_max_idle_per_host(in_flight).build()?;
        let calls = Arc::new(AtomicU64::new(0));
        let deadline = Instant::now() + time;
        let mut callers = JoinSet::new();
        for _ in 0..in_flight {
            let (client, calls) = (client.clone(), Arc::clone(&calls));
            let (endpoint, body) = (self.server.endpoint.clone(), self.body.clone());
            callers.spawn(async move {
                while Instant::now() < deadline {
                    call(&client, &endpoint, "StartExecution", body.clone()).await?;
                    calls.fetch_add(1, Ordering::Relaxed);
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = callers.join_next().await {
            ended??;
        }
        Ok(calls.load(Ordering::Relaxed))
    }
}

fn start_body(machine: &str) -> String {
    json!({"stateMachineArn": machine, "input": INPUT}).to_string()
}

async fn call(client: &Client, endpoint: &str, action: &str, body: String) -> Result<Vec<u8>> {
    let answer = client
        .post(endpoint)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", format!("AWSStepFunctions.{action}"))
        .body(body)
        .send()
        .await?;
    let (status, body) = (answer.status(), answer.bytes().await?);
    ensure!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
    Ok(body.to_vec())
}
