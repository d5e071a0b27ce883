//! Reading container files.

use std::io::Read;

use super::header::Header;
use super::input::Input;
use super::{Codec, ContainerError, ContainerFault, Limits, Sync};
use crate::cursor::Cursor;
use crate::resolve::Resolver;
use crate::schema::AvroSchema;
use crate::value::Value;

/// So many values a block may have beyond one for each of its bytes.
const FREE_VALUES: u64 = 1 << 18;

/// The values of a container file, one after the other. Memory is bounded by [`Limits`]: one block
/// is held at a time. After an error there are no more values.
///
/// ```
/// use huntsman_avro::AvroSchema;
/// use huntsman_avro::container::{ContainerOptions, ContainerReader};
///
/// let old = AvroSchema::parse(r#""int""#)?;
/// let mut writer = ContainerOptions::new([7; 16]).start(Vec::new(), &old)?;
/// writer.append(&1)?;
/// let file = writer.finish()?;
///
/// let new = AvroSchema::parse(r#"["null", "long"]"#)?;
/// let reader = ContainerReader::with_schema(&file[..], &new)?;
/// let values: Vec<_> = reader.collect::<Result<_, _>>()?;
/// assert_eq!(new.view(&values[0]).to_string(), "1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ContainerReader<R> {
    input: Input<R>,
    header: Header,
    limits: Limits,
    resolver: Option<(AvroSchema, Resolver)>,
    block: Block,
    done: bool,
}

/// A block that is being read.
#[derive(Debug, Default)]
struct Block {
    /// Where it starts in the file.
    start: u64,
    plain: Vec<u8>,
    at: usize,
    index: u64,
    count: u64,
}

impl<R: Read> ContainerReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// It is no container file, or one of an unknown codec, or without a valid schema.
    pub fn new(from: R) -> Result<Self, ContainerError> {
        Self::with_limits(from, Limits::default())
    }

    /// The same with these limits.
    ///
    /// # Errors
    /// As [`ContainerReader::new`].
    pub fn with_limits(from: R, limits: Limits) -> Result<Self, ContainerError> {
        let mut input = Input::new(from);
        let header = Header::read(&mut input, limits)?;
        Ok(Self {
            input,
            header,
            limits,
            resolver: None,
            block: Block::default(),
            done: false,
        })
    }

    /// Reads the header; values become ones of this schema.
    ///
    /// # Errors
    /// As [`ContainerReader::new`]; this schema does not read the file's.
    pub fn with_schema(from: R, reader: &AvroSchema) -> Result<Self, ContainerError> {
        Self::new(from)?.resolved(reader)
    }

    /// Has the values that come become ones of this schema.
    ///
    /// # Errors
    /// This schema does not read the file's.
    pub fn resolved(mut self, reader: &AvroSchema) -> Result<Self, ContainerError> {
        let resolver = Resolver::new(&self.header.schema, reader);
        let resolver = resolver.map_err(|error| ContainerFault::from(error).at(4))?;
        self.resolver = Some((reader.clone(), resolver));
        Ok(self)
    }

    /// The schema of the values: the reader's, or else the file's own.
    pub fn schema(&self) -> &AvroSchema {
        self.resolver
            .as_ref()
            .map_or(&self.header.schema, |(schema, _)| schema)
    }

    /// The schema that the file was written with.
    pub fn writer_schema(&self) -> &AvroSchema {
        &self.header.schema
    }

    /// How its blocks are compressed.
    pub fn codec(&self) -> Codec {
        self.header.codec
    }

    /// Its sync marker.
    pub fn sync(&self) -> Sync {
        self.header.sync
    }

    /// What else the header says under this key.
    pub fn metadata(&self, key: &str) -> Option<&[u8]> {
        let mut entries = self.header.metadata.iter();
        let (_, value) = entries.find(|(known, _)| known == key)?;
        Some(value)
    }

    /// How many bytes of the file were read: between blocks, and at the end, all of them are good.
    pub fn offset(&self) -> u64 {
        self.input.offset
    }

    fn value(&mut self) -> Result<Option<Value>, ContainerError> {
        while self.block.index == self.block.count {
            if self.block.at < self.block.plain.len() {
                let left = self.block.plain.len() - self.block.at;
                return Err(ContainerFault::Trailing(left).at(self.block.start));
            }
            let start = self.input.offset;
            match self.next_block() {
                Ok(Some(block)) => self.block = Block { start, ..block },
                Ok(None) => return Ok(None),
                Err(fault) => return Err(fault.at(start)),
            }
        }
        let block = &mut self.block;
        let mut cursor = Cursor::new(&block.plain[block.at..]);
        let read = match &self.resolver {
            Some((_, resolver)) => resolver.read(&mut cursor),
            None => self
                .header
                .schema
                .read(self.header.schema.root, &mut cursor),
        };
        let index = block.index;
        let value = read.map_err(|mut error| {
            error.offset += block.at;
            ContainerFault::Value { index, error }.at(block.start)
        })?;
        block.at += cursor.offset();
        block.index += 1;
        Ok(Some(value))
    }

    fn next_block(&mut self) -> Result<Option<Block>, ContainerFault> {
        const WHAT: &str = "a block";
        let Some(count) = self.input.long(WHAT)? else {
            return Ok(None);
        };
        let count = u64::try_from(count)
            .map_err(|_| ContainerFault::OutOfRange("the number of values in a block"))?;
        let size = self.input.length(WHAT, self.limits.block)?;
        let block = self.input.bytes(size, WHAT)?;
        if self.input.array("the sync marker after a block")? != self.header.sync {
            return Err(ContainerFault::Sync);
        }
        let plain = self.header.codec.decompress(block, self.limits.plain)?;
        if count > plain.len() as u64 + FREE_VALUES {
            return Err(ContainerFault::TooMany {
                bytes: plain.len(),
                count,
            });
        }
        Ok(Some(Block {
            plain,
            count,
            ..Block::default()
        }))
    }
}

impl<R: Read> Iterator for ContainerReader<R> {
    type Item = Result<Value, ContainerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let value = self.value().transpose();
        self.done = !matches!(value, Some(Ok(_)));
        value
    }
}
