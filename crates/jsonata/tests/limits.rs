//! What expressions of strangers could spend, and the limit that each of them meets.

use stepwell_json::{Value, parse};
use stepwell_jsonata::{Bindings, Environment, Expression, Limits};

/// The JSON of the result, or the text of the error.
fn evaluate(text: &str, limits: &Limits) -> Result<String, String> {
    let number = |name: &str| (name == "one").then(|| Value::from(1));
    let bindings = Bindings { states: &Value::Null, variables: &number };
    let expression = Expression::parse(text).map_err(|error| error.to_string())?;
    expression
        .evaluate(&bindings, &Environment::default(), limits)
        .map(|value| value.to_json())
        .map_err(|error| format!("{error} (limit: {})", error.is_limit()))
}

/// Values that hold themselves twice, 40 levels deep.
const DOUBLING: &str =
    "$g := function($n) { $n = 0 ? {'a': 1} : ($x := $g($n - 1); {'l': $x, 'r': $x}) }";

/// Arrays that hold one array twice, 40 levels deep: `$a` around an object, `$e` around nothing.
const NESTING: &str = "$g := function($n, $x) { $n = 0 ? $x : $g($n - 1, [[$x], [$x]]) }; \
     $a := $g(40, [{'a': 1}]); $e := $g(40, []); $f := function($i) { $a }; \
     $k := $merge([1..3000].{'k' & $: 1}); $o := {'e': $e}";

#[test]
fn attacks_are_stopped() {
    // An eighth of the usual, for the sake of builds without optimisation.
    let usual = Limits::default();
    let limits = Limits { steps: usual.steps / 8, work_bytes: usual.work_bytes / 8, ..usual };
    let doubling = |rest: &str| format!("({DOUBLING}; {rest})");
    let nesting = |rest: &str| format!("({NESTING}; {rest})");
    let long = |rest: &str| format!("($s := $pad('', 500000, 'a'); $b := [1..100000]; {rest})");
    for (text, limit) in [
        ("[1..9999999]".to_owned(), "U1001"),
        ("[1..10000001]".to_owned(), "D2014"),
        ("[$one..9999999]".to_owned(), "U1001"),
        ("($f := function($x) { $f($x) }; $f(1))".to_owned(), "U1006"),
        ("($f := function($x) { 1 + $f($x) }; $f(1))".to_owned(), "D1011"),
        ("$map([1..1000], function($i) { [1..100000] })".to_owned(), "U1001"),
        ("$reduce([1..60], function($a, $i) { $a & $a }, 'x')".to_owned(), "U1001"),
        ("$reduce([1..60], function($a, $i) { $append($a, $a) }, [1])".to_owned(), "U1001"),
        ("($a := [1..1000]; $a.($a.($a)))".to_owned(), "U1001"),
        ("$contains($pad('', 1000, 'a'), /(a|a)*b/)".to_owned(), "U1006"),
        ("$match($pad('', 100000, 'a'), /a/)".to_owned(), "U1001"),
        ("$distinct([1..100000])".to_owned(), "U1001"),
        ("[[1..9000], [1..9000]] ~> $map(function($x) { $distinct($x) })".to_owned(), "U1001"),
        (doubling("$g(40) = $g(40)"), "U1001"),
        (doubling("$g(40)"), "U1001"),
        (doubling("$string($g(40))"), "U1001"),
        (doubling("$distinct([$g(40), $g(40)])"), "U1001"),
        (doubling("$parse($string($g(40)))"), "U1001"),
        (nesting("$a.a"), "U1001"),
        (nesting("$e.*"), "U1001"),
        (nesting("$o.**"), "U1001"),
        (nesting("$a ? 1 : 2"), "U1001"),
        (nesting("true and $a"), "U1001"),
        (nesting("$a or true"), "U1001"),
        (nesting("[1..3][$a]"), "U1001"),
        (nesting("[1..3].$[$a]"), "U1001"),
        (nesting("$filter([1], function($i) { $a })"), "U1001"),
        (nesting("$filter([1], function($i) { $i = 1 ? ($a) })"), "U1001"),
        (nesting("$filter([1], function($i) { $append($a, $a) })"), "U1001"),
        (nesting("$filter([1], $f)"), "U1001"),
        (nesting("$filter([$a], $append(?, $a))"), "U1001"),
        (nesting("$single([1], function($i) { $f($i) })"), "U1001"),
        (nesting("$sift({'b': 1}, function($i) { $a })"), "U1001"),
        (nesting("$not($a)"), "U1001"),
        (nesting("$a ~> $boolean"), "U1001"),
        (nesting("$map([$a], $not)"), "U1001"),
        (nesting("$a.$boolean()"), "U1001"),
        (nesting("$keys($a)"), "U1001"),
        (nesting("$a ~> $keys()"), "U1001"),
        (nesting("$spread($a)"), "U1001"),
        (nesting("$lookup($a, 'a')"), "U1001"),
        (nesting("$count($keys([1..3000].$k))"), "U1001"),
        (nesting("$count($map([1..3000], function($i) { $count($keys($k)) }))"), "U1001"),
        (nesting("$map([1..3000], function($i) { $spread($k) })"), "U1001"),
        (nesting("$count($map([1..3000], function($i) { $merge([$k, $k]) }))"), "U1001"),
        (long("$map([1..100], function($i) { $zip($b, $b, $b, $b) })"), "U1001"),
        (long("$map([1..1000], function($i) { [[{'a': $b}]].a })"), "U1001"),
        (long("$map($b, $append(?, $b))"), "U1001"),
        (long("$map($b, function($i) { $sum($b) })"), "U1001"),
        (long("$map($b, function($i) { $contains($s, 'zz') })"), "U1001"),
        (long("$map($b, function($i) { $s & $i })"), "U1001"),
        (long("$replace($s, 'a', $s)"), "U1001"),
        (long("$s.$replace('a', $s)"), "U1001"),
        (long("$s ~> $replace(/a/, $s)"), "U1001"),
        (long("$map([$s], $replace(?, 'a', $s))"), "U1001"),
        (long("$split($s, /a/)"), "U1001"),
        (long("($r := $replace; $r($s, 'a', $s))"), "U1001"),
    ] {
        let stopped = evaluate(&text, &limits).expect_err(&text);
        assert!(stopped.contains(limit) && stopped.ends_with("(limit: true)"), "{text}: {stopped}");
    }
}

