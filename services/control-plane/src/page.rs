//! Lists in the order of keys, in pages.

use crate::records::{group, unavailable};
use crate::service::Shared;
use bytes::Bytes;
use stepwell_api::{ApiError, ErrorCode, Violations};
use stepwell_ids::Namespace;
use stepwell_service_kit::tokens::PageCall;

/// What to list.
pub(crate) struct PageRequest<'a> {
    /// The name of the call, as its tokens know it.
    pub(crate) call: &'a str,
    /// The prefix of the keys, which the tokens of its pages are bound to.
    pub(crate) prefix: &'a str,
    pub(crate) max_results: Option<i32>,
    pub(crate) next_token: Option<&'a str>,
}

/// Some of the values, and the token of the page after them.
pub(crate) struct Page {
    pub(crate) values: Vec<Bytes>,
    pub(crate) next_token: Option<String>,
}

impl Shared {
    /// A page of the records under a prefix, in the order of their keys.
    pub(crate) async fn page(
        &self,
        namespace: &Namespace,
        request: PageRequest<'_>,
    ) -> Result<Page, ApiError> {
        let limits = &self.limits;
        let most = i32::try_from(limits.max_results).unwrap_or(i32::MAX);
        Violations::new()
            .range("maxResults", request.max_results, 0, most)
            .optional_length("nextToken", request.next_token, 1, limits.page_token_chars)
            .finish()?;
        let (account, region) = (namespace.account.as_bytes(), namespace.region.as_bytes());
        // Pages may differ in size (recorded): `maxResults` is no part of what a token is bound to.
        let bound_to = [account, region, request.prefix.as_bytes()];
        let call = PageCall::new(&self.keys, request.call, &bound_to);
        let after = match request.next_token {
            Some(token) => Some(call.open(token, self.records.now_ms().await?)?),
            None => None,
        };
        let size = limits.page_size(request.max_results);
        let (group, prefix) = (group(namespace), request.prefix.as_bytes());
        // One more than the page tells whether another one follows.
        let listed = self.records.store.control_list(&group, prefix, after.as_deref(), size + 1);
        let mut listed = listed.await.map_err(unavailable)?;
        let more = listed.len() > size;
        listed.truncate(size);
        let next_token = match listed.last() {
            Some((last, ..)) if more => {
                let ttl = i64::try_from(limits.page_token_seconds).unwrap_or(i64::MAX);
                let now_ms = self.records.now_ms().await?;
                let expires_ms = now_ms.saturating_add(ttl.saturating_mul(1_000));
                let sealed = call.seal(last, expires_ms);
                let broken = |_| ApiError::new(ErrorCode::InternalFailure, "no page token key");
                Some(sealed.map_err(broken)?)
            }
            _ => None,
        };
        Ok(Page { values: listed.into_iter().map(|(_, _, value)| value).collect(), next_token })
    }
}
