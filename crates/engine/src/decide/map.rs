//! Map states, inline: starting iterations, and what follows from the end of one.

use super::data::produced;
use super::failure::Failure;
use super::jsonata::Sees;
use super::step::Visit;
use super::turn::Turn;
use crate::{Branch, EventBody, Payload, Phase, Position, Reason, ScopeId};
use std::sync::Arc;
use stepwell_asl::TASK_FAILED;
use stepwell_asl::ast::{Map, Quantity, QueryLanguage, StateKind};
use stepwell_json::{Number, Value};
use stepwell_jsonpath::{Path, Root};

impl<'a> Turn<'a> {
    pub(super) fn open_iterations(
        &mut self,
        visit: &Visit<'a>,
        map: &'a Map,
    ) -> Result<(), Failure> {
        let input = self.effective_input(visit)?;
        let concurrency = self.concurrency(visit, map, &input)?;
        if map.is_distributed() {
            return self.refuse_distributed(visit, map, input);
        }
        let items = self.items(visit, map, input)?;
        let length = items.value().ok().and_then(Value::as_array).map_or(0, <[Value]>::len);
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if self.snapshot.root().next_scope.0.checked_add(length).is_none() {
            let text = "The execution has started more iterations than can be numbered.";
            return Err(Failure::runtime(visit, text));
        }
        self.emit_next(visit.scope, EventBody::MapStateStarted { items, length });
        let started = self.tail(visit.scope);
        for index in 0..length.min(concurrency) {
            self.start_iteration(visit, map, index, started)?;
        }
        if length == 0 {
            self.iterations_over(visit, map)?;
        }
        Ok(())
    }

    /// Fails a Map state whose iterations were to be executions of their own: nothing here runs
    /// those. A reader's items are not counted (recorded).
    fn refuse_distributed(
        &mut self,
        visit: &Visit<'a>,
        map: &Map,
        input: Payload,
    ) -> Result<(), Failure> {
        let mut length = 0;
        if !map.fields.contains_key("ItemReader") {
            let items = self.items(visit, map, input)?;
            length = items.value().ok().and_then(Value::as_array).map_or(0, <[Value]>::len);
        }
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let items = Payload::default();
        self.emit_next(visit.scope, EventBody::MapStateStarted { items, length });
        let cause = format!(
            "The processor mode 'DISTRIBUTED' of the state '{}' is not available in this \
             installation.",
            visit.state.name
        );
        let reason = Reason { error: Some(TASK_FAILED.into()), cause: Some(cause.into()) };
        let (last, failure) = (self.tail(visit.scope), Failure::named(reason));
        self.end_branches(visit, last, EventBody::MapStateFailed, failure);
        Ok(())
    }

    /// The array to iterate over.
    fn items(&mut self, visit: &Visit<'a>, map: &Map, input: Payload) -> Result<Payload, Failure> {
        if visit.state.query_language == QueryLanguage::Jsonata {
            return self.expressed_items(visit, map);
        }
        let items = match &map.items_path {
            None => input,
            Some(path) => Payload::from_value(self.value_at(visit, path, &input)?),
        };
        let value = items.value().map_err(|error| Failure::unreadable(visit, error))?;
        if value.as_array().is_some() {
            return Ok(items);
        }
        let text = map.items_path.as_ref().map_or("$", from_root);
        Err(Failure::runtime(visit, &format!("Reference path \"{text}\" must point to array.")))
    }

    /// How many iterations may be open at once, at least 1.
    fn concurrency(
        &mut self,
        visit: &Visit<'a>,
        map: &Map,
        input: &Payload,
    ) -> Result<u32, Failure> {
        let asked = match &map.max_concurrency {
            None => 0,
            Some(Quantity::Literal(number)) => *number,
            Some(Quantity::Path(path)) => {
                let value = self.value_at(visit, path, input)?;
                let number = value.as_number().and_then(Number::as_i64).ok_or_else(|| {
                    let text = format!(
                        "The MaxConcurrencyPath field refers to value {value} \
                         which is not a valid integer: {}",
                        path.text()
                    );
                    Failure::runtime(visit, &text)
                })?;
                if number < 0 {
                    return Err(Failure::runtime(visit, "MaxConcurrency cannot be negative."));
                }
                u32::try_from(number).unwrap_or(u32::MAX)
            }
            Some(Quantity::Expression(expression)) => {
                self.expressed_number(visit, expression, 0..=u32::MAX)?
            }
        };
        let most = self.context.limits.map_concurrency.max(1);
        Ok(if asked == 0 { most } else { asked.min(most) })
    }

