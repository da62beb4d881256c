//! A state: what all types share, and the types that do no work of their own.

use super::fields::{Allowed, BOTH, Fields, JSONATA, PATHS};
use super::flow::{Document, Scope};
use super::jsonata::{self, Offers};
use super::paths::{self, MAX_SECONDS};
use super::report::{Place, Report};
use super::{choice, errors, intrinsic, template, variables, work};
use crate::Code;
use crate::ast::{
    Call, DataFlow, Fail, Pass, QueryLanguage, State, StateId, StateKind, Text, Transition, Wait,
    WaitUntil,
};
use std::sync::Arc;
use stepwell_json::Value;
use stepwell_jsonpath::Path;

const COMMON: &[Allowed] = &[("Type", BOTH), ("Comment", BOTH), ("QueryLanguage", BOTH)];

/// `Next` or `End`.
pub(super) const GOES_ON: &[Allowed] = &[("Next", BOTH), ("End", BOTH)];

/// Types that hand on data.
pub(super) const DATA: &[Allowed] =
    &[("InputPath", PATHS), ("OutputPath", PATHS), ("Output", JSONATA)];

/// Types that set variables.
pub(super) const ASSIGN: &[Allowed] = &[("Assign", BOTH)];

const PASS: &[Allowed] = &[("Parameters", PATHS), ("Result", PATHS), ("ResultPath", PATHS)];
const CHOICE: &[Allowed] = &[("Choices", BOTH), ("Default", BOTH)];
const WAIT: &[Allowed] =
    &[("Seconds", BOTH), ("Timestamp", BOTH), ("SecondsPath", PATHS), ("TimestampPath", PATHS)];
const FAIL: &[Allowed] =
    &[("Error", BOTH), ("Cause", BOTH), ("ErrorPath", PATHS), ("CausePath", PATHS)];

/// The fields of a type; none for an unknown type.
fn tables(name: &str) -> Option<&'static [&'static [Allowed]]> {
    Some(match name {
        "Pass" => &[COMMON, GOES_ON, DATA, ASSIGN, PASS],
        "Task" => &[COMMON, GOES_ON, DATA, ASSIGN, work::WORK, work::TASK],
        "Choice" => &[COMMON, DATA, ASSIGN, CHOICE],
        "Wait" => &[COMMON, GOES_ON, DATA, ASSIGN, WAIT],
        "Succeed" => &[COMMON, DATA],
        "Fail" => &[COMMON, FAIL],
        "Parallel" => &[COMMON, GOES_ON, DATA, ASSIGN, work::WORK, work::PARALLEL],
        "Map" => &[COMMON, GOES_ON, DATA, ASSIGN, work::WORK, work::MAP],
        _ => return None,
    })
}

/// The state `name`, number `id` in `scope`.
pub(super) fn state(
    id: StateId,
    name: &Arc<str>,
    value: &Value,
    place: Place<'_>,
    scope: &mut Scope<'_>,
    document: &mut Document,
) -> Option<State> {
    let report = &mut document.report;
    let mut fields = Fields::of(value, place, document.language, report)?;
    fields.language = language(&fields, document.language, report);
    fields.require(&["Type"], report);
    let type_name = fields.text("Type", report)?;
    let Some(tables) = tables(&type_name) else {
        report.schema(
            "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, \
             Choice, Parallel, Map]",
            &fields.at("Type"),
        );
        return None;
    };
    fields.only(tables, report);
    let comment = fields.comment(report);
    let has_handlers = matches!(&*type_name, "Task" | "Parallel" | "Map");
    let offers = if has_handlers { Offers::Result } else { Offers::Input };
    let data = data_flow(&fields, offers, &type_name, scope, report);
    let (retry, catch) = if has_handlers {
        (errors::retriers(&fields, report), errors::catchers(&fields, scope, report))
    } else {
        Default::default()
    };
    let kind = match &*type_name {
        "Pass" => pass(&fields, scope, report),
        "Task" => work::task(&fields, scope, report),
        "Choice" => choice::choice(&fields, scope, report),
        "Wait" => wait(&fields, scope, report),
        "Succeed" => Some(StateKind::Succeed),
        "Fail" => Some(fail(&fields, report)),
        "Parallel" => work::parallel(&fields, id, scope, document),
        _ => work::map(&fields, id, scope, document),
    }?;
    let query_language = fields.language;
    Some(State { name: Arc::clone(name), comment, query_language, data, retry, catch, kind })
}

/// The language of a state: its own, or the machine's. Only a machine in JSONPath leaves the
/// choice.
fn language(fields: &Fields<'_>, machine: QueryLanguage, report: &mut Report) -> QueryLanguage {
    match fields.one_of("QueryLanguage", &["JSONPath", "JSONata"], report) {
        Some(0) => {
            if machine == QueryLanguage::Jsonata {
                report.schema(
                    "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state \
                     machine",
                    &fields.place,
                );
            }
            QueryLanguage::JsonPath
        }
        Some(_) => QueryLanguage::Jsonata,
        None => machine,
    }
}