#[test]
fn limits_are_exact_and_their_own() {
    let limits = Limits { array_items: 10, ..Limits::default() };
    assert!(evaluate("[1..10]", &limits).is_ok());
    assert!(evaluate("[1..11]", &limits).unwrap_err().contains("10 items"));
    let limits = Limits { string_bytes: 10, ..Limits::default() };
    assert!(evaluate("$pad('', 10, 'x')", &limits).is_ok());
    assert!(evaluate("$pad('', 11, 'x')", &limits).unwrap_err().contains("10 bytes"));
    let limits = Limits { result_bytes: 10, ..Limits::default() };
    assert!(evaluate("'12345678'", &limits).is_ok());
    assert!(evaluate("'123456789'", &limits).is_err());
    let limits = Limits { steps: 3, ..Limits::default() };
    assert!(evaluate("1 + 1", &limits).is_ok());
    assert!(evaluate("1 + 1 + 1", &limits).is_err());
    let limits = Limits { work_bytes: 24 * 20, ..Limits::default() };
    assert!(evaluate("[1..9]", &limits).is_ok());
    assert!(evaluate("[[1..9], [1..9]]", &limits).unwrap_err().contains("480 bytes"));
}

#[test]
fn what_an_evaluation_took_is_taken_off_its_limits() {
    let spent = |text: &str| {
        let bindings = Bindings { states: &Value::Null, variables: &|_| None };
        let mut limits = Limits::default();
        let expression = Expression::parse(text).unwrap();
        let _ = expression.evaluate_within(&bindings, &Environment::default(), &mut limits);
        Limits::default().steps - limits.steps
    };
    assert_eq!(spent("1 + 1"), 3);
    // Backtracking counts, which doubles with each character here.
    let backtracking = |length| spent(&format!("$contains('{}!', /^(a+)+$/)", "a".repeat(length)));
    assert!((500..5_000).contains(&backtracking(16)), "{}", backtracking(16));
    assert!(backtracking(19) > 7 * backtracking(16), "{}", backtracking(19));
    assert_eq!(spent("($f := function($x) { $f($x) }; $f(1))"), Limits::default().steps);
}

#[test]
fn ordinary_work_is_far_from_the_limits() {
    let items: Vec<String> = (0..5_000)
        .map(|index| format!(r#"{{"id":{index},"price":{index}.5,"name":"item {index}"}}"#))
        .collect();
    let states = parse(&format!(r#"{{"input":{{"items":[{}]}}}}"#, items.join(","))).unwrap();
    let bindings = Bindings { states: &states, variables: &|_| None };
    for (text, result) in [
        ("$count($states.input.items[price > 100 and $contains(name, '9')].name)", "1336"),
        (
            "$count($map($states.input.items, function($i) { $merge([$i, {'vat': $i.price * 0.2}]) }))",
            "5000",
        ),
        ("$reduce($states.input.items.price, function($a, $p) { $a + $p }) > 0", "true"),
        ("$count($distinct($states.input.items.(id % 100)))", "100"),
        ("$count($sort($states.input.items, function($a, $b) { $a.price < $b.price }))", "5000"),
        ("$length($join($states.input.items.name, ',')) > 5000", "true"),
        ("$count($split($join($states.input.items.name, ','), ','))", "5000"),
        (
            "$count($map($states.input.items.name, function($n) { $replace($n, /\\d+/, 'x') }))",
            "5000",
        ),
    ] {
        let result_of = Expression::parse(text).unwrap().evaluate(
            &bindings,
            &Environment::default(),
            &Limits::default(),
        );
        assert_eq!(result_of.map(|value| value.to_json()).as_deref(), Ok(result), "{text}");
    }
}

#[test]
fn expressions_nest_so_deep_and_no_deeper() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{'a':", "}"), ("-", ""), ("$not(", ")"), ("1+", "")]
    {
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(Expression::parse(&nested(200)).is_ok(), "{open}");
        assert!(Expression::parse(&nested(100_000)).is_err(), "{open}");
    }
}
