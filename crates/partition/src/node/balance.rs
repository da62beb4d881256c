//! Who should own how many partitions. No IO.

/// What a node should do to get to its share.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Moves {
    /// Partitions to acquire, which nobody owns.
    pub(super) acquire: Vec<u32>,
    /// Partitions to give away.
    pub(super) release: Vec<u32>,
    /// How many are missing from the node's share, those to be acquired among them.
    pub(super) missing: usize,
}

/// The moves of the node `me`. `live` are all nodes in an order that they agree on, `me` among
/// them; `owners` says who owns each partition; `mine` are those whose lease this node holds.
///
/// Shares differ by one at most and sum up to all partitions. Nothing is given away that no other
/// node has room for, and only an eighth of all at once, so that most executions always have an
/// owner.
pub(super) fn moves(me: &str, live: &[&str], owners: &[Option<String>], mine: &[u32]) -> Moves {
    let share = |rank: usize| {
        owners.len() / live.len().max(1) + usize::from(rank < owners.len() % live.len().max(1))
    };
    let Some(rank) = live.iter().position(|node| *node == me) else { return Moves::default() };
    let quota = share(rank);
    if mine.len() > quota {
        let owned = |node: &str| owners.iter().filter(|o| o.as_deref() == Some(node)).count();
        let room: usize = live
            .iter()
            .enumerate()
            .filter(|(_, node)| **node != me)
            .map(|(rank, node)| share(rank).saturating_sub(owned(node)))
            .sum();
        let free = owners.iter().filter(|owner| owner.is_none()).count();
        let at_once = (owners.len() / 8).max(1);
        let count = (mine.len() - quota).min(room.saturating_sub(free)).min(at_once);
        let release = mine.iter().rev().take(count).copied().collect();
        return Moves { release, ..Moves::default() };
    }
    // Each node starts at another place, so that two seldom reach for the same partition.
    let start = rank * owners.len() / live.len().max(1);
    let free = (start..owners.len()).chain(0..start).filter(|at| owners[*at].is_none());
    let acquire = free.filter_map(|at| u32::try_from(at).ok()).filter(|at| !mine.contains(at));
    let missing = quota - mine.len();
    Moves { acquire: acquire.take(missing).collect(), release: Vec::new(), missing }
}

#[cfg(test)]
mod tests {
    use super::{Moves, moves};
    use std::collections::BTreeMap;

    fn owned(owners: &[Option<String>], node: &str) -> Vec<u32> {
        (0..).zip(owners).filter(|(_, o)| o.as_deref() == Some(node)).map(|(at, _)| at).collect()
    }

    /// Lets every node move in turn until none does.
    fn settle(live: &[&str], owners: &mut [Option<String>]) -> usize {
        for round in 0.. {
            let mut moved = false;
            for node in live {
                let Moves { acquire, release, .. } =
                    moves(node, live, owners, &owned(owners, node));
                moved |= !acquire.is_empty() || !release.is_empty();
                for at in acquire {
                    assert_eq!(owners[at as usize].replace((*node).to_owned()), None);
                }
                for at in release {
                    owners[at as usize] = None;
                }
            }
            if !moved {
                return round;
            }
        }
        unreachable!()
    }

    fn counts(owners: &[Option<String>]) -> BTreeMap<Option<&str>, usize> {
        let mut counts = BTreeMap::new();
        for owner in owners {
            *counts.entry(owner.as_deref()).or_default() += 1;
        }
        counts
    }

    #[test]
    fn nodes_that_join_leave_and_die_share_evenly() {
        let mut owners = vec![None; 256];
        assert_eq!(settle(&["a"], &mut owners), 1);
        assert_eq!(counts(&owners), [(Some("a"), 256)].into());
        settle(&["a", "b", "c"], &mut owners);
        assert_eq!(counts(&owners), [(Some("a"), 86), (Some("b"), 85), (Some("c"), 85)].into());
        for owner in owners.iter_mut().filter(|owner| owner.as_deref() == Some("b")) {
            *owner = None;
        }
        settle(&["a", "c"], &mut owners);
        assert_eq!(counts(&owners), [(Some("a"), 128), (Some("c"), 128)].into());
    }

    #[test]
    fn what_no_one_has_room_for_is_kept() {
        // `b` is known as a node but all others are owned by `c`, which is not.
        let mut owners = vec![Some("a".to_owned()); 4];
        assert_eq!(moves("a", &["a"], &owners, &[0, 1, 2, 3]), Moves::default());
        owners[3] = None;
        owners[2] = None;
        let given = moves("a", &["a", "b"], &owners, &[0, 1]);
        assert_eq!(given, Moves::default());
    }

    #[test]
    fn only_a_part_is_given_away_at_once() {
        let owners = vec![Some("a".to_owned()); 256];
        let mine: Vec<u32> = (0..256).collect();
        assert_eq!(moves("a", &["a", "b"], &owners, &mine).release.len(), 32);
    }
}
