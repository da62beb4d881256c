//! What the next turn is about.

use super::{Actor, MAX_TURN, PAUSE};
use crate::codec::{StreamTrigger, decode_trigger};
use crate::execution::arn_of_key;
use crate::plan::plan_nothing;
use crate::slot::Message;
use crate::timers::Timers;
use crate::work::{Entry, Source, What, Work};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use stepwell_storage::StoreError;

impl Actor {
    /// Waits for works; none once the actor is to end and has nothing left to do.
    pub(super) async fn gather(&mut self) -> Option<Vec<Work>> {
        loop {
            if self.slot.stop.is_cancelled() {
                self.told.close();
            }
            if let Some(work) = self.alone.pop_front() {
                return Some(vec![work]);
            }
            let mut works = std::mem::take(&mut self.again);
            while works.len() < MAX_TURN
                && let Ok(message) = self.told.try_recv()
            {
                self.take(message, &mut works);
            }
            let mut unread = Ok(());
            // An actor that is to end leaves timers and triggers to the next owner.
            if !self.told.is_closed() {
                unread = self.read_store(&mut works).await;
                self.take_due(&mut works);
            }
            if !works.is_empty() {
                return Some(works);
            }
            let pause = unread.is_err().then_some(PAUSE);
            works.extend(self.wait(pause).await?);
            if !works.is_empty() {
                return Some(works);
            }
        }
    }

    /// Reads timers, outbox and triggers where there may be some that the actor does not know.
    async fn read_store(&mut self, works: &mut Vec<Work>) -> Result<(), StoreError> {
        let read = self.try_read_store(works).await;
        if let Err(error) = &read {
            tracing::warn!(partition = self.partition(), %error, "the partition can't be read");
        }
        read
    }

    async fn try_read_store(&mut self, works: &mut Vec<Work>) -> Result<(), StoreError> {
        if self.behind {
            self.catch_up().await?;
        }
        let partition = self.partition();
        if self.timers.exhausted(self.shared.clock.now_ms()) {
            let earliest = self.shared.store.timers(partition, Timers::WINDOW).await?;
            self.timers = Timers::read(earliest, self.shared.clock.now_ms());
        }
        if self.triggers_wait {
            let triggers = self.shared.store.triggers(partition, MAX_TURN).await?;
            self.triggers_wait = triggers.len() == MAX_TURN;
            for (id, body) in triggers {
                match decode_trigger(&body) {
                    Ok(StreamTrigger { arn, run_id, trigger }) => {
                        let what =
                            What::Trigger { run_id: Some(run_id), trigger, entry: Entry::Retire };
                        works.push(Work::new(arn, what, Source::Stream(id)));
                    }
                    Err(error) => {
                        tracing::error!(partition, %error, "a trigger is dropped");
                        self.drop_trigger(id).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes an entry that nobody can read out of the stream, by the removal of no record.
    async fn drop_trigger(&self, id: u128) -> Result<(), StoreError> {
        let (mut commit, _) =
            plan_nothing(None, &Bytes::from_static(b"-"), self.shared.decider.random.draw());
        commit.trigger = Some(id);
        self.shared.store.commit(self.slot.lease, vec![commit]).await.map(drop)
    }

    fn take_due(&mut self, works: &mut Vec<Work>) {
        for key in self.timers.take_due(self.shared.clock.now_ms(), MAX_TURN) {
            match arn_of_key(&key) {
                Some(arn) => works.push(Work::new(arn, What::Due, Source::Timer)),
                None => tracing::error!(partition = self.partition(), ?key, "a key is no ARN"),
            }
        }
    }

    /// Sleeps until there is something to do, at most `pause`; none where the actor is to end.
    async fn wait(&mut self, pause: Option<Duration>) -> Option<Vec<Work>> {
        let shared = Arc::clone(&self.shared);
        let stepped = shared.clock.stepped();
        let next = self.timers.next_ms().map(|due| self.shared.clock.until(due));
        let sleep = next.into_iter().chain(pause).min().unwrap_or(Duration::from_secs(60 * 60));
        let stop = self.slot.stop.clone();
        let mut works = Vec::new();
        tokio::select! {
            biased;
            message = self.told.recv() => match message {
                Some(message) => self.take(message, &mut works),
                None => return None,
            },
            () = stop.cancelled(), if !self.told.is_closed() => {}
            () = stepped => {}
            () = tokio::time::sleep(sleep) => {}
        }
        Some(works)
    }

    fn take(&mut self, message: Message, works: &mut Vec<Work>) {
        match message {
            Message::Work(work) => works.push(*work),
            Message::ReadTriggers => self.triggers_wait = true,
        }
    }
}
