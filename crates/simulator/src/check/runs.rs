//! Every execution that there was, with its whole history and when each part was written.

use crate::store::Run;
use crate::world::World;
use std::sync::Arc;
use stepwell_engine::Event;
use stepwell_ids::ExecutionArn;
use stepwell_partition::{Execution, HistoryReader, ReadError, arn_of_key, load};

/// One execution, as its last commit left it.
pub(super) struct RunView {
    pub(super) run: Run,
    pub(super) arn: ExecutionArn,
    pub(super) execution: Arc<Execution>,
    /// Every event, private ones too, with the number of the commit that wrote it.
    pub(super) events: Vec<(Event, usize)>,
}

impl RunView {
    /// When it came into being, as a place among all that happened.
    pub(super) fn began(&self) -> u64 {
        self.run.written.first().map_or(u64::MAX, |written| written.at)
    }

    /// When it was removed.
    pub(super) fn removed(&self) -> u64 {
        self.run.removed.map_or(u64::MAX, |removed| removed.at)
    }

    /// When it ended.
    pub(super) fn closed(&self) -> u64 {
        let end = self.events.iter().find(|(event, _)| event.body.ends_execution());
        end.map_or(u64::MAX, |(_, commit)| self.at(*commit))
    }

    /// When a commit took effect.
    pub(super) fn at(&self, commit: usize) -> u64 {
        self.run.written.get(commit).map_or(u64::MAX, |written| written.at)
    }

    /// The store's clock when a commit took effect.
    pub(super) fn now_ms(&self, commit: usize) -> i64 {
        self.run.written.get(commit).map_or(i64::MAX, |written| written.now_ms)
    }

    /// Whether it was there at some time between the two places.
    pub(super) fn was_there(&self, from: u64, to: u64) -> bool {
        self.began() <= to && self.removed() >= from
    }

    pub(super) fn run_id(&self) -> u128 {
        self.execution.origin().run_id
    }

    /// When it began, was removed, and got each of its public events.
    pub(super) fn outline(&self) -> (u64, u64, Vec<u64>) {
        let public = self.events.iter().filter(|(event, _)| !event.is_private());
        let events = public.map(|(_, commit)| self.at(*commit)).collect();
        (self.began(), self.removed(), events)
    }

    /// The public event with this id.
    pub(super) fn event(&self, id: u64) -> Option<&(Event, usize)> {
        self.events.iter().find(|(event, _)| event.id == id && id > 0)
    }
}

/// Reads all of them, in the order of their starts.
pub(super) async fn views(world: &World) -> Result<Vec<RunView>, ReadError> {
    let runs = world.audit.log().runs.clone();
    let mut views = Vec::with_capacity(runs.len());
    for run in runs {
        if let Some(view) = view(world, run).await? {
            views.push(view);
        }
    }
    Ok(views)
}

async fn view(world: &World, run: Run) -> Result<Option<RunView>, ReadError> {
    let (store, partition) = world.audit.shelf(&run);
    let Some(arn) = arn_of_key(&run.key) else { return Ok(None) };
    let Some(execution) = load(store, partition, &arn).await? else { return Ok(None) };
    let mut reader = HistoryReader::new(store, partition, &execution);
    let (batches, _) = reader.batches(0, usize::MAX).await?;
    let with_batch = run.written.iter().enumerate().filter(|(_, written)| written.has_batch);
    let mut events = Vec::new();
    for ((commit, _), batch) in with_batch.zip(batches) {
        events.extend(batch.into_iter().map(|event| (event, commit)));
    }
    Ok(Some(RunView { run, arn, execution, events }))
}
