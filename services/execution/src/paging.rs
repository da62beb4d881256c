//! Tokens of pages.

use crate::failure::broken;
use crate::service::Shared;
use bytes::Bytes;
use stepwell_api::{ApiError, Violations};
use stepwell_ids::Namespace;
use stepwell_service_kit::tokens::PageCall;

/// A call that is answered in pages, with its arguments checked.
pub(crate) struct Paging<'a> {
    call: PageCall<'a>,
    /// Most entries of the page.
    pub(crate) size: usize,
    /// Where the page begins, as the call understands it; none for the first.
    pub(crate) position: Option<Bytes>,
}

/// The arguments of such a call.
pub(crate) struct PageArguments<'a> {
    /// The name of the call.
    pub(crate) call: &'a str,
    /// Arguments that stay the same from page to page, besides these.
    pub(crate) others: &'a [&'a [u8]],
    pub(crate) max_results: Option<i32>,
    pub(crate) next_token: Option<&'a str>,
    /// Most characters of a token.
    pub(crate) token_chars: usize,
}

impl Shared {
    /// Checks `maxResults` and opens the token.
    pub(crate) fn paging(
        &self,
        namespace: &Namespace,
        arguments: &PageArguments<'_>,
    ) -> Result<Paging<'_>, ApiError> {
        let PageArguments { call, others, max_results, next_token, token_chars } = *arguments;
        let most = i32::try_from(self.limits.max_results).unwrap_or(i32::MAX);
        Violations::new()
            .range("maxResults", max_results, 0, most)
            .optional_length("nextToken", next_token, 1, token_chars)
            .finish()?;
        // Pages may differ in size (recorded): `maxResults` is no part of what a token is bound to.
        let mut all = vec![namespace.account.as_bytes(), namespace.region.as_bytes()];
        all.extend(others);
        let call = PageCall::new(&self.keys, call, &all);
        let position = match next_token {
            Some(token) => Some(call.open(token, self.node.now_ms())?),
            None => None,
        };
        Ok(Paging { call, size: self.limits.page_size(max_results), position })
    }

    /// The token of the page that begins at `position`.
    pub(crate) fn next_token(
        &self,
        paging: &Paging<'_>,
        position: &[u8],
    ) -> Result<String, ApiError> {
        let ttl_ms = self.limits.page_token_seconds.saturating_mul(1_000);
        let ttl_ms = i64::try_from(ttl_ms).unwrap_or(i64::MAX);
        let expires_ms = self.node.now_ms().saturating_add(ttl_ms);
        let sealed = paging.call.seal(position, expires_ms);
        sealed.map_err(|_| broken("there is no key for page tokens".to_owned()))
    }
}
