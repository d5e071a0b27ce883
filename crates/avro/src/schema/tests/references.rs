//! Types that other schemas define.

use super::{read, root_record};
use crate::schema::{AvroSchema, SchemaError};

#[test]
fn references_are_known() {
    let city = read(
        r#"{"type": "record", "name": "geo.City", "fields": [
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A"]}}]}"#,
    );
    let text = r#"{"type": "record", "name": "Trip", "namespace": "geo", "fields": [
        {"name": "from", "type": "City"}, {"name": "kind", "type": "geo.Kind"},
        {"name": "to", "type": "City", "default": {"kind": "A"}}]}"#;
    let trip = AvroSchema::parse_with(text, std::slice::from_ref(&city)).unwrap();
    assert_eq!(trip.text(), text);
    let record = root_record(&trip);
    assert_eq!(record.fields[0].kind, record.fields[2].kind);
    let inner = trip.node(record.fields[0].kind).as_record().unwrap();
    assert_eq!(inner.fields[0].kind, record.fields[1].kind);

    // Given twice, by itself and within another, a type is one all the same.
    let both = AvroSchema::parse_with(r#"["geo.Trip", "geo.City"]"#, &[city.clone(), trip.clone()])
        .unwrap();
    assert_eq!(
        both.nodes()
            .iter()
            .filter(|node| node.name().is_some())
            .count(),
        3
    );
    let both =
        AvroSchema::parse_with(r#"["geo.Trip", "geo.City"]"#, &[trip, city.clone()]).unwrap();
    assert_eq!(
        both.nodes()
            .iter()
            .filter(|node| node.name().is_some())
            .count(),
        3
    );

    let other = read(r#"{"type": "fixed", "name": "geo.City", "size": 1}"#);
    let error = AvroSchema::parse_with("\"geo.City\"", &[city.clone(), other]).unwrap_err();
    assert!(matches!(error, SchemaError::Duplicate { .. }), "{error}");
    let again = r#"{"type": "fixed", "name": "geo.City", "size": 1}"#;
    let error = AvroSchema::parse_with(again, &[city]).unwrap_err();
    assert!(matches!(error, SchemaError::Duplicate { .. }), "{error}");
}

#[test]
fn a_text_may_leave_its_definitions_to_others() {
    let city = r#"{"type":"record","name":"City","minimum":1,"fields":[
        {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A"]}}]}"#;
    let schema = read(&format!(
        r#"{{"type":"record","name":"Trip","namespace":"geo","fields":[
        {{"name":"from","type":["null",{city}],"default":null,"doc":"City"}},
        {{"name":"by","type":{{"type":"array","items":{{"type":"map","values":{{
            "type":"fixed","name":"other.Id","size":2}}}}}}}},
        {{"name":"to","type":{{"type":{{"type":"fixed","name":"Id","size":1}}}}}},
        {{"name":"back","type":"City"}}]}}"#
    ));
    let referring = schema.referring(&["geo.City", "other.Id"]);
    assert_eq!(
        referring,
        r#"{"type":"record","name":"Trip","namespace":"geo","fields":[{"name":"from","type":["null","geo.City"],"default":null,"doc":"City"},{"name":"by","type":{"type":"array","items":{"type":"map","values":"other.Id"}}},{"name":"to","type":{"type":{"type":"fixed","name":"Id","size":1}}},{"name":"back","type":"City"}]}"#
    );
    let city = read(&city.replace("\"City\"", "\"geo.City\""));
    let id = read(r#"{"type":"fixed","name":"other.Id","size":2}"#);
    let whole = AvroSchema::parse_with(&referring, &[city, id]).unwrap();
    assert!(crate::compat::can_read(&whole, &schema).is_ok());
    assert_eq!(schema.referring(&["geo.Trip"]), "\"geo.Trip\"");
}
