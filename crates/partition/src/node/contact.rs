//! Whether this node's word still counts.

use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// How long the store, and so every other node, takes this node for alive.
///
/// Invariant: what was read since [`Contact::since`] was read while no other node could have
/// believed this one dead. Whoever has all live nodes forget something may rely on that: a node
/// uses nothing that it read before.
#[derive(Debug, Default)]
pub struct Contact(Mutex<Option<Span>>);

#[derive(Clone, Copy, Debug)]
struct Span {
    since: Instant,
    until: Instant,
}

impl Contact {
    /// A renewal that was asked for at `asked` came through: the node is taken for alive until then.
    pub fn extend(&self, asked: Instant, until: Instant) {
        let mut span = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *span = match *span {
            Some(span) if asked < span.until => Some(Span { until: until.max(span.until), ..span }),
            // It was out of touch meanwhile.
            _ => Some(Span { since: asked, until }),
        };
    }

    /// Since when the contact has been unbroken; none where it is broken now.
    #[must_use]
    pub fn since(&self) -> Option<Instant> {
        let span = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        span.filter(|span| Instant::now() < span.until).map(|span| span.since)
    }
}

#[cfg(test)]
mod tests {
    use super::Contact;
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn a_gap_begins_a_new_contact() {
        let (contact, second) = (Contact::default(), Duration::from_secs(1));
        assert_eq!(contact.since(), None);
        let now = Instant::now();
        let first = now.checked_sub(10 * second).unwrap();
        contact.extend(first, first + 5 * second);
        assert_eq!(contact.since(), None);
        contact.extend(first + 4 * second, first + 9 * second);
        contact.extend(first + 8 * second, now + second);
        assert_eq!(contact.since(), Some(first));
        let broken = Contact::default();
        broken.extend(first, first + 5 * second);
        broken.extend(first + 6 * second, now + second);
        assert_eq!(broken.since(), Some(first + 6 * second));
    }
}
