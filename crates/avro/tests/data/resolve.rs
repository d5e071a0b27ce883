//! Old data in a new schema.

use huntsman_avro::{AvroSchema, Resolver};
use serde_json::json;

use crate::{encoded, record, schema};

/// The plain form of an item that was written with one schema and is read with another.
fn read(
    writer: &AvroSchema,
    reader: &AvroSchema,
    item: &serde_json::Value,
) -> Result<String, String> {
    let resolver = Resolver::new(writer, reader).map_err(|error| error.to_string())?;
    let value = resolver
        .decode(&encoded(writer, item))
        .map_err(|error| error.to_string())?;
    let mut again = Vec::new();
    reader.encode_value(&value, &mut again).unwrap();
    Ok(reader.to_json(&value).unwrap())
}

#[test]
fn branches_are_exact_before_promoted() {
    let int = schema(r#""int""#);
    for (reader, json) in [
        (r#"["null", "double", "long", "int"]"#, r#"{"int":5}"#),
        (r#"["null", "double", "long"]"#, r#"{"double":5.0}"#),
        (r#"["string", "float"]"#, r#"{"float":5.0}"#),
    ] {
        assert_eq!(read(&int, &schema(reader), &json!(5)).unwrap(), json);
    }
    let of = |name: &str, kind: &str| {
        format!(
            r#"{{"type": "record", "name": "{name}", "fields": [{{"name": "x", "type": "{kind}"}}]}}"#
        )
    };
    let writer = schema(&of("a.P", "int"));
    let reader = |branches: &[String]| schema(&format!("[{}]", branches.join(",")));
    let item = json!({"x": 1});
    let both = reader(&[of("b.P", "long"), of("a.P", "long")]);
    assert_eq!(read(&writer, &both, &item).unwrap(), r#"{"a.P":{"x":1}}"#);
    let other = reader(&[of("b.Q", "long"), of("b.P", "long")]);
    assert_eq!(read(&writer, &other, &item).unwrap(), r#"{"b.P":{"x":1}}"#);
    // The first of the name does not match all the way down.
    let deep = reader(&[of("a.P", "string"), of("c.P", "double")]);
    assert_eq!(read(&writer, &deep, &item).unwrap(), r#"{"c.P":{"x":1.0}}"#);
    let none = reader(&[of("a.P", "string")]);
    assert_eq!(
        read(&writer, &none, &item).unwrap_err(),
        "x: int is not read as string"
    );
}

#[test]
fn a_branch_without_a_place_is_an_error_when_it_comes() {
    let writer = schema(r#"["null", "int", "string"]"#);
    let reader = schema(r#"["null", "long"]"#);
    assert_eq!(read(&writer, &reader, &json!(5)).unwrap(), r#"{"long":5}"#);
    assert_eq!(read(&writer, &reader, &json!(null)).unwrap(), "null");
    assert_eq!(
        read(&writer, &reader, &json!("x")).unwrap_err(),
        "byte 0: string is not read as null or long"
    );
    assert_eq!(
        read(&writer, &schema(r#""boolean""#), &json!(1)).unwrap_err(),
        "null is not read as boolean"
    );
}

#[test]
fn enums_fall_back_to_their_default() {
    let of = |rest: &str| schema(&format!(r#"{{"type": "enum", "name": "E", {rest}}}"#));
    let writer = of(r#""symbols": ["A", "B"]"#);
    let reader = of(r#""symbols": ["X", "A"], "default": "X""#);
    assert_eq!(read(&writer, &reader, &json!("A")).unwrap(), r#""A""#);
    assert_eq!(read(&writer, &reader, &json!("B")).unwrap(), r#""X""#);
    let strict = of(r#""symbols": ["A"]"#);
    assert_eq!(
        read(&writer, &strict, &json!("B")).unwrap_err(),
        "byte 0: the reader's enum `E` has neither the symbol `B` nor a default"
    );
}

#[test]
fn what_does_not_match_is_told_before_any_data() {
    let fixed = |name: &str, size: u8, more: &str| {
        schema(&format!(
            r#"{{"type": "fixed", "name": "{name}", "size": {size}{more}}}"#
        ))
    };
    let error = |w: &AvroSchema, r: &AvroSchema| Resolver::new(w, r).unwrap_err().to_string();
    let four = fixed("n.F", 4, "");
    assert_eq!(
        error(&four, &fixed("n.F", 5, "")),
        "a fixed of 4 bytes is not read as one of 5"
    );
    assert_eq!(
        error(&four, &fixed("n.G", 4, "")),
        "`n.G` does not read `n.F`: give it the alias `n.F`"
    );
    assert!(Resolver::new(&four, &fixed("n.G", 4, r#", "aliases": ["F"]"#)).is_ok());
    assert!(Resolver::new(&four, &fixed("m.F", 4, "")).is_ok());
    let a = record(r#"{"name": "a", "type": "int"}"#);
    assert_eq!(
        error(&a, &record(r#"{"name": "b", "type": "int"}"#)),
        "b: `R` writes no such field: give it a default, or the alias `a`"
    );
    let twice =
        record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int", "aliases": ["a"]}"#);
    assert_eq!(
        error(&a, &twice),
        "b: two fields read `a`: leave out its alias in one"
    );
    let ab = record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#);
    let both = record(r#"{"name": "c", "type": "int", "aliases": ["a", "b"]}"#);
    assert!(error(&ab, &both).starts_with("c: it and its aliases are several fields"));
    let decimal = |scale: u8| {
        schema(&format!(
            r#"{{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": {scale}}}"#
        ))
    };
    assert!(error(&decimal(2), &decimal(3)).contains("another precision or scale"));
    assert!(Resolver::new(&decimal(2), &schema(r#""bytes""#)).is_ok());
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let resolver = Resolver::new(&schema(r#""bytes""#), &schema(r#""string""#)).unwrap();
    assert_eq!(
        resolver.decode(&[2, 0xff]).unwrap_err().to_string(),
        "byte 0: bytes that are read as a string are not UTF-8"
    );
}

#[test]
fn recursive_types_are_read() {
    let of = |kind: &str, more: &str| {
        record(&format!(
            r#"{{"name": "v", "type": "{kind}"}}, {{"name": "c", "type": {{"type": "array", "items": "R"}}}}{more}"#
        ))
    };
    let item = json!({"v": 1, "c": [{"v": 2, "c": []}, {"v": 3, "c": [{"v": 4, "c": []}]}]});
    let read = read(
        &of("int", ""),
        &of("double", r#", {"name": "d", "type": "int", "default": 0}"#),
        &item,
    );
    assert_eq!(
        read.unwrap(),
        r#"{"v":1.0,"c":[{"v":2.0,"c":[],"d":0},{"v":3.0,"c":[{"v":4.0,"c":[],"d":0}],"d":0}],"d":0}"#
    );
}
