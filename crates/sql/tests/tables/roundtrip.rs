//! Values of every type come back from the databases as they went in.

use std::process::{Command, Stdio};

use huntsman_core::{Export, Field, Kind, Logical, Opening, Schema, Symbols};
use huntsman_export::Mode;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::row::{has, record, run, schema, sink};
use crate::server::Server;

static COLOURS: Symbols = Symbols {
    name: "Colour",
    doc: "",
    symbols: &["red", "green"],
    default: None,
};

static POINT: Schema = Schema::new(
    "Point",
    &[
        Field::new("x", Kind::Int(32)),
        Field::new("label", Kind::Optional(&Kind::Text)),
    ],
);

const DECIMAL: Logical = Logical::Decimal {
    precision: 12,
    scale: 4,
};

/// The types, each with an odd name for its column. Each is there once more as one that may be
/// null. At the end comes the number of the row, since tables have no order.
const KINDS: &[(&str, &Kind)] = &[
    ("select", &Kind::Bool),
    ("Upper", &Kind::Int(8)),
    ("i16", &Kind::Int(16)),
    ("i32", &Kind::Int(32)),
    ("i64", &Kind::Int(64)),
    ("u8", &Kind::UInt(8)),
    ("u16", &Kind::UInt(16)),
    ("u32", &Kind::UInt(32)),
    ("u64", &Kind::UInt(64)),
    ("f32", &Kind::Float(32)),
    ("f64", &Kind::Float(64)),
    ("a \"quoted\" name", &Kind::Text),
    ("größe", &Kind::Bytes),
    (
        "it's",
        &Kind::Fixed {
            name: "Four",
            size: 4,
        },
    ),
    ("colour", &Kind::Enum(&COLOURS)),
    ("date", &Kind::Logical(Logical::Date)),
    ("time", &Kind::Logical(Logical::TimeMillis)),
    ("time_us", &Kind::Logical(Logical::TimeMicros)),
    ("at", &Kind::Logical(Logical::TimestampMillis)),
    ("at_us", &Kind::Logical(Logical::TimestampMicros)),
    ("local", &Kind::Logical(Logical::LocalTimestampMillis)),
    ("local_us", &Kind::Logical(Logical::LocalTimestampMicros)),
    ("uuid", &Kind::Logical(Logical::Uuid)),
    ("decimal", &Kind::Logical(DECIMAL)),
    ("list", &Kind::List(&Kind::Text)),
    ("map", &Kind::Map(&Kind::Int(64))),
    ("nested", &Kind::Struct(&POINT)),
    ("points", &Kind::List(&Kind::Struct(&POINT))),
    ("either", &Kind::Union(&[Kind::Int(64), Kind::Text])),
    ("any", &Kind::Any),
];

fn fields() -> Vec<(&'static str, Kind)> {
    let optional = KINDS.iter().map(|(name, kind)| {
        let name: &'static str = format!("{name} or null").leak();
        (name, Kind::Optional(kind))
    });
    let plain = KINDS.iter().map(|(name, kind)| (*name, **kind));
    let number = std::iter::once(("row", Kind::Int(32)));
    plain.chain(optional).chain(number).collect()
}

/// What a database can do.
#[derive(Clone, Copy, PartialEq)]
enum Database {
    Sqlite,
    Postgres,
}

/// A value as an item delivers it, and the text or JSON that is expected back.
type Pair = (Value, Value);

