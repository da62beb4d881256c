//! Task queues.

use crate::RedisStore;
use crate::keys::QueueKeys;
use crate::library::Function;
use crate::partitions::stream_entry;
use crate::refusal::Effect::{Hints, Reads, Writes};
use crate::reply::{array, bytes, fixed, natural, number, optional};
use crate::router::{Answer, Call};
use async_trait::async_trait;
use bytes::Bytes;
use redis::{Cmd, Value};
use stepwell_storage::{Generation, QueueStore, QueueTag, QueueTask, StoreError, Wake, WakeCursor};

/// A queue in a server that was restarted or replaced may lack what was pushed last, so that its
/// generation is another one in every life of a server.
fn generation(stored: &[u8], incarnation: u128) -> Result<Generation, StoreError> {
    Ok(number(stored)? ^ incarnation)
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
        // A push that is lost is lost with the queue's generation.
        let answer = self.router.call_in(keys.slot, call, Hints).await?;
        generation(&bytes(answer.value)?, answer.incarnation)
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
        let keys = QueueKeys::new(queue);
        claim.arg("STREAMS").arg(keys.stream).arg(">");
        let streams = match self.router.call(keys.slot, claim, Writes).await {
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
        self.router.call(keys.slot, call, Writes).await.map(drop)
    }

    async fn queue_give_back(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        let keys = QueueKeys::new(queue);
        let names = [&keys.stream[..], &keys.ids, &keys.wakes];
        let mut call = self.library.call(Function::GiveBack, &names);
        call.arg(queue);
        add_ids(&mut call, ids);
        self.router.call(keys.slot, call, Writes).await.map(drop)
    }

    async fn queue_generations(
        &self,
        queues: &[Bytes],
    ) -> Result<Vec<Option<Generation>>, StoreError> {
        let get = |queue: &Bytes| {
            let keys = QueueKeys::new(queue);
            let mut get = redis::cmd("GET");
            get.arg(keys.generation);
            Call::new(keys.slot, get)
        };
        let answers = self.router.all_in(queues.iter().map(get).collect(), Reads).await?;
        let known = |answer: Answer| match optional(answer.value)? {
            Some(stored) => generation(&stored, answer.incarnation).map(Some),
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
            let [given, more] = fixed(self.router.call(keys.slot, call.clone(), Writes).await?)?;
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
        self.router.call(keys.slot, call, Writes).await.map(drop)
    }

    async fn queue_wake(&self, tag: QueueTag, after: WakeCursor) -> Result<Wake, StoreError> {
        self.wakes.wait(&self.router, tag, after).await
    }
}
