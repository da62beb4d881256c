//! GetExecutionHistory: a page of events, from either end.

use crate::failure::{broken, no_execution, of_read};
use crate::history::{project, weight};
use crate::paging::PageArguments;
use crate::requests::{execution_arn, started_by};
use crate::service::Shared;
use bytes::Bytes;
use stepwell_api::ApiError;
use stepwell_api::execution::history_event::Details;
use stepwell_api::execution::{
    EventOrder, GetExecutionHistoryRequest, GetExecutionHistoryResponse, HistoryEvent,
};
use stepwell_engine::Event;
use stepwell_partition::{Execution, HistoryReader, ReadError};
use tonic::Request;

/// Bytes of events in a page, unless a single event has more.
const PAGE_BYTES: usize = 1 << 20;
/// Batches that are read first, and at most, at once.
const FIRST_READ: usize = 16;
const LAST_READ: usize = 256;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<GetExecutionHistoryRequest>,
) -> Result<GetExecutionHistoryResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let arn = execution_arn(&request.execution_arn, &namespace)?;
    let newest_first = request.order() == EventOrder::NewestFirst;
    let paging = shared.paging(
        &namespace,
        &PageArguments {
            call: "GetExecutionHistory",
            others: &[request.execution_arn.as_bytes(), &[u8::from(newest_first)]],
            max_results: request.max_results,
            next_token: request.next_token.as_deref(),
            token_chars: shared.limits.page_token_chars,
        },
    )?;
    let execution = shared.node.read(&arn).await.map_err(of_read)?;
    let execution = execution.ok_or_else(|| no_execution(&request.execution_arn))?;
    let place = match &paging.position {
        Some(position) => Place::read(position)?,
        None if newest_first => Place { batch: execution.batches(), event: 0 },
        None => Place::default(),
    };
    let partition = shared.node.partition_of(&arn);
    let reader = HistoryReader::new(&*shared.store, partition, &execution);
    let last_id = execution.snapshot().root().last_event_id;
    let region = namespace.region;
    let revision = &execution.origin().revision;
    let started_by =
        started_by(arn.state_machine(), revision.started_version, &revision.started_alias);
    let size = paging.size;
    let mut page = Page { region, started_by, events: Vec::new(), bytes: 0, size, next: None };
    let filled = if newest_first {
        page.fill_backward(reader, place).await
    } else {
        page.fill_forward(reader, place, &execution, last_id).await
    };
    match filled {
        Err(ReadError::Gone) => {
            // Either it is, or the store gave less than there was.
            let now = shared.node.read(&arn).await.map_err(of_read)?;
            let same = now.is_some_and(|now| now.origin().run_id == execution.origin().run_id);
            return Err(if same {
                of_read(ReadError::Gone)
            } else {
                no_execution(&request.execution_arn)
            });
        }
        filled => filled.map_err(of_read)?,
    }
    let next_token = page.next.map(|next| shared.next_token(&paging, &next.write())).transpose()?;
    Ok(GetExecutionHistoryResponse { events: page.events, next_token })
}

/// Where a page begins: at this event of this batch; or, newest first, before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    batch: u64,
    event: u64,
}

impl Place {
    fn write(self) -> Vec<u8> {
        [self.batch.to_be_bytes(), self.event.to_be_bytes()].concat()
    }

    fn read(position: &Bytes) -> Result<Self, ApiError> {
        let bytes: Option<&[u8; 16]> = position.as_ref().try_into().ok();
        let number = bytes.map(|bytes| u128::from_be_bytes(*bytes));
        let number =
            number.ok_or_else(|| broken("a sealed page token holds no position".to_owned()))?;
        // The upper and the lower half.
        Ok(Self { batch: (number >> 64) as u64, event: number as u64 })
    }
}

struct Page {
    region: String,
    /// The ARNs of the version and the alias that the execution was started by.
    started_by: (Option<String>, Option<String>),
    events: Vec<HistoryEvent>,
    bytes: usize,
    size: usize,
    next: Option<Place>,
}

type Reader<'a> = HistoryReader<'a, dyn stepwell_storage::Store>;

impl Page {
    /// How many events are worth reading: those that fit, and one that shows that there are more.
    fn room(&self) -> usize {
        self.size.saturating_sub(self.events.len()) + 1
    }

    /// Takes an event, unless the page is full. Private ones are passed over.
    fn take(&mut self, event: &Event) -> bool {
        let Some(mut public) = project(event, &self.region) else { return true };
        if let Some(Details::ExecutionStarted(details)) = &mut public.details {
            (details.state_machine_version_arn, details.state_machine_alias_arn) =
                self.started_by.clone();
        }
        let weight = weight(event);
        let too_many = self.events.len() >= self.size;
        if too_many || (!self.events.is_empty() && self.bytes + weight > PAGE_BYTES) {
            return false;
        }
        self.bytes += weight;
        self.events.push(public);
        true
    }

    async fn fill_forward(
        &mut self,
        mut reader: Reader<'_>,
        from: Place,
        execution: &Execution,
        last_id: u64,
    ) -> Result<(), ReadError> {
        let (mut batch, mut limit) = (from.batch, FIRST_READ);
        let mut skip = usize::try_from(from.event).unwrap_or(usize::MAX);
        while batch < execution.batches() {
            let (batches, bytes) = reader.stored(batch, limit).await?;
            if batches.is_empty() {
                return Ok(());
            }
            for stored in batches {
                while skip < stored.len() {
                    let events = reader.events(&stored, skip..skip + self.room()).await?;
                    for event in &events {
                        if event.id > last_id {
                            return Ok(());
                        }
                        if !self.take(event) {
                            self.next = Some(Place { batch, event: skip as u64 });
                            return Ok(());
                        }
                        skip += 1;
                    }
                }
                (batch, skip) = (batch + 1, 0);
            }
            limit = next_limit(limit, bytes);
        }
        Ok(())
    }

    async fn fill_backward(
        &mut self,
        mut reader: Reader<'_>,
        before: Place,
    ) -> Result<(), ReadError> {
        // The batch that the last page broke off in, up to where it did; then those before it.
        let mut end = if before.event > 0 { before.batch + 1 } else { before.batch };
        let mut limit = FIRST_READ as u64;
        let mut cut = usize::try_from(before.event).ok().filter(|cut| *cut > 0);
        while end > 0 {
            let first = end.saturating_sub(limit);
            let count = usize::try_from(end - first).unwrap_or(LAST_READ);
            let (batches, bytes) = reader.stored(first, count).await?;
            for (batch, stored) in (first..).zip(&batches).collect::<Vec<_>>().into_iter().rev() {
                let mut kept = std::mem::take(&mut cut).unwrap_or(usize::MAX).min(stored.len());
                while kept > 0 {
                    let start = kept.saturating_sub(self.room());
                    let events = reader.events(stored, start..kept).await?;
                    for event in events.iter().rev() {
                        if !self.take(event) {
                            self.next = Some(Place { batch, event: kept as u64 });
                            return Ok(());
                        }
                        kept -= 1;
                    }
                }
            }
            end = first;
            limit = next_limit(count, bytes) as u64;
        }
        Ok(())
    }
}

/// Reads more at once while that stays small.
fn next_limit(limit: usize, bytes: usize) -> usize {
    if bytes > PAGE_BYTES / 4 { limit } else { (limit * 4).min(LAST_READ) }
}
