//! One file in the making.

use std::sync::Arc;

use huntsman_avro::Encoder;
use huntsman_core::Record;
use huntsman_export::{Encode, Ends, Keep};
use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result as Written};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::TypePtr;

use crate::column::Column;
use crate::error::{Unfit, Unwritable};
use crate::shape::{Layout, Part};
use crate::shred::shred;

/// The key of the Avro schema in the metadata of a file.
const SCHEMA: &str = "huntsman.avro.schema";

/// The longest item, as Avro: a page has a 32-bit size, and is not divided within a row.
const MAX_ITEM: usize = 1 << 30;

/// When rows that are held become a row group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// As many of them.
    pub(crate) rows: usize,
    /// As many bytes of memory.
    pub(crate) bytes: usize,
}

/// Rows that are held, and the file that their row groups go to.
pub(crate) struct Table {
    encoder: Encoder,
    root: Part,
    columns: Vec<Column>,
    schema: TypePtr,
    properties: WriterPropertiesPtr,
    bounds: Bounds,
    rows: usize,
    /// The item at hand, as Avro.
    item: Vec<u8>,
    /// Between `begin` and `end`. What it writes stays in its buffer for as long as a call takes.
    file: Option<SerializedFileWriter<Vec<u8>>>,
}

impl Table {
    pub(crate) fn new(
        schema: &huntsman_avro::AvroSchema,
        codec: Compression,
        bounds: Bounds,
    ) -> Result<Self, Unfit> {
        let layout = Layout::of(schema)?;
        let said = KeyValue::new(SCHEMA.to_owned(), schema.text().to_owned());
        let properties = WriterProperties::builder()
            .set_compression(codec)
            .set_created_by(concat!("huntsman version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(vec![said]));
        Ok(Self {
            encoder: Encoder::new(schema),
            root: layout.root,
            columns: layout.columns,
            schema: layout.schema,
            properties: Arc::new(properties.build()),
            bounds,
            rows: 0,
            item: Vec::new(),
            file: None,
        })
    }

    fn row(&mut self, record: &Record) -> Result<(), Unwritable> {
        self.item.clear();
        self.encoder.encode(record.item.fields(), &mut self.item)?;
        if self.item.len() > MAX_ITEM {
            return Err(Unwritable::TooLong(self.item.len()));
        }
        shred(&self.root, &self.item, &mut self.columns)?;
        self.rows += 1;
        Ok(())
    }

    /// Writes the rows that are held as a row group.
    fn row_group(&mut self, out: &mut Vec<u8>) -> Written<()> {
        self.rows = 0;
        let file = self.file.as_mut().ok_or_else(not_begun)?;
        let mut group = file.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut to) = group.next_column()? else {
                return Err(ParquetError::General("a column is missing".to_owned()));
            };
            column.write(&mut to)?;
            to.close()?;
        }
        group.close()?;
        drain(file, out)
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Written<()> {
        if self.rows > 0 {
            self.row_group(out)?;
        }
        let mut file = self.file.take().ok_or_else(not_begun)?;
        file.finish()?;
        drain(&mut file, out)
    }
}

fn not_begun() -> ParquetError {
    ParquetError::General("the file is not begun".to_owned())
}

/// Hands back what was written. Positions in the file are counted before the buffer, so it may be
/// emptied.
fn drain(file: &mut SerializedFileWriter<Vec<u8>>, out: &mut Vec<u8>) -> Written<()> {
    file.flush()?;
    let written = std::mem::take(file.inner_mut());
    if out.is_empty() {
        *out = written;
    } else {
        out.extend_from_slice(&written);
    }
    Ok(())
}

impl Encode for Table {
    fn label(&self) -> &'static str {
        "a file that more items can be added to"
    }

    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let (schema, properties) = (Arc::clone(&self.schema), Arc::clone(&self.properties));
        let begun = SerializedFileWriter::new(Vec::new(), schema, properties);
        let file = self.file.insert(begun.map_err(|error| error.to_string())?);
        drain(file, out).map_err(|error| error.to_string())
    }

    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
        self.row(record).map_err(|error| error.to_string())?;
        if self.rows >= self.bounds.rows || self.held() >= self.bounds.bytes {
            self.row_group(out).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn end(&mut self, _: bool, out: &mut Vec<u8>) -> Result<(), String> {
        self.finish(out).map_err(|error| error.to_string())
    }

    fn append(&mut self, _: &Ends) -> Result<Keep, String> {
        Err(
            "a Parquet file ends with its footer; several files take more \
             (items-%(batch)05d.parquet)"
                .to_owned(),
        )
    }

    fn resume(&mut self, _: &[u8]) -> Result<(), String> {
        Err("a Parquet file is whole or none".to_owned())
    }

    fn is_whole_only(&self) -> bool {
        true
    }

    fn held(&self) -> usize {
        self.columns.iter().map(Column::size).sum()
    }
}
