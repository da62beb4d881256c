//! Whatever bytes come in: a documented error or an answer, never a fault.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use axum::body::Body;
use http::{HeaderValue, Request};
use proptest::prelude::*;
use std::sync::OnceLock;
use std::time::Duration;
use stepwell_api::ErrorCode;
use stepwell_gateway::GatewayOptions;
use support::Edge;
use tokio::runtime::Runtime;

/// Texts that lead into an action, and ones that do not.
fn target() -> impl Strategy<Value = Option<Vec<u8>>> {
    const ACTIONS: &[&str] =
        &["StartExecution", "GetActivityTask", "ListExecutions", "CreateStateMachine"];
    let known = prop::sample::select(ACTIONS)
        .prop_map(|action| format!("AWSStepFunctions.{action}").into_bytes());
    let any = prop::collection::vec(0x20..=0xff_u8, 0..40);
    prop_oneof![known.prop_map(Some), any.prop_map(Some), Just(None)]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let member = "(stateMachineArn|name|input|maxResults|statusFilter|activityArn|x)";
    let value = "(null|1|-0|1e999|\"a\"|\"\\\\ud800\"|true|\\[\\]|\\{\"a\":\\[1\\]\\}|)";
    let object = prop::collection::vec((member, value), 0..5).prop_map(|pairs| {
        let member = |(name, value): (String, String)| format!("\"{name}\": {value}");
        let members: Vec<String> = pairs.into_iter().map(member).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    prop_oneof![object, prop::collection::vec(any::<u8>(), 0..200), Just(Vec::new())]
}

fn query() -> impl Strategy<Value = String> {
    let piece = "(Action=(StartExecution|ListExecutions|Nothing)|Version=2016-11-23\
                 |stateMachineArn=a|maxResults=(1|x)|X-Amz-Credential=[0-9a-z/%-]{0,40}\
                 |[a-zA-Z0-9%=+&]{0,20})";
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.join("&"))
}

fn shared() -> &'static (Runtime, Edge) {
    static SHARED: OnceLock<(Runtime, Edge)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let poll = Duration::from_millis(1);
        let edge = Edge::new(GatewayOptions { poll, ..GatewayOptions::default() });
        (Runtime::new().unwrap(), edge)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn no_bytes_are_a_fault(
        target in target(),
        authorization in prop::collection::vec(0x20..=0x7e_u8, 0..80),
        form in any::<bool>(),
        query in query(),
        body in body(),
    ) {
        let mut request = Request::post(format!("/?{query}")).body(Body::from(body)).unwrap();
        let headers = request.headers_mut();
        if let Some(value) = target.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()) {
            headers.insert("X-Amz-Target", value);
        }
        headers.insert("Authorization", HeaderValue::from_bytes(&authorization).unwrap());
        if form {
            let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert("Content-Type", media_type);
        }
        let (runtime, edge) = shared();
        let found = runtime.block_on(edge.send(request));
        let status = found.status.as_u16();
        prop_assert!(status < 500, "{found:?}");
        if status != 200 {
            let (_, name) = found.error();
            prop_assert!(ErrorCode::from_name(name).is_some(), "{name}");
        }
    }
}
