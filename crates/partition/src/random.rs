//! Where random bits come from.

use std::fmt;
use std::sync::Arc;

/// A source of random bits. The default is unpredictable; whoever brings another one, to have a
/// run repeat itself, gives up that tokens and fences can't be guessed.
#[derive(Clone)]
pub struct RandomBits(Arc<dyn Fn() -> u128 + Send + Sync>);

impl RandomBits {
    /// A source that asks `draw`.
    pub fn new(draw: impl Fn() -> u128 + Send + Sync + 'static) -> Self {
        Self(Arc::new(draw))
    }

    /// The next bits.
    #[must_use]
    pub fn draw(&self) -> u128 {
        (self.0)()
    }
}

impl Default for RandomBits {
    fn default() -> Self {
        Self::new(rand::random)
    }
}

impl fmt::Debug for RandomBits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RandomBits")
    }
}
