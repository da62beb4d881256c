//! The functions of the language by name: those of JSONata, and those that Step Functions adds.

mod array;
mod hash;
mod random;

use crate::convert;
use crate::expression::Environment;
use crate::limits::Spent;
use jlens_core::reads::Read;
use jlens_core::{Bindings, Error, HostFunction, Result};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The arguments of a call; an absent or undefined one is none.
type Arguments<'a> = &'a [Option<Json>];
type Outcome = Result<Option<Json>>;

/// The functions whose results come from the seed of the evaluation.
const SEEDED: [&str; 2] = ["random", "uuid"];

struct Known {
    arity: usize,
    /// It gives a string, a number or a boolean, by its signature.
    scalar: bool,
}

/// Whether a function of that name exists.
pub(crate) fn exists(name: &str) -> bool {
    known().contains_key(name)
}

/// How many arguments a function takes from a function that calls it back.
pub(crate) fn arity(name: &str) -> Option<usize> {
    known().get(name).map(|function| function.arity)
}

/// Whether the function gives neither an array nor an object.
pub(crate) fn gives_scalar(name: &str) -> bool {
    known().get(name).is_some_and(|function| function.scalar)
}

/// The functions for an evaluation whose expression uses `used`.
pub(crate) fn bindings<'a>(
    mut used: impl Iterator<Item = &'a String>,
    environment: &Environment,
) -> Bindings {
    let bindings = unseeded().clone();
    if !used.any(|name| SEEDED.contains(&name.as_str())) {
        return bindings;
    }
    let source = random::Source::new(environment.seed);
    let other = source.clone();
    bindings
        .function("random", host("<n?:n>", move |arguments| Ok(source.number(arguments))))
        .function("uuid", host("<:s>", move |_| Ok(Some(other.uuid().into()))))
}

fn unseeded() -> &'static Bindings {
    static UNSEEDED: OnceLock<Bindings> = OnceLock::new();
    UNSEEDED.get_or_init(|| {
        Bindings::new()
            .function("partition", host("<an:a>", array::partition))
            .function("range", host("<nnn:a>", array::range))
            .function("hash", host("<ss:s>", hash::hash))
            .function("parse", host("<s:x>", parse))
            .function("random", host("<n?:n>", |_| Ok(None)))
            .function("uuid", host("<:s>", |_| Ok(None)))
    })
}

fn host(
    signature: &str,
    run: impl Fn(Arguments<'_>) -> Outcome + Send + Sync + 'static,
) -> HostFunction {
    match HostFunction::with_signature(signature, move |arguments, _| run(arguments)) {
        Ok(function) => function.without_input(),
        // No signature above is malformed; one that was would only go unchecked.
        Err(_) => HostFunction::new(0, |_, _| Ok(None)),
    }
}

fn known() -> &'static HashMap<String, Known> {
    static KNOWN: OnceLock<HashMap<String, Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known = HashMap::new();
        for function in jlens_core::function_catalog() {
            let scalar = [":s>", ":n>", ":b>"].iter().any(|end| function.signature.ends_with(end));
            let arity = built_in_arity(function.name).unwrap_or(function.params.len());
            known.insert(function.name.to_owned(), Known { arity, scalar });
        }
        for (name, function) in unseeded().functions() {
            let scalar = matches!(name, "hash" | "random" | "uuid");
            known.insert(name.to_owned(), Known { arity: function.arity(), scalar });
        }
        known
    })
}

/// The arity that functions calling `name` back see, which the catalog does not tell.
fn built_in_arity(name: &str) -> Option<usize> {
    let probe = HostFunction::new(1, |_, call| Ok(call.function(0).map(|f| f.arity().into())));
    let text = format!("$probe(${name})");
    let probed = jlens_core::Expression::compile(&text).and_then(|expression| {
        expression.evaluate(None, &Bindings::new().function("probe", probe))
    });
    usize::try_from(probed.ok()??.as_u64()?).ok()
}

/// `$parse(json)`: the value that a JSON text writes.
fn parse(arguments: Arguments<'_>) -> Outcome {
    let Some(text) = text(arguments, 0) else { return Ok(None) };
    let value = stepwell_json::parse(text)
        .map_err(|error| failed(format!("The argument of function parse is not JSON: {error}")))?;
    convert::to_json(&value, &Read::Whole, &mut Spent::default())
        .map(Some)
        .map_err(|error| failed(error.to_string()))
}

/// An error that the expression raises, as `$error` does.
fn failed(message: impl Into<String>) -> Error {
    Error::new("D3137").with("message", message.into())
}

fn text<'a>(arguments: Arguments<'a>, index: usize) -> Option<&'a str> {
    arguments.get(index)?.as_ref()?.as_str()
}

/// An argument as a whole number, its fraction cut off.
fn integer(arguments: Arguments<'_>, index: usize) -> Option<f64> {
    Some(arguments.get(index)?.as_ref()?.as_f64()?.trunc())
}
