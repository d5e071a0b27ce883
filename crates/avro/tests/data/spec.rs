//! The examples of the specification, byte by byte.

use huntsman_avro::Value;

use crate::{encoded, record, schema, text};

#[test]
fn numbers_are_zig_zag_and_of_variable_length() {
    let long = schema(r#""long""#);
    for (value, bytes) in [
        (0_i64, &[0x00][..]),
        (-1, &[0x01]),
        (1, &[0x02]),
        (-2, &[0x03]),
        (2, &[0x04]),
        (-64, &[0x7f]),
        (64, &[0x80, 0x01]),
        (8192, &[0x80, 0x80, 0x01]),
        (
            i64::MAX,
            &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ),
        (
            i64::MIN,
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ),
    ] {
        assert_eq!(encoded(&long, &value), bytes, "{value}");
        assert_eq!(long.decode(bytes), Ok(Value::Long(value)));
    }
}

#[test]
fn text_and_other_primitives() {
    assert_eq!(encoded(&schema(r#""string""#), "foo"), b"\x06foo");
    assert_eq!(encoded(&schema(r#""null""#), &()), b"");
    assert_eq!(encoded(&schema(r#""boolean""#), &true), b"\x01");
    assert_eq!(encoded(&schema(r#""float""#), &1.5_f32), [0, 0, 0xc0, 0x3f]);
    assert_eq!(
        encoded(&schema(r#""double""#), &-2.0),
        [0, 0, 0, 0, 0, 0, 0, 0xc0]
    );
}

#[test]
fn a_record_is_its_fields() {
    let test = record(r#"{"name": "a", "type": "long"}, {"name": "b", "type": "string"}"#);
    let item = serde_json::json!({"a": 27, "b": "foo"});
    let bytes = [0x36, 0x06, 0x66, 0x6f, 0x6f];
    assert_eq!(encoded(&test, &item), bytes);
    let value = Value::Record(vec![Value::Long(27), text("foo")]);
    assert_eq!(test.decode(&bytes), Ok(value));
}

#[test]
fn an_enum_is_the_index_of_its_symbol() {
    let foo = schema(r#"{"type": "enum", "name": "Foo", "symbols": ["A", "B", "C", "D"]}"#);
    assert_eq!(encoded(&foo, "D"), [0x06]);
    assert_eq!(foo.decode(&[0x06]), Ok(Value::Enum(3)));
}

#[test]
fn an_array_is_blocks() {
    let longs = schema(r#"{"type": "array", "items": "long"}"#);
    assert_eq!(encoded(&longs, &[3, 27]), [0x04, 0x06, 0x36, 0x00]);
    let value = Ok(Value::Array(vec![Value::Long(3), Value::Long(27)]));
    assert_eq!(longs.decode(&[0x04, 0x06, 0x36, 0x00]), value);
    // Two blocks; a block with its size.
    assert_eq!(longs.decode(&[0x02, 0x06, 0x02, 0x36, 0x00]), value);
    assert_eq!(longs.decode(&[0x03, 0x04, 0x06, 0x36, 0x00]), value);
    assert_eq!(encoded(&longs, &[0_i64; 0]), [0x00]);
}

#[test]
fn a_map_is_blocks_of_pairs() {
    let longs = schema(r#"{"type": "map", "values": "long"}"#);
    let bytes = [0x04, 0x02, 0x61, 0x02, 0x02, 0x62, 0x04, 0x00];
    assert_eq!(encoded(&longs, &serde_json::json!({"a": 1, "b": 2})), bytes);
    // Of a key that is there twice the last value counts.
    let twice = [0x04, 0x02, 0x61, 0x02, 0x02, 0x61, 0x04, 0x00];
    let value = Value::Map(vec![("a".into(), Value::Long(2))]);
    assert_eq!(longs.decode(&twice), Ok(value));
}

#[test]
fn a_union_is_the_index_of_its_branch_and_the_value() {
    let union = schema(r#"["null", "string"]"#);
    assert_eq!(encoded(&union, &None::<&str>), [0x00]);
    assert_eq!(encoded(&union, &Some("a")), [0x02, 0x02, 0x61]);
    let value = Value::Union(1, Box::new(text("a")));
    assert_eq!(union.decode(&[0x02, 0x02, 0x61]), Ok(value));
}

#[test]
fn a_fixed_is_its_bytes() {
    let md5 = schema(r#"{"type": "fixed", "name": "F", "size": 2}"#);
    assert_eq!(encoded(&md5, &[0xca_u8, 0xfe]), [0xca, 0xfe]);
    assert_eq!(
        md5.decode(&[0xca, 0xfe]),
        Ok(Value::Fixed(vec![0xca, 0xfe]))
    );
}