fn value(kind: &Kind, database: Database) -> BoxedStrategy<Pair> {
    match kind {
        Kind::Bool => any::<bool>()
            .prop_map(|b| (json!(b), json!(i32::from(b).to_string())))
            .boxed(),
        Kind::Int(bits) => between(-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        Kind::UInt(64) if database == Database::Sqlite => between(0, i64::MAX.into()),
        Kind::UInt(bits) => between(0, (1 << bits) - 1),
        Kind::Float(32) => any::<f32>()
            .prop_map(move |x| float(x.into(), database, &x.to_string()))
            .boxed(),
        Kind::Float(_) => floats(database),
        Kind::Text => same_back(text(database).prop_map(Value::from)),
        Kind::Bytes => bytes(vec(any::<u8>(), 0..40)),
        Kind::Fixed { .. } => bytes(vec(any::<u8>(), 4)),
        Kind::Enum(_) => same_back(prop_oneof![Just(json!("red")), Just(json!("green"))]),
        Kind::Logical(logical) => logical_value(*logical),
        Kind::Optional(inner) => prop_oneof![
            1 => Just((Value::Null, Value::Null)),
            3 => value(inner, database).prop_map(|(given, read)| {
                // What serde writes as nothing is nothing.
                if given.is_null() { (Value::Null, Value::Null) } else { (given, read) }
            })
        ]
        .boxed(),
        other => same_back(nested(other, text(database))),
    }
}

fn nested(kind: &Kind, text: BoxedStrategy<String>) -> BoxedStrategy<Value> {
    match kind {
        Kind::List(Kind::Text) => vec(text, 0..4).prop_map(|v| json!(v)).boxed(),
        Kind::List(_) => vec(point(text), 0..3).prop_map(|v| json!(v)).boxed(),
        Kind::Map(_) => btree_map(text, any::<i64>(), 0..4)
            .prop_map(|v| json!(v))
            .boxed(),
        Kind::Struct(_) => point(text),
        Kind::Union(_) => prop_oneof![
            any::<i64>().prop_map(Value::from),
            text.prop_map(Value::from)
        ]
        .boxed(),
        Kind::Any => prop_oneof![
            Just(Value::Null),
            text.prop_map(Value::from),
            vec(any::<i32>(), 0..3).prop_map(|v| json!({ "deep": [v, 1.5, true] }))
        ]
        .boxed(),
        other => panic!("{other:?}"),
    }
}

fn logical_value(logical: Logical) -> BoxedStrategy<Pair> {
    // Python's years: 1 to 9999.
    let (first, last, day) = (-719_162, 2_932_896, 86_400_000);
    match logical {
        Logical::Date => between(first, last),
        Logical::TimeMillis => millis(between(0, day - 1)),
        Logical::TimeMicros => between(0, day * 1000 - 1),
        Logical::TimestampMillis | Logical::LocalTimestampMillis => {
            millis(between(first * day, last * day))
        }
        Logical::TimestampMicros | Logical::LocalTimestampMicros => {
            between(first * day * 1000, last * day * 1000)
        }
        Logical::Uuid => same_back(any::<u128>().prop_map(|n| {
            let h = format!("{n:032x}");
            let parts = [&h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..]];
            json!(parts.join("-"))
        })),
        _ => same_back(
            (-99_999_999_i64..=99_999_999, 0..=9999_u32, any::<bool>()).prop_map(
                |(whole, fraction, negative)| {
                    let sign = if negative && whole == 0 && fraction > 0 {
                        "-"
                    } else {
                        ""
                    };
                    json!(format!("{sign}{whole}.{fraction:04}"))
                },
            ),
        ),
    }
}

/// Integers, their limits above all.
fn between(first: i128, last: i128) -> BoxedStrategy<Pair> {
    prop_oneof![first..=last, Just(first), Just(last), Just(0)]
        .prop_map(|n| {
            let signed = |_| json!(i64::try_from(n).unwrap());
            (
                u64::try_from(n).map_or_else(signed, |n| json!(n)),
                json!(n.to_string()),
            )
        })
        .boxed()
}

fn floats(database: Database) -> BoxedStrategy<Pair> {
    prop_oneof![
        any::<f64>(),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(f64::NAN),
        Just(-0.0),
        Just(f64::MIN_POSITIVE / 4.0),
        Just(0.1 + 0.2)
    ]
    .prop_map(move |x| float(x, database, &x.to_string()))
    .boxed()
}

fn text(database: Database) -> BoxedStrategy<String> {
    any::<String>()
        .prop_map(move |text| match database {
            Database::Sqlite => text,
            Database::Postgres => text.replace('\0', "?"),
        })
        .boxed()
}

