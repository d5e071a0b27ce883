//! Every word at its edges.

use huntsman_avro::AvroSchema;
use huntsman_contract::Checks;
use serde_json::json;

use crate::{broken, compiled, takes};

/// The values that a field so declared takes, and those that it does not.
fn edges(field: &str, good: &[&str], bad: &[&str]) {
    for value in good {
        assert!(takes(field, value), "{field} takes {value}");
    }
    for value in bad {
        assert!(!takes(field, value), "{field} does not take {value}");
    }
}

/// What compiling the one field so declared says: an error, or warnings.
fn said(field: &str) -> Result<Vec<String>, String> {
    let schema = format!(r#"{{"type":"record","name":"R","fields":[{{"name":"v",{field}}}]}}"#);
    let schema = AvroSchema::parse(&schema).expect("a schema");
    let checks = Checks::compile(&schema).map_err(|error| error.to_string())?;
    Ok(checks.warnings().to_vec())
}

#[test]
fn length_is_in_scalar_values() {
    edges(
        r#""type":"string","minLength":2,"maxLength":3"#,
        &[r#""ab""#, r#""abc""#, r#""éé""#, r#""👍🏽""#, r#""e\u0301""#],
        &[r#""a""#, r#""abcd""#, r#""👨‍👩‍👧""#, r#""""#],
    );
    edges(
        r#""type":{"type":"enum","name":"E","symbols":["A","AB"]},"minLength":2"#,
        &[r#""AB""#],
        &[r#""A""#],
    );
    edges(
        r#""type":"bytes","minLength":2,"maxLength":3"#,
        &["[1,2]", "[1,2,3]", r#""ÿÿ""#],
        &["[1]", "[1,2,3,4]"],
    );
}

#[test]
fn patterns_are_not_anchored() {
    edges(
        r#""type":"string","pattern":"b+""#,
        &[r#""b""#, r#""abbc""#],
        &[r#""""#, r#""ac""#],
    );
    edges(
        r#""type":"string","pattern":"^\\p{Lu}$""#,
        &[r#""Ä""#],
        &[r#""ä""#, r#""ÄÄ""#],
    );
}

#[test]
fn formats_stand_under_either_word_and_on_either_place() {
    for field in [
        r#""type":"string","format":"email""#,
        r#""type":"string","logicalType":"email""#,
        r#""type":{"type":"string","format":"email"}"#,
        r#""type":{"type":"string","logicalType":"email"}"#,
        r#""type":["null",{"type":"string","logicalType":"email"}]"#,
        r#""type":["null","string"],"logicalType":"email""#,
    ] {
        edges(
            field,
            &[r#""a@b.co""#],
            &[r#""a""#, r#""""#, r#""a@localhost""#],
        );
    }
    edges(
        r#""type":"string","format":"uuid""#,
        &[r#""f81d4fae-7dec-11d0-a765-00a0c91e6bf6""#],
        &[r#""f""#],
    );
    edges(
        r#""type":"string","logicalType":"date""#,
        &[r#""2024-02-29""#],
        &[r#""2023-02-29""#],
    );
}

#[test]
fn bounds_are_exact() {
    edges(
        r#""type":"int","minimum":13"#,
        &["13", "2147483647"],
        &["12", "-1"],
    );
    edges(r#""type":"int","maximum":13"#, &["13"], &["14"]);
    edges(r#""type":"int","exclusiveMinimum":13"#, &["14"], &["13"]);
    edges(r#""type":"int","exclusiveMaximum":13"#, &["12"], &["13"]);
    // 2^53 + 1 is no float of 64 bits.
    edges(
        r#""type":"long","maximum":9007199254740992.0"#,
        &["9007199254740992"],
        &["9007199254740993"],
    );
    edges(
        r#""type":"long","minimum":9223372036854775807"#,
        &["9223372036854775807"],
        &["9223372036854775806"],
    );
    edges(
        r#""type":"long","exclusiveMaximum":9223372036854775808"#,
        &["9223372036854775807"],
        &[],
    );
    edges(
        r#""type":"double","minimum":0.1,"maximum":1e300"#,
        &["0.1", "1", "1e300"],
        &["0.09999999999999999", "1.000000000000001e300", "-1e300"],
    );
}

#[test]
fn what_is_no_number_fails_every_bound() {
    for word in [
        r#""minimum":0"#,
        r#""maximum":0"#,
        r#""exclusiveMinimum":-1e300"#,
        r#""exclusiveMaximum":1e300"#,
        r#""multipleOf":1"#,
        r#""const":0"#,
    ] {
        let field = format!(r#""type":"double",{word}"#);
        for value in [r#""NaN""#, r#""Infinity""#, r#""-Infinity""#] {
            assert!(!takes(&field, value), "{field} {value}");
        }
    }
    assert!(takes(r#""type":"double""#, r#""NaN""#));
}

#[test]
fn multiples_are_those_of_decimal_arithmetic() {
    edges(
        r#""type":"double","multipleOf":0.1"#,
        &["0.3", "0", "-0.7", "1e20", "4", "0.1"],
        &["0.35", "0.30000000000000004", "1e-20"],
    );
    edges(
        r#""type":"double","multipleOf":2.5"#,
        &["7.5", "0", "1e20"],
        &["4", "7.6"],
    );
    edges(
        r#""type":"long","multipleOf":7"#,
        &["0", "-14", "9223372036854775807"],
        &["1"],
    );
    edges(
        r#""type":{"type":"bytes","logicalType":"decimal","precision":30,"scale":4},"multipleOf":0.05"#,
        &[r#""12345678901234567890.15""#, r#""0.0500""#, "1", "0.15"],
        &[r#""12345678901234567890.16""#, "0.01"],
    );
}

#[test]
fn decimals_are_compared_as_such() {
    edges(
        r#""type":{"type":"bytes","logicalType":"decimal","precision":6,"scale":2},"minimum":0.1,"exclusiveMaximum":1000"#,
        &[r#""0.10""#, r#""999.99""#, "0.1", "10", r#""+1""#],
        &[r#""0.09""#, r#""1000""#, r#""-1.00""#, "1000", "[0,0]"],
    );
    edges(
        r#""type":{"type":"bytes","logicalType":"decimal","precision":6,"scale":2},"minimum":12.5"#,
        &["[4,226]"],
        &["[4,225]"],
    );
}

#[test]
fn dates_are_compared_as_days() {
    edges(
        r#""type":{"type":"int","logicalType":"date"},"minimum":0,"maximum":20781"#,
        &["0", r#""1970-01-01""#, r#""2026-11-24""#],
        &["-1", r#""1969-12-31""#, r#""2026-11-25""#],
    );
}

#[test]
fn lists_and_maps_are_counted() {
    let list = r#""type":{"type":"array","items":"int"},"minItems":1,"maxItems":2"#;
    edges(list, &["[1]", "[1,2]"], &["[]", "[1,2,3]"]);
    let map = r#""type":{"type":"map","values":"int"},"minProperties":1,"maxProperties":2"#;
    edges(map, &[r#"{"a":1}"#], &["{}", r#"{"a":1,"b":2,"c":3}"#]);
}

#[test]
fn items_are_unique_as_json() {
    let list = r#""type":{"type":"array","items":["null","long","double","string",
        {"type":"map","values":"long"}]},"uniqueItems":true"#;
    edges(
        list,
        &[
            "[]",
            "[1,2]",
            r#"[1,"1"]"#,
            r#"[null,"null"]"#,
            r#"[{"a":1},{"a":2},{}]"#,
        ],
        &[
            "[1,1.0]",
            "[0,-0.0]",
            "[null,1,null]",
            r#"[{"a":1,"b":2},{"b":2,"a":1}]"#,
            r#"["a","b","a"]"#,
        ],
    );
    let off = list.replace("true", "false");
    assert!(takes(&off, "[1,1]"));
}

#[test]
fn choices_are_json_values() {
    edges(
        r#""type":["long","double","string","boolean"],"enum":[1,"a",2.5,true]"#,
        &["1", "1.0", r#""a""#, "2.5", "true"],
        &["2", r#""1""#, r#""A""#, "false"],
    );
    edges(
        r#""type":{"type":"array","items":"long"},"const":[1,2.0]"#,
        &["[1,2]"],
        &["[2,1]", "[1]"],
    );
    edges(
        r#""type":{"type":"map","values":"long"},"enum":[{},{"a":1,"b":2}]"#,
        &["{}", r#"{"b":2,"a":1}"#],
        &[r#"{"a":1}"#],
    );
    edges(r#""type":"float","const":0.1"#, &["0.1"], &["0.2"]);
}

#[test]
fn null_is_held_to_nothing() {
    for word in [
        r#""minLength":3"#,
        r#""enum":["a"]"#,
        r#""const":"a""#,
        r#""minItems":1"#,
    ] {
        assert!(takes(
            &format!(r#""type":["null","string"],{word}"#),
            "null"
        ));
    }
}

#[test]
fn a_word_holds_for_the_branches_that_it_fits() {
    edges(
        r#""type":["null","string","int"],"minLength":2,"minimum":10"#,
        &[r#""ab""#, "10", "null"],
        &[r#""a""#, "9"],
    );
    edges(
        r#""type":["null",{"type":"string","maxLength":3},{"type":"int","maximum":3}],"minLength":2"#,
        &[r#""abc""#, "3"],
        &[r#""a""#, r#""abcd""#, "4"],
    );
    let elements =
        r#""type":{"type":"array","items":{"type":"string","minLength":2}},"minItems":1"#;
    edges(elements, &[r#"["ab"]"#], &["[]", r#"["ab","a"]"#]);
    // On a field of lists, words are about the list.
    let list = r#""type":{"type":"array","items":"string"},"minLength":2"#;
    assert!(takes(list, r#"["a"]"#));
    assert_eq!(
        said(list),
        Ok(vec!["fields[0]: minLength does not apply to array".into()])
    );
}

#[test]
fn unknown_fields_stay_where_they_are_asked_for() {
    let open = compiled(
        r#"{"type":"record","name":"R","additionalFields":true,
            "fields":[{"name":"a","type":"int"}]}"#,
    );
    assert_eq!(broken(&open, &json!({"a": 1, "b": 2})), [""; 0]);
    let field = r#""type":{"type":"record","name":"S","fields":[],"additionalFields":true}"#;
    edges(field, &[r#"{"x":1}"#], &[]);
}

#[test]
fn values_of_words_are_checked() {
    for (field, message) in [
        (
            r#""type":"string","minLength":-1"#,
            "fields[0]: minLength must be a whole number from 0 on, not -1",
        ),
        (
            r#""type":"string","minLength":"8""#,
            "fields[0]: minLength must be a whole number from 0 on, not \"8\"",
        ),
        (
            r#""type":"string","minLength":1.5"#,
            "fields[0]: minLength must be a whole number from 0 on, not 1.5",
        ),
        (
            r#""type":"int","multipleOf":0"#,
            "fields[0]: multipleOf must be a number above 0, not 0",
        ),
        (
            r#""type":"int","minimum":"1""#,
            "fields[0]: minimum must be a number, not \"1\"",
        ),
        (
            r#""type":"int","enum":[]"#,
            "fields[0]: enum must be a list of at least one value, not []",
        ),
        (
            r#""type":"int","unique":1"#,
            "fields[0]: unique must be true or false, not 1",
        ),
        (
            r#""type":{"type":"string","pattern":"(?=a)"}"#,
            "fields[0].type: the pattern (?=a) is no regular expression: look-around, including look-ahead and look-behind, is not supported",
        ),
        (
            r#""type":"int","minimum":2,"maximum":1"#,
            "fields[0]: no value obeys both minimum 2 and maximum 1",
        ),
        (
            r#""type":"int","exclusiveMinimum":1,"maximum":1"#,
            "fields[0]: no value obeys both exclusiveMinimum 1 and maximum 1",
        ),
        (
            r#""type":{"type":"string","maxLength":7},"minLength":8"#,
            "fields[0]: no value obeys both minLength 8 and maxLength 7",
        ),
        (
            r#""type":"int","confluent:rules":[{"name":"odd","expr":"this +"}]"#,
            "fields[0]: confluent:rules: the rule odd is no CEL expression: ",
        ),
        (
            r#""type":"int","confluent:rules":{}"#,
            "fields[0]: confluent:rules must be a list of {\"name\": …, \"expr\": …}, not {}",
        ),
    ] {
        let error = said(field).expect_err(field);
        assert!(error.starts_with(message), "{field}: {error}");
    }
    assert_eq!(said(r#""type":"int","minimum":1,"maximum":1"#), Ok(vec![]));
    assert_eq!(said(r#""type":"string","minLength":8.0"#), Ok(vec![]));
}

#[test]
fn slips_are_warned_of() {
    for (field, warning) in [
        (
            r#""type":"string","minLenght":8"#,
            "fields[0] has the word \"minLenght\"; did you mean \"minLength\"?",
        ),
        (
            r#""type":{"type":"string","min_length":8}"#,
            "fields[0].type has the word \"min_length\"; did you mean \"minLength\"?",
        ),
        (
            r#""type":"string","logicalType":"e-mail""#,
            "fields[0] has the logicalType \"e-mail\"; did you mean \"email\"?",
        ),
        (
            r#""type":"string","format":"hostnam""#,
            "fields[0] has the format \"hostnam\"; did you mean \"hostname\"?",
        ),
        (
            r#""type":"string","minimum":8"#,
            "fields[0]: minimum does not apply to string",
        ),
        (
            r#""type":["null","int","boolean"],"pattern":"a""#,
            "fields[0]: pattern does not apply to null, int, boolean",
        ),
    ] {
        assert_eq!(said(field), Ok(vec![warning.to_owned()]), "{field}");
    }
    let colour = said(r#""type":"string","format":"colour""#).expect("checks");
    assert!(colour[0].starts_with("fields[0] has the format \"colour\", which is not checked"));
    let date = said(r#""type":"int","logicalType":"date""#).expect("checks");
    assert!(date[0].starts_with("fields[0]: the logicalType \"date\" says nothing here"));
    for silent in [
        r#""type":"string","confluent:tags":["PII"],"flink.minLength":1,"x-minLenght":1,"owner":"me""#,
        r#""type":"string","logicalType":"slug""#,
        r#""type":{"type":"int","logicalType":"date"}"#,
    ] {
        assert_eq!(said(silent), Ok(vec![]), "{silent}");
    }
}
