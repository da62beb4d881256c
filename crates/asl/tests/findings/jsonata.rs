//! Expressions that are no JSONata, or not there where they stand.

use crate::check;

/// Checks a machine in JSONata with the state `S`.
fn check_jsonata(fields: &str, expected: &[&str]) {
    let text = format!(
        r#"{{"QueryLanguage":"JSONata","StartAt":"S","States":{{"S":{{{fields}}},"E":{{"Type":"Succeed"}}}}}}"#
    );
    check(&text, expected);
}

#[test]
fn expressions_are_checked_where_they_stand() {
    check_jsonata(
        r#""Type":"Pass","Next":"E","Output":{"a":["{% $x.( %}","{% %}","{% name %}","{% $eval('1') %}"]}"#,
        &[
            "INVALID_JSONATA_EXPRESSION: S0203: Expected \")\" before end of expression \
             at /States/S/Output/a[0]",
            "INVALID_JSONATA_EXPRESSION: S0207: Unexpected end of expression at /States/S/Output/a[1]",
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'name' at the top level is not supported. \
             at /States/S/Output/a[2]",
            "UNSUPPORTED_JSONATA_EXPRESSION: The function '$eval' is not supported. \
             at /States/S/Output/a[3]",
        ],
    );
    check_jsonata(
        r#""Type":"Wait","Next":"E","Seconds":"{% $$ %}""#,
        &["UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' at the top level is not supported. \
           at /States/S/Seconds"],
    );
    check_jsonata(
        r#""Type":"Wait","Next":"E","Seconds":"{% 1""#,
        &["SCHEMA_VALIDATION_FAILED: Expected value of type Integer at /States/S/Seconds"],
    );
    check_jsonata(
        r#""Type":"Pass","Next":"E","Assign":{"x":"{% 1"}"#,
        &["SCHEMA_VALIDATION_FAILED: JSONata string must start with {% and end with %} \
           at /States/S/Assign/x"],
    );
}

#[test]
fn members_of_states_are_there_in_their_places() {
    let missing = |member: &str, there: &str, place: &str| {
        format!(
            "UNSUPPORTED_JSONATA_EXPRESSION: The field '{member}' of '$states' is not available \
             here. Available are: [{there}] at /States/S/{place}"
        )
    };
    let task =
        r#""Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a","Next":"E""#;
    check_jsonata(
        &format!(
            r#"{task},"Output":"{{% $states.result %}}","Assign":{{"x":"{{% $states.result %}}"}}"#
        ),
        &[],
    );
    check_jsonata(
        &format!(
            r#"{task},"Arguments":"{{% $states.result %}}","Catch":[
               {{"ErrorEquals":["States.ALL"],"Next":"E","Output":"{{% $states.errorOutput %}}",
                 "Assign":{{"x":"{{% $states.result %}}"}}}}]"#
        ),
        &[
            &missing("result", "input, context", "Arguments"),
            &missing("result", "input, errorOutput, context", "Catch[0]/Assign/x"),
        ],
    );
    check_jsonata(
        r#""Type":"Pass","Next":"E","Output":"{% $states.inputs %}""#,
        &[&missing("inputs", "input, context", "Output")],
    );
}

#[test]
fn items_are_an_array_or_an_expression() {
    let map = |items: &str| {
        format!(
            r#""Type":"Map","Next":"E","Items":{items},
               "ItemProcessor":{{"StartAt":"I","States":{{"I":{{"Type":"Succeed"}}}}}}"#
        )
    };
    check_jsonata(&map(r#"[1,"{% $x %}"]"#), &[]);
    check_jsonata(&map(r#""{% $x %}""#), &[]);
    check_jsonata(
        &map(r#"{"a":1}"#),
        &["SCHEMA_VALIDATION_FAILED: Expected value of type Array at /States/S/Items"],
    );
}
