//! The language as definitions use it: what is accepted, what is refused and with which words,
//! and what the functions of Step Functions give.

use stepwell_json::{Value, parse};
use stepwell_jsonata::{
    Bindings, Environment, EvaluationError, Expression, ExpressionError, Limits,
};

const STATES: &str = r#"{
    "input": {"order": {"id": 7, "total": 1.50, "lines": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 3}]},
              "names": ["x", "y"], "one": [1], "empty": [], "nothing": null, "big": 12345678901234567890,
              "nested": [[1, 2], [3]]},
    "context": {"Execution": {"Id": "arn"}}
}"#;

fn environment() -> Environment {
    Environment { now_ms: 1_731_681_134_000, seed: 11 }
}

fn evaluate(text: &str) -> Result<String, EvaluationError> {
    let states = parse(STATES).expect("JSON");
    let variables = |name: &str| match name {
        "answer" => Some(Value::from(42)),
        "count" => Some(Value::from(3)),
        "list" => Some(parse("[1,2,3]").expect("JSON")),
        _ => None,
    };
    let bindings = Bindings { states: &states, variables: &variables };
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    expression.evaluate(&bindings, &environment(), &Limits::default()).map(|value| value.to_json())
}

#[test]
fn references_hand_values_through() {
    for (text, result) in [
        ("$states.input.order.total", "1.50"),
        ("$states.input.big", "12345678901234567890"),
        ("$states.input.one", "[1]"),
        ("$states.input.empty", "[]"),
        ("$states.input.nothing", "null"),
        ("$states.input.names[0]", r#""x""#),
        ("$states.input.order.lines[-1].qty", "3"),
        ("$states.input.nested[1]", "[3]"),
        ("$states.input.order.lines.qty", "[2,3]"),
        ("$answer", "42"),
        ("$list[2]", "3"),
        ("$count", "3"),
        ("$states.context", r#"{"Execution":{"Id":"arn"}}"#),
    ] {
        assert_eq!(evaluate(text).as_deref(), Ok(result), "{text}");
    }
}

#[test]
fn expressions_compute() {
    for (text, result) in [
        ("$sum($states.input.order.lines.qty) + $answer", "47"),
        ("$states.input.order.total * 2", "3"),
        ("{'b': $answer, 'a': $states.input.names}", r#"{"b":42,"a":["x","y"]}"#),
        ("$map($states.input.names, $uppercase)", r#"["X","Y"]"#),
        ("$states.input.order.lines[qty > 2].sku", r#""b""#),
        ("$contains('hello$world', /^hello\\$/)", "true"),
        ("$contains('hello$world', /^hello /) or $answer = 1", "false"),
        ("$count($list)", "3"),
        ("$variable := 1", "1"),
        ("$now()", r#""2024-11-15T14:32:14.000Z""#),
        ("$millis()", "1731681134000"),
        ("$merge([$states.input.order.lines[0], {'qty': 9}])", r#"{"sku":"a","qty":9}"#),
        ("[]", "[]"),
        ("null", "null"),
    ] {
        assert_eq!(evaluate(text).as_deref(), Ok(result), "{text}");
    }
}

#[test]
fn the_functions_of_step_functions() {
    for (text, result) in [
        ("$partition([1,2,3,4,5], 2)", "[[1,2],[3,4],[5]]"),
        ("$partition([], 2)", "[]"),
        ("$partition([1], 2.9)", "[[1]]"),
        ("$range(0, 9, 3)", "[0,3,6,9]"),
        ("$range(0, 10, 3)", "[0,3,6,9]"),
        ("$range(1, 9, 9)", "1"),
        ("$range(5, 1, -2)", "[5,3,1]"),
        ("$range(5, 1, 1)", "[]"),
        ("$range(1.9, 3.9, 1.9)", "[1,2,3]"),
        ("$count($range(1, 5000, 1))", "5000"),
        ("$random(42)", "0.7275636800328681"),
        ("$random() != $random()", "true"),
        ("$uuid() != $uuid()", "true"),
        ("$length($uuid())", "36"),
        ("$parse('-0')", "0"),
        ("$parse('1.1')", "1.1"),
        (r#"$parse("[1, 2, \"HelloWorld\"]")"#, r#"[1,2,"HelloWorld"]"#),
        (r#"$parse('{"Arg1": 1, "Arg2": []}')"#, r#"{"Arg1":1,"Arg2":[]}"#),
        ("$hash('abc', 'MD5')", r#""900150983cd24fb0d6963f7d28e17f72""#),
        ("$hash('abc', 'SHA-1')", r#""a9993e364706816aba3e25717850c26c9cd0d89d""#),
        (
            "$hash('abc', 'SHA-256')",
            r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#,
        ),
        (
            "$length($hash('abc', 'SHA-384')) & '/' & $length($hash('abc', 'SHA-512'))",
            r#""96/128""#,
        ),
        ("$count($map(['a', 'b'], $hash(?, 'MD5')))", "2"),
    ] {
        assert_eq!(evaluate(text).as_deref(), Ok(result), "{text}");
    }
}

#[test]
fn failures_are_told_in_the_words_of_the_service() {
    for (text, words) in [
        ("$states.input.missing", "returned nothing (undefined)."),
        ("$doesNotExist", "returned nothing (undefined)."),
        ("$states.input.order.lines[9]", "returned nothing (undefined)."),
        ("function($x) { $x }", "returned an unsupported result type."),
        ("$sum", "returned an unsupported result type."),
        (
            "$states.input.order + 1",
            "threw an error during evaluation. T2001: The left side of the \"+\" operator must evaluate to a number",
        ),
        (
            "$answer()",
            "threw an error during evaluation. T1006: Attempted to invoke a non-function",
        ),
        (
            "$number('x')",
            "threw an error during evaluation. D3030: Unable to cast value to a number: \"x\"",
        ),
        ("$error('stop')", "threw an error during evaluation. D3137: stop"),
        (
            "$hash('a', 'SHA-2')",
            "threw an error during evaluation. D3137: The algorithm 'SHA-2' of function hash is none of MD5, SHA-1, SHA-256, SHA-384, SHA-512",
        ),
        (
            "$hash(1, 'MD5')",
            "threw an error during evaluation. T0410: Argument 1 of function \"hash\" does not match function signature",
        ),
        (
            "$range(1, 2, 0)",
            "threw an error during evaluation. D3137: The step of function range must not be zero",
        ),
        (
            "$partition([1], 0)",
            "threw an error during evaluation. D3137: The size of function partition must be a positive integer",
        ),
    ] {
        assert_eq!(evaluate(text).unwrap_err().to_string(), words, "{text}");
    }
    assert!(evaluate("$parse('{')").unwrap_err().to_string().contains("not JSON"));
}

#[test]
fn what_the_language_leaves_out_is_refused() {
    let unsupported = |name: &str| {
        ExpressionError::Unsupported(format!(
            "Reference to '{name}' at the top level is not supported."
        ))
    };
    for (text, name) in [
        ("x", "x"),
        ("x.y", "x"),
        ("$sum(prices)", "prices"),
        ("{'a': x}", "x"),
        ("function() { x }", "x"),
        ("$", "$"),
        ("$.a", "$"),
        ("$$.a", "$$"),
        ("$states.input.($$.a)", "$$"),
        ("*", "*"),
        ("**", "**"),
        ("x[0]", "x"),
    ] {
        assert_eq!(Expression::parse(text), Err(unsupported(name)), "{text}");
    }
    for text in ["$eval('1')", "$map($a, $eval)", "($e := $eval; 1)"] {
        assert!(matches!(Expression::parse(text), Err(ExpressionError::Unsupported(_))), "{text}");
    }
    for (text, code) in [
        ("$a ?? 1", "S0211"),
        ("$a ?: 1", "S0211"),
        ("1 +", "S0207"),
        ("", "S0207"),
        ("(1", "S0203"),
    ] {
        let refused = Expression::parse(text).unwrap_err();
        assert!(
            matches!(&refused, ExpressionError::Invalid { code: found, .. } if found == code),
            "{text}: {refused}"
        );
    }
    for text in ["$a.(b)", "$a[b > 1]", "$a{k: v}", "$a^(b)", "$a ~> |$|{'x': y}|", "$a.$", "$a.*"]
    {
        assert!(Expression::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn references_are_told() {
    let told = |text: &str| {
        let references = Expression::parse(text).unwrap().references().clone();
        let join = |names: &std::collections::BTreeSet<String>| {
            names.iter().cloned().collect::<Vec<_>>().join(" ")
        };
        [
            join(&references.variables),
            join(&references.ambiguous),
            join(&references.functions),
            join(&references.states) + if references.whole_states { " whole" } else { "" },
        ]
    };
    for (text, expected) in [
        ("$b + $a", ["a b", "", "", ""]),
        ("$states.input.x & $states.result", ["", "", "", "input result"]),
        ("$states", ["", "", "", " whole"]),
        ("$states[0].input", ["", "", "", "input"]),
        ("$map($states.input, $uppercase)", ["", "uppercase", "map", "input"]),
        ("$count + 1", ["", "count", "", ""]),
        ("($x := $y; $x + $z)", ["y z", "", "", ""]),
        ("($x := $x; $x)", ["x", "", "", ""]),
        ("$map($a, function($v, $i) { $v + $i + $k })", ["a k", "", "map", ""]),
        ("($f := function($n) { $n = 0 ? 1 : $f($n - 1) }; $f(3))", ["", "", "", ""]),
        ("($f := function() { $g() }; $g := function() { $h }; $f())", ["h", "", "", ""]),
        ("$a@$x.b[$x = $y]#$i.($i)", ["a y", "", "", ""]),
        ("$uuid() & $own()", ["", "", "own uuid", ""]),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn seed_and_time_decide() {
    let states = Value::Null;
    let bindings = Bindings { states: &states, variables: &|_| None };
    let expression = Expression::parse("[$uuid(), $random(), $now(), $shuffle([1..20])]").unwrap();
    let draw = |seed| {
        let environment = Environment { now_ms: 5, seed };
        expression.evaluate(&bindings, &environment, &Limits::default()).unwrap()
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn functions_keep_their_names_beside_variables_of_the_same_name() {
    let states = Value::Null;
    let count = |name: &str| (name == "count").then(|| parse("[5,6]").unwrap());
    let bindings = Bindings { states: &states, variables: &count };
    let result = Expression::parse("$map($count, function($x) { $x + $sum($count) })")
        .unwrap()
        .evaluate(&bindings, &environment(), &Limits::default());
    assert_eq!(result.unwrap().to_json(), "[16,17]");
}
