//! One connection that calls share, made again when it is lost.
//!
//! The client library never resends by itself here. What it could not tell of a call's fate is
//! told to the caller: a lost answer to a write is unknown, a call that was refused is not.

use crate::OpenError;
use crate::library::Library;
use crate::server::Info;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, ErrorKind, Pipeline, RedisError, ServerError, Value};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use stepwell_storage::StoreError;

/// How long an answer may take. A sync of a busy disk can take seconds.
pub(crate) const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);
const FIRST_BACKOFF: Duration = Duration::from_millis(20);
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);
/// Calls that may wait to be written, before callers wait.
const BUFFERED_CALLS: usize = 1024;

/// Whether a call leaves anything behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Reads,
    Writes,
}

/// A connection as it stands.
#[derive(Clone)]
struct Live {
    connection: MultiplexedConnection,
    process: u128,
    /// Counts connections, so that one is given up once.
    number: u64,
}

/// When to try again after a connection could not be made.
struct Failed {
    error: StoreError,
    until: Instant,
    backoff: Duration,
}

pub(crate) struct Link {
    client: redis::Client,
    library: Arc<Library>,
    live: Mutex<Option<Live>>,
    /// Held while connecting, so that one caller does.
    connecting: tokio::sync::Mutex<Connecting>,
}

#[derive(Default)]
struct Connecting {
    made: u64,
    failed: Option<Failed>,
}

impl Link {
    pub(crate) fn new(client: redis::Client, library: Arc<Library>) -> Self {
        Self { client, library, live: Mutex::default(), connecting: tokio::sync::Mutex::default() }
    }

    /// Sends one command.
    pub(crate) async fn call(&self, command: &Cmd, effect: Effect) -> Result<Value, StoreError> {
        Ok(self.call_in(command, effect).await?.1)
    }

    /// Sends one command, and says which server process answered it.
    pub(crate) async fn call_in(
        &self,
        command: &Cmd,
        effect: Effect,
    ) -> Result<(u128, Value), StoreError> {
        let mut live = self.live().await?;
        let mut answer = live.connection.send_packed_command(command).await;
        if matches!(&answer, Ok(Value::ServerError(error)) if is_missing(error)) {
            self.load(&mut live.connection).await?;
            answer = live.connection.send_packed_command(command).await;
        }
        match answer {
            Ok(Value::ServerError(error)) => Err(self.refused(&live, &error, effect)),
            Ok(value) => Ok((live.process, value)),
            Err(error) => Err(self.lost(&live, &error, effect)),
        }
    }

    /// Sends commands together. Each has its own answer; a refusal is among them.
    pub(crate) async fn pipeline(
        &self,
        commands: &Pipeline,
        effect: Effect,
    ) -> Result<Vec<Value>, StoreError> {
        Ok(self.pipeline_in(commands, effect).await?.1)
    }

    async fn pipeline_in(
        &self,
        commands: &Pipeline,
        effect: Effect,
    ) -> Result<(u128, Vec<Value>), StoreError> {
        let mut live = self.live().await?;
        let count = commands.cmd_iter().count();
        let send = async |connection: &mut MultiplexedConnection| {
            connection.send_packed_commands(commands, 0, count).await
        };
        let mut answers = send(&mut live.connection).await;
        let missing = |value: &Value| matches!(value, Value::ServerError(e) if is_missing(e));
        // Only where all of them are missing has none taken effect.
        if answers.as_ref().is_ok_and(|answers| answers.iter().all(missing)) && count > 0 {
            self.load(&mut live.connection).await?;
            answers = send(&mut live.connection).await;
        }
        let answers = answers.map_err(|error| self.lost(&live, &error, effect))?;
        for answer in &answers {
            if let Value::ServerError(error) = answer {
                self.refused(&live, error, effect);
            }
        }
        Ok((live.process, answers))
    }

    /// A pipeline of commands whose answers count only together.
    pub(crate) async fn all(
        &self,
        commands: &Pipeline,
        effect: Effect,
    ) -> Result<Vec<Value>, StoreError> {
        Ok(self.all_in(commands, effect).await?.1)
    }

    /// [`all`](Self::all), and which server process answered.
    pub(crate) async fn all_in(
        &self,
        commands: &Pipeline,
        effect: Effect,
    ) -> Result<(u128, Vec<Value>), StoreError> {
        let (process, answers) = self.pipeline_in(commands, effect).await?;
        let failed = answers.iter().find_map(|answer| match answer {
            Value::ServerError(error) => Some(server_error(error, effect)),
            _ => None,
        });
        failed.map_or(Ok((process, answers)), Err)
    }

