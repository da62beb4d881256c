//! One connection to a server that calls share, made again when it is lost.
//!
//! The client library never resends by itself here, and neither does this: it tells what it could
//! not find out.

use crate::OpenError;
use crate::address::{SentinelAddress, host};
use crate::library::Library;
use crate::server::Info;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, ErrorKind, Pipeline, RedisError, ServerError,
    Value,
};
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

/// What a link leads to.
#[derive(Clone)]
pub(crate) enum Target {
    Server(Arc<ConnectionInfo>),
    /// Whichever server Sentinel names.
    Sentinel(Arc<SentinelAddress>),
}

impl Target {
    async fn find(&self) -> Result<ConnectionInfo, StoreError> {
        match self {
            Self::Server(info) => Ok(ConnectionInfo::clone(info)),
            Self::Sentinel(sentinel) => sentinel.master().await,
        }
    }
}

/// A connection as it stands.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) connection: MultiplexedConnection,
    /// See [`Info::incarnation`].
    pub(crate) incarnation: u128,
    info: Arc<ConnectionInfo>,
    /// Counts connections, so that one is given up once.
    number: u64,
}

impl Live {
    /// The host that is talked to.
    pub(crate) fn host(&self) -> &str {
        host(&self.info).map_or("", |(host, _)| host)
    }

    pub(crate) async fn send(&mut self, commands: &Pipeline) -> Result<Vec<Value>, RedisError> {
        self.connection.send_packed_commands(commands, 0, commands.len()).await
    }
}

/// When to try again after a connection could not be made.
struct Failed {
    error: StoreError,
    until: Instant,
    backoff: Duration,
}

pub(crate) struct Link {
    target: Target,
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
    pub(crate) fn new(target: Target, library: Arc<Library>) -> Self {
        Self { target, library, live: Mutex::default(), connecting: tokio::sync::Mutex::default() }
    }

    /// A connection of its own, for calls that block; no answer of it may take longer.
    pub(crate) async fn own(&self, timeout: Duration) -> Result<MultiplexedConnection, StoreError> {
        let client = Client::open(self.target.find().await?).map_err(unavailable)?;
        connect(&client, timeout).await.map_err(unavailable)
    }

    /// The connection, made where there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing was sent.
    pub(crate) async fn live(&self) -> Result<Live, StoreError> {
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
            Ok((connection, incarnation, info)) => {
                connecting.failed = None;
                connecting.made += 1;
                let number = connecting.made;
                let live = Live { connection, incarnation, info: Arc::new(info), number };
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
    async fn connect(&self) -> Result<(MultiplexedConnection, u128, ConnectionInfo), StoreError> {
        let target = self.target.find().await?;
        let client = Client::open(target.clone()).map_err(unavailable)?;
        let mut connection = connect(&client, RESPONSE_TIMEOUT).await.map_err(unavailable)?;
        let info = redis::cmd("INFO").query_async(&mut connection).await.map_err(unavailable)?;
        let info = Info::new(info);
        if info.is_replica() {
            let at = target.addr();
            let text = format!("the Redis server {at} is a replica, writes need its primary");
            return Err(StoreError::Unavailable(text));
        }
        self.load(&mut connection).await?;
        Ok((connection, info.incarnation(), target))
    }

    /// Loads the functions, where they are not there.
    pub(crate) async fn load(
        &self,
        connection: &mut MultiplexedConnection,
    ) -> Result<(), StoreError> {
        let mut load = redis::cmd("FUNCTION");
        load.arg("LOAD").arg(&self.library.code);
        match connection.send_packed_command(&load).await {
            Ok(Value::ServerError(error)) => {
                let there = error.details().is_some_and(|text| text.contains("already exists"));
                if there { Ok(()) } else { Err(StoreError::Unavailable(error.to_string())) }
            }
            Ok(_) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Option<Live> {
        self.slot().clone()
    }

    /// The next call connects anew.
    pub(crate) fn give_up(&self, live: &Live) {
        let mut slot = self.slot();
        if slot.as_ref().is_some_and(|current| current.number == live.number) {
            *slot = None;
        }
    }

    /// A server that changed its role takes no writes: the next call looks for another.
    pub(crate) fn heed(&self, live: &Live, error: &ServerError) {
        if matches!(error.code(), "READONLY" | "MASTERDOWN" | "LOADING") {
            self.give_up(live);
        }
    }

    /// Looks whether the server is still the one that was connected to: it may have become a
    /// replica and a master again, or Sentinel may have put another in its place.
    pub(crate) async fn verify(&self) {
        let Some(mut live) = self.current() else { return };
        let mut ask = redis::cmd("INFO");
        ask.arg(&["server", "replication"]);
        let replaced = match &self.target {
            Target::Server(_) => false,
            Target::Sentinel(sentinel) => sentinel.has_replaced(&live.info).await,
        };
        let same = match ask.query_async(&mut live.connection).await {
            Ok(text) => {
                let info = Info::new(text);
                !info.is_replica() && info.incarnation() == live.incarnation
            }
            Err(_) => false,
        };
        if replaced || !same {
            tracing::info!("another Redis server, or another life of one, is in its place");
            self.give_up(&live);
        }
    }
}

/// A new connection. The library's own response timeout of half a second would end calls that a
/// busy disk only delays.
pub(crate) async fn connect(
    client: &Client,
    response_timeout: Duration,
) -> Result<MultiplexedConnection, RedisError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECTION_TIMEOUT))
        .set_response_timeout(Some(response_timeout))
        .set_pipeline_buffer_size(BUFFERED_CALLS);
    client.get_multiplexed_async_connection_with_config(&config).await
}

fn unavailable(error: RedisError) -> StoreError {
    StoreError::Unavailable(error.to_string())
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
