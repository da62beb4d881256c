//! Paths, templates and expressions, each over documents of several sizes.

use super::{Of, Point, Row, nanos};
use anyhow::{Context as _, Result};
use stepwell_asl::{Data, Evaluator, executable};
use stepwell_json::{Object, Value};
use stepwell_jsonata::{Bindings, Environment, Expression, Limits};
use stepwell_jsonpath::Path;

/// Items of the documents; each is about 60 bytes.
const SIZES: [usize; 4] = [4, 16, 64, 256];

pub(super) fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, text) in [
        ("path $.items[2].name", "$.items[2].name"),
        ("path $.items[*].price", "$.items[*].price"),
        ("path with a filter", "$.items[?(@.price > 10)].name"),
        ("path $..price", "$..price"),
    ] {
        let path = Path::parse(text).map_err(|error| anyhow::anyhow!("{text}: {error}"))?;
        rows.push(row(name, |document| {
            path.select(document).map(drop).map_err(|miss| anyhow::anyhow!("{text}: {miss}"))
        })?);
    }
    for (name, template) in [
        ("template of two paths", r#"{"a.$":"$.items[0]","b":{"c.$":"$.items"},"d":1}"#),
        (
            "template with States.Format",
            r#"{"a.$":"States.Format('{} of {}', $.items[0].name, 4)"}"#,
        ),
        ("template with States.ArrayUnique", r#"{"a.$":"States.ArrayUnique($.items[*].name)"}"#),
        ("template with States.JsonToString", r#"{"a.$":"States.JsonToString($)"}"#),
    ] {
        rows.push(template_row(name, template)?);
    }
    for text in [
        "$states.input.items[2].name",
        "$sum($states.input.items.price)",
        "$states.input.items[price > 10].name",
        "$map($states.input.items, function($i) { $i.name & '!' })",
    ] {
        let expression = Expression::parse(text).with_context(|| text.to_owned())?;
        rows.push(row(text, |document| {
            let states: Object = [("input".into(), document.clone())].into_iter().collect();
            let states = Value::from(states);
            let bindings = Bindings { states: &states, variables: &|_| None };
            let environment = Environment::default();
            expression.evaluate(&bindings, &environment, &Limits::default()).map(drop)?;
            Ok(())
        })?);
    }
    Ok(rows)
}

fn document(items: usize) -> Result<Value> {
    let item = |index: usize| {
        format!(r#"{{"id":"item-{index:08}","name":"name {index:08}","price":{index:05}.5}}"#)
    };
    let items: Vec<String> = (10_000..10_000 + items).map(item).collect();
    Ok(stepwell_json::parse(&format!(r#"{{"items":[{}]}}"#, items.join(",")))?)
}

/// An evaluation at all sizes. Nanoseconds are of the whole; the growth is that of a byte.
fn row(name: &'static str, evaluate: impl Fn(&Value) -> Result<()>) -> Result<Row> {
    let mut points = Vec::new();
    for items in SIZES {
        let document = document(items)?;
        let nanos = nanos(|| evaluate(&document))?;
        points.push(Point { size: document.to_json().len(), nanos });
    }
    Ok(Row { name, sizes: "bytes", of: Of::Whole, points })
}

fn template_row(name: &'static str, template: &str) -> Result<Row> {
    let definition = executable(&format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Pass","Parameters":{template},"End":true}}}}}}"#
    ))
    .map_err(|findings| anyhow::anyhow!("{findings:?}"))?;
    let state = definition.main().states().first().context("a state")?;
    let template = state.data.parameters.as_ref().context("a template")?;
    let (context, variables) = (Value::Null, Object::default());
    row(name, |document| {
        let mut random = || 7;
        let data = Data { input: document, context: &context, variables: &variables };
        let value = Evaluator::new(data, &mut random, 1 << 20).template(template);
        value.map(drop).map_err(|error| anyhow::anyhow!("{name}: {error:?}"))
    })
}
