//! Names of deliveries.
//!
//! A delivery id is 16 bytes: 8 that follow from the id of the node that makes the delivery, which
//! no other process ever has, and 8 that count its deliveries. So whoever is told that another delivery has a task can tell whether the node
//! behind it still lives.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// Names one delivery of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DeliveryId([u8; DeliveryId::BYTES]);

/// The part of a delivery id that its node has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeTag([u8; 8]);

impl NodeTag {
    /// The tag of the node `id`.
    pub(crate) fn of(id: &str) -> Self {
        let hash: [u8; 32] = Sha256::digest(id.as_bytes()).into();
        Self(std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default()))
    }
}

impl DeliveryId {
    /// How many bytes it has.
    pub(crate) const BYTES: usize = 16;

    /// The delivery by the node that has this number among all of its own.
    pub(crate) fn new(node: NodeTag, number: u64) -> Self {
        let number = number.to_be_bytes();
        let mut bytes = [0; Self::BYTES];
        bytes.iter_mut().zip(node.0.into_iter().chain(number)).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// What 16 bytes name; none where it is not 16.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Whether the node made it.
    pub(crate) fn is_by(self, node: NodeTag) -> bool {
        self.0.starts_with(&node.0)
    }

    pub(crate) fn bytes(self) -> Bytes {
        Bytes::copy_from_slice(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{DeliveryId, NodeTag};

    #[test]
    fn a_delivery_tells_its_node_and_nothing_else() {
        let (one, two) = (NodeTag::of("one"), NodeTag::of("two"));
        let delivery = DeliveryId::new(one, 1);
        assert!(delivery.is_by(one) && !delivery.is_by(two));
        assert_ne!(delivery, DeliveryId::new(one, 2));
        assert_eq!(DeliveryId::read(&delivery.bytes()), Some(delivery));
        assert_eq!(DeliveryId::read(b"short"), None);
    }
}
