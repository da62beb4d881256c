//! The load: prebuilt requests on kept connections, so many in flight, by one thread.

mod connection;
mod request;

pub(crate) use connection::Connection;
pub(crate) use request::request;

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use serde_json::Value;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// When a load ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until {
    /// After this time.
    Time(Duration),
    /// After this many calls.
    Calls(u64),
}

/// What a load came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Operations that were answered with success.
    pub(crate) operations: u64,
    /// From the first to the last.
    pub(crate) took: Duration,
    /// How long each took, in microseconds.
    pub(crate) micros: Vec<u32>,
}

/// Connections to one server.
pub(crate) struct Client {
    address: SocketAddr,
    connections: Vec<Connection>,
}

impl Client {
    /// No connection yet; they are made when they are needed, and kept.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, connections: Vec::new() }
    }

    async fn prepare(&mut self, count: usize) -> Result<()> {
        while self.connections.len() < count {
            self.connections.push(Connection::open(self.address).await?);
        }
        Ok(())
    }

    /// Calls once; the answer must be a success, as JSON.
    pub(crate) async fn call(&mut self, action: &str, body: &Value) -> Result<Value> {
        self.prepare(1).await?;
        let connection = self.connections.first_mut().context("a connection")?;
        let answer = connection.exchange(&request(action, &body.to_string())).await?;
        serde_json::from_slice(answer.success()?).context("an answer in JSON")
    }

    /// Sends the requests that `make` gives for each number from 0, `in_flight` at once. Every
    /// answer must be a success.
    pub(crate) async fn load<'a>(
        &mut self,
        in_flight: usize,
        until: Until,
        make: impl Fn(u64) -> Cow<'a, [u8]>,
    ) -> Result<Outcome> {
        self.work(in_flight, until, async |connection, number| {
            connection.exchange(&make(number)).await?.success().map(drop)
        })
        .await
    }

    /// Runs `work` over and over on each of `in_flight` connections.
    pub(crate) async fn work(
        &mut self,
        in_flight: usize,
        until: Until,
        work: impl AsyncFn(&mut Connection, u64) -> Result<()>,
    ) -> Result<Outcome> {
        self.prepare(in_flight).await?;
        let (next, micros) = (Cell::new(0), RefCell::new(Vec::new()));
        let began = Instant::now();
        let goes_on = |number: u64| match until {
            Until::Time(time) => began.elapsed() < time,
            Until::Calls(calls) => number < calls,
        };
        let workers = self.connections.iter_mut().take(in_flight).map(async |connection| {
            loop {
                let number = next.get();
                if !goes_on(number) {
                    return anyhow::Ok(());
                }
                next.set(number + 1);
                let sent = Instant::now();
                work(connection, number).await?;
                let took = u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX);
                micros.borrow_mut().push(took);
            }
        });
        try_join_all(workers).await?;
        let (took, micros) = (began.elapsed(), micros.into_inner());
        ensure!(!micros.is_empty(), "no call was answered");
        Ok(Outcome { operations: micros.len() as u64, took, micros })
    }
}
