//! What callers send: names, tokens, requests.

use crate::texts;
use futures::FutureExt as _;
use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};
use stepwell_ids::{ActivityArn, ExecutionArn, Name, StateMachineArn, partition_of};
use stepwell_service_kit::tokens::{PageCall, TaskToken, TokenKeys};
use stepwell_storage::MemoryStore;

/// Names and ARNs print as they were read, and every execution has a partition.
pub(super) fn name(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(name) = Name::parse(text) {
        assert_eq!(name.as_str(), text);
    }
    if let Ok(arn) = StateMachineArn::parse(text) {
        assert_eq!(arn.to_string(), text);
    }
    if let Ok(arn) = ActivityArn::parse(text) {
        assert_eq!(arn.to_string(), text);
    }
    if let Ok(arn) = ExecutionArn::parse(text) {
        assert_eq!(arn.to_string(), text);
        assert!(partition_of(&arn, NonZeroU32::MIN.saturating_add(255)) < 256);
    }
}

fn keys() -> &'static TokenKeys {
    static KEYS: OnceLock<TokenKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let store = MemoryStore::new(1, Arc::new(|| 0));
        // The store in memory never waits.
        let loaded = TokenKeys::load(&store).now_or_never();
        loaded.and_then(Result::ok).unwrap_or_else(|| panic!("the keys of a store in memory"))
    })
}

/// No text that was not sealed opens, and what was sealed opens as it was.
pub(super) fn token(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    assert!(TaskToken::open(keys(), text).is_err(), "{text}");
    let call = PageCall::new(keys(), "ListExecutions", &[b"namespace"]);
    assert!(call.open(text, 0).is_err(), "{text}");
    let number =
        input.iter().fold(0, |number: u128, byte| number.rotate_left(8) ^ u128::from(*byte));
    let token = TaskToken {
        execution: text.to_owned(),
        run_id: number,
        scheduled_event_id: number as u64,
        attempt: input.len() as u64,
        nonce: !number,
    };
    let sealed = token.seal(keys());
    assert_eq!(sealed.and_then(|sealed| TaskToken::open(keys(), &sealed)), Ok(token));
    let sealed = call.seal(input, 10);
    assert_eq!(sealed.and_then(|sealed| call.open(&sealed, 9)).as_deref(), Ok(input));
}

/// A target header, a query string and a body are read, or refused with a documented error.
pub(super) fn request(input: &[u8]) {
    let Some(texts) = texts(input) else { return };
    let part = |index: usize| texts.get(index).copied().unwrap_or_default();
    let read = stepwell_gateway::testing::read_request(part(0), part(1), part(2).as_bytes());
    if let Err(error) = read {
        assert_ne!(error.code(), stepwell_api::ErrorCode::InternalFailure, "{error}");
    }
}
