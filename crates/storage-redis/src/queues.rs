//! Task queues.

use crate::RedisStore;
use crate::keys::QueueKeys;
use crate::library::Function;
use crate::link::Effect::{Reads, Writes};
use crate::partitions::stream_entry;
use crate::reply::{array, bytes, fixed, natural, number, optional};
use async_trait::async_trait;
use bytes::Bytes;
use redis::{Cmd, Value};
use stepwell_storage::{Generation, QueueStore, QueueTag, QueueTask, StoreError, Wake, WakeCursor};

/// A queue in a server that was restarted or replaced may lack what was pushed last, so that its
/// generation is another one for every server process.
fn generation(stored: &[u8], process: u128) -> Result<Generation, StoreError> {
    Ok(number(stored)? ^ process)
}

fn add_ids(call: &mut Cmd, ids: &[Bytes]) {
    for id in ids {
        call.arg(&id[..]);
    }
}

#[async_trait]
impl QueueStore for RedisStore {
    async fn queue_push(
        &self,
        queue: &[u8],
        tasks: &[QueueTask],
    ) -> Result<Generation, StoreError> {
        let keys = QueueKeys::new(queue);
        let names = [&keys.stream[..], &keys.ids, &keys.generation, &keys.wakes];
        let mut call = self.library.call(Function::Push, &names);
        call.arg(queue).arg(&rand::random::<u128>().to_be_bytes());
        for task in tasks {
            call.arg(&task.id[..]).arg(&task.body[..]);
        }
        let (process, stored) = self.writes.call_in(&call, Writes).await?;
        generation(&bytes(stored)?, process)
    }

    async fn queue_claim(
        &self,
        queue: &[u8],
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut claim = redis::cmd("XREADGROUP");
        claim.arg(&["GROUP", "w", node, "COUNT"]).arg(limit.min(i32::MAX as usize));
        claim.arg("STREAMS").arg(QueueKeys::new(queue).stream).arg(">");
        let streams = match self.writes.call(&claim, Writes).await {
            Ok(Value::Nil) => return Ok(Vec::new()),
            // There is no such queue.
            Err(StoreError::Unknown(text)) if text.contains("NOGROUP") => return Ok(Vec::new()),
            streams => array(streams?)?,
        };
        let mut tasks = Vec::new();
        for stream in streams {
            let [_, entries] = fixed(stream)?;
            for entry in array(entries)? {
                let (id, body) = stream_entry(entry)?;
                tasks.push(QueueTask { id, body });
            }
        }
        Ok(tasks)
    }

    async fn queue_finish(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        let keys = QueueKeys::new(queue);
        let mut call = self.library.call(Function::Finish, &[&keys.stream, &keys.ids]);
        add_ids(&mut call, ids);
        self.writes.call(&call, Writes).await.map(drop)
    }

    async fn queue_give_back(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        let keys = QueueKeys::new(queue);
        let names = [&keys.stream[..], &keys.ids, &keys.wakes];
        let mut call = self.library.call(Function::GiveBack, &names);
        call.arg(queue);
        add_ids(&mut call, ids);
        self.writes.call(&call, Writes).await.map(drop)
    }

    async fn queue_generations(
        &self,
        queues: &[Bytes],
    ) -> Result<Vec<Option<Generation>>, StoreError> {
        let mut pipeline = redis::pipe();
        for queue in queues {
            pipeline.cmd("GET").arg(QueueKeys::new(queue).generation);
        }
        if queues.is_empty() {
            return Ok(Vec::new());
        }
        let (process, answers) = self.reads.all_in(&pipeline, Reads).await?;
        let known = |answer| match optional(answer)? {
            Some(stored) => generation(&stored, process).map(Some),
            None => Ok(None),
        };
        answers.into_iter().map(known).collect()
    }

    async fn queue_reclaim(&self, queue: &[u8], live_nodes: &[String]) -> Result<u64, StoreError> {
        let keys = QueueKeys::new(queue);
        let names = [&keys.stream[..], &keys.ids, &keys.wakes];
        let mut call = self.library.call(Function::Reclaim, &names);
        call.arg(queue);
        for node in live_nodes {
            call.arg(node);
        }
        let mut reclaimed = 0;
        // The function bounds how long it holds the server.
        loop {
            let [given, more] = fixed(self.writes.call(&call, Writes).await?)?;
            reclaimed += natural(&given)?;
            if natural(&more)? == 0 {
                return Ok(reclaimed);
            }
        }
    }

    async fn queue_drop(&self, queue: &[u8]) -> Result<(), StoreError> {
        let keys = QueueKeys::new(queue);
        let names = [&keys.stream[..], &keys.ids, &keys.generation, &keys.wakes];
        let mut call = self.library.call(Function::Drop, &names);
        call.arg(queue);
        self.writes.call(&call, Writes).await.map(drop)
    }

    async fn queue_wake(&self, tag: QueueTag, after: WakeCursor) -> Result<Wake, StoreError> {
        self.wakes.wait(&self.reads, tag, after).await
    }
}
