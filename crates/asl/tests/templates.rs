//! Payload templates and intrinsic functions.

#![allow(clippy::unwrap_used, reason = "test code outside of test functions")]

use proptest::prelude::*;
use std::time::{Duration, Instant};
use stepwell_asl::ast::{StateId, Template};
use stepwell_asl::{Data, EvaluationError, Evaluator, executable};
use stepwell_json::{Object, Value};

/// The template that a definition with these `Parameters` holds; none where it is refused.
fn compiled(parameters: &str) -> Option<Template> {
    let text = format!(
        r#"{{"StartAt":"S","States":{{"S":{{"Type":"Pass","End":true,"Parameters":{parameters}}}}}}}"#
    );
    executable(&text).ok()?.main().state(StateId(0)).data.parameters.clone()
}

fn evaluate(template: &Template, input: &Value) -> Result<Value, EvaluationError> {
    let context = stepwell_json::parse(r#"{"State":{"Name":"S"},"Execution":{"Id":"e"}}"#).unwrap();
    let mut bits = 0x0123_4567_89ab_cdef_u64;
    let mut random = || {
        bits = bits.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits
    };
    let data = Data { input, context: &context, variables: &Object::default() };
    Evaluator::new(data, &mut random, 262_144).template(template)
}

/// The result as JSON text, or the fault.
fn result(parameters: &str, input: &str) -> Result<String, String> {
    let template = compiled(parameters).unwrap_or_else(|| panic!("refused: {parameters}"));
    let value = evaluate(&template, &stepwell_json::parse(input).unwrap());
    value.map(|value| value.to_json()).map_err(|error| error.to_string())
}

/// The value of a call, or what went wrong with it.
fn call(call: &str, input: &str) -> Result<String, String> {
    let text = Value::from(call).to_json();
    let found = result(&format!(r#"{{"v.$":{text}}}"#), input)?;
    Ok(found.strip_prefix(r#"{"v":"#).unwrap().strip_suffix('}').unwrap().to_owned())
}

/// What went wrong with a call, after the words that name the call.
#[track_caller]
fn fault(text: &str, input: &str) -> String {
    let found = call(text, input).unwrap_err();
    let prefix = format!("The function '{text}' had the following error: ");
    found.strip_prefix(&prefix).unwrap_or_else(|| panic!("{found}")).to_owned()
}

#[test]
fn literal_members_come_first_and_evaluated_ones_in_the_service_s_order() {
    assert_eq!(
        result(r#"{"FunctionName.$":"$.f","Payload":{"b":1,"a":[2]}}"#, r#"{"f":"x"}"#).unwrap(),
        r#"{"Payload":{"b":1,"a":[2]},"FunctionName":"x"}"#
    );
    assert_eq!(
        result(r#"{"StateMachineArn.$":"$[0]","Input.$":"$[1]","Name.$":"$[2]"}"#, "[1,2,3]")
            .unwrap(),
        r#"{"Input":2,"StateMachineArn":1,"Name":3}"#
    );
    // Numbers keep their text, arrays are walked, names lose their suffix at every level.
    assert_eq!(
        result(r#"[1.50,{"a":[{"b.$":"$"},"$.x"]},[]]"#, "1e2").unwrap(),
        r#"[1.50,{"a":[{"b":1e2},"$.x"]},[]]"#
    );
}

#[test]
fn paths_find_or_miss_as_measured() {
    let input = r#"{"items":[1,2],"other":1,"nul":null}"#;
    let of = |path: &str| result(&format!(r#"{{"v.$":"{path}"}}"#), input);
    for (path, value) in [
        ("$.items[5]", "null"),
        ("$.items[-3]", "null"),
        ("$.nul", "null"),
        ("$.x.y[*].z", "[]"),
        ("$..nope", "[]"),
        ("$.items[?(@ > 1)]", "[2]"),
        ("$.items.length()", "2"),
        ("$$.State", r#"{"Name":"S"}"#),
        ("$$.Execution.Id", r#""e""#),
    ] {
        assert_eq!(of(path), Ok(format!(r#"{{"v":{value}}}"#)), "{path}");
    }
    let missed = |path: &str, document: &str| {
        format!(
            "The JSONPath '{path}' specified for the field 'v.$' could not be found in the input \
             '{document}'"
        )
    };
    for path in ["$.nope", "$.nope.deep", "$.other[0]", "$.items.sum()"] {
        assert_eq!(of(path), Err(missed(path, input)));
    }
    let context = r#"{"State":{"Name":"S"},"Execution":{"Id":"e"}}"#;
    assert_eq!(of("$$.Task.Token"), Err(missed("$.Task.Token", context)));
}

#[test]
fn arguments_of_calls_find_or_miss_as_measured() {
    let input = r#"{"items":[1,2],"other":1}"#;
    let missed = |path: &str| {
        format!(
            "The JsonPath argument for the field '{path}' could not be found in the input '{input}'"
        )
    };
    for (text, path) in [
        ("States.Format('{}', $.nope)", "$.nope"),
        ("States.Format('{}',$.nope)", "$.nope"),
        ("States.Format('{} {}', $.other, $.a.b)", "$.a.b"),
        ("States.Format($.nope, 1)", "$.nope"),
        ("States.Format('{}', States.Format('{}', $.nope))", "$.nope"),
        ("States.ArrayLength( $.items[5] )", "$.items[5]"),
        ("States.Array(1, $.items[5].x)", "$.items[5].x"),
        ("States.Format('{}', $$.Nope.Deep)", "$.Nope.Deep"),
    ] {
        assert_eq!(fault(text, input), missed(path), "{text}");
    }
    let text = "Filter: [0] can only be applied to arrays. Current context is: 1";
    assert_eq!(fault("States.Array($.other[0])", input), text);
    assert_eq!(call("States.ArrayLength($.items[*].nope)", input).as_deref(), Ok("0"));
}

#[test]
fn functions_over_texts() {
    let input = r#"{"o":{"a":1,"b":[1,"x",{"c":null}]},"t":"{} and {}","s":"äöü"}"#;
    for (text, value) in [
        ("States.Format('{}-{}', 1, $.o)", r#""1-{a=1, b=[1, x, {c=null}]}""#),
        (r"States.Format('\{\}{}\'\\', true)", r#""{}true'\\""#),
        ("States.Format($.t, 'a', null)", r#""a and null""#),
        ("States.Format('plain')", r#""plain""#),
        ("States.Format('{}', '{}')", r#""{}""#),
        ("States.StringToJson('  ')", "null"),
        (r#"States.StringToJson('[1.0, \{"a":"b"\}]')"#, r#"[1.0,{"a":"b"}]"#),
        ("States.JsonToString($.o)", r#""{\"a\":1,\"b\":[1,\"x\",{\"c\":null}]}""#),
        ("States.JsonToString('x')", r#""\"x\"""#),
        ("States.StringSplit('a.b+c', '.+')", r#"["a","b","c"]"#),
        ("States.StringSplit(',,', ',')", "[]"),
        ("States.StringSplit('abc', '')", r#"["abc"]"#),
        ("States.StringSplit($.s, 'ö')", r#"["ä","ü"]"#),
        ("States.Base64Encode($.s)", r#""w6TDtsO8""#),
        ("States.Base64Decode('w6TDtsO8')", r#""äöü""#),
        ("States.Base64Decode('YQ')", r#""a""#),
        ("States.Hash('', 'MD5')", r#""d41d8cd98f00b204e9800998ecf8427e""#),
        ("States.Hash('abc', 'SHA-1')", r#""a9993e364706816aba3e25717850c26c9cd0d89d""#),
        ("States.Hash($.o.a, 'MD5')", r#""c4ca4238a0b923820dcc509a6f75849b""#),
        (
            "States.JsonMerge($.o, States.StringToJson('\\{\"b\":2,\"z\":3\\}'), false)",
            r#"{"a":1,"b":2,"z":3}"#,
        ),
    ] {
        assert_eq!(call(text, input).as_deref(), Ok(value), "{text}");
    }
    for (text, expected) in [
        ("States.Format('{}')", "The text has more than 0 {}"),
        ("States.Format('', 1)", "The text has only 0 {}"),
        ("States.Format(1, 1)", "An argument must be of type text, but is a number"),
        ("States.StringToJson('nope')", "Not a JSON text: unexpected word at line 1, column 1"),
        ("States.StringToJson($.o)", "An argument must be of type text, but is an object"),
        ("States.StringSplit(null, ',')", "An argument must be of type text, but is null"),
        ("States.Base64Decode('?')", "Not a Base64 text: Invalid symbol 63, offset 0."),
        (
            "States.Hash('a', 'MD4')",
            "The algorithm 'MD4' is none of MD5, SHA-1, SHA-256, SHA-384, SHA-512",
        ),
        ("States.JsonMerge($.o, 1, false)", "An argument must be of type object, but is a number"),
        (
            "States.JsonMerge($.o, $.o, true)",
            "Only shallow merging is supported: the third argument must be false",
        ),
        ("States.UUID(1)", "States.UUID does not take 1 arguments; it takes none"),
        ("States.Hash('a')", "States.Hash does not take 1 arguments; it takes 2"),
    ] {
        assert_eq!(fault(text, input), expected, "{text}");
    }
    let long = format!(
        r#"{{"ok":"{}","no":"{}","list":["{0}"]}}"#,
        "ä".repeat(10_000),
        "ä".repeat(10_001)
    );
    for function in ["Base64Encode(", "Base64Decode(", "Hash("] {
        let end = if function == "Hash(" { ", 'MD5')" } else { ")" };
        let found = call(&format!("States.{function}$.no{end}"), &long);
        assert!(found.unwrap_err().ends_with("has more than 10000 characters"), "{function}");
    }
    assert!(call("States.Base64Encode($.ok)", &long).is_ok());
    assert!(call("States.Hash($.ok, 'SHA-512')", &long).is_ok());
    assert!(call("States.Hash($.list, 'SHA-512')", &long).is_err());
}

#[test]
fn functions_over_arrays() {
    let input =
        r#"{"a":[1,2,3,4,5],"m":[1,1.0,"1",{"x":1,"y":[2]},{"y":[2.0],"x":1},null,null,[],[]]}"#;
    for (text, value) in [
        ("States.Array()", "[]"),
        ("States.Array('a', 1, $.a[0], States.Array(null))", r#"["a",1,1,[null]]"#),
        ("States.ArrayContains($.m, States.StringToJson('\\{\"y\":[2],\"x\":1\\}'))", "true"),
        ("States.ArrayContains($.a, '1')", "false"),
        ("States.ArrayGetItem($.a, 4)", "5"),
        ("States.ArrayLength($.a)", "5"),
        ("States.ArrayPartition($.a, 2)", "[[1,2],[3,4],[5]]"),
        ("States.ArrayPartition($.a, 1.5)", "[[1,2],[3,4],[5]]"),
        ("States.ArrayRange(1, 9, 3)", "[1,4,7]"),
        ("States.ArrayRange(1, -5, -3)", "[1,-2,-5]"),
        ("States.ArrayRange(1, 0, 1)", "[]"),
        ("States.ArrayUnique($.m)", r#"[1,"1",{"x":1,"y":[2]},null,[]]"#),
    ] {
        assert_eq!(call(text, input).as_deref(), Ok(value), "{text}");
    }
    let range = call("States.ArrayLength(States.ArrayRange(0, 999, 1))", input);
    assert_eq!(range.as_deref(), Ok("1000"));
    for (text, expected) in [
        ("States.ArrayGetItem($.a, 5)", "The index 5 lies outside of an array of 5 elements"),
        ("States.ArrayGetItem($.a, -1)", "The index -1 lies outside of an array of 5 elements"),
        ("States.ArrayPartition($.a, 0.4)", "The size of a chunk must be at least 1, not 0"),
        ("States.ArrayRange(0, 1000, 1)", "The range has 1001 elements, more than 1000"),
        ("States.ArrayRange(0, 1, 0)", "The step must not be 0"),
        ("States.ArrayLength('a')", "An argument must be of type array, but is a text"),
        ("States.ArrayUnique()", "States.ArrayUnique does not take 0 arguments; it takes 1"),
    ] {
        assert_eq!(fault(text, input), expected, "{text}");
    }
}

#[test]
fn functions_that_make_numbers() {
    for (text, value) in [
        ("States.MathAdd(1, -2)", "-1"),
        ("States.MathAdd(1.5, -1.5)", "1"),
        ("States.MathAdd(2147483646, 1)", "2147483647"),
        ("States.MathRandom(5, 6)", "5"),
        ("States.MathRandom(0, 999, 3)", "239"),
        ("States.MathRandom(-9223372036854775808, -9223372036854775807)", "-9223372036854775808"),
    ] {
        assert_eq!(call(text, "{}").as_deref(), Ok(value), "{text}");
    }
    let sum = "The sum lies outside of -2147483648 to 2147483647";
    for (text, expected) in [
        ("States.MathAdd(2147483647, 1)", sum),
        ("States.MathAdd(9223372036854775807, 1)", sum),
        ("States.MathAdd('1', 1)", "An argument must be of type number, but is a text"),
        ("States.MathAdd(1e300, 1)", "The number 1e300 is too large"),
        ("States.MathRandom(1, 1)", "The start 1 must be less than the end 1"),
    ] {
        assert_eq!(fault(text, "{}"), expected, "{text}");
    }
    let uuids = result(r#"{"a.$":"States.UUID()","b.$":"States.UUID()"}"#, "{}").unwrap();
    let uuids = stepwell_json::parse(&uuids).unwrap();
    let uuid = |key: &str| uuids.get(key).and_then(Value::as_str).unwrap().to_owned();
    assert_ne!(uuid("a"), uuid("b"));
    assert_eq!((uuid("a").len(), &uuid("a")[14..15]), (36, "4"));
}

/// What would take hours or all memory ends soon, with a fault.
#[test]
fn the_work_of_an_evaluation_is_bounded() {
    let list = |item: &str, count: usize| vec![item; count].join(",");
    let many = |call: &str| {
        let member = |index| format!(r#""m{index}.$":{}"#, Value::from(call).to_json());
        format!("{{{}}}", (0..5_000).map(member).collect::<Vec<_>>().join(","))
    };
    let input = format!("[{}]", list("[1,\"x\"]", 30_000));
    let whole = list("$", 20_000);
    let splits = format!("States.StringSplit(States.JsonToString({}), ',')", "$");
    for parameters in [
        many("$..[?(@ == 3)]"),
        many("States.ArrayLength($..*)"),
        many(&format!("States.ArrayLength({splits})")),
        many("States.ArrayContains(States.Array($, 1), 2)"),
        many("States.ArrayLength(States.ArrayUnique($))"),
        many("States.ArrayContains($, 0)"),
        format!(r#"{{"a.$":"States.Format('{}', {whole})"}}"#, "{}".repeat(20_000)),
        format!(r#"{{"a.$":"States.JsonToString(States.Array({whole}))"}}"#),
        format!(r#"{{"a.$":"States.ArrayUnique(States.Array({whole}))"}}"#),
        format!(r#"{{"a.$":"States.ArrayContains(States.Array({whole}), States.Array(1))"}}"#),
    ] {
        let template = compiled(&parameters).unwrap();
        let document = stepwell_json::parse(&input).unwrap();
        let start = Instant::now();
        let outcome = evaluate(&template, &document);
        let elapsed = start.elapsed();
        assert!(elapsed < Duration::from_secs(10), "{elapsed:?} for {}", &parameters[..60]);
        if let Ok(value) = outcome {
            assert!(value.as_object().is_some(), "{}", &parameters[..60]);
        }
    }
}

#[test]
fn deep_templates_over_deep_data_fit_a_thread() {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        // The definition around the template takes four levels.
        let (open, close) = (r#"{"a":["#.repeat(120), "]}".repeat(120));
        let parameters = format!(r#"{open}{{"v.$":"States.JsonToString($)","w.$":"$"}}{close}"#);
        let input = stepwell_json::parse(&("[".repeat(256) + &"]".repeat(256))).unwrap();
        let value = evaluate(&compiled(&parameters).unwrap(), &input).unwrap();
        assert!(value.depth_exceeds(256));
        assert_eq!(value.to_json().len(), 120 * 8 + 2 * 512 + r#"{"v":"","w":}"#.len());
    });
    thread.unwrap().join().unwrap();
}

/// Texts of the pieces that templates are made of.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "$",
        "$.a",
        "$.a[0]",
        "$.a[*]",
        "$..b",
        "$.x",
        "$$.State.Name",
        "$.a[?(@.b)]",
        "1",
        "-1.5",
        "1e99",
        "0",
        "true",
        "null",
        "'t'",
        "'{} {}'",
        "'SHA-1'",
        "'\\\\{'",
        "99999999999",
    ]);
    let names = vec![
        "Array",
        "ArrayContains",
        "ArrayGetItem",
        "ArrayLength",
        "ArrayPartition",
        "ArrayRange",
        "ArrayUnique",
        "Base64Decode",
        "Base64Encode",
        "Format",
        "Hash",
        "JsonMerge",
        "JsonToString",
        "MathAdd",
        "MathRandom",
        "StringSplit",
        "StringToJson",
        "UUID",
    ];
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, move |inner| {
        (prop::sample::select(names.clone()), prop::collection::vec(inner, 0..4))
            .prop_map(|(name, arguments)| format!("States.{name}({})", arguments.join(", ")))
    })
}

fn document() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "{}",
        "[]",
        "null",
        "\"text\"",
        r#"{"a":[{"b":1},2,"x"],"x":"YWJj"}"#,
        r#"{"a":{"b":[]}}"#,
        r#"{"a":[1,1,2],"x":5}"#,
        r#"{"a":["a","b"],"x":{"b":null}}"#,
        "[[[[1]]]]",
        "-1e400",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn every_call_gives_a_value_or_a_fault(text in expression(), input in document()) {
        let parameters = format!(r#"{{"a":[{{"v.$":{}}}]}}"#, Value::from(text.as_str()).to_json());
        let input = stepwell_json::parse(&input).unwrap();
        // A text that is neither path nor call is refused.
        if let Some(template) = compiled(&parameters) {
            match evaluate(&template, &input) {
                Ok(value) => prop_assert!(stepwell_json::parse(&value.to_json()).is_ok()),
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
            prop_assert_eq!(evaluate(&template, &input), evaluate(&template, &input));
        } else {
            prop_assert!(!text.starts_with("States."));
        }
    }

    #[test]
    fn any_text_compiles_or_is_refused(text in r#"(States\.[A-Za-z]{0,9}\(|[$'"{}\\(),. a-z0-9\[\]]){0,20}"#) {
        let parameters = format!(r#"{{"v.$":{}}}"#, Value::from(text.as_str()).to_json());
        if let Some(template) = compiled(&parameters) {
            let _ = evaluate(&template, &Value::Null);
        }
    }
}
