//! Health and metrics over HTTP: `GET /healthz` and `GET /metrics`.
//!
//! The router answers no other path, so that the gateway can merge it into its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus::TextEncoder;

/// Whether this process serves; shared by all who start or stop it.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<AtomicBool>);

impl Health {
    /// A process that isn't ready yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `/healthz` answers 200.
    pub fn ready(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// From now on `/healthz` answers 503: starting or draining.
    pub fn not_ready(&self) {
        self.0.store(false, Ordering::Release);
    }

    /// Whether the process serves.
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The router of both paths; `registry` is [`crate::telemetry::Telemetry::registry`].
pub fn router(health: Health, registry: prometheus::Registry) -> Router {
    Router::new()
        .route("/healthz", get(move || std::future::ready(healthz(&health))))
        .route("/metrics", get(move || std::future::ready(metrics(&registry))))
}

fn healthz(health: &Health) -> (StatusCode, &'static str) {
    if health.is_ready() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

fn metrics(registry: &prometheus::Registry) -> Response {
    match TextEncoder::new().encode_to_string(&registry.gather()) {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
            .into_response(),
        Err(error) => {
            tracing::warn!(%error, "metrics can't be encoded");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
