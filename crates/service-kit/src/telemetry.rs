//! Structured logs, traces and metrics.
//!
//! Logs go to standard error, as text on a terminal and as JSON lines otherwise
//! (`STEPWELL_LOG_FORMAT` = `json` or `text` decides), filtered by `RUST_LOG`. Metrics are
//! always collected and served as Prometheus text by [`crate::ops`]; when
//! `OTEL_EXPORTER_OTLP_ENDPOINT` is set, metrics and traces are sent there over OTLP/gRPC too.
//! This module is the only one of the kit that reads the environment.

use std::env::VarError;
use std::io::IsTerminal;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// What is logged when `RUST_LOG` is not set.
const DEFAULT_FILTER: &str = "info,h2=warn,hyper=warn,tonic=warn,opentelemetry=warn";

/// Why telemetry can't start.
#[derive(Debug, thiserror::Error)]
#[error("telemetry: {0}")]
pub struct TelemetryError(String);

/// Keeps telemetry running; [`Telemetry::shutdown`] sends what is still buffered.
#[derive(Debug)]
pub struct Telemetry {
    registry: prometheus::Registry,
    meters: SdkMeterProvider,
    tracers: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// The registry behind `/metrics`.
    pub fn registry(&self) -> prometheus::Registry {
        self.registry.clone()
    }

    /// Sends what is buffered and stops; failures are told on standard error only.
    pub fn shutdown(self) {
        if let Some(Err(error)) = self.tracers.map(|tracers| tracers.shutdown()) {
            eprintln!("traces not flushed: {error}");
        }
        if let Err(error) = self.meters.shutdown() {
            eprintln!("metrics not flushed: {error}");
        }
    }
}

/// Starts logs, metrics and traces of this process under `service_name`; once a process,
/// inside the runtime.
pub fn init(service_name: &'static str) -> Result<Telemetry, TelemetryError> {
    let resource = Resource::builder().with_service_name(service_name).build();
    let otlp = std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some_and(|v| !v.is_empty());
    let registry = prometheus::Registry::new();
    let meters = meter_provider(&registry, resource.clone(), otlp)?;
    opentelemetry::global::set_meter_provider(meters.clone());
    let tracers = if otlp { Some(tracer_provider(resource)?) } else { None };
    let traces = tracers.as_ref().map(|provider| {
        tracing_opentelemetry::layer().with_tracer(provider.tracer(service_name)).boxed()
    });
    tracing_subscriber::registry()
        .with(log_layer(variable("STEPWELL_LOG_FORMAT")?.as_deref())?)
        .with(traces)
        .with(filter(variable(EnvFilter::DEFAULT_ENV)?.as_deref())?)
        .try_init()
        .map_err(failed)?;
    Ok(Telemetry { registry, meters, tracers })
}

fn failed(error: impl std::fmt::Display) -> TelemetryError {
    TelemetryError(error.to_string())
}

/// An environment variable, where it is set to something.
fn variable(name: &str) -> Result<Option<String>, TelemetryError> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(error) => Err(TelemetryError(format!("{name}: {error}"))),
    }
}

fn filter(directives: Option<&str>) -> Result<EnvFilter, TelemetryError> {
    let directives = directives.unwrap_or(DEFAULT_FILTER);
    EnvFilter::try_new(directives)
        .map_err(|error| TelemetryError(format!("RUST_LOG {directives:?}: {error}")))
}

fn log_layer(
    format: Option<&str>,
) -> Result<Box<dyn Layer<Registry> + Send + Sync>, TelemetryError> {
    let json = match format {
        Some("json") => true,
        Some("text") => false,
        None => !std::io::stderr().is_terminal(),
        Some(other) => {
            let why = format!("STEPWELL_LOG_FORMAT {other:?} is neither json nor text");
            return Err(TelemetryError(why));
        }
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    Ok(if json {
        layer.json().flatten_event(true).boxed()
    } else {
        layer.with_ansi(std::io::stderr().is_terminal()).boxed()
    })
}

fn meter_provider(
    registry: &prometheus::Registry,
    resource: Resource,
    otlp: bool,
) -> Result<SdkMeterProvider, TelemetryError> {
    let prometheus = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .map_err(failed)?;
    let mut builder = SdkMeterProvider::builder().with_resource(resource).with_reader(prometheus);
    if otlp {
        let exporter =
            opentelemetry_otlp::MetricExporter::builder().with_tonic().build().map_err(failed)?;
        builder = builder.with_periodic_exporter(exporter);
    }
    Ok(builder.build())
}

fn tracer_provider(resource: Resource) -> Result<SdkTracerProvider, TelemetryError> {
    let exporter =
        opentelemetry_otlp::SpanExporter::builder().with_tonic().build().map_err(failed)?;
    Ok(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build())
}
