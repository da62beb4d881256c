//! The role: what its calls share, and how it starts.

use crate::dispatcher::Dispatchers;
use crate::handover::Handover;
use crate::line::{Lines, NotJoined, Poller};
use crate::lost::LostClaims;
use crate::owner::Owners;
use crate::requests::too_many_pollers;
use crate::settler::Settlers;
use crate::taker::Taker;
use crate::wakes::Wakes;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use std::sync::Arc;
use stepwell_api::ApiError;
use stepwell_api::activity::activity_service_server::ActivityServiceServer;
use stepwell_api::internal::queue_service_server::QueueServiceServer;
use stepwell_ids::{ActivityArn, Namespace};
use stepwell_service_kit::tokens::TokenKeys;
use stepwell_service_kit::{Directory, Drain, Limits, MAX_MESSAGE_BYTES};
use stepwell_storage::{Store, StoreError};
use tonic::{Response, Status};

/// What an installation decides about its activity nodes.
#[derive(Clone, Debug)]
pub struct Options {
    /// The id of this node, as in its node record: claims in the store carry it.
    pub node_id: String,
    /// The quotas that are enforced.
    pub limits: Limits,
    /// The namespace of a caller that names none.
    pub namespace: Namespace,
}

/// The role. Cheap to clone.
///
/// When draining begins, waiting pollers get the empty answer, no further task is claimed, and
/// what is on its way is handed over or put back before [`Drain::finished`] completes.
#[derive(Clone)]
pub struct Activity(pub(crate) Arc<Shared>);

/// What the calls share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) limits: Limits,
    pub(crate) namespace: Namespace,
    pub(crate) keys: TokenKeys,
    pub(crate) dispatchers: Dispatchers,
    pub(crate) drain: Drain,
    requests: Counter<u64>,
}

impl Activity {
    /// Starts the role. The node's record must be in the store before a worker is let in, since
    /// what a node without a record claims is taken for a dead node's.
    ///
    /// # Errors
    /// The keys of task tokens can't be read from the store.
    pub async fn start(
        store: Arc<dyn Store>,
        directory: Arc<dyn Directory>,
        options: Options,
        drain: &Drain,
    ) -> Result<Self, StoreError> {
        let keys = TokenKeys::load(&*store).await?;
        let settlers = Settlers::start(Arc::clone(&store), drain);
        let (node, lost) = (options.node_id, Arc::new(LostClaims::default()));
        let owners = Owners::new(Arc::clone(&directory), keys.clone());
        let (kept, known) = (Arc::clone(&store), Arc::clone(&lost));
        let draining = drain.token();
        let taker = Taker::new(kept, directory, owners, settlers, node, known, draining);
        let taker = Arc::new(taker);
        drain.spawn(Arc::clone(&taker).put_back_lost(drain.token()));
        let dispatchers = Dispatchers {
            taker,
            wakes: Wakes::new(Arc::clone(&store), lost),
            lines: Arc::new(Lines::default()),
            draining: drain.token(),
        };
        let meter = opentelemetry::global::meter("stepwell");
        let requests = meter
            .u64_counter("stepwell.activity.requests")
            .with_description("Calls of the activity service, by call and outcome")
            .build();
        Ok(Self(Arc::new(Shared {
            store,
            limits: options.limits,
            namespace: options.namespace,
            keys,
            dispatchers,
            drain: drain.clone(),
            requests,
        })))
    }

    /// The service for workers, to be mounted.
    #[must_use]
    pub fn activity_server(&self) -> Handover<ActivityServiceServer<Self>> {
        Handover::new(
            ActivityServiceServer::new(self.clone())
                .max_decoding_message_size(MAX_MESSAGE_BYTES)
                .max_encoding_message_size(MAX_MESSAGE_BYTES),
        )
    }

    /// The service for other nodes, to be mounted.
    #[must_use]
    pub fn queue_server(&self) -> Handover<QueueServiceServer<Self>> {
        Handover::new(
            QueueServiceServer::new(self.clone())
                .max_decoding_message_size(MAX_MESSAGE_BYTES)
                .max_encoding_message_size(MAX_MESSAGE_BYTES),
        )
    }
}

impl Shared {
    /// Joins the line of an activity that is there.
    pub(crate) async fn join(&self, activity: &ActivityArn) -> Result<Poller, ApiError> {
        let (lines, arn) = (&self.dispatchers.lines, activity.to_string());
        let most = self.limits.pollers_per_activity;
        if let Some(joined) = lines.join_again(&arn, most) {
            return joined.map_err(|_| too_many_pollers());
        }
        loop {
            let deletions = lines.deletions();
            let queue = self.queue_of(activity).await?;
            let serve = |line| self.drain.spawn(self.dispatchers.clone().serve(line));
            match lines.join(&arn, &queue, deletions, most, serve) {
                Ok(poller) => return Ok(poller),
                Err(NotJoined::Full) => return Err(too_many_pollers()),
                Err(NotJoined::LookAgain) => {}
            }
        }
    }

    /// Counts a call and gives its answer the form of the wire.
    pub(crate) fn answer<T>(
        &self,
        call: &'static str,
        result: Result<Response<T>, ApiError>,
    ) -> Result<Response<T>, Status> {
        let outcome = result.as_ref().err().map_or("ok", |error| error.code().name());
        self.requests.add(1, &[KeyValue::new("call", call), KeyValue::new("outcome", outcome)]);
        result.map_err(Status::from)
    }
}
