//! Scalars of a record that come without serde: written, or refused, as with it.

use huntsman_avro::{EncodeError, Encoder, RecordFields};

use super::record;

/// Types of a field, those among them that take a scalar in another form.
const TYPES: [&str; 18] = [
    r#""null""#,
    r#""boolean""#,
    r#""int""#,
    r#""long""#,
    r#""float""#,
    r#""double""#,
    r#""string""#,
    r#""bytes""#,
    r#"["null", "string"]"#,
    r#"["long", "null"]"#,
    r#"["null", "int"]"#,
    r#"["null", "double", "string"]"#,
    r#"["null", "float"]"#,
    r#"["string"]"#,
    r#"["boolean", "string"]"#,
    r#"{"type": "long", "logicalType": "timestamp-millis"}"#,
    r#"{"type": "enum", "name": "E", "symbols": ["a", "b"]}"#,
    r#"["null", {"type": "array", "items": "string"}]"#,
];

type Set = fn(&mut RecordFields<'_>, usize) -> Result<(), EncodeError>;

/// Each value in both ways.
const VALUES: [(Set, Set); 13] = [
    (|f, n| f.set_null(n), |f, n| f.set(n, &())),
    (|f, n| f.set_bool(n, true), |f, n| f.set(n, &true)),
    (|f, n| f.set_long(n, -7), |f, n| f.set(n, &-7_i64)),
    (|f, n| f.set_long(n, i64::MAX), |f, n| f.set(n, &i64::MAX)),
    (
        |f, n| f.set_long(n, 1 << 31),
        |f, n| f.set(n, &(1_i64 << 31)),
    ),
    (|f, n| f.set_float(n, 0.1), |f, n| f.set(n, &0.1_f32)),
    (|f, n| f.set_float(n, f32::NAN), |f, n| f.set(n, &f32::NAN)),
    (|f, n| f.set_double(n, 0.1), |f, n| f.set(n, &0.1_f64)),
    (|f, n| f.set_double(n, 0.5), |f, n| f.set(n, &0.5_f64)),
    (|f, n| f.set_text(n, "a"), |f, n| f.set(n, "a")),
    (|f, n| f.set_text(n, ""), |f, n| f.set(n, "")),
    (|f, n| f.set_text(n, "NaN"), |f, n| f.set(n, "NaN")),
    (
        |f, n| {
            f.set_text(
                n,
                "ein Text, der länger ist als dreiundsechzig Bytes, und so weiter",
            )
        },
        |f, n| {
            f.set(
                n,
                "ein Text, der länger ist als dreiundsechzig Bytes, und so weiter",
            )
        },
    ),
];

#[test]
fn what_comes_without_serde_is_written_as_with_it() {
    for kind in TYPES {
        let schema = record(&format!(
            r#"{{"name": "a", "type": {kind}}}, {{"name": "b", "type": "long"}}"#
        ));
        let encoder = Encoder::new(&schema);
        for (case, (quick, plain)) in VALUES.into_iter().enumerate() {
            for order in [[0, 1], [1, 0], [0, 0]] {
                let written = |set: Set, long: Set| {
                    let (mut bytes, mut told) = (b"before".to_vec(), Vec::new());
                    let whole = encoder.encode_fields(None, &mut bytes, |fields| {
                        for number in order {
                            let set = if number == 0 { set } else { long };
                            told.push(set(fields, number).map_err(|error| error.to_string()));
                        }
                        true
                    });
                    (whole, bytes, told)
                };
                assert_eq!(
                    written(quick, |f, n| f.set_long(n, 300)),
                    written(plain, |f, n| f.set(n, &300_i64)),
                    "{kind}, case {case}, {order:?}"
                );
            }
        }
    }
}