fn same_back(strategy: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Pair> {
    strategy.prop_map(|value| (value.clone(), value)).boxed()
}

fn bytes(strategy: impl Strategy<Value = Vec<u8>> + 'static) -> BoxedStrategy<Pair> {
    strategy
        .prop_map(|bytes| {
            let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            (json!(bytes), json!(hex.concat()))
        })
        .boxed()
}

fn point(text: BoxedStrategy<String>) -> BoxedStrategy<Value> {
    (any::<i32>(), proptest::option::of(text))
        .prop_map(|(x, label)| json!({ "x": x, "label": label }))
        .boxed()
}

/// Floats come back as the shortest text of the same float; SQLite has no NaN, and no
/// negative zero.
fn float(x: f64, database: Database, text: &str) -> Pair {
    if x.is_nan() && database == Database::Sqlite {
        return (json!(0.5), json!("0.5"));
    }
    if x == 0.0 && database == Database::Sqlite {
        // It stores whole numbers as integers, which have no negative zero.
        return (json!(x), json!("0"));
    }
    let given = match x {
        x if x.is_nan() => json!("NaN"),
        x if x.is_infinite() => json!(if x > 0.0 { "Infinity" } else { "-Infinity" }),
        x => json!(x),
    };
    (given, json!(text))
}

/// Milliseconds come back as microseconds.
fn millis(strategy: BoxedStrategy<Pair>) -> BoxedStrategy<Pair> {
    let micros = |(given, _): (Value, Value)| {
        let read = json!((given.as_i64().unwrap() * 1000).to_string());
        (given, read)
    };
    strategy.prop_map(micros).boxed()
}

/// Rows of items and of what is expected back.
fn rows(database: Database, count: usize) -> Vec<(Vec<Value>, Vec<Value>)> {
    let mut runner = TestRunner::deterministic();
    let fields = fields();
    let columns = fields[..fields.len() - 1].iter();
    let columns: Vec<_> = columns.map(|(_, kind)| value(kind, database)).collect();
    (0..count)
        .map(|number| {
            let mut row = columns.new_tree(&mut runner).unwrap().current();
            row.push((json!(number), json!(number.to_string())));
            row.into_iter().unzip()
        })
        .collect()
}

fn items(schema: &'static Schema, rows: &[(Vec<Value>, Vec<Value>)]) -> Vec<huntsman_core::Record> {
    let item = |(given, _): &(Vec<Value>, Vec<Value>)| {
        let fields = schema.fields.iter().zip(given);
        let object = fields.map(|(field, value)| (field.name.to_owned(), value.clone()));
        record(schema, Value::Object(object.collect()))
    };
    rows.iter().map(item).collect()
}

/// Whether a column came back as expected. `read` is text, or null.
fn same(kind: &Kind, expected: &Value, read: &Value) -> bool {
    let kind = match kind {
        Kind::Optional(inner) => inner,
        kind => kind,
    };
    let (Value::String(text), false) = (read, expected.is_null() && *kind != Kind::Any) else {
        return expected == read;
    };
    match kind {
        Kind::Float(_) => {
            let wanted = expected.as_str().unwrap();
            if matches!(kind, Kind::Float(32)) {
                let (wanted, read): (f32, f32) = (wanted.parse().unwrap(), text.parse().unwrap());
                wanted.to_bits() == read.to_bits() || wanted.is_nan() && read.is_nan()
            } else {
                let (wanted, read): (f64, f64) = (wanted.parse().unwrap(), text.parse().unwrap());
                wanted.to_bits() == read.to_bits() || wanted.is_nan() && read.is_nan()
            }
        }
        Kind::List(_) | Kind::Map(_) | Kind::Struct(_) | Kind::Union(_) | Kind::Any => {
            serde_json::from_str::<Value>(text).unwrap() == *expected
        }
        _ => expected == read,
    }
}

fn compare(rows: &[(Vec<Value>, Vec<Value>)], read: &[Vec<Value>]) {
    assert_eq!(rows.len(), read.len());
    for ((given, expected), read) in rows.iter().zip(read) {
        for (index, (name, kind)) in fields().iter().enumerate() {
            assert!(
                same(kind, &expected[index], &read[index]),
                "{name}: {} became {}, and not {}",
                given[index],
                read[index],
                expected[index]
            );
        }
    }
}

/// Reads all rows as lists of texts and nulls; times are numbers of microseconds.
const SCRIPT: &str = r#"
import datetime, json, sqlite3, sys
kinds = json.load(sys.stdin)
epoch = datetime.datetime(1970, 1, 1)
micro = datetime.timedelta(microseconds=1)

def day(x):
    return (datetime.date.fromisoformat(x) - epoch.date()).days

def time(x):
    t = datetime.time.fromisoformat(x)
    return ((t.hour * 60 + t.minute) * 60 + t.second) * 1000000 + t.microsecond

def fraction(x):
    # `fromisoformat` takes three or six digits.
    head, dot, rest = x.partition(".")
    return head + "." + (rest + "000000")[:6]

def stamp(x):
    return (datetime.datetime.fromisoformat(fraction(x)) - epoch) // micro

def told(kind, x):
    if x is None:
        return None
    if isinstance(x, bytes):
        return x.hex()
    if isinstance(x, float):
        return repr(x)
    if kind == "day":
        x = day(x)
    elif kind == "time":
        x = time(fraction(x))
    elif kind == "at":
        assert x.endswith("Z"), x
        x = stamp(x[:-1])
    elif kind == "local":
        x = stamp(x)
    return str(x)

connection = sqlite3.connect(sys.argv[1])
rows = connection.execute("SELECT * FROM everything ORDER BY rowid")
print(json.dumps([[told(*pair) for pair in zip(kinds, row)] for row in rows]))
"#;

/// What the script has to know of a type.
fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Optional(inner) => word(inner),
        Kind::Logical(Logical::Date) => "day",
        Kind::Logical(Logical::TimeMillis | Logical::TimeMicros) => "time",
        Kind::Logical(Logical::TimestampMillis | Logical::TimestampMicros) => "at",
        Kind::Logical(Logical::LocalTimestampMillis | Logical::LocalTimestampMicros) => "local",
        _ => "plain",
    }
}

