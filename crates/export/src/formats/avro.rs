//! Avro object container files (specification 1.12).

use std::mem;

use huntsman_avro::container::{
    Codec, ContainerFault, ContainerOptions, ContainerReader, ContainerWriter, Sync,
};
use huntsman_avro::{Algorithm, AvroSchema};
use huntsman_contract::ItemFields;
use huntsman_core::{AnyItem, ExportError, Record, Schema};

mod same;
mod schema;

use super::begins;
use crate::format::{Encode, Ends, Format, Keep, LOOK};
use crate::words::Words;
use same::difference;

/// Avro object container files: `avro`.
///
/// The schema in the header is that of the items: it says all that the type says, constraints and
/// docs too. A file with items of several types has a union of their records. A block ends with
/// each batch, and once its values take 64 KiB.
///
/// | word | |
/// |---|---|
/// | `codec` | how blocks are compressed: `null`, `deflate` (the default: every reader of Avro has to know it, and a file is about a third of the size), `snappy`, `zstandard` |
///
/// A file that is there is gone on with in its own codec, if its schema means the same data.
#[derive(Debug, Clone, Copy)]
pub struct Avro;

impl Format for Avro {
    fn names(&self) -> &'static [&'static str] {
        &["avro"]
    }

    fn words(&self) -> &'static [&'static str] {
        &["codec"]
    }

    fn is_compressed(&self) -> bool {
        true
    }

    fn encoder(
        &self,
        schemas: &'static [&'static Schema],
        words: &Words,
    ) -> Result<Box<dyn Encode>, ExportError> {
        let codec = words.get("codec").map(str::parse);
        let codec = codec.unwrap_or(Ok(Codec::Deflate));
        let codec = codec
            .map_err(|_| words.refused("codec", "it is null, deflate, snappy or zstandard"))?;
        let container = Container::new(schemas, codec);
        let container = container.map_err(|reason| {
            ExportError::Place(format!("the items cannot be written as Avro: {reason}"))
        })?;
        Ok(Box::new(container))
    }
}

/// A header, and blocks of values.
struct Container {
    schemas: &'static [&'static Schema],
    schema: AvroSchema,
    header: Vec<u8>,
    writer: ContainerWriter<Vec<u8>>,
    /// Of each type.
    known: Vec<ItemFields>,
}

/// A block ends once its values take so many bytes.
const BLOCK: usize = 64 << 10;

impl Container {
    fn new(schemas: &'static [&'static Schema], codec: Codec) -> Result<Self, String> {
        let schema = schema::of_file(schemas)?;
        let options = ContainerOptions::new(sync(&schema)).codec(codec);
        Ok(Self {
            schemas,
            // A file for no types has one too: what is wrong with its items is said later.
            known: (0..schemas.len().max(1))
                .map(|_| ItemFields::default())
                .collect(),
            header: options.header(&schema),
            writer: writer(options, &schema),
            schema,
        })
    }

    /// The number of an item's type, where there are several.
    fn branch(&self, record: &Record) -> Result<usize, String> {
        let schema = record.item.schema();
        let mut known = self.schemas.iter();
        let found = known.position(|known| std::ptr::eq(*known, schema));
        let found = found.or_else(|| {
            self.schemas
                .iter()
                .position(|known| known.name == schema.name)
        });
        found.ok_or_else(|| format!("its type `{}` is none of the file's", schema.name))
    }

    /// Takes codec, sync marker and header from how a file begins.
    fn take_over(&mut self, head: &[u8]) -> Result<(), String> {
        if head.starts_with(&self.header) {
            return Ok(());
        }
        // One that is too long to be looked at can only be compared.
        if head.len() == LOOK && self.header.starts_with(head) {
            return Ok(());
        }
        if !head.starts_with(b"Obj\x01") {
            return Err(begins(head));
        }
        let reader = ContainerReader::new(head).map_err(|error| match error.fault {
            ContainerFault::Truncated(_) if head.len() == LOOK => {
                format!("its header is longer than {LOOK} bytes")
            }
            _ => error.to_string(),
        })?;
        let theirs = reader.writer_schema();
        let ours = (&self.schema, self.schema.root());
        if let Some(difference) = difference((theirs, theirs.root()), ours) {
            return Err(difference);
        }
        let length = usize::try_from(reader.offset()).unwrap_or(head.len());
        self.header = head[..length].to_vec();
        let options = ContainerOptions::new(reader.sync()).codec(reader.codec());
        self.writer = writer(options, &self.schema);
        Ok(())
    }

    /// What the header ends with.
    fn sync(&self) -> &[u8] {
        &self.header[self.header.len() - mem::size_of::<Sync>()..]
    }

    /// Ends the block, right where it goes to.
    fn end_block(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        mem::swap(self.writer.get_mut(), out);
        let ended = self.writer.flush();
        mem::swap(self.writer.get_mut(), out);
        ended.map_err(|error| error.to_string())
    }
}

/// Appends an item; where the file has several types, as the one of this number.
fn append(
    writer: &mut ContainerWriter<Vec<u8>>,
    branch: Option<usize>,
    item: &dyn AnyItem,
    known: &mut ItemFields,
) -> Result<(), String> {
    let visited = writer.append_fields(branch, |fields| known.write(item, fields));
    if visited.map_err(|error| error.to_string())? {
        return Ok(());
    }
    let appended = match branch {
        Some(branch) => writer.append_branch(branch, item.fields()),
        None => writer.append(item.fields()),
    };
    appended.map_err(|error| error.to_string())
}

/// What gathers values until it is told that the block ends.
fn writer(options: ContainerOptions, schema: &AvroSchema) -> ContainerWriter<Vec<u8>> {
    options.block_size(usize::MAX).go_on(Vec::new(), schema)
}

/// What stands between blocks: always the same for a schema, so that a file that is written once
/// more is the same. It begins with a byte that no UTF-8 has, so no text of a page holds it.
fn sync(schema: &AvroSchema) -> Sync {
    let print = schema.fingerprint(Algorithm::Md5);
    let mut sync = Sync::default();
    for (to, from) in sync.iter_mut().zip(print.as_bytes()) {
        *to = *from;
    }
    sync[0] = 0xff;
    sync
}

impl Encode for Container {
    fn label(&self) -> &'static str {
        "an Avro file of these items"
    }

    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend_from_slice(&self.header);
        Ok(())
    }

    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
        let several = self.schemas.len() > 1;
        let branch = several.then(|| self.branch(record)).transpose()?;
        let known = &mut self.known[branch.unwrap_or(0)];
        append(&mut self.writer, branch, &*record.item, known)?;
        if self.writer.held() >= BLOCK {
            self.end_block(out)?;
        }
        Ok(())
    }

    fn batch(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        self.end_block(out)
    }

    /// What is still held back then is of a batch that did not end: it is in no file.
    fn end(&mut self, _: bool, _: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }

    fn append(&mut self, old: &Ends) -> Result<Keep, String> {
        self.take_over(&old.head)?;
        if !old.tail.ends_with(self.sync()) {
            return Err("it does not end with a whole block: it may have been cut off".to_owned());
        }
        Ok(Keep {
            keep: old.len,
            joint: b"",
            empty: old.len == self.header.len() as u64,
        })
    }

    fn resume(&mut self, head: &[u8]) -> Result<(), String> {
        self.take_over(head)
    }

    fn held(&self) -> usize {
        self.writer.held()
    }
}
