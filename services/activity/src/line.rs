//! The lines of pollers that wait for the tasks of activities, first come, first served.

use crate::claim::Delivery;
use bytes::Bytes;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

/// How long an activity counts as there after it was looked for. Its deletion is answered when all
/// nodes know of it, so this is for a node that nobody could reach.
const FRESH: Duration = Duration::from_secs(1);

/// What a place in a line gets.
pub(crate) enum Answer {
    /// A task.
    Task(Delivery),
    /// The activity was deleted.
    Deleted,
}

/// A place in a line, good for one answer. Without an answer its sender is dropped: the node
/// drains.
pub(crate) struct Place {
    pub(crate) worker_name: Option<Arc<str>>,
    pub(crate) answers: UnboundedSender<Answer>,
}

impl Place {
    fn tell_deleted(self) {
        // Who has gone needs not be told.
        let _ = self.answers.send(Answer::Deleted);
    }
}

/// The line of one activity on this node.
pub(crate) struct Line {
    pub(crate) activity: Arc<str>,
    /// The queue of the activity's incarnation.
    pub(crate) queue: Bytes,
    state: Mutex<State>,
    /// Places were added, or a poller left.
    pub(crate) changed: Notify,
}

#[derive(Default)]
struct State {
    places: VecDeque<Place>,
    pollers: usize,
    /// The activity was deleted: whoever waits is told.
    deleted: bool,
    /// When the activity was last seen in the store.
    seen: Option<Instant>,
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        // What the lock guards is whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many places wait, those left out whose poller has gone.
    pub(crate) fn waiting(&self) -> usize {
        let mut state = self.state();
        state.places.retain(|place| !place.answers.is_closed());
        state.places.len()
    }

    /// Takes the place whose turn it is.
    pub(crate) fn next(&self) -> Option<Place> {
        let mut state = self.state();
        std::iter::from_fn(|| state.places.pop_front()).find(|place| !place.answers.is_closed())
    }

    /// Gives a place its turn back.
    pub(crate) fn put_back(&self, place: Place) {
        let mut state = self.state();
        if state.deleted {
            place.tell_deleted();
        } else {
            state.places.push_front(place);
        }
    }

    fn delete(&self) {
        let mut state = self.state();
        state.deleted = true;
        state.places.drain(..).for_each(Place::tell_deleted);
    }

    /// Takes every place.
    pub(crate) fn take_all(&self) -> Vec<Place> {
        self.state().places.drain(..).collect()
    }

    fn enter(self: &Arc<Self>, most: usize) -> Result<Poller, NotJoined> {
        let mut state = self.state();
        if state.pollers >= most {
            return Err(NotJoined::Full);
        }
        state.pollers += 1;
        drop(state);
        Ok(Poller(Arc::clone(self)))
    }

    /// How many pollers there are, whether or not they wait for more.
    pub(crate) fn pollers(&self) -> usize {
        self.state().pollers
    }
}

/// All lines of a node.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Open>);

#[derive(Default)]
struct Open {
    lines: HashMap<Arc<str>, Arc<Line>>,
    /// Counts deletions of activities that this node was told of.
    deletions: u64,
}

/// A poller in a line, until it is dropped.
pub(crate) struct Poller(Arc<Line>);

/// Why a poller can't join a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotJoined {
    /// Activities were deleted since the poller looked whether its own is there.
    LookAgain,
    /// As many pollers are in the line as may be.
    Full,
}

impl Lines {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be shown by who joins after looking whether the activity is there.
    pub(crate) fn deletions(&self) -> u64 {
        self.open().deletions
    }

    /// Joins the line of the activity, where that was seen in the store a moment ago.
    pub(crate) fn join_again(
        &self,
        activity: &str,
        most: usize,
    ) -> Option<Result<Poller, NotJoined>> {
        let open = self.open();
        let line = open.lines.get(activity)?;
        let fresh = line.state().seen.is_some_and(|seen| seen.elapsed() < FRESH);
        fresh.then(|| line.enter(most))
    }

    /// Joins the line of the activity and its queue, which were just seen; a line that was not there is given to `serve`.
    /// A line of another queue is one of an activity that was deleted without this node hearing of
    /// it: it is closed.
    pub(crate) fn join(
        self: &Arc<Self>,
        activity: &str,
        queue: &Bytes,
        deletions: u64,
        most: usize,
        serve: impl FnOnce(Arc<Line>),
    ) -> Result<Poller, NotJoined> {
        let mut open = self.open();
        if open.deletions != deletions {
            return Err(NotJoined::LookAgain);
        }
        let line = match open.lines.get(activity) {
            Some(line) if line.queue == *queue => Arc::clone(line),
            other => {
                if let Some(deleted) = other {
                    deleted.delete();
                }
                let activity: Arc<str> = activity.into();
                let line = Arc::new(Line {
                    activity: Arc::clone(&activity),
                    queue: queue.clone(),
                    state: Mutex::default(),
                    changed: Notify::new(),
                });
                open.lines.insert(activity, Arc::clone(&line));
                serve(Arc::clone(&line));
                line
            }
        };
        line.state().seen = Some(Instant::now());
        line.enter(most)
    }

    /// Ends a line that nobody is in; whether it did.
    pub(crate) fn end(&self, line: &Line) -> bool {
        let mut open = self.open();
        let empty = line.pollers() == 0;
        let open_line = open.lines.get(&line.activity);
        if empty && open_line.is_some_and(|open| std::ptr::eq(Arc::as_ptr(open), line)) {
            open.lines.remove(&line.activity);
        }
        empty
    }

    /// Tells everybody who waits for the activity that it was deleted, and closes its line. Who
    /// joins afterwards joins another one.
    pub(crate) fn delete(&self, activity: &str) {
        let mut open = self.open();
        open.deletions += 1;
        if let Some(line) = open.lines.remove(activity) {
            line.delete();
        }
    }
}

impl Poller {
    /// Adds places at the end of the line.
    pub(crate) fn wait(&self, places: impl IntoIterator<Item = Place>) {
        let mut state = self.0.state();
        if state.deleted {
            places.into_iter().for_each(Place::tell_deleted);
        } else {
            state.places.extend(places);
        }
        drop(state);
        self.0.changed.notify_one();
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.pollers = state.pollers.saturating_sub(1);
        drop(state);
        self.0.changed.notify_one();
    }
}