fn python_reads(path: &str) -> Vec<Vec<Value>> {
    use std::io::Write;
    let mut python = Command::new("python3")
        .args(["-c", SCRIPT, path])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let kinds: Vec<_> = fields().iter().map(|(_, kind)| word(kind)).collect();
    let mut input = python.stdin.take().unwrap();
    input
        .write_all(json!(kinds).to_string().as_bytes())
        .unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn python_reads_every_type_from_sqlite() {
    if !has("python3") {
        return;
    }
    let schema = schema("Everything", &fields());
    let schemas: &'static [&'static Schema] = vec![schema].leak();
    let rows = rows(Database::Sqlite, 200);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db").display().to_string();
    let batches = rows.chunks(60).map(|rows| items(schema, rows)).collect();
    run(&format!("sqlite:{path}"), Mode::Append, schemas, batches)
        .await
        .unwrap();
    compare(&rows, &python_reads(&path));

    // The way of a job, and one more of a replacement.
    let again = sink(&format!("sqlite:{path}"), Mode::Replace).unwrap();
    again
        .open(Opening::new(schemas).resuming("job", None))
        .await
        .unwrap();
    again.export(items(schema, &rows[..50])).await.unwrap();
    again.commit(huntsman_core::Sequence(50)).await.unwrap();
    again.close().await.unwrap();
    compare(&rows[..50], &python_reads(&path));
}

/// A column as text, or as a number of days or microseconds.
fn column((name, kind): &(&str, Kind)) -> String {
    let name = format!("\"{}\"", name.replace('"', "\"\""));
    let number = |text: String| format!("({text})::numeric(30)::text");
    match kind {
        Kind::Optional(inner) if !matches!(inner, Kind::Optional(_)) => {
            column_of(&name, inner, number)
        }
        kind => column_of(&name, kind, number),
    }
}

fn column_of(name: &str, kind: &Kind, number: impl Fn(String) -> String) -> String {
    match kind {
        Kind::Bool => number(format!("{name}::int")),
        Kind::Bytes | Kind::Fixed { .. } => format!("encode({name}, 'hex')"),
        Kind::Logical(Logical::Date) => number(format!("{name} - date '1970-01-01'")),
        _ if word(kind) != "plain" => number(format!("extract(epoch from {name}) * 1000000")),
        _ => format!("{name}::text"),
    }
}

fn psql_reads(server: &Server, database: &str) -> Vec<Vec<Value>> {
    // A call takes a hundred arguments at most.
    let columns: Vec<_> = fields().iter().map(column).collect();
    let row = format!("to_json(ARRAY[{}])", columns.join(", "));
    let select = format!("SELECT json_agg({row} ORDER BY \"row\") FROM everything");
    serde_json::from_str(&server.psql(database, &select)).unwrap()
}

#[tokio::test]
async fn psql_reads_every_type() {
    let Some(server) = Server::shared() else {
        return;
    };
    let schema = schema("Everything", &fields());
    let schemas: &'static [&'static Schema] = vec![schema].leak();
    let rows = rows(Database::Postgres, 200);
    let database = server.database();
    let address = server.address(&database, "&create=true");
    let batches = rows.chunks(60).map(|rows| items(schema, rows)).collect();
    run(&address, Mode::Append, schemas, batches).await.unwrap();
    compare(&rows, &psql_reads(server, &database));

    let again = sink(&address, Mode::Replace).unwrap();
    again
        .open(Opening::new(schemas).resuming("job", None))
        .await
        .unwrap();
    again.export(items(schema, &rows[..50])).await.unwrap();
    again.commit(huntsman_core::Sequence(50)).await.unwrap();
    again.close().await.unwrap();
    compare(&rows[..50], &psql_reads(server, &database));

    let types = server.psql(
        &database,
        "SELECT string_agg(format_type(atttypid, atttypmod), ',' ORDER BY attnum) \
         FROM pg_attribute WHERE attrelid = 'everything'::regclass AND attnum > 0 AND attnum <= 30",
    );
    assert_eq!(
        types,
        "boolean,smallint,smallint,integer,bigint,smallint,integer,bigint,numeric(20,0),real,\
         double precision,text,bytea,bytea,text,date,time without time zone,\
         time without time zone,timestamp with time zone,timestamp with time zone,\
         timestamp without time zone,timestamp without time zone,uuid,numeric(12,4),jsonb,jsonb,\
         jsonb,jsonb,jsonb,jsonb"
    );
}
