//! Writing container files.

use std::io::{self, Write};

use serde::Serialize;

use super::header::Header;
use super::{Codec, Sync};
use crate::encode::{EncodeError, Encoder, RecordFields};
use crate::schema::AvroSchema;
use crate::value::Value;
use crate::varint;

/// How a container file is written.
///
/// ```
/// use huntsman_avro::container::{Codec, ContainerOptions, ContainerReader};
/// use huntsman_avro::AvroSchema;
///
/// let schema = AvroSchema::parse(r#"{"type": "map", "values": "long"}"#)?;
/// let options = ContainerOptions::new([7; 16]).codec(Codec::Deflate).metadata("spider", "quotes");
/// let mut writer = options.start(Vec::new(), &schema)?;
/// writer.append(&serde_json::json!({"a": 1}))?;
/// writer.append(&serde_json::json!({"b": 2}))?;
/// let file = writer.finish()?;
///
/// let mut reader = ContainerReader::new(&file[..])?;
/// assert_eq!(reader.metadata("spider"), Some(&b"quotes"[..]));
/// let first = reader.next().expect("two values")?;
/// assert_eq!(schema.view(&first).to_string(), r#"{"a":1}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ContainerOptions {
    codec: Codec,
    sync: Sync,
    block: usize,
    metadata: Vec<(String, Vec<u8>)>,
}

impl ContainerOptions {
    /// Blocks of 64 KiB that are not compressed, with this marker between them. It should be drawn
    /// at random for each file, so that a reader does not take data for it.
    #[must_use]
    pub fn new(sync: Sync) -> Self {
        Self {
            codec: Codec::Null,
            sync,
            block: 64 << 10,
            metadata: Vec::new(),
        }
    }

    /// Compresses blocks like this.
    #[must_use]
    pub fn codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// Ends a block once its values take so many bytes before they are compressed.
    #[must_use]
    pub fn block_size(mut self, bytes: usize) -> Self {
        self.block = bytes;
        self
    }

    /// Says more in the header. Keys that start with `avro.` are for the specification.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.metadata.push((key.into(), value.into()));
        self
    }

    /// Starts a file: writes the header, with the schema's own text.
    ///
    /// # Errors
    /// The header is not written.
    pub fn start<W: Write>(self, to: W, schema: &AvroSchema) -> io::Result<ContainerWriter<W>> {
        let header = self.header(schema);
        let mut writer = self.go_on(to, schema);
        writer.to.write_all(&header)?;
        writer.written = header.len() as u64;
        Ok(writer)
    }

    /// The bytes that such a file starts with.
    #[must_use]
    pub fn header(&self, schema: &AvroSchema) -> Vec<u8> {
        let header = Header {
            schema: schema.clone(),
            codec: self.codec,
            sync: self.sync,
            metadata: self.metadata.clone(),
        };
        header.bytes()
    }

    /// Goes on with a file whose header is there already, at the end of a block. Codec and sync
    /// marker have to be those of its header, and so has the schema, but for what its canonical
    /// form leaves out; a [`ContainerReader`](super::ContainerReader) tells them.
    ///
    /// ```
    /// use huntsman_avro::AvroSchema;
    /// use huntsman_avro::container::{ContainerOptions, ContainerReader};
    ///
    /// let schema = AvroSchema::parse(r#""string""#)?;
    /// let mut writer = ContainerOptions::new([7; 16]).start(Vec::new(), &schema)?;
    /// writer.append("one")?;
    /// let file = writer.finish()?;
    ///
    /// let head = ContainerReader::new(&file[..])?;
    /// let options = ContainerOptions::new(head.sync()).codec(head.codec());
    /// let mut writer = options.go_on(file.clone(), head.writer_schema());
    /// writer.append("two")?;
    /// let file = writer.finish()?;
    /// assert_eq!(ContainerReader::new(&file[..])?.count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn go_on<W: Write>(self, to: W, schema: &AvroSchema) -> ContainerWriter<W> {
        ContainerWriter {
            to,
            encoder: Encoder::new(schema),
            schema: schema.clone(),
            codec: self.codec,
            sync: self.sync,
            size: self.block,
            plain: Vec::new(),
            whole: 0,
            count: 0,
            written: 0,
        }
    }
}

