//! The types of columns, as pyarrow and DuckDB name them.

use std::fs;
use std::process::Command;

use huntsman_core::{Field, Kind, Logical, Schema, Symbols};
use serde_json::json;

use crate::expected::float;
use crate::items::{Told, file, record};
use crate::peers::{compare, python, run};

static SYMBOLS: Symbols = Symbols {
    name: "State",
    doc: "",
    symbols: &["new", "used"],
    default: None,
};

static AUTHOR: Schema = Schema::new("Author", &[Field::new("name", Kind::Text)]);

const fn logical(name: &'static str, logical: Logical) -> Field {
    Field::new(name, Kind::Logical(logical))
}

const fn decimal(name: &'static str, precision: u32, scale: u32) -> Field {
    logical(name, Logical::Decimal { precision, scale })
}

static ALL: Schema = Schema::new(
    "All",
    &[
        Field::new("bool", Kind::Bool),
        Field::new("i8", Kind::Int(8)),
        Field::new("i64", Kind::Int(64)),
        Field::new("u16", Kind::UInt(16)),
        Field::new("u32", Kind::UInt(32)),
        Field::new("u64", Kind::UInt(64)),
        Field::new("f32", Kind::Float(32)),
        Field::new("f64", Kind::Float(64)),
        Field::new("text", Kind::Text),
        Field::new("bytes", Kind::Bytes),
        Field::new(
            "md5",
            Kind::Fixed {
                name: "Md5",
                size: 4,
            },
        ),
        Field::new("state", Kind::Enum(&SYMBOLS)),
        Field::new("any", Kind::Any),
        Field::new("tags", Kind::List(&Kind::Text)),
        Field::new("sizes", Kind::Map(&Kind::Optional(&Kind::Int(32)))),
        Field::new("author", Kind::Optional(&Kind::Struct(&AUTHOR))),
        Field::new(
            "price",
            Kind::Optional(&Kind::Union(&[
                Kind::Int(64),
                Kind::Text,
                Kind::Struct(&AUTHOR),
            ])),
        ),
        logical("date", Logical::Date),
        logical("time_ms", Logical::TimeMillis),
        logical("time_us", Logical::TimeMicros),
        logical("instant_ms", Logical::TimestampMillis),
        logical("instant_us", Logical::TimestampMicros),
        logical("local_ms", Logical::LocalTimestampMillis),
        logical("local_us", Logical::LocalTimestampMicros),
        logical("uuid", Logical::Uuid),
        decimal("d9", 9, 2),
        decimal("d18", 18, 2),
        decimal("d38", 38, 2),
        decimal("d76", 76, 2),
        decimal("d77", 77, 2),
    ],
);

/// Names as each reader writes them; `!` is for what is never null.
const TYPES: [(&str, &str, &str); 30] = [
    ("bool", "bool!", "BOOLEAN"),
    ("i8", "int32!", "INTEGER"),
    ("i64", "int64!", "BIGINT"),
    ("u16", "int32!", "INTEGER"),
    ("u32", "int64!", "BIGINT"),
    ("u64", "int64!", "BIGINT"),
    ("f32", "float!", "FLOAT"),
    ("f64", "double!", "DOUBLE"),
    ("text", "string!", "VARCHAR"),
    ("bytes", "binary!", "BLOB"),
    ("md5", "fixed_size_binary[4]!", "BLOB"),
    ("state", "string!", "VARCHAR"),
    ("any", "extension<arrow.json>!", "JSON"),
    ("tags", "list<element: string not null>!", "VARCHAR[]"),
    (
        "sizes",
        "map<string, int32 ('sizes')>!",
        "MAP(VARCHAR, INTEGER)",
    ),
    (
        "author",
        "struct<name: string not null>",
        "STRUCT(\"name\" VARCHAR)",
    ),
    (
        "price",
        "struct<long: int64, string: string, Author: struct<name: string not null>>",
        "STRUCT(long BIGINT, string VARCHAR, Author STRUCT(\"name\" VARCHAR))",
    ),
    ("date", "date32[day]!", "DATE"),
    ("time_ms", "time32[ms]!", "TIME"),
    ("time_us", "time64[us]!", "TIME"),
    (
        "instant_ms",
        "timestamp[ms, tz=UTC]!",
        "TIMESTAMP WITH TIME ZONE",
    ),
    (
        "instant_us",
        "timestamp[us, tz=UTC]!",
        "TIMESTAMP WITH TIME ZONE",
    ),
    ("local_ms", "timestamp[ms]!", "TIMESTAMP"),
    ("local_us", "timestamp[us]!", "TIMESTAMP"),
    ("uuid", "extension<arrow.uuid>!", "UUID"),
    ("d9", "decimal128(9, 2)!", "DECIMAL(9,2)"),
    ("d18", "decimal128(18, 2)!", "DECIMAL(18,2)"),
    ("d38", "decimal128(38, 2)!", "DECIMAL(38,2)"),
    ("d76", "decimal256(76, 2)!", "DOUBLE"),
    ("d77", "string!", "VARCHAR"),
];

