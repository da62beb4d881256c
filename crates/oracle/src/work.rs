//! The states that have work done: Task, Parallel, Map.

use crate::data::{Visit, deep};
use crate::failure::{Failure, Stop};
use crate::flow::Run;
use crate::scope::Scope;
use crate::state::Left;
use crate::{Latency, Outcome, TaskCall};
use stepwell_asl::QueryError;
use stepwell_asl::ast::{CallPattern, Map, Parallel, QueryLanguage, Resource, Task};
use stepwell_json::Value;
use stepwell_jsonpath::Root;

/// Where a branch or an iteration came to, and when.
struct Branch {
    at: u64,
    ended: Result<Value, Stop>,
}

impl Run<'_> {
    pub(crate) fn task(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        task: &Task,
        clock: &mut u64,
    ) -> Result<Left, Stop> {
        let resource = task.resource.arn();
        let token = has_token(&task.resource).then_some("token");
        let asking = &Visit { token, ..visit.clone() };
        let input = self.effective(asking, scope)?;
        let timeout =
            self.bound(asking, scope, task.timeout.as_ref(), &input, "TimeoutSecondsPath")?;
        let heartbeat =
            self.bound(asking, scope, task.heartbeat.as_ref(), &input, "HeartbeatSecondsPath")?;
        self.text(asking, scope, task.role_arn.as_ref(), "RoleArn.$", &input)?;
        let input = self.parameters(asking, scope, input)?;
        check_parameters(visit, &task.resource, &input)?;
        let attempt = visit.retries + 1;
        let call = TaskCall { state: &visit.state.name, resource, input: &input, attempt };
        match (self.case.outcomes)(&call) {
            Outcome::Success(result) => {
                if result.to_json().len() > self.case.limits.payload_bytes {
                    return Err(Failure::result_too_large(who(&task.resource)).into());
                }
                Ok(self.leave(visit, scope, result, task.transition)?)
            }
            Outcome::Failure { error, cause } => Err(Failure::named(error, cause).into()),
            Outcome::Silence => {
                let (failure, seconds) = match (heartbeat, timeout) {
                    (Some(heartbeat), timeout) if timeout.is_none_or(|it| heartbeat < it) => {
                        (Failure::heartbeat(), heartbeat)
                    }
                    (_, Some(timeout)) => (Failure::timeout(), timeout),
                    _ => return Err(Stop::Hangs),
                };
                *clock += u64::from(seconds) * 1_000;
                Err(failure.into())
            }
        }
    }

    pub(crate) fn parallel(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        parallel: &Parallel,
        clock: &mut u64,
    ) -> Result<Left, Stop> {
        let input = self.effective(visit, scope)?;
        let input = self.parameters(visit, scope, input)?;
        let mut branches = Vec::new();
        for flow in &parallel.branches {
            let mut at = *clock;
            let mut inner = Scope::inside(scope, None);
            let ended = self.flow(*flow, &mut inner, input.clone(), &mut at);
            branches.push(Branch { at, ended });
        }
        let outputs = self.join(branches, usize::MAX, clock)?;
        let result = deep(visit, outputs)?;
        Ok(self.leave(visit, scope, result, parallel.transition)?)
    }

    pub(crate) fn map(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        map: &Map,
        clock: &mut u64,
    ) -> Result<Left, Stop> {
        let input = self.effective(visit, scope)?;
        let concurrency = self.concurrency(visit, scope, map, &input)?;
        let items = self.items(visit, scope, map, &input)?;
        // The first ones are made together, before any of them runs.
        let mut inputs = Vec::new();
        for (index, item) in (0..).zip(items.iter().take(concurrency)) {
            inputs.push(self.item_input(visit, scope, map, &input, (index, item.clone()))?);
        }
        let mut inputs = inputs.into_iter();
        // When each place for an iteration is free; never where one hangs.
        let mut free = vec![Some(*clock); concurrency.min(items.len())];
        let mut iterations = Vec::new();
        for (index, item) in (0..).zip(&items) {
            let Some(place) = free.iter_mut().filter(|it| it.is_some()).min() else { break };
            let mut at = place.unwrap_or(*clock);
            let item = (index, item.clone());
            let input = match inputs.next() {
                Some(input) => Ok(input),
                None => self.item_input(visit, scope, map, &input, item.clone()),
            };
            let ended = match input {
                Err(failure) => Err(Stop::Failed(failure)),
                Ok(input) => {
                    let mut inner = Scope::inside(scope, Some(item));
                    self.flow(map.processor, &mut inner, input, &mut at)
                }
            };
            *place = (!matches!(ended, Err(Stop::Hangs))).then_some(at);
            iterations.push(Branch { at, ended });
        }
        let outputs = self.join(iterations, concurrency, clock)?;
        let result = deep(visit, outputs)?;
        Ok(self.leave(visit, scope, result, map.transition)?)
    }

    /// The array of the outputs, or the failure that comes first. `together` run at once, so that
    /// only so many that don't end well are ever open.
    fn join(
        &mut self,
        branches: Vec<Branch>,
        together: usize,
        clock: &mut u64,
    ) -> Result<Value, Stop> {
        let mut outputs = Vec::new();
        let mut failures = Vec::new();
        let mut hang = 0;
        for Branch { at, ended } in branches {
            match ended {
                Ok(output) => {
                    *clock = at.max(*clock);
                    outputs.push(output);
                }
                Err(Stop::Failed(failure)) if failures.len() + hang < together => {
                    failures.push((at, failure));
                }
                Err(Stop::Failed(_)) => {}
                Err(Stop::Hangs) => hang += 1,
                Err(Stop::GivenUp) => return Err(Stop::GivenUp),
            }
        }
        if self.case.latency == Latency::Zero {
            let first = failures.iter().map(|(at, _)| *at).min();
            failures.retain(|(at, _)| Some(*at) == first);
        }
        // Failures that are the same lead to the same ending.
        let mut different: Vec<(u64, Failure)> = Vec::new();
        for (at, failure) in failures {
            match different.iter_mut().find(|(_, other)| *other == failure) {
                Some((first, _)) => *first = at.min(*first),
                None => different.push((at, failure)),
            }
        }
        let mut failures = different;
        if failures.is_empty() {
            return if hang == 0 { Ok(outputs.into()) } else { Err(Stop::Hangs) };
        }
        let chosen = self.choices.pick(failures.len());
        let (at, failure) = failures.swap_remove(chosen);
        *clock = at;
        Err(Stop::Failed(failure))
    }

    /// The input of an iteration.
    fn item_input(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        map: &Map,
        input: &Value,
        item: (u32, Value),
    ) -> Result<Value, Failure> {
        let value = item.1.clone();
        let visit = &Visit { item: Some(item), ..visit.clone() };
        if let Some(template) = &map.item_selector {
            return self.template(visit, scope, template, input);
        }
        let Some(template) = &map.item_expressions else { return Ok(value) };
        let value = self.query(visit, scope, None, |query| query.template(template))?;
        self.payload(visit, value)
    }

    /// The items of a Map state.
    fn items(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        map: &Map,
        input: &Value,
    ) -> Result<Vec<Value>, Failure> {
        if visit.state.query_language == QueryLanguage::Jsonata {
            return self.expressed_items(visit, scope, map);
        }
        let items = match &map.items_path {
            None => input.clone(),
            Some(path) => self.at(visit, scope, path, input)?,
        };
        items.as_array().map(<[Value]>::to_vec).ok_or_else(|| {
            let text = map.items_path.as_ref().map_or("$", |path| {
                let skipped = usize::from(*path.root() == Root::Context);
                &path.text().trim()[skipped..]
            });
            let text = format!("Reference path \"{text}\" must point to array.");
            Failure::runtime(visit.state, &text)
        })
    }

    fn expressed_items(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        map: &Map,
    ) -> Result<Vec<Value>, Failure> {
        let Some(template) = &map.items else {
            let text = || format!("Map state input must be an array but was: {}", visit.input);
            return visit.input.as_array().map(<[Value]>::to_vec).ok_or_else(|| {
                Failure::query(visit.state, &QueryError { location: None, text: text() })
            });
        };
        let value = self.query(visit, scope, None, |query| query.template(template))?;
        match (value.as_array(), template.whole()) {
            (Some(items), _) => Ok(items.to_vec()),
            (None, Some(expression)) => {
                let error = QueryError::unexpected(expression, "array", value);
                Err(Failure::query(visit.state, &error))
            }
            (None, None) => Ok(Vec::new()),
        }
    }
}

/// Whether the context object shows a task token.
fn has_token(resource: &Resource) -> bool {
    let Resource::Integration(integration) = resource else { return false };
    integration.pattern != CallPattern::RequestResponse
}

/// As whom a resource is named in a failure.
fn who(resource: &Resource) -> &str {
    match resource {
        Resource::Activity(arn) | Resource::Function(arn) => arn,
        Resource::Integration(integration) => &integration.service,
    }
}

/// Whether the call of an integration has what it needs.
fn check_parameters(
    visit: &Visit<'_>,
    resource: &Resource,
    parameters: &Value,
) -> Result<(), Failure> {
    let Resource::Integration(integration) = resource else { return Ok(()) };
    let is_invoke = &*integration.service == "lambda" && integration.action.starts_with("invoke");
    let name = parameters.get("FunctionName").and_then(Value::as_str);
    if !is_invoke || name.is_some_and(|name| !name.is_empty()) {
        return Ok(());
    }
    let text = format!(
        "The Parameters '{parameters}' could not be used to start the Task: \
         [The field \"FunctionName\" is required but was missing]"
    );
    Err(Failure::runtime(visit.state, &text))
}
