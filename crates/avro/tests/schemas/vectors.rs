//! Canonical forms and fingerprints as the Avro project publishes them.

use huntsman_avro::{Algorithm, crc_64_avro};

use crate::rows::read;

/// A schema, its canonical form and the fingerprint of that.
const PUBLISHED: [(&str, &str, i64); 24] = [
    ("\"null\"", "\"null\"", 7_195_948_357_588_979_594),
    (
        r#"{"type":"boolean"}"#,
        "\"boolean\"",
        -6_970_731_678_124_411_036,
    ),
    ("\"int\"", "\"int\"", 8_247_732_601_305_521_295),
    ("\"long\"", "\"long\"", -3_434_872_931_120_570_953),
    (
        r#"{"type":"float"}"#,
        "\"float\"",
        5_583_340_709_985_441_680,
    ),
    ("\"double\"", "\"double\"", -8_181_574_048_448_539_266),
    ("\"bytes\"", "\"bytes\"", 5_746_618_253_357_095_269),
    ("\"string\"", "\"string\"", -8_142_146_995_180_207_161),
    ("[  ]", "[]", -1_241_056_759_729_112_623),
    (r#"[ "int"  ]"#, r#"["int"]"#, -5_232_228_896_498_058_493),
    (
        r#"[ "int" , {"type":"boolean"} ]"#,
        r#"["int","boolean"]"#,
        5_392_556_393_470_105_090,
    ),
    (
        r#"{"fields":[], "type":"record", "name":"foo"}"#,
        r#"{"name":"foo","type":"record","fields":[]}"#,
        -4_824_392_279_771_201_922,
    ),
    (
        r#"{"fields":[], "type":"record", "name":"foo", "namespace":"x.y"}"#,
        r#"{"name":"x.y.foo","type":"record","fields":[]}"#,
        5_916_914_534_497_305_771,
    ),
    (
        r#"{"fields":[], "type":"record", "name":"a.b.foo", "namespace":"x.y"}"#,
        r#"{"name":"a.b.foo","type":"record","fields":[]}"#,
        -4_616_218_487_480_524_110,
    ),
    (
        r#"{"fields":[], "type":"record", "name":"foo", "doc":"foo", "aliases":["foo","bar"]}"#,
        r#"{"name":"foo","type":"record","fields":[]}"#,
        -4_824_392_279_771_201_922,
    ),
    (
        r#"{"fields":[{"type":{"type":"boolean"}, "name":"f1"}], "type":"record", "name":"foo"}"#,
        r#"{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"}]}"#,
        7_843_277_075_252_814_651,
    ),
    (
        r#"{"fields":[{"type":"boolean", "aliases":[], "name":"f1", "default":true},
            {"order":"descending","name":"f2","doc":"Hello","type":"int"}], "type":"record", "name":"foo"}"#,
        r#"{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"},{"name":"f2","type":"int"}]}"#,
        -4_860_222_112_080_293_046,
    ),
    (
        r#"{"type":"enum", "name":"foo", "symbols":["A1"]}"#,
        r#"{"name":"foo","type":"enum","symbols":["A1"]}"#,
        -6_342_190_197_741_309_591,
    ),
    (
        r#"{"namespace":"x.y.z", "type":"enum", "name":"foo", "doc":"foo bar", "symbols":["A1", "A2"]}"#,
        r#"{"name":"x.y.z.foo","type":"enum","symbols":["A1","A2"]}"#,
        -4_448_647_247_586_288_245,
    ),
    (
        r#"{"name":"foo","type":"fixed","size":15}"#,
        r#"{"name":"foo","type":"fixed","size":15}"#,
        1_756_455_273_707_447_556,
    ),
    (
        r#"{"namespace":"x.y.z", "type":"fixed", "name":"foo", "doc":"foo bar", "size":32}"#,
        r#"{"name":"x.y.z.foo","type":"fixed","size":32}"#,
        -3_064_184_465_700_546_786,
    ),
    (
        r#"{ "items":{"type":"null"}, "type":"array"}"#,
        r#"{"type":"array","items":"null"}"#,
        -589_620_603_366_471_059,
    ),
    (
        r#"{ "values":"string", "type":"map"}"#,
        r#"{"type":"map","values":"string"}"#,
        -8_732_877_298_790_414_990,
    ),
    (
        r#"{"name":"PigValue","type":"record", "fields":[{"name":"value", "type":["null", "int", "long", "PigValue"]}]}"#,
        r#"{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}"#,
        -1_759_257_747_318_642_341,
    ),
];

#[test]
fn published_vectors_hold() {
    for (text, form, print) in PUBLISHED {
        let schema = read(text);
        assert_eq!(schema.canonical_form(), form);
        assert_eq!(schema.crc_64_avro().cast_signed(), print, "{text}");
        assert_eq!(crc_64_avro(form.as_bytes()).cast_signed(), print);
    }
}

#[test]
fn logical_types_and_constraints_are_not_in_the_canonical_form() {
    let plain = r#"{"name":"R","type":"record","fields":[{"name":"dt","type":"int"}]}"#;
    let texts = [
        r#"{"type": "record", "name": "R", "fields": [{"name": "dt", "type": {"type": "int", "logicalType": "date"}}]}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "dt", "type": {"type": "int", "minimum": 4}, "maximum": 9}]}"#,
        plain,
    ];
    for text in texts {
        let schema = read(text);
        assert_eq!(schema.canonical_form(), plain);
        let print = schema.fingerprint(Algorithm::Crc64Avro);
        assert_eq!(print.to_string(), "ae5a35f953732b91");
        assert_eq!(print.as_bytes(), schema.crc_64_avro().to_le_bytes());
    }
}

#[test]
fn algorithms_are_those_of_their_standards() {
    let of = |algorithm: Algorithm, text: &str| algorithm.of(text.as_bytes()).to_string();
    assert_eq!(
        of(Algorithm::Md5, "abc"),
        "900150983cd24fb0d6963f7d28e17f72"
    );
    assert_eq!(
        of(Algorithm::Sha256, "abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(crc_64_avro(b""), 0xc15d_213a_a4d7_a795);
    for algorithm in [Algorithm::Crc64Avro, Algorithm::Md5, Algorithm::Sha256] {
        assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        assert_eq!(algorithm.to_string().to_lowercase().parse(), Ok(algorithm));
    }
    let error = "sha256".parse::<Algorithm>().unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no fingerprint `sha256`: did you mean `SHA-256`?"
    );
}

#[test]
fn the_version_is_of_all_that_a_schema_says() {
    let version = |text: &str| read(text).version().to_string();
    let plain = version(r#"{"type": "string", "minLength": 8}"#);
    assert_eq!(
        plain,
        version("{\n  \"type\":\"string\",\n  \"minLength\" : 8}\n")
    );
    assert_ne!(plain, version(r#"{"type": "string", "minLength": 9}"#));
    assert_ne!(plain, version(r#"{"type": "string"}"#));
    assert_eq!(
        plain,
        Algorithm::Crc64Avro
            .of(br#"{"type":"string","minLength":8}"#)
            .to_string()
    );
}
