//! What a seed decides before anything runs: sizes, and which faults there are.

use crate::dice::Dice;

/// The shape of one run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) partitions: u32,
    pub(crate) execution_nodes: u64,
    pub(crate) activity_nodes: u64,
    pub(crate) clients: u64,
    /// Calls that each client makes.
    pub(crate) calls: u64,
    pub(crate) workers: u64,
    /// Seconds that a closed execution stays.
    pub(crate) retention_seconds: u64,
    /// How long faults go on, in milliseconds.
    pub(crate) faulty_ms: u64,
    pub(crate) rates: Rates,
}

/// How often faults happen: in a thousand crossings of a boundary, or once in so many
/// milliseconds on average; 0 is never.
#[derive(Clone, Debug)]
pub(crate) struct Rates {
    /// A call is refused at once, and nothing happens.
    pub(crate) refused: u64,
    /// A write never arrives, and nobody knows.
    pub(crate) request_lost: u64,
    /// A write takes effect, and the answer is lost.
    pub(crate) answer_lost: u64,
    /// A write is answered as unknown, and takes effect later.
    pub(crate) late: u64,
    /// A push to a queue or an entry of a trigger stream arrives a second time, later.
    pub(crate) doubled: u64,
    /// A call takes up to half a second, not a few milliseconds.
    pub(crate) slow: u64,
    /// A call between processes breaks off after it arrived.
    pub(crate) broken: u64,
    /// A process dies, and another one takes its place.
    pub(crate) crash_ms: u64,
    /// A process leaves in good order, and another one takes its place.
    pub(crate) leave_ms: u64,
    /// A process stands still for seconds.
    pub(crate) pause_ms: u64,
    /// A process can reach nobody for seconds.
    pub(crate) cut_ms: u64,
    /// All queues are lost.
    pub(crate) flush_ms: u64,
    /// The store's clock steps.
    pub(crate) step_ms: u64,
    /// Most that a node's idea of the store's time is off, in milliseconds.
    pub(crate) skew_ms: u64,
}

impl Plan {
    /// The plan of a seed. Some kinds of faults are left out of each run, so that none of them
    /// always hides what another one would show.
    pub(crate) fn of(seed: u64) -> Self {
        let dice = Dice::new(seed, "plan");
        let rare = |most: u64| if dice.chance(400) { 0 } else { dice.between(1, most) };
        let every = |least: u64, most: u64| match dice.chance(350) {
            true => 0,
            false => dice.between(least, most),
        };
        Self {
            partitions: u32::try_from(dice.between(1, 6)).unwrap_or(1),
            execution_nodes: dice.between(1, 3),
            activity_nodes: dice.between(1, 2),
            clients: dice.between(2, 4),
            calls: dice.between(8, 24),
            workers: dice.between(1, 3),
            retention_seconds: dice.between(5, 40),
            faulty_ms: dice.between(5_000, 40_000),
            rates: Rates {
                refused: rare(40),
                request_lost: rare(40),
                answer_lost: rare(60),
                late: rare(40),
                doubled: rare(200),
                slow: rare(60),
                broken: rare(60),
                crash_ms: every(1_500, 15_000),
                leave_ms: every(3_000, 20_000),
                pause_ms: every(3_000, 20_000),
                cut_ms: every(3_000, 20_000),
                flush_ms: every(2_000, 15_000),
                step_ms: every(4_000, 15_000),
                skew_ms: every(20, 200),
            },
        }
    }
}
