//! Waiting for the wake streams: a blocking read a tag, on a connection of its own.

use crate::keys::wakes;
use crate::reply::{array, bytes, fixed, parse};
use crate::router::Router;
use redis::aio::MultiplexedConnection;
use redis::cluster_routing::Slot;
use redis::{Cmd, Value};
use std::collections::BTreeSet;
use std::time::Duration;
use stepwell_storage::{QUEUE_TAGS, QueueTag, StoreError, Wake, WakeCursor, WokenQueues};
use tokio::sync::Mutex;

/// How long the server waits before it answers that nothing came; then it is asked again.
const BLOCK: Duration = Duration::from_secs(20);
/// A server that is silent for longer than it was told to wait has gone.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);
/// As many signals as the stream keeps at least (`queue.lua`): who gets so many may have missed
/// some.
const MOST_WAKES: usize = 1024;

/// A connection for every tag that is waited for.
pub(crate) struct Wakes {
    connections: [Mutex<Option<MultiplexedConnection>>; QUEUE_TAGS as usize],
}

impl Wakes {
    pub(crate) fn new() -> Self {
        Self { connections: std::array::from_fn(|_| Mutex::default()) }
    }

    pub(crate) async fn wait(
        &self,
        router: &Router,
        tag: QueueTag,
        after: WakeCursor,
    ) -> Result<Wake, StoreError> {
        // Tags are below the number of connections, by their type.
        let mut slot = self.connections[usize::from(tag.number())].lock().await;
        let stream = wakes(tag);
        let at = Slot::for_key(&stream);
        // Taken out while it is used: a caller that goes away leaves a connection that is still
        // blocked, and with its drop it is closed.
        let connection = slot.take();
        let fresh = connection.is_none();
        let mut connection = match connection {
            Some(connection) => connection,
            None => router.own(at, RESPONSE_TIMEOUT).await?,
        };
        let wake = if fresh || after == WakeCursor::default() {
            // After a lost connection the server may be another one, without the last signals.
            latest(&mut connection, &stream).await
        } else {
            next(&mut connection, &stream, after).await
        };
        match wake {
            Ok(_) => *slot = Some(connection),
            // The tag may be another server's now: the next wait goes there.
            Err(_) => router.doubt(at).await,
        }
        wake
    }
}

async fn send(connection: &mut MultiplexedConnection, call: &Cmd) -> Result<Value, StoreError> {
    match connection.send_packed_command(call).await {
        Ok(Value::ServerError(error)) => Err(StoreError::Unavailable(error.to_string())),
        Ok(value) => Ok(value),
        Err(error) => Err(StoreError::Unavailable(error.to_string())),
    }
}

/// All queues, from the end of the stream on.
async fn latest(connection: &mut MultiplexedConnection, stream: &[u8]) -> Result<Wake, StoreError> {
    let mut last = redis::cmd("XREVRANGE");
    last.arg(stream).arg("+").arg("-").arg("COUNT").arg(1);
    let entry = array(send(connection, &last).await?)?.into_iter().next();
    // Before all signals, but not the default cursor.
    let start = WakeCursor { place: 0, number: 1 };
    let cursor = entry.map_or(Ok(start), |entry| Ok::<_, StoreError>(signal(entry)?.0))?;
    Ok(Wake { cursor, queues: WokenQueues::All })
}

async fn next(
    connection: &mut MultiplexedConnection,
    stream: &[u8],
    after: WakeCursor,
) -> Result<Wake, StoreError> {
    let mut read = redis::cmd("XREAD");
    read.arg("COUNT").arg(MOST_WAKES).arg("BLOCK").arg(BLOCK.as_millis() as u64);
    read.arg("STREAMS").arg(stream).arg(format!("{}-{}", after.place, after.number));
    loop {
        let streams = match send(connection, &read).await? {
            Value::Nil => continue,
            streams => array(streams)?,
        };
        let mut cursor = after;
        let (mut count, mut queues) = (0, BTreeSet::new());
        for stream in streams {
            let [_, entries] = fixed(stream)?;
            for entry in array(entries)? {
                let (at, queue) = signal(entry)?;
                cursor = at;
                count += 1;
                queues.insert(queue);
            }
        }
        let queues = if count < MOST_WAKES {
            WokenQueues::These(queues.into_iter().collect())
        } else {
            WokenQueues::All
        };
        return Ok(Wake { cursor, queues });
    }
}

/// Place and queue of a signal.
fn signal(entry: Value) -> Result<(WakeCursor, bytes::Bytes), StoreError> {
    let [id, fields] = fixed(entry)?;
    let [_, queue] = fixed(fields)?;
    let id = bytes(id)?;
    let dash = id.iter().position(|byte| *byte == b'-').unwrap_or(id.len());
    let (place, number) = id.split_at(dash);
    let number = number.strip_prefix(b"-").unwrap_or(number);
    Ok((WakeCursor { place: parse(place)?, number: parse(number)? }, bytes(queue)?))
}
