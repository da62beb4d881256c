//! Whatever the text and whatever the data: no panic, an end, and the same end every time.

use proptest::prelude::*;
use std::sync::Arc;
use stepwell_json::{Object, Value, parse};
use stepwell_jsonata::{Bindings, Environment, EvaluationError, Expression, Limits};

fn limits() -> Limits {
    Limits {
        steps: 20_000,
        depth: 300,
        array_items: 2_000,
        string_bytes: 20_000,
        work_bytes: 1 << 22,
        result_bytes: 20_000,
    }
}

fn evaluate(expression: &Expression, states: &Value) -> Result<Value, EvaluationError> {
    let variables = |name: &str| (name == "a").then(|| states.clone());
    let bindings = Bindings { states, variables: &variables };
    expression.evaluate(&bindings, &Environment { now_ms: 1, seed: 2 }, &limits())
}

/// Pieces of expressions.
#[rustfmt::skip]
const TOKENS: &[&str] = &[
    "$states", "$a", "$x", "$", "$$", ".input", ".b", ".", "*", "**", "%", "[", "]", "(", ")",
    "{", "}", "'k'", "\"s\"", ":", ",", ";", "?", ":=", "~>", "..", "1", "-1", "0.5", "1e9", "+",
    "-", "/", "=", "!=", "<", ">=", "in", "and", "or", "&", "^(", "|", "@$v", "#$i",
    "function($x){", "$map(", "$reduce(", "$distinct(", "$replace(", "$match(", "$split(",
    "$string(", "$uppercase", "$append", "$sort(", "$zip(", "$merge(", "$range(", "$hash(",
    "$parse(", "$partition(", "$uuid()", "/a+/", "/(a|b)*/i", "??", "?:", "$eval(", "true",
    "null", "λ($n){", "/* c */", "`q`", " ", "é",
];

/// Texts that look like expressions, well-formed and not.
fn texts() -> impl Strategy<Value = String> {
    let token = prop::sample::select(TOKENS);
    prop_oneof![
        prop::collection::vec(token, 1..25).prop_map(|tokens| tokens.concat()),
        any::<String>(),
        expressions(),
    ]
}

/// Well-formed expressions.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "$states.input",
        "$a.b",
        "$a",
        "$x",
        "1",
        "'ab'",
        "[1,2,[3]]",
        "{'k':1}",
        "true",
        "/a/",
        "$count",
        "[1..50]",
        "$a[0]",
        "$uuid()",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            (
                pair.clone(),
                prop::sample::select(vec![
                    "+", "-", "*", "=", "!=", "<", "&", " in ", " and ", "~>", "..", "?1:",
                ])
            )
                .prop_map(|((one, two), op)| {
                    if op == ".." { format!("[{one}..{two}]") } else { format!("({one}{op}{two})") }
                }),
            (
                pair.clone(),
                prop::sample::select(vec![
                    "append",
                    "map",
                    "filter",
                    "distinct",
                    "match",
                    "split",
                    "join",
                    "zip",
                    "lookup",
                    "reduce",
                    "merge",
                    "string",
                    "replace",
                    "partition",
                    "sort",
                    "each",
                    "keys",
                ])
            )
                .prop_map(|((one, two), name)| format!("${name}({one},{two})")),
            pair.clone().prop_map(|(one, two)| format!("($x:={one};{two})")),
            pair.clone().prop_map(|(one, two)| format!("$map({one},function($x){{{two}}})")),
            pair.clone().prop_map(|(one, two)| format!("{one}.({two})")),
            pair.clone().prop_map(|(one, two)| format!("{one}[{two}]")),
            pair.prop_map(|(one, two)| format!("[{one},{{'k':{two}}}]")),
        ]
    })
}

/// JSON values with few names, so that paths meet them.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        Just(parse("1.50").expect("JSON")),
        "[ab]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(vec!["a", "b", "input"]), inner), 0..4)
                .prop_map(|members| {
                    let members = members.into_iter().map(|(key, value)| (Arc::from(key), value));
                    Value::from(members.collect::<Object>())
                }),
        ]
    })
}

/// Plain references and the same behind something that makes the evaluator take them.
fn references() -> impl Strategy<Value = String> {
    let step = prop::sample::select(vec![".a", ".b", ".input", "[0]", "[-1]", "[1]", "[0][1]"]);
    prop::collection::vec(step, 0..4).prop_map(|steps| format!("$states{}", steps.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn any_text_ends(text in texts(), states in values()) {
        if let Ok(expression) = Expression::parse(&text) {
            let first = evaluate(&expression, &states);
            prop_assert_eq!(&first, &evaluate(&expression, &states));
            if let Ok(value) = first {
                prop_assert!(parse(&value.to_json()).is_ok());
            }
        }
    }

    #[test]
    fn references_lead_where_the_evaluator_goes(text in references(), states in values()) {
        let plain = evaluate(&Expression::parse(&text).unwrap(), &states);
        let evaluated = evaluate(&Expression::parse(&format!("({text})")).unwrap(), &states);
        prop_assert_eq!(plain, evaluated);
    }
}
