//! Appends to a file, each with its sync.

use crate::client::{Outcome, Until};
use anyhow::Result;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// What a group of commits brings to the log, about.
const BYTES: usize = 64 * 1024;

/// Appends for so long.
pub(crate) fn run(time: Duration) -> Result<Outcome> {
    let mut file = tempfile::tempfile()?;
    let block = vec![7; BYTES];
    timed(Until::Time(time), || {
        file.write_all(&block)?;
        file.sync_data()?;
        Ok(1)
    })
}

/// Calls `work` over and over; it says how many operations it did.
pub(crate) fn timed(until: Until, mut work: impl FnMut() -> Result<u64>) -> Result<Outcome> {
    let began = Instant::now();
    let mut outcome = Outcome::default();
    while match until {
        Until::Time(time) => began.elapsed() < time,
        Until::Calls(calls) => outcome.operations < calls,
    } {
        let sent = Instant::now();
        let done = work()?;
        if done == 0 {
            break;
        }
        outcome.operations += done;
        outcome.micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    outcome.took = began.elapsed();
    Ok(outcome)
}