    /// Starts the iteration `index` after the event `previous`.
    fn start_iteration(
        &mut self,
        visit: &Visit<'a>,
        map: &'a Map,
        index: u32,
        previous: u64,
    ) -> Result<(), Failure> {
        let run = self.snapshot.scope(visit.scope).and_then(|scope| scope.run());
        let Some(Phase::Iterations { items, .. }) = run.map(|run| &run.phase) else {
            return Ok(());
        };
        let items = items.value().map_err(|error| Failure::unreadable(visit, error))?;
        let item = items.as_array().and_then(|items| items.get(index as usize));
        let item = item.cloned().unwrap_or(Value::Null);
        let input = match (&map.item_selector, &map.item_expressions) {
            (None, None) => Payload::from_value(item),
            (_, Some(template)) => {
                let visit = Visit { item: Some((index, item)), ..visit.clone() };
                let value = self.expressed(&visit, template, Sees::Input)?;
                self.bounded(&visit, value)?
            }
            (Some(template), None) => {
                let visit = Visit { item: Some((index, item)), ..visit.clone() };
                let document = self.effective_input(&visit)?;
                self.template(&visit, template, &document)?
            }
        };
        let flow = map.processor;
        let branch = Branch { flow, start_at: self.context.definition.flow(flow).start_at };
        let name = Arc::clone(&visit.state.name);
        let body = EventBody::MapIterationStarted { name, index, branch, input };
        self.emit(visit.scope, previous, body);
        Ok(())
    }

    /// Goes on with the Map state of `id` after its iteration `child` has finished: the next item
    /// takes its place (and follows its last state, as recorded), or all are done.
    pub(super) fn iteration_finished(&mut self, id: ScopeId, child: ScopeId) {
        let Some(visit) = self.visit(id) else { return };
        let StateKind::Map(map) = &visit.state.kind else { return };
        let Some(index) = self.iteration(child) else { return };
        let last = self.tail(child);
        let name = Arc::clone(&visit.state.name);
        self.emit(id, last, EventBody::MapIterationSucceeded { name, index });
        let run = self.snapshot.scope(id).and_then(|scope| scope.run());
        let done = match run.map(|run| &run.phase) {
            Some(Phase::Iterations { length, next, .. }) if next < length => {
                let next = *next;
                self.start_iteration(&visit, map, next, last)
            }
            Some(Phase::Iterations { open: 0, .. }) => self.iterations_over(&visit, map),
            _ => Ok(()),
        };
        self.conclude(&visit, done);
    }

    fn iterations_over(&mut self, visit: &Visit<'a>, map: &Map) -> Result<(), Failure> {
        let outputs = self.outputs(visit);
        self.emit_next(visit.scope, EventBody::MapStateSucceeded);
        let result = produced(visit, outputs?)?;
        self.leave(visit, result, map.transition)
    }

    /// Fails the Map state of `id` because its iteration `failed` did: cuts off the others, then
    /// retries, catches or fails. A retry leaves no `MapStateFailed` (recorded).
    pub(super) fn iteration_failed(&mut self, id: ScopeId, failed: ScopeId, failure: Failure) {
        let failing = self.tail(failed);
        let Some(visit) = self.visit(id) else { return };
        if let Some(index) = self.iteration(failed) {
            let name = Arc::clone(&visit.state.name);
            self.emit(id, failing, EventBody::MapIterationFailed { name, index });
        }
        self.abort_failed(failed, failing);
        self.abort_branches(id, Some(failed), failing);
        self.end_branches(&visit, failing, EventBody::MapStateFailed, failure);
    }

    /// Says that an iteration is cut off, if it is open.
    pub(super) fn abort_iteration(&mut self, id: ScopeId, child: ScopeId, failing: u64) {
        let is_open = self
            .snapshot
            .scope(child)
            .is_some_and(|scope| !matches!(scope.position, Position::Finished { .. }));
        if let (true, Some(visit), Some(index)) = (is_open, self.visit(id), self.iteration(child)) {
            let name = Arc::clone(&visit.state.name);
            self.emit(id, failing, EventBody::MapIterationAborted { name, index });
        }
    }

    fn iteration(&self, child: ScopeId) -> Option<u32> {
        self.snapshot.scope(child)?.parent.map(|parent| parent.branch)
    }
}

/// The text of a path, as one from the root of its document.
fn from_root(path: &Path) -> &str {
    let text = path.text().trim();
    if *path.root() == Root::Context { &text[1..] } else { text }
}
