//! Serves one line: takes tasks from the activity's queue, or from the owners that have some
//! pending, as many as places wait and no more, and gives each to the place whose turn it is once
//! its owner has recorded the start.

use crate::asks::Asks;
use crate::claim::Claim;
use crate::line::{Answer, Line, Lines, Place};
use crate::taker::{OfTheDead, Start, Taker};
use crate::wakes::Wakes;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

/// Most starts of one line that are under way at once.
const STARTS: usize = 64;
/// How often the claims of dead nodes are looked for while pollers wait.
const RECLAIM: Duration = Duration::from_secs(5);
/// How long a line outlives its last poller, who mostly comes back at once.
const LINGER: Duration = Duration::from_secs(10);
/// The pause after a failure, doubled with each further one up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What the dispatchers of a node share.
#[derive(Clone)]
pub(crate) struct Dispatchers {
    pub(crate) taker: Arc<Taker>,
    pub(crate) wakes: Wakes,
    pub(crate) lines: Arc<Lines>,
    pub(crate) draining: CancellationToken,
}

struct Dispatcher {
    shared: Dispatchers,
    line: Arc<Line>,
    queue: Bytes,
    starts: JoinSet<(Option<Place>, Option<String>)>,
    asks: Asks,
    /// Whether the queue may hold tasks: what comes into an empty one is signalled.
    unseen: bool,
    /// Nothing is claimed before.
    paused_until: Instant,
    pause: Duration,
}

impl Dispatchers {
    /// Serves a line until nobody is in it any more, or the node drains.
    pub(crate) async fn serve(self, line: Arc<Line>) {
        let listener = self.wakes.listen(&line.queue);
        let mut reclaim = interval(RECLAIM);
        reclaim.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut dispatcher = Dispatcher {
            queue: line.queue.clone(),
            line,
            shared: self,
            starts: JoinSet::new(),
            asks: Asks::default(),
            unseen: true,
            paused_until: Instant::now(),
            pause: PAUSE,
        };
        let mut busy_until = Instant::now() + LINGER;
        loop {
            if !dispatcher.claim().await {
                return;
            }
            let line = Arc::clone(&dispatcher.line);
            if line.pollers() > 0 {
                busy_until = Instant::now() + LINGER;
            } else if Instant::now() >= busy_until
                && dispatcher.starts.is_empty()
                && dispatcher.shared.lines.end(&line)
            {
                return;
            }
            dispatcher.serve_given().await;
            let wants = line.waiting() > 0;
            let stale = dispatcher.asks.stale_at();
            let draining = dispatcher.shared.draining.is_cancelled();
            tokio::select! {
                // What comes seldom first: signals that don't cease keep nothing else away.
                biased;
                Some(ended) = dispatcher.starts.join_next() => dispatcher.ended(ended),
                () = dispatcher.asks.answered() => {}
                () = sleep_until(stale.unwrap_or_else(Instant::now)), if stale.is_some() => {}
                () = dispatcher.shared.draining.cancelled(), if !draining => {}
                _ = reclaim.tick(), if wants => dispatcher.reclaim().await,
                () = sleep_until(dispatcher.paused_until),
                    if wants && dispatcher.paused_until > Instant::now() => {}
                () = sleep_until(busy_until),
                    if line.pollers() == 0 && dispatcher.starts.is_empty() => {}
                () = line.changed.notified() => {}
                () = listener.woken() => dispatcher.unseen = true,
            }
        }
    }
}

impl Dispatcher {
    /// Who waits gets the empty answer; what is under way is given to whom it was for. Whether
    /// somebody is still in the line.
    async fn drain(&mut self) -> bool {
        self.asks.end();
        drop(self.line.take_all());
        while let Some(ended) = self.starts.join_next().await {
            self.ended(ended);
            drop(self.line.take_all());
        }
        !self.shared.lines.end(&self.line)
    }

    /// Claims for the places that wait, until there is none or no task; whether to go on.
    async fn claim(&mut self) -> bool {
        loop {
            if self.shared.draining.is_cancelled() {
                return self.drain().await;
            }
            let limit = self.room();
            if limit == 0 || !self.unseen {
                return true;
            }
            match self.shared.taker.claim(&self.queue, limit).await {
                Ok((claims, more)) => {
                    claims.into_iter().for_each(|claim| self.start(claim));
                    self.unseen = more;
                }
                Err(error) => {
                    self.fail(&error.to_string());
                    return true;
                }
            }
        }
    }

    /// How many tasks may be started now.
    fn room(&self) -> usize {
        if self.paused_until > Instant::now() {
            return 0;
        }
        self.line.waiting().min(STARTS.saturating_sub(self.starts.len()))
    }

    /// Starts what owners have given, and asks them for more while places wait.
    async fn serve_given(&mut self) {
        self.asks.drop_stale();
        while self.room() > 0
            && let Some(claim) = self.asks.next()
        {
            self.start(claim);
        }
        let limit = self.room();
        if limit > 0 && !self.shared.draining.is_cancelled() {
            self.asks.ask(&self.shared.taker, &self.queue, limit).await;
        }
    }

    fn start(&mut self, claim: Claim) {
        // Where the place has gone in between, the claim goes back by being dropped.
        let Some(place) = self.line.next() else { return };
        let taker = Arc::clone(&self.shared.taker);
        self.starts.spawn(async move {
            let name = place.worker_name.as_deref();
            match taker.start(claim, name, OfTheDead::DeliverAgain).await {
                Start::Started(delivery) => {
                    // Where the poller has gone, the delivery comes back and is dropped: the task
                    // is put back.
                    let _ = place.answers.send(Answer::Task(delivery));
                    (None, None)
                }
                Start::Gone => (Some(place), None),
                Start::Unavailable(error) => (Some(place), Some(error.to_string())),
            }
        });
    }

    fn ended(&mut self, ended: Result<(Option<Place>, Option<String>), tokio::task::JoinError>) {
        match ended {
            Ok((place, failure)) => {
                if let Some(place) = place {
                    self.line.put_back(place);
                }
                match failure {
                    Some(failure) => self.fail(&failure),
                    None => self.pause = PAUSE,
                }
            }
            Err(error) => self.fail(&error.to_string()),
        }
    }

    fn fail(&mut self, why: &str) {
        tracing::warn!(activity = %self.line.activity, why, "no tasks can be taken at present");
        self.paused_until = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    async fn reclaim(&self) {
        if let Err(error) = self.shared.taker.reclaim(&self.queue).await {
            tracing::warn!(%error, "the claims of dead nodes can't be looked for");
        }
    }
}