fn data_flow(
    fields: &Fields<'_>,
    offers: Offers,
    type_name: &str,
    scope: &mut Scope<'_>,
    report: &mut Report,
) -> DataFlow {
    let assign = variables::assign(fields, offers, scope, report);
    match fields.language {
        QueryLanguage::JsonPath => DataFlow {
            input_path: paths::data(fields, "InputPath", report),
            // Those of a Map state are its item selector.
            parameters: (type_name != "Map")
                .then(|| template::payload(fields, "Parameters", report))
                .flatten(),
            result_selector: template::payload(fields, "ResultSelector", report),
            result_path: paths::result(fields, report),
            output_path: paths::data(fields, "OutputPath", report),
            assign,
            ..DataFlow::default()
        },
        QueryLanguage::Jsonata => DataFlow {
            arguments: jsonata::template(fields, "Arguments", Offers::Input, report),
            output: jsonata::template(fields, "Output", offers, report),
            assign,
            ..DataFlow::default()
        },
    }
}

/// `Next` or `End`; an `End` of `false` is as good as none.
pub(super) fn transition(
    fields: &Fields<'_>,
    scope: &mut Scope<'_>,
    report: &mut Report,
) -> Option<Transition> {
    let ends = fields.boolean("End", report);
    let next = fields.has("Next").then(|| scope.target(fields, "Next", report));
    match (next, ends) {
        (Some(_), Some(true)) => {
            fields.at_most_one(&["Next", "End"], report);
            None
        }
        (Some(next), _) => next.map(Transition::Next),
        (None, Some(true)) => Some(Transition::End),
        // An `End` of another type is reported already.
        (None, None) if fields.has("End") => None,
        (None, _) => {
            report.schema(
                "This object should have only one of the following fields: [Next, End]",
                &fields.place,
            );
            None
        }
    }
}

fn pass(fields: &Fields<'_>, scope: &mut Scope<'_>, report: &mut Report) -> Option<StateKind> {
    let result = fields.get("Result");
    let paths = result
        .and_then(Value::as_object)
        .is_some_and(|members| members.keys().any(|key| key.ends_with(".$")));
    if paths {
        let message = "A result is taken literally: paths in it are not evaluated";
        report.warning(Code::PassResultIsStatic, message, &fields.at("Result"));
    }
    let transition = transition(fields, scope, report)?;
    Some(StateKind::Pass(Pass { result: result.cloned(), transition }))
}

fn wait(fields: &Fields<'_>, scope: &mut Scope<'_>, report: &mut Report) -> Option<StateKind> {
    let jsonata = fields.language == QueryLanguage::Jsonata;
    let keys: &[&str] = if jsonata {
        &["Seconds", "Timestamp"]
    } else {
        &["SecondsPath", "Seconds", "TimestampPath", "Timestamp"]
    };
    fields.exactly_one(keys, report);
    let until = match keys.iter().copied().find(|key| fields.has(key)) {
        Some("SecondsPath") => {
            paths::reference(fields, "SecondsPath", report).map(WaitUntil::SecondsPath)
        }
        Some("TimestampPath") => {
            paths::reference(fields, "TimestampPath", report).map(WaitUntil::TimestampPath)
        }
        Some("Seconds") => match jsonata::field(fields, "Seconds", report) {
            Some(expression) => expression.map(WaitUntil::SecondsExpression),
            None => fields.integer("Seconds", 0..=MAX_SECONDS, report).map(WaitUntil::Seconds),
        },
        Some(_) => match jsonata::field(fields, "Timestamp", report) {
            Some(expression) => expression.map(WaitUntil::TimestampExpression),
            None => fields.timestamp("Timestamp", report).map(WaitUntil::Timestamp),
        },
        None => None,
    };
    let transition = transition(fields, scope, report)?;
    Some(StateKind::Wait(Wait { until: until?, transition }))
}

fn fail(fields: &Fields<'_>, report: &mut Report) -> StateKind {
    StateKind::Fail(Fail {
        error: text(fields, "Error", "ErrorPath", report),
        cause: text(fields, "Cause", "CausePath", report),
    })
}

/// A text: `key` as a literal or an expression, or `path_key` as a path or a call.
fn text(fields: &Fields<'_>, key: &str, path_key: &str, report: &mut Report) -> Option<Text> {
    fields.at_most_one(&[key, path_key], report);
    if fields.language == QueryLanguage::JsonPath
        && let Some(text) = fields.text(path_key, report)
    {
        let found = if text.starts_with('$') {
            Path::parse(&text).ok().map(Text::Path)
        } else {
            intrinsic::call(&text).filter(Call::gives_text).map(Text::Call)
        };
        if found.is_none() {
            let message = format!(
                "The value for the field '{path_key}' must be a valid JSONPath or a valid \
                 intrinsic function call"
            );
            report.schema(message, &fields.at(path_key));
        }
        return found;
    }
    if let Some(expression) = jsonata::field(fields, key, report) {
        return expression.map(Text::Expression);
    }
    let text = fields.text(key, report)?;
    if fields.language == QueryLanguage::Jsonata {
        jsonata::check_marks(&text, &fields.at(key), report);
    } else if text.starts_with("$.") || text.starts_with("$$.") {
        let message = format!(
            "The value looks like a path: '{key}' takes it literally, '{path_key}' evaluates it"
        );
        report.warning(Code::NoPath, message, &fields.at(key));
    }
    Some(Text::Literal(text))
}
