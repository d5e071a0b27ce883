//! Whole files, in memory.

use std::sync::Arc;

use huntsman_core::{AnyItem, Fingerprint, Record, RecordId, Schema};
use huntsman_export::formats::{Avro, Csv, Json, JsonLines, Xml};
use huntsman_export::{Encode, Ends, Format, Keep, LOOK, Words};

use crate::data::Any;

pub(crate) type Schemas = &'static [&'static Schema];

/// A format with words.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) format: &'static str,
    pub(crate) words: Vec<(&'static str, &'static str)>,
}

pub(crate) fn shape(format: &'static str, words: &[(&'static str, &'static str)]) -> Shape {
    Shape {
        format,
        words: words.to_vec(),
    }
}

pub(crate) const FORMATS: [&dyn Format; 5] = [&Json, &JsonLines, &Csv, &Xml, &Avro];

impl Shape {
    pub(crate) fn encoder(&self, schemas: Schemas) -> Box<dyn Encode> {
        let mut known = FORMATS.iter();
        let format = known.find(|known| known.names()[0] == self.format).unwrap();
        for (word, _) in &self.words {
            assert!(format.words().contains(word), "{word}");
        }
        let words = Words::new("test", self.words.iter().copied());
        format.encoder(schemas, &words).unwrap()
    }
}

pub(crate) fn record(item: impl AnyItem) -> Record {
    Record {
        id: RecordId {
            request: Fingerprint(7),
            ordinal: 0,
        },
        item: Arc::new(item),
        url: "https://example.org/".into(),
    }
}

/// One file, batch by batch, as a feed has it.
pub(crate) struct File {
    encode: Box<dyn Encode>,
    pub(crate) bytes: Vec<u8>,
    empty: bool,
}

impl File {
    pub(crate) fn new(mut encode: Box<dyn Encode>) -> Self {
        let mut bytes = Vec::new();
        encode.begin(&mut bytes).unwrap();
        Self {
            encode,
            bytes,
            empty: true,
        }
    }

    /// Goes on with a whole file.
    pub(crate) fn append(mut encode: Box<dyn Encode>, old: Vec<u8>) -> Result<Self, String> {
        let look = old.len().min(LOOK);
        let Keep { keep, joint, empty } = encode.append(&Ends {
            head: old[..look].to_vec(),
            tail: old[old.len() - look..].to_vec(),
            len: old.len() as u64,
        })?;
        let mut bytes = old;
        bytes.truncate(usize::try_from(keep).unwrap());
        bytes.extend_from_slice(joint);
        Ok(Self {
            encode,
            bytes,
            empty,
        })
    }

    /// Goes on behind a batch.
    pub(crate) fn resume(mut encode: Box<dyn Encode>, bytes: Vec<u8>, empty: bool) -> Self {
        encode.resume(&bytes[..bytes.len().min(LOOK)]).unwrap();
        Self {
            encode,
            bytes,
            empty,
        }
    }

    pub(crate) fn record(&mut self, record: &Record) -> Result<(), String> {
        self.encode.separate(self.empty, &mut self.bytes);
        self.encode.record(record, &mut self.bytes)?;
        self.empty = false;
        Ok(())
    }

    pub(crate) fn batch(&mut self, records: &[Record]) -> Result<(), String> {
        for record in records {
            self.record(record)?;
        }
        self.encode.batch(&mut self.bytes)
    }

    pub(crate) fn end(mut self) -> Vec<u8> {
        assert_eq!(self.encode.held(), 0);
        self.encode.end(self.empty, &mut self.bytes).unwrap();
        self.bytes
    }
}

pub(crate) fn records(items: &[Any]) -> Vec<Record> {
    items.iter().cloned().map(record).collect()
}

/// A file of these items, in batches of three.
pub(crate) fn written(shape: &Shape, schemas: Schemas, items: &[Any]) -> Vec<u8> {
    let mut file = File::new(shape.encoder(schemas));
    for batch in records(items).chunks(3) {
        file.batch(batch).unwrap();
    }
    file.end()
}