    /// A connection of its own, for calls that block; no answer of it may take longer.
    pub(crate) async fn own(&self, timeout: Duration) -> Result<MultiplexedConnection, StoreError> {
        let connection = connect(&self.client, timeout).await;
        connection.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    async fn live(&self) -> Result<Live, StoreError> {
        if let Some(live) = self.current() {
            return Ok(live);
        }
        let mut connecting = self.connecting.lock().await;
        if let Some(live) = self.current() {
            return Ok(live);
        }
        let mut backoff = FIRST_BACKOFF;
        if let Some(failed) = &connecting.failed {
            if Instant::now() < failed.until {
                return Err(failed.error.clone());
            }
            backoff = LONGEST_BACKOFF.min(failed.backoff * 2);
        }
        match self.connect().await {
            Ok((connection, process)) => {
                connecting.failed = None;
                connecting.made += 1;
                let live = Live { connection, process, number: connecting.made };
                *self.slot() = Some(live.clone());
                Ok(live)
            }
            Err(error) => {
                let until = Instant::now() + backoff;
                connecting.failed = Some(Failed { error: error.clone(), until, backoff });
                tracing::warn!(%error, "Redis can't be reached");
                Err(error)
            }
        }
    }

    /// Connects to a server that takes writes and has the functions.
    async fn connect(&self) -> Result<(MultiplexedConnection, u128), StoreError> {
        let unavailable = |error: RedisError| StoreError::Unavailable(error.to_string());
        let connection = connect(&self.client, RESPONSE_TIMEOUT).await;
        let mut connection = connection.map_err(unavailable)?;
        let info = redis::cmd("INFO").query_async(&mut connection).await.map_err(unavailable)?;
        let info = Info::new(info);
        if info.is_replica() {
            let text = "the Redis server is a replica, writes need its primary";
            return Err(StoreError::Unavailable(text.to_owned()));
        }
        self.load(&mut connection).await?;
        Ok((connection, info.process()))
    }

    async fn load(&self, connection: &mut MultiplexedConnection) -> Result<(), StoreError> {
        let mut load = redis::cmd("FUNCTION");
        load.arg("LOAD").arg(&self.library.code);
        match connection.send_packed_command(&load).await {
            Ok(Value::ServerError(error)) => {
                let there = error.details().is_some_and(|text| text.contains("already exists"));
                if there { Ok(()) } else { Err(server_error(&error, Effect::Reads)) }
            }
            Ok(_) => Ok(()),
            Err(error) => Err(StoreError::Unavailable(error.to_string())),
        }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Option<Live> {
        self.slot().clone()
    }

    fn give_up(&self, live: &Live) {
        let mut slot = self.slot();
        if slot.as_ref().is_some_and(|current| current.number == live.number) {
            *slot = None;
        }
    }

    /// A server that changed its role takes no writes: the next call looks for another.
    fn refused(&self, live: &Live, error: &ServerError, effect: Effect) -> StoreError {
        if matches!(error.code(), "READONLY" | "MASTERDOWN" | "LOADING") {
            self.give_up(live);
        }
        server_error(error, effect)
    }

    fn lost(&self, live: &Live, error: &RedisError, effect: Effect) -> StoreError {
        self.give_up(live);
        match effect {
            Effect::Reads => StoreError::Unavailable(error.to_string()),
            Effect::Writes => StoreError::Unknown(error.to_string()),
        }
    }
}

/// A new connection. The library's own response timeout of half a second would end calls that a
/// busy disk only delays.
pub(crate) async fn connect(
    client: &redis::Client,
    response_timeout: Duration,
) -> Result<MultiplexedConnection, RedisError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECTION_TIMEOUT))
        .set_response_timeout(Some(response_timeout))
        .set_pipeline_buffer_size(BUFFERED_CALLS);
    client.get_multiplexed_async_connection_with_config(&config).await
}

/// Whether the server has lost the functions, or never had them.
fn is_missing(error: &ServerError) -> bool {
    error.details().is_some_and(|text| text.contains("Function not found"))
}

/// Refusals that come before a command or function has done anything.
pub(crate) fn is_refusal(error: &ServerError) -> bool {
    const CODES: [&str; 14] = [
        "OOM",
        "READONLY",
        "LOADING",
        "MASTERDOWN",
        "NOAUTH",
        "NOPERM",
        "NOREPLICAS",
        "MISCONF",
        "BUSY",
        "CLUSTERDOWN",
        "MOVED",
        "ASK",
        "TRYAGAIN",
        "CROSSSLOT",
    ];
    CODES.contains(&error.code()) || is_missing(error)
}

/// What a server's refusal means to a caller of the port.
pub(crate) fn server_error(error: &ServerError, effect: Effect) -> StoreError {
    if effect == Effect::Reads || is_refusal(error) {
        return StoreError::Unavailable(error.to_string());
    }
    // A function that failed in its middle may have written before.
    StoreError::Unknown(error.to_string())
}

impl From<RedisError> for OpenError {
    fn from(error: RedisError) -> Self {
        let denied = matches!(
            error.kind(),
            ErrorKind::InvalidClientConfig | ErrorKind::AuthenticationFailed
        ) || matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM"));
        if denied { Self::Denied(error.to_string()) } else { Self::Connect(error.to_string()) }
    }
}
