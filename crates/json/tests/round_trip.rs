//! What goes in comes out: order, number text, escapes; and nothing panics.

use proptest::prelude::*;
use stepwell_json::{MAX_DEPTH, Object, Value, parse};

fn printed(text: &str) -> String {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_json()
}

#[test]
fn order_numbers_and_escapes_survive() {
    assert_eq!(printed(r#" { "b" : 1.0 , "a" : [ 1e5 , -0 ] } "#), r#"{"b":1.0,"a":[1e5,-0]}"#);
    assert_eq!(printed(r#"{"a":1,"b":2,"a":3}"#), r#"{"a":3,"b":2}"#);
    assert_eq!(printed(r#""\u00e9\ud83d\ude00\/\u0001\n""#), "\"é😀/\\u0001\\n\"");
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "'a'",
        "tru",
        "1 2",
        "\"\\x\"",
        "\"a\nb\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\u12\"",
        "01",
        "nul",
        "[1 2]",
        "\"a",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    let error = parse("{\n \"é\": x}").unwrap_err();
    assert_eq!((error.line, error.column, error.offset), (2, 7, 9));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let deepest = parse(&nested(MAX_DEPTH)).unwrap();
    assert!(!deepest.depth_exceeds(MAX_DEPTH));
    assert!(deepest.depth_exceeds(MAX_DEPTH - 1));
    assert!(parse(&nested(MAX_DEPTH + 1)).is_err());
    assert!(parse(&"[".repeat(1_000_000)).is_err());
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|members| {
                let members = members.into_iter().map(|(key, value)| (key.into(), value));
                Value::from(members.collect::<Object>())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn printed_values_read_back_equal(value in any_value()) {
        prop_assert_eq!(parse(&value.to_json()), Ok(value));
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = parse(&text);
    }

    #[test]
    fn no_near_json_panics(text in r#"[\[\]{}:,"\\u0-9a-fA-F.eE+\- tn]{0,40}"#) {
        if let Ok(value) = parse(&text) {
            prop_assert_eq!(parse(&value.to_json()), Ok(value));
        }
    }
}

#[test]
fn what_is_shared_is_known_to_be_equal() {
    let long = "x".repeat(1_000);
    let value = parse(&format!(r#"{{"a":[1,"b",{{}}],"long":"{long}"}}"#)).unwrap();
    let object = |members: [(&str, Value); 2]| -> Value {
        members.into_iter().map(|(key, value)| (key.into(), value)).collect::<Object>().into()
    };
    let member = |key: &str| value.get(key).cloned().unwrap();
    let built = || object([("a", member("a")), ("long", member("long"))]);
    assert!(built().is_known_equal(&built(), &mut 3));
    assert!(!built().is_known_equal(&built(), &mut 2), "it looks at three values");
    let again = parse(&value.to_json()).unwrap();
    assert!(!value.is_known_equal(&again, &mut 100), "a long text that is not shared");
    assert!(member("a").is_known_equal(&again.get("a").cloned().unwrap(), &mut 100));
    for (one, two) in [("1", "1.0"), ("[1]", "[1,2]"), (r#"{"a":1}"#, r#"{"b":1}"#), ("1", "true")]
    {
        assert!(!parse(one).unwrap().is_known_equal(&parse(two).unwrap(), &mut 100), "{one} {two}");
    }
}
