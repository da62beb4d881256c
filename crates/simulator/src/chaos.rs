//! Processes, and what befalls them.

use crate::dice::Dice;
use crate::link::Condition;
use crate::process::Process;
use crate::world::World;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use stepwell_service_kit::Role;
use stepwell_storage::OneProcess as _;
use tokio::time::sleep;

/// Keeps the processes of a run, and ends them, until the faults are over.
pub(crate) struct Chaos {
    world: Arc<World>,
    dice: Dice,
    processes: Mutex<Vec<Process>>,
    started: std::sync::atomic::AtomicU64,
}

#[derive(Clone, Copy)]
enum Blow {
    Crash,
    Leave,
    Pause,
    Cut,
    Flush,
    Step,
}

impl Chaos {
    pub(crate) fn new(world: Arc<World>, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            world,
            dice: Dice::new(seed, "chaos"),
            processes: Mutex::default(),
            started: std::sync::atomic::AtomicU64::new(0),
        })
    }

    fn processes(&self) -> MutexGuard<'_, Vec<Process>> {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the processes that the plan asks for, each when it can.
    pub(crate) fn begin(self: &Arc<Self>) {
        for _ in 0..self.world.plan.execution_nodes {
            tokio::spawn(Arc::clone(self).add(Role::Execution));
        }
        for _ in 0..self.world.plan.activity_nodes {
            tokio::spawn(Arc::clone(self).add(Role::Activity));
        }
        let rates = &self.world.plan.rates;
        for (blow, every_ms) in [
            (Blow::Crash, rates.crash_ms),
            (Blow::Leave, rates.leave_ms),
            (Blow::Pause, rates.pause_ms),
            (Blow::Cut, rates.cut_ms),
            (Blow::Flush, rates.flush_ms),
            (Blow::Step, rates.step_ms),
        ] {
            if every_ms > 0 {
                tokio::spawn(Arc::clone(self).strike(blow, every_ms));
            }
        }
    }

    async fn add(self: Arc<Self>, role: Role) {
        let number = self.started.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let process = Process::start(&self.world, role, number, &self.dice).await;
        self.world.live().push((role.name(), process.link.id.clone()));
        self.processes().push(process);
    }

    async fn strike(self: Arc<Self>, blow: Blow, every_ms: u64) {
        loop {
            sleep(self.dice.millis(every_ms / 2, every_ms * 3 / 2)).await;
            if self.world.faults.are_over() {
                return;
            }
            match blow {
                Blow::Crash => self.crash(),
                Blow::Leave => self.leave(),
                Blow::Pause => self.condition(Condition::Paused),
                Blow::Cut => self.condition(Condition::Cut),
                Blow::Flush => self.flush(),
                Blow::Step => {
                    let by_ms = i64::try_from(self.dice.below(300)).unwrap_or_default() - 150;
                    self.world.audit.time.step(by_ms);
                }
            }
        }
    }

    fn take(&self) -> Option<Process> {
        let mut processes = self.processes();
        let at = self.dice.below(processes.len() as u64);
        if processes.is_empty() {
            return None;
        }
        Some(processes.remove(usize::try_from(at).unwrap_or_default()))
    }

    fn crash(self: &Arc<Self>) {
        let Some(process) = self.take() else { return };
        tracing::info!(id = process.link.id, "dies");
        self.forget(&process);
        self.replace(process.role);
        process.kill();
    }

    fn leave(self: &Arc<Self>) {
        let Some(process) = self.take() else { return };
        tracing::info!(id = process.link.id, "leaves");
        self.forget(&process);
        self.replace(process.role);
        tokio::spawn(process.leave());
    }

    /// A load balancer notices sooner or later.
    fn forget(self: &Arc<Self>, process: &Process) {
        let (chaos, id) = (Arc::clone(self), process.link.id.clone());
        let after = self.dice.millis(0, 2_000);
        tokio::spawn(async move {
            sleep(after).await;
            chaos.world.live().retain(|(_, live)| *live != id);
        });
    }

    fn replace(self: &Arc<Self>, role: Role) {
        let (chaos, after) = (Arc::clone(self), self.dice.millis(0, 3_000));
        tokio::spawn(async move {
            sleep(after).await;
            chaos.add(role).await;
        });
    }

    fn condition(self: &Arc<Self>, condition: Condition) {
        let links: Vec<_> = self.processes().iter().map(|one| Arc::clone(&one.link)).collect();
        let Some(link) = self.dice.pick(&links).map(Arc::clone) else { return };
        let time = self.dice.millis(100, 5_000);
        tracing::info!(id = link.id, ?condition, ?time, "is struck");
        link.set(condition);
        tokio::spawn(async move {
            sleep(time).await;
            link.set(Condition::Up);
        });
    }

    /// Loses the hints in the queues, as a failover of the store does.
    fn flush(&self) {
        tracing::info!("queues are lost");
        for queue in self.world.queues() {
            self.world.audit.memory.queues().lose_hints(&queue);
        }
    }

    /// Ends all faults. Processes that are starting or leaving get there by themselves.
    pub(crate) fn end(&self) {
        tracing::info!("the faults are over");
        self.world.faults.end();
        for process in self.processes().iter() {
            process.link.set(Condition::Up);
        }
    }

    /// Kills what runs.
    pub(crate) fn kill_all(&self) {
        for process in self.processes().drain(..) {
            process.kill();
        }
        self.world.closing.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// How long it takes at most until all is well again.
    pub(crate) const RECOVERY: Duration = Duration::from_secs(30);
}
