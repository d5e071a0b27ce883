//! Files of items, read as JSON values.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Error, anyhow};
use huntsman_avro::container::ContainerReader;
use huntsman_contract::documents::Documents;
use serde_json::{Map, Value};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv,
    Avro,
}

type Read = Box<dyn BufRead>;
pub(super) type Items = Box<dyn Iterator<Item = Result<Value, Error>>>;

/// Opens a file and sees what it is, by its name and its first bytes.
fn open(path: &Path) -> Result<(Form, Read), Error> {
    let cannot = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(cannot)?;
    let mut input = BufReader::new(file);
    let start = input.fill_buf().with_context(cannot)?;
    let mut input: Read = match start {
        [0x1f, 0x8b, ..] => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(input))),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let decoder = zstd::stream::read::Decoder::with_buffer(input);
            Box::new(BufReader::new(decoder.with_context(cannot)?))
        }
        _ => Box::new(input),
    };
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let name = [".gz", ".zst"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(&name);
    let start = input.fill_buf().with_context(cannot)?;
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    let form = match name.rsplit('.').next() {
        _ if start.starts_with(b"Obj\x01") => Form::Avro,
        Some("csv") => Form::Csv,
        Some("json" | "jsonl" | "ndjson" | "jl") => Form::Json,
        Some("avro") => return Err(anyhow!("{}: it is no Avro container file", path.display())),
        _ if matches!(first, Some(b'{' | b'[')) => Form::Json,
        _ => {
            return Err(anyhow!(
                "{}: it is none of .json, .jsonl, .csv and .avro, whose items can be compared",
                path.display()
            ));
        }
    };
    Ok((form, input))
}

/// What a file holds.
pub(super) fn form(path: &Path) -> Result<Form, Error> {
    Ok(open(path)?.0)
}

/// The items of a file, one after the other; `as_text` if the other side is text.
pub(super) fn items(path: &Path, as_text: bool) -> Result<Items, Error> {
    let named = path.display().to_string();
    let (form, input) = open(path)?;
    let items = match form {
        Form::Json => json(input),
        Form::Csv => csv(input),
        Form::Avro => avro(input),
    };
    let items = items.with_context(|| named.clone())?;
    Ok(Box::new(items.map(move |item| {
        let item = item.with_context(|| named.clone())?;
        Ok(if as_text { loose(item) } else { item })
    })))
}

fn json(input: Read) -> Result<Items, Error> {
    let values = Documents::new(input).map(|document| Ok(document?.value));
    Ok(Box::new(values))
}

fn avro(input: Read) -> Result<Items, Error> {
    let reader = ContainerReader::new(input)?;
    let schema = reader.writer_schema().clone();
    let values = reader.map(move |value| Ok(serde_json::to_value(schema.view(&value?))?));
    Ok(Box::new(values))
}

fn csv(input: Read) -> Result<Items, Error> {
    let mut reader = ::csv::Reader::from_reader(input);
    let names = reader.headers()?.clone();
    let rows = reader.into_records().map(move |row| {
        let row = row?;
        let cells = names.iter().zip(&row);
        let cells = cells.map(|(name, cell)| (name.to_owned(), Value::from(cell)));
        Ok(Value::Object(cells.collect::<Map<_, _>>()))
    });
    Ok(Box::new(rows))
}

/// An item as a CSV file can tell it: nothing is the same as null, and what reads as a number, a bool,
/// an array or an object is one.
fn loose(item: Value) -> Value {
    let Value::Object(fields) = item else {
        return item;
    };
    let fields = fields.into_iter().filter_map(|(name, value)| {
        let value = match value {
            Value::Null => return None,
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) => read(text),
            other => other,
        };
        Some((name, value))
    });
    Value::Object(fields.collect())
}

fn read(text: String) -> Value {
    let may_be_json = text.starts_with(|c: char| c.is_ascii_digit() || "-{[tf".contains(c));
    match serde_json::from_str(&text) {
        Ok(Value::Null | Value::String(_)) | Err(_) => Value::String(text),
        Ok(value) if may_be_json => value,
        Ok(_) => Value::String(text),
    }
}
