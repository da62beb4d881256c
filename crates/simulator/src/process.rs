//! Processes of the suite: each one role, started and ended as the binary does it.

use crate::dice::Dice;
use crate::link::{Condition, Link};
use crate::network::Map;
use crate::store::Way;
use crate::world::{World, namespace};
use std::sync::Arc;
use std::time::Duration;
use stepwell_activity::Activity;
use stepwell_execution::ExecutionRole;
use stepwell_partition::NodeConfig;
use stepwell_service_kit::{Directory, Drain, Registration, Role, Transport};
use stepwell_storage::Store;
use tokio::time::{sleep, timeout};
use tonic::service::Routes;

/// How long a process may take to leave in good order before it is killed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running process.
pub(crate) struct Process {
    pub(crate) role: Role,
    pub(crate) link: Arc<Link>,
    registration: Registration,
    serves: Serves,
}

enum Serves {
    Execution(ExecutionRole),
    Activity(Drain),
}

impl Process {
    /// Starts a process of the role, trying until it runs; none where it was killed meanwhile.
    pub(crate) async fn start(world: &Arc<World>, role: Role, number: u64, dice: &Dice) -> Self {
        let skew = i64::try_from(dice.below(2 * world.plan.rates.skew_ms + 1)).unwrap_or_default();
        let skew = skew - i64::try_from(world.plan.rates.skew_ms).unwrap_or_default();
        for attempt in 0_u64.. {
            let id = format!("{}-{number}-{attempt}", role.name());
            let link = Arc::new(Link::new(id, skew));
            if let Some(process) = Self::try_start(world, role, &link).await {
                return process;
            }
            link.set(Condition::Dead);
            sleep(Duration::from_millis(200)).await;
        }
        unreachable!("attempts are without end")
    }

    async fn try_start(world: &Arc<World>, role: Role, link: &Arc<Link>) -> Option<Self> {
        let (peers, faults) = (Arc::clone(&world.peers), Arc::clone(&world.faults));
        let way = Way::new(Arc::clone(&world.audit), Arc::clone(link), Arc::clone(&faults));
        let way = Arc::new(way);
        let map = Arc::new(Map::new(Arc::clone(link), Arc::clone(&way), peers, faults));
        let store: Arc<dyn Store> = way;
        let begun = Registration::begin(Arc::clone(&store), role, &link.id, "");
        let registration = begun.await.ok()?;
        let (transport, serves) = match role {
            Role::Execution => execution(world, link, store, map).await?,
            _ => activity(world, link, store, map).await?,
        };
        world.peers.insert(Arc::clone(link), transport);
        Some(Self { role, link: Arc::clone(link), registration, serves })
    }

    /// Ends it at whatever it was about to do.
    pub(crate) fn kill(self) {
        self.link.set(Condition::Dead);
    }

    /// Ends it as a signal does.
    pub(crate) async fn leave(self) {
        let Self { link, registration, serves, .. } = self;
        let leave = async {
            match serves {
                Serves::Execution(role) => role.shutdown().await,
                Serves::Activity(drain) => {
                    drain.begin();
                    drain.finished().await;
                }
            }
            registration.end().await;
        };
        drop(timeout(PATIENCE, leave).await);
        link.set(Condition::Dead);
    }
}

async fn execution(
    world: &World,
    link: &Link,
    store: Arc<dyn Store>,
    directory: Arc<dyn Directory>,
) -> Option<(Transport, Serves)> {
    let options = stepwell_execution::Options {
        node_id: link.id.clone(),
        limits: world.limits(),
        namespace: namespace(),
    };
    let config = NodeConfig {
        lease: Duration::from_millis(2_000),
        renew_every: Duration::from_millis(500),
        watch_every: Duration::from_millis(400),
        random: world.random.clone(),
        ..NodeConfig::new(link.id.clone())
    };
    let role = ExecutionRole::start_with(store, directory, options, config).await.ok()?;
    let transport = Transport::local(role.routes().prepare());
    Some((transport, Serves::Execution(role)))
}

async fn activity(
    world: &World,
    link: &Link,
    store: Arc<dyn Store>,
    directory: Arc<dyn Directory>,
) -> Option<(Transport, Serves)> {
    let options = stepwell_activity::Options {
        node_id: link.id.clone(),
        limits: world.limits(),
        namespace: namespace(),
    };
    let drain = Drain::new();
    let service = Activity::start(store, directory, options, &drain).await.ok()?;
    let routes = Routes::default()
        .add_service(service.activity_server())
        .add_service(service.queue_server());
    Some((Transport::local(routes.prepare()), Serves::Activity(drain)))
}