const SCRIPT: &str = r#"
import json, sys, duckdb, pyarrow.parquet as pq
name = sys.argv[1]
file = pq.ParquetFile(name)
described = {row[0]: row[1] for row in duckdb.sql(f"describe select * from '{name}'").fetchall()}
print(json.dumps({
    "types": [[f.name, str(f.type) + ("" if f.nullable else "!"), described[f.name]] for f in file.schema_arrow],
    "by": file.metadata.created_by,
    "said": file.metadata.metadata[b"huntsman.avro.schema"].decode(),
    "codec": file.metadata.row_group(0).column(0).compression,
}))
"#;

static KINDS: &[&Schema] = &[&ALL];

#[test]
fn readers_know_the_types_of_all_fields() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.parquet");
    let item = json!({
        "bool": true, "i8": -128, "i64": i64::MIN, "u16": 65535, "u32": u32::MAX, "u64": i64::MAX,
        "f32": 0.5, "f64": 0.1, "text": "é", "bytes": "\0ÿ", "md5": "abcd", "state": "used",
        "any": {"b": [1, null], "a": 2}, "tags": ["x", ""], "sizes": {"s": 1, "t": null},
        "author": null, "price": {"name": "Ada"}, "date": "2026-11-24", "time_ms": "23:59:59.999",
        "time_us": "00:00:00.000001", "instant_ms": "2026-11-24T12:30:00.250+01:00",
        "instant_us": "1969-12-31T23:59:59.999999Z", "local_ms": "2026-11-24T12:30:00",
        "local_us": "0001-01-01T00:00:00", "uuid": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "d9": "-1234567.89", "d18": "12.5", "d38": format!("-{}.99", "9".repeat(36)),
        "d76": format!("{}.01", "9".repeat(74)), "d77": format!("-{}.01", "9".repeat(75)),
    });
    fs::write(&path, file(KINDS, &[], [record(0, Told(&ALL, item))])).unwrap();
    let said = run(Command::new(&python).args(["-c", SCRIPT]).arg(&path));
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let types = TYPES.map(|(name, arrow, duckdb)| json!([name, arrow, duckdb]));
    for (found, wanted) in said["types"].as_array().unwrap().iter().zip(&types) {
        assert_eq!(found, wanted);
    }
    assert_eq!(said["types"].as_array().unwrap().len(), ALL.fields.len());
    assert_eq!(said["said"], huntsman_contract::avsc(&ALL).unwrap());
    assert_eq!(said["codec"], "ZSTD");
    assert!(
        said["by"]
            .as_str()
            .unwrap()
            .starts_with("huntsman version ")
    );
    let row = json!({"record": [
        ["bool", true], ["i8", -128], ["i64", i64::MIN], ["u16", 65535], ["u32", u32::MAX],
        ["u64", i64::MAX], ["f32", float(0.5)], ["f64", float(0.1)], ["text", "é"],
        ["bytes", {"bytes": "00ff"}], ["md5", {"bytes": "61626364"}], ["state", "used"],
        ["any", "{\"b\":[1,null],\"a\":2}"], ["tags", {"list": ["x", ""]}],
        ["sizes", {"map": [["s", 1], ["t", null]]}], ["author", null],
        ["price", {"record": [["long", null], ["string", null],
            ["Author", {"record": [["name", "Ada"]]}]]}],
        ["date", {"date": 20781}], ["time_ms", {"time": "86399999000000"}],
        ["time_us", {"time": "1000"}], ["instant_ms", {"instant": "1795519800250000000"}],
        ["instant_us", {"instant": "-1000"}], ["local_ms", {"local": "1795523400000000000"}],
        ["local_us", {"local": "-62135596800000000000"}],
        ["uuid", {"uuid": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}],
        ["d9", {"decimal": "-1234567.89"}], ["d18", {"decimal": "12.50"}],
        ["d38", {"decimal": format!("-{}.99", "9".repeat(36))}],
        ["d76", {"decimal": format!("{}.01", "9".repeat(74))}],
        ["d77", format!("-{}.01", "9".repeat(75))],
    ]});
    compare(
        &python,
        folder.path(),
        &[json!({"file": "all.parquet", "rows": [row]})],
    );
}
