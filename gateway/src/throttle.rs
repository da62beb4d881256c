//! Rate limits: a token bucket an account.

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::fmt;
use std::num::NonZeroU32;
use stepwell_api::{ApiError, ErrorCode};

/// From this many accounts on, full buckets are forgotten: callers choose their account ids.
const REMEMBERED_ACCOUNTS: usize = 10_000;

/// Buckets by account.
pub(crate) struct Throttle {
    buckets: RateLimiter<String, HashMapStateStore<String>, DefaultClock>,
    per_second: NonZeroU32,
}

impl Throttle {
    /// Every account may make `per_second` requests in a second, as many of them at once.
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        Self { buckets: RateLimiter::hashmap(Quota::per_second(per_second)), per_second }
    }

    /// Takes a token from the bucket of `account`; `ThrottlingException` where it is empty.
    pub(crate) fn check(&self, account: &String) -> Result<(), ApiError> {
        if self.buckets.len() > REMEMBERED_ACCOUNTS {
            self.buckets.retain_recent();
        }
        self.buckets.check_key(account).map_err(|_| {
            let limit = self.per_second;
            let message = format!("Rate exceeded: {limit} requests a second; call again later");
            ApiError::new(ErrorCode::ThrottlingException, message)
        })
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Throttle({}/s)", self.per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_its_own_bucket() {
        let throttle = Throttle::new(NonZeroU32::new(2).unwrap());
        let [first, second] = ["1".to_owned(), "2".to_owned()];
        assert_eq!([throttle.check(&first), throttle.check(&first)], [Ok(()), Ok(())]);
        let refused = throttle.check(&first).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::ThrottlingException);
        assert_eq!(throttle.check(&second), Ok(()));
    }
}