/// Space for blocks that grew beyond twice this is not kept.
const KEPT: usize = 1 << 20;

/// Why a value is not appended to a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// It is no data of the schema. The file is as before, and takes others.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A block is not written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A container file that is being written. Values are gathered to a block; the file is whole after
/// each [`ContainerWriter::flush`], and at the end after [`ContainerWriter::finish`].
#[derive(Debug)]
pub struct ContainerWriter<W: Write> {
    to: W,
    schema: AvroSchema,
    encoder: Encoder,
    codec: Codec,
    sync: Sync,
    size: usize,
    plain: Vec<u8>,
    /// So many bytes of `plain` are whole values: what is behind was left by a panic.
    whole: usize,
    count: usize,
    written: u64,
}

impl<W: Write> ContainerWriter<W> {
    /// Appends an item, as an [`Encoder`] takes it.
    ///
    /// # Errors
    /// The item is no data of the schema, or the block that it fills is not written.
    pub fn append<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), AppendError> {
        self.plain.truncate(self.whole);
        self.encoder.encode(item, &mut self.plain)?;
        Ok(self.added()?)
    }

    /// Appends an item as the branch of this number of the union that the schema is.
    ///
    /// # Errors
    /// As [`ContainerWriter::append`]; and the schema has no such branch.
    pub fn append_branch<T: Serialize + ?Sized>(
        &mut self,
        branch: usize,
        item: &T,
    ) -> Result<(), AppendError> {
        self.plain.truncate(self.whole);
        self.encoder.encode_branch(branch, item, &mut self.plain)?;
        Ok(self.added()?)
    }

    /// Appends a record whose fields `write` hands over, as [`Encoder::encode_fields`] does. Whether
    /// it did.
    ///
    /// # Errors
    /// The block that it fills is not written.
    pub fn append_fields(
        &mut self,
        branch: Option<usize>,
        write: impl FnOnce(&mut RecordFields<'_>) -> bool,
    ) -> io::Result<bool> {
        self.plain.truncate(self.whole);
        let written = self.encoder.encode_fields(branch, &mut self.plain, write);
        if written {
            self.added()?;
        }
        Ok(written)
    }

    /// Appends a value of the schema.
    ///
    /// # Errors
    /// The value is none of the schema, or the block that it fills is not written.
    pub fn append_value(&mut self, value: &Value) -> Result<(), AppendError> {
        self.plain.truncate(self.whole);
        self.schema.encode_value(value, &mut self.plain)?;
        Ok(self.added()?)
    }

    fn added(&mut self) -> io::Result<()> {
        self.count += 1;
        self.whole = self.plain.len();
        if self.plain.len() >= self.size {
            self.flush()?;
        }
        Ok(())
    }

    /// Ends the block, if there are values in it. What is written then is a whole file.
    ///
    /// # Errors
    /// The block is not written; it may stand there in part.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.count > 0 {
            self.plain.truncate(self.whole);
            let block = self.codec.compress(&self.plain)?;
            let mut head = Vec::with_capacity(20);
            varint::write_length(self.count, &mut head);
            varint::write_length(block.len(), &mut head);
            for part in [&head[..], &block[..], &self.sync[..]] {
                self.to.write_all(part)?;
                self.written += part.len() as u64;
            }
            self.count = 0;
            self.whole = 0;
            self.plain.clear();
            self.plain.shrink_to(self.size.min(KEPT) * 2);
        }
        self.to.flush()
    }

    /// How many bytes of values wait for their block to end, before they are compressed.
    #[must_use]
    pub fn held(&self) -> usize {
        self.whole
    }

    /// How many bytes were written: header and whole blocks.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Where it goes. What is written there by others damages the file.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.to
    }

    /// Ends the file, and gives back where it went.
    ///
    /// # Errors
    /// The last block is not written.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.to)
    }
}
