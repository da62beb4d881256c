//! One run: what a seed makes happen, from an empty store to the verdict.

use crate::chaos::Chaos;
use crate::check::{Stats, check};
use crate::dice::Dice;
use crate::plan::Plan;
use crate::workload::{Client, FunctionWorker, Worker, machines};
use crate::world::{World, namespace};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use stepwell_partition::{arn_of_key, group_of, load};
use stepwell_storage::{PartitionStore as _, StoreError};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Virtual time that executions are given to end once the faults are over.
const ENDING: Duration = Duration::from_secs(1_200);

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The seed.
    pub seed: u64,
    /// What went against the invariants; empty where all is well.
    pub violations: Vec<String>,
    /// Follows from everything that happened: two runs of one seed have the same.
    pub digest: u64,
    /// What was looked at.
    pub stats: Stats,
}

/// Runs a seed, in virtual time and on the calling thread.
///
/// # Panics
/// Where no runtime can be made.
#[must_use]
pub fn run(seed: u64) -> Verdict {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    // A process that can't have a timer wheel has no use for a verdict.
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => panic!("no runtime: {error}"),
    };
    let verdict = runtime.block_on(simulate(seed));
    verdict.unwrap_or_else(|error| Verdict {
        seed,
        violations: vec![format!("the simulator itself failed: {error}")],
        digest: 0,
        stats: Stats::default(),
    })
}

async fn simulate(seed: u64) -> Result<Verdict, StoreError> {
    let plan = Plan::of(seed);
    tracing::info!(?plan, "begins");
    let world = Arc::new(World::new(seed, plan, machines(seed)).await?);
    let chaos = Chaos::new(Arc::clone(&world), seed);
    chaos.begin();
    let mut clients = begin_outside(seed, &world);
    while clients.join_next().await.is_some() {}
    let left = world.plan.faulty_ms.saturating_sub(world.audit.time.elapsed_ms().unsigned_abs());
    sleep(Duration::from_millis(left)).await;
    chaos.end();
    let healed_ms = world.audit.time.now_ms();
    let mut violations = settle(&world).await?;
    chaos.kill_all();
    let (more, stats, digest) = check(&world, healed_ms).await;
    violations.extend(more);
    Ok(Verdict { seed, violations, digest, stats })
}

fn begin_outside(seed: u64, world: &Arc<World>) -> JoinSet<()> {
    for number in 0..world.plan.workers {
        for activity in &world.activities {
            let (world, activity) = (Arc::clone(world), activity.clone());
            let name = format!("worker-{activity}-{number}");
            tokio::spawn(Worker { world, seed, name, activity }.run());
        }
        let name = format!("functions-{number}");
        tokio::spawn(FunctionWorker { world: Arc::clone(world), seed, name }.run());
    }
    let started = Arc::new(Mutex::default());
    let mut clients = JoinSet::new();
    for number in 0..world.plan.clients {
        let dice = Dice::new(seed, &format!("client {number}"));
        let (world, started) = (Arc::clone(world), Arc::clone(&started));
        clients.spawn(Client { world, number, dice, started }.run());
    }
    clients
}

/// What waits, and for what.
async fn unended(world: &World) -> Result<Vec<String>, StoreError> {
    let reporting = world.reporting.load(Ordering::Relaxed);
    let mut found = vec![format!("I7: {ENDING:?} after the last fault {reporting} reports wait")];
    let runs = world.audit.log().runs.clone();
    for run in runs.iter().filter(|run| run.removed.is_none()) {
        let Some(arn) = arn_of_key(&run.key) else { continue };
        let loaded = load(&world.audit.memory, run.partition, &arn).await.ok().flatten();
        let Some(execution) = loaded.filter(|found| found.snapshot().is_running()) else {
            continue;
        };
        let snapshot = execution.snapshot();
        let pending: Vec<_> = snapshot.pending_attempts().map(|(_, open)| open).collect();
        found.push(format!(
            "I7: {arn} does not end: due {:?}, pending {pending:?}, scopes {:?}",
            snapshot.next_due_ms(),
            snapshot.scopes().iter().collect::<Vec<_>>()
        ));
    }
    Ok(found)
}

/// Waits until everything has ended that was accepted, and is gone once its time is over.
async fn settle(world: &World) -> Result<Vec<String>, StoreError> {
    let memory = &world.audit.memory;
    let group = group_of(&namespace());
    let give_up = Instant::now() + ENDING;
    while memory.open_total(&group).await? > 0 || world.reporting.load(Ordering::Relaxed) > 0 {
        if Instant::now() > give_up {
            return unended(world).await;
        }
        sleep(Duration::from_millis(500)).await;
    }
    let retention = Duration::from_secs(world.plan.retention_seconds);
    let give_up = Instant::now() + retention + Chaos::RECOVERY;
    while world.audit.log().holds_any() {
        if Instant::now() > give_up {
            return Ok(vec!["I6: records outlive their retention".to_owned()]);
        }
        sleep(Duration::from_millis(500)).await;
    }
    Ok(Vec::new())
}
