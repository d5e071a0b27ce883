//! What a file holds, as its own readers see it: each item as a text, and an error where the file is
//! not whole.

use std::error::Error;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use huntsman_avro::container::ContainerReader;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use quick_xml::events::Event;
use rusqlite::types::Value;

use crate::feeds::Read;

type Failed = Box<dyn Error + Send + Sync>;

/// The items of a file.
pub(crate) fn items(path: &Path, read: Read) -> Result<Vec<String>, Failed> {
    if read == Read::Sqlite {
        return sqlite(path);
    }
    let bytes = plain(path)?;
    match read {
        Read::Json => {
            let items: Vec<serde_json::Value> = serde_json::from_slice(&bytes)?;
            Ok(items.iter().map(ToString::to_string).collect())
        }
        Read::Lines => lines(&bytes),
        Read::Csv => csv(&bytes),
        Read::Xml => xml(&bytes),
        Read::Avro => {
            let reader = ContainerReader::new(&bytes[..])?;
            let schema = reader.schema().clone();
            let shown = |value| Ok(schema.view(&value?).to_string());
            reader.map(shown).collect()
        }
        Read::Parquet => parquet(bytes),
        Read::Sqlite | Read::Topic | Read::TopicById => unreachable!("it is no file of bytes"),
    }
}

/// The bytes of a file, decompressed to its end.
fn plain(path: &Path) -> Result<Vec<u8>, Failed> {
    let bytes = fs::read(path)?;
    let mut plain = Vec::new();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain)?,
        Some("zst") => zstd::Decoder::new(&bytes[..])?.read_to_end(&mut plain)?,
        _ => return Ok(bytes),
    };
    Ok(plain)
}

fn lines(bytes: &[u8]) -> Result<Vec<String>, Failed> {
    let text = std::str::from_utf8(bytes)?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line has no end".into());
    }
    let item = |line| {
        let mut item: serde_json::Value = serde_json::from_str(line)?;
        if item.get("violations").is_some() {
            // A rejected item says when that was.
            item["time"].take();
        }
        Ok(item.to_string())
    };
    text.lines().map(item).collect()
}

fn csv(bytes: &[u8]) -> Result<Vec<String>, Failed> {
    let mut reader = csv::Reader::from_reader(bytes);
    let head = format!("{:?}", reader.headers()?);
    let row = |row: Result<csv::StringRecord, csv::Error>| Ok(format!("{head} {:?}", row?));
    reader.records().map(row).collect()
}

fn xml(bytes: &[u8]) -> Result<Vec<String>, Failed> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let (mut items, mut depth, mut item) = (Vec::new(), 0, String::new());
    loop {
        let event = reader.read_event()?;
        match &event {
            Event::Start(_) => depth += 1,
            Event::Eof => break,
            _ => {}
        }
        if depth >= 2 {
            item.push_str(&format!("{event:?}"));
        }
        if matches!(event, Event::End(_)) {
            if depth == 2 {
                items.push(std::mem::take(&mut item));
            }
            depth -= 1;
            if depth == 0 && reader.buffer_position() + 1 < bytes.len() as u64 {
                return Err("something comes after the end".into());
            }
        }
    }
    if depth != 0 || bytes.is_empty() {
        return Err("it does not come to its end".into());
    }
    Ok(items)
}

fn parquet(bytes: Vec<u8>) -> Result<Vec<String>, Failed> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes))?;
    let rows = reader.get_row_iter(None)?;
    rows.map(|row| Ok(row?.to_string())).collect()
}

fn sqlite(path: &Path) -> Result<Vec<String>, Failed> {
    let connection = rusqlite::Connection::open(path)?;
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(sound.into());
    }
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'huntsman_%' \
                  AND name NOT LIKE 'sqlite_%'";
    let names: Vec<String> = connection
        .prepare(tables)?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut items = Vec::new();
    for table in names {
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\""))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let cell = |at| row.get::<_, Value>(at);
            let cells = (0..columns).map(cell).collect::<Result<Vec<_>, _>>()?;
            items.push(format!("{table} {cells:?}"));
        }
    }
    Ok(items)
}
