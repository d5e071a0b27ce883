//! The rules of reading, as Java's `SchemaCompatibility` has them.

use crate::rows::{Rows, found, read, record};

/// A rule's name, and what adds its rows.
type Rule = (&'static str, fn(&mut Rows));

const RULES: [Rule; 10] = [
    (
        "primitives read themselves and what promotes",
        primitives_read_themselves_and_what_promotes,
    ),
    ("unions", unions),
    ("arrays and maps", arrays_and_maps),
    ("fixed by name and size", fixed_by_name_and_size),
    ("enums by name and symbols", enums_by_name_and_symbols),
    ("records by name and fields", records_by_name_and_fields),
    (
        "an enums own default is not its fields",
        an_enums_own_default_is_not_its_fields,
    ),
    (
        "recursive types are compatible until proven otherwise",
        recursive_types_are_compatible_until_proven_otherwise,
    ),
    (
        "names lead to their definitions",
        names_lead_to_their_definitions,
    ),
    (
        "what is broken is told at each place",
        what_is_broken_is_told_at_each_place,
    ),
];

/// Every row of every rule.
pub(crate) fn rows() -> Rows {
    let mut rows = Rows::default();
    for (_, rule) in RULES {
        rule(&mut rows);
    }
    rows
}

#[test]
fn every_row_has_its_verdict() {
    for (name, rule) in RULES {
        let mut rows = Rows::default();
        rule(&mut rows);
        assert!(!rows.0.is_empty(), "{name}");
        for row in rows.0 {
            let found = found(&read(&row.reader), &read(&row.writer));
            assert_eq!(found, row.found, "{name}: {} <- {}", row.reader, row.writer);
        }
    }
}

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];

fn primitives_read_themselves_and_what_promotes(rows: &mut Rows) {
    let promotions = [
        ("long", "int"),
        ("float", "int"),
        ("float", "long"),
        ("double", "int"),
        ("double", "long"),
        ("double", "float"),
        ("bytes", "string"),
        ("string", "bytes"),
    ];
    for reader in PRIMITIVES {
        for writer in PRIMITIVES {
            let (from, to) = (format!("\"{reader}\""), format!("\"{writer}\""));
            if reader == writer || promotions.contains(&(reader, writer)) {
                rows.reads(&from, &to);
            } else {
                rows.fails(&from, &to, &["TYPE_MISMATCH /"]);
            }
        }
    }
}

fn unions(rows: &mut Rows) {
    rows.reads(r#"["int", "string"]"#, r#"["string"]"#);
    rows.reads(r#"["long", "string"]"#, r#"["int", "bytes"]"#);
    rows.reads(r#"["null", "double"]"#, r#""float""#);
    rows.reads(r#""int""#, r#"["int"]"#);
    rows.reads(r#""double""#, r#"["int", "float"]"#);
    rows.reads("[]", "[]");
    rows.reads(r#""int""#, "[]");
    rows.fails(
        r#"["null", "int"]"#,
        r#"["string", "int", "boolean"]"#,
        &["MISSING_UNION_BRANCH /0", "MISSING_UNION_BRANCH /2"],
    );
    rows.fails(
        r#"["null", "int"]"#,
        r#""string""#,
        &["MISSING_UNION_BRANCH /"],
    );
    rows.fails("[]", r#""int""#, &["MISSING_UNION_BRANCH /"]);
    rows.fails(r#""int""#, r#"["int", "string"]"#, &["TYPE_MISMATCH /1"]);
    rows.fails(
        &record(r#"{"name": "f", "type": ["null", "int"]}"#),
        &record(r#"{"name": "f", "type": ["null", "string"]}"#),
        &["MISSING_UNION_BRANCH /fields/0/type/1"],
    );
}

fn arrays_and_maps(rows: &mut Rows) {
    let array = |items: &str| format!(r#"{{"type": "array", "items": {items}}}"#);
    let map = |values: &str| format!(r#"{{"type": "map", "values": {values}}}"#);
    rows.reads(&array("\"long\""), &array("\"int\""));
    rows.reads(&map("\"bytes\""), &map("\"string\""));
    rows.fails(
        &array("\"int\""),
        &array("\"long\""),
        &["TYPE_MISMATCH /items"],
    );
    rows.fails(
        &map("\"int\""),
        &map("\"null\""),
        &["TYPE_MISMATCH /values"],
    );
    rows.fails(
        &map(&array("\"int\"")),
        &map(&array("\"null\"")),
        &["TYPE_MISMATCH /values/items"],
    );
    rows.fails(&map("\"int\""), &array("\"int\""), &["TYPE_MISMATCH /"]);
    rows.fails(&array("\"int\""), "\"int\"", &["TYPE_MISMATCH /"]);
}

fn fixed_by_name_and_size(rows: &mut Rows) {
    let fixed = |name: &str, size: usize, more: &str| {
        format!(r#"{{"type": "fixed", "name": "{name}", "size": {size}{more}}}"#)
    };
    rows.reads(&fixed("F", 4, ""), &fixed("F", 4, ""));
    // Names are compared without namespace; aliases are compared with it.
    rows.reads(&fixed("a.F", 4, ""), &fixed("b.F", 4, ""));
    rows.reads(
        &fixed("G", 4, r#", "aliases": ["b.F"]"#),
        &fixed("b.F", 4, ""),
    );
    rows.fails(
        &fixed("G", 4, r#", "aliases": ["F"]"#),
        &fixed("b.F", 4, ""),
        &["NAME_MISMATCH /name"],
    );
    rows.fails(
        &fixed("F", 4, ""),
        &fixed("F", 5, ""),
        &["FIXED_SIZE_MISMATCH /size"],
    );
    rows.fails(
        &fixed("F", 4, ""),
        &fixed("G", 5, ""),
        &["NAME_MISMATCH /name", "FIXED_SIZE_MISMATCH /size"],
    );
    // The writer's aliases do not count.
    rows.fails(
        &fixed("F", 4, ""),
        &fixed("G", 4, r#", "aliases": ["F"]"#),
        &["NAME_MISMATCH /name"],
    );
    // Java has decimals of any scale read each other.
    let decimal = |scale: usize| {
        fixed(
            "F",
            4,
            &format!(r#", "logicalType": "decimal", "precision": 4, "scale": {scale}"#),
        )
    };
    rows.reads(&decimal(1), &decimal(2));
}

fn enums_by_name_and_symbols(rows: &mut Rows) {
    let kind = |name: &str, symbols: &str, more: &str| {
        format!(r#"{{"type": "enum", "name": "{name}", "symbols": {symbols}{more}}}"#)
    };
    rows.reads(
        &kind("E", r#"["B", "A", "C"]"#, ""),
        &kind("x.E", r#"["A", "B"]"#, ""),
    );
    rows.reads(
        &kind("E", r#"["A"]"#, r#", "default": "A""#),
        &kind("E", r#"["A", "B"]"#, ""),
    );
    rows.fails(
        &kind("E", r#"["A"]"#, ""),
        &kind("E", r#"["A", "B"]"#, r#", "default": "A""#),
        &["MISSING_ENUM_SYMBOLS /symbols"],
    );
    rows.fails(
        &kind("F", r#"["A"]"#, ""),
        &kind("E", r#"["A", "B"]"#, ""),
        &["NAME_MISMATCH /name", "MISSING_ENUM_SYMBOLS /symbols"],
    );
    rows.fails(
        &kind("E", r#"["A"]"#, ""),
        "\"string\"",
        &["TYPE_MISMATCH /"],
    );
}

fn records_by_name_and_fields(rows: &mut Rows) {
    let int = r#"{"name": "a", "type": "int"}"#;
    rows.reads(&record(int), &record(int));
    rows.reads(&record(""), &record(int));
    // Order does not count, nor namespace.
    rows.reads(
        &record(r#"{"name": "b", "type": "int"}, {"name": "a", "type": "long"}"#),
        &record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#),
    );
    rows.reads(&record(int), &record(int).replace("\"R\"", "\"x.R\""));
    rows.reads(
        &record(int).replace("\"R\"", "\"S\", \"aliases\": [\"R\"]"),
        &record(int),
    );
    rows.fails(
        &record(int).replace("\"R\"", "\"S\""),
        &record(int),
        &["NAME_MISMATCH /name"],
    );
    rows.reads(
        &record(r#"{"name": "a", "type": "int", "default": 1}"#),
        &record(""),
    );
    rows.reads(
        &record(r#"{"name": "a", "type": ["null", "int"], "default": null}"#),
        &record(""),
    );
    rows.fails(
        &record(int),
        &record(""),
        &["READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"],
    );
    rows.reads(
        &record(r#"{"name": "b", "type": "int", "aliases": ["a"]}"#),
        &record(int),
    );
    rows.fails(
        &record(int),
        &record(r#"{"name": "b", "type": "int", "aliases": ["a"]}"#),
        &["READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"],
    );
    rows.fails(
        &record(r#"{"name": "c", "type": "int", "aliases": ["a", "b"]}"#),
        &record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#),
        &["AMBIGUOUS_FIELD /fields/0"],
    );
    rows.fails(
        &record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#),
        &record(r#"{"name": "a", "type": "string"}"#),
        &[
            "TYPE_MISMATCH /fields/0/type",
            "READER_FIELD_MISSING_DEFAULT_VALUE /fields/1",
        ],
    );
    // Writer and reader are at one here, whatever else they say.
    rows.reads(
        &record(r#"{"name": "a", "type": "int", "minimum": 5}"#),
        &record(r#"{"name": "a", "type": {"type": "int", "logicalType": "date"}, "maximum": 3}"#),
    );
    rows.reads(
        r#"{"type": "error", "name": "R", "fields": []}"#,
        r#"{"type": "record", "name": "R", "fields": []}"#,
    );
}

fn an_enums_own_default_is_not_its_fields(rows: &mut Rows) {
    let kind = r#"{"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}"#;
    rows.fails(
        &record(&format!(r#"{{"name": "e", "type": {kind}}}"#)),
        &record(""),
        &["TYPE_MISMATCH /fields/0/type"],
    );
    rows.reads(
        &record(&format!(
            r#"{{"name": "e", "type": {kind}, "default": "A"}}"#
        )),
        &record(""),
    );
}

fn recursive_types_are_compatible_until_proven_otherwise(rows: &mut Rows) {
    let tree = |value: &str| {
        record(&format!(
            r#"{{"name": "next", "type": ["null", "R"]}}, {{"name": "value", "type": "{value}"}}"#
        ))
    };
    rows.reads(&tree("long"), &tree("int"));
    rows.fails(
        &tree("int"),
        &tree("long"),
        &["TYPE_MISMATCH /fields/1/type"],
    );
    let pair = |value: &str| {
        record(&format!(
            r#"{{"name": "all", "type": {{"type": "array", "items": {{"type": "record", "name": "In", "fields": [
                {{"name": "back", "type": "R"}}, {{"name": "v", "type": "{value}"}}]}}}}}}"#
        ))
    };
    rows.reads(&pair("double"), &pair("float"));
    rows.fails(
        &pair("null"),
        &pair("float"),
        &["TYPE_MISMATCH /fields/0/type/items/fields/1/type"],
    );
}

/// The cases that apache-avro 0.22 gets wrong.
fn names_lead_to_their_definitions(rows: &mut Rows) {
    let inner = |value: &str| {
        format!(
            r#"{{"type": "record", "name": "Foo", "fields": [{{"name": "v", "type": "{value}"}}]}}"#
        )
    };
    // Defined at `a`, used at `b`; the reader has `b` alone.
    rows.reads(
        &record(&format!(r#"{{"name": "b", "type": {}}}"#, inner("int"))),
        &record(&format!(
            r#"{{"name": "a", "type": {}}}, {{"name": "b", "type": "Foo"}}"#,
            inner("int")
        )),
    );
    // Both get to `Foo` by its name, and it differs.
    rows.fails(
        &record(&format!(
            r#"{{"name": "a", "type": {}, "default": {{"v": "x"}}}}, {{"name": "b", "type": "Foo"}}"#,
            inner("string")
        )),
        &record(&format!(
            r#"{{"name": "z", "type": {}}}, {{"name": "b", "type": "Foo"}}"#,
            inner("int")
        )),
        &["TYPE_MISMATCH /fields/1/type/fields/0/type"],
    );
    rows.reads(
        &record("").replace("\"R\"", "\"New\", \"aliases\": [\"R\"]"),
        &record(""),
    );
}

fn what_is_broken_is_told_at_each_place(rows: &mut Rows) {
    let fixed = |size: usize| format!(r#"{{"type": "fixed", "name": "F", "size": {size}}}"#);
    let twice = |size: usize| {
        record(&format!(
            r#"{{"name": "a", "type": {}}}, {{"name": "b", "type": "F"}}"#,
            fixed(size)
        ))
    };
    rows.fails(
        &twice(1),
        &twice(2),
        &[
            "FIXED_SIZE_MISMATCH /fields/0/type/size",
            "FIXED_SIZE_MISMATCH /fields/1/type/size",
        ],
    );
    // A pair that was tried within a union first keeps its own path.
    let tried = |size: usize| {
        record(&format!(
            r#"{{"name": "a", "type": ["null", {}]}}, {{"name": "b", "type": {{"type": "array", "items": "F"}}}}"#,
            fixed(size)
        ))
    };
    rows.fails(
        &tried(1),
        &tried(2),
        &[
            "MISSING_UNION_BRANCH /fields/0/type/1",
            "FIXED_SIZE_MISMATCH /fields/1/type/items/size",
        ],
    );
}
