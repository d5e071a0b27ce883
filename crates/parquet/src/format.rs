//! The format by its name and words.

use huntsman_core::{ExportError, Schema};
use huntsman_export::{Encode, Format, Words};
use parquet::basic::{Compression, ZstdLevel};

use crate::error::Unfit;
use crate::table::{Bounds, Table};

/// Rows of a row group without the word.
const ROWS: usize = 1 << 20;

/// Memory that rows may take before they are a row group.
const BYTES: usize = 64 << 20;

/// The format `parquet`: columns, for those who analyse.
///
/// Its words are `codec` (`zstd`, `snappy` or `none`) and `row_group`, the most rows of a row group.
///
/// ```
/// use huntsman_core::{Field, Kind, Schema};
/// use huntsman_export::{Catalog, Format as _, Words};
/// use huntsman_parquet::Parquet;
///
/// static QUOTE: Schema = Schema::new("Quote", &[Field::new("text", Kind::Text)]);
/// static AUTHOR: Schema = Schema::new("Author", &[Field::new("name", Kind::Text)]);
/// static BOTH: &[&Schema] = &[&QUOTE, &AUTHOR];
///
/// let _catalog = Catalog::default().format(Parquet);
///
/// // One file, and no item: a whole file nevertheless.
/// let words = Words::new("quotes.parquet", [("codec", "snappy")]);
/// let mut file = Parquet.encoder(&BOTH[..1], &words)?;
/// let mut bytes = Vec::new();
/// file.begin(&mut bytes)?;
/// file.end(true, &mut bytes)?;
/// assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
///
/// let Err(error) = Parquet.encoder(BOTH, &words) else { unreachable!() };
/// assert!(error.to_string().contains("types=Quote"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Parquet;

impl Format for Parquet {
    fn names(&self) -> &'static [&'static str] {
        &["parquet"]
    }

    fn words(&self) -> &'static [&'static str] {
        &["codec", "row_group"]
    }

    fn encoder(
        &self,
        schemas: &'static [&'static Schema],
        words: &Words,
    ) -> Result<Box<dyn Encode>, ExportError> {
        let (codec, bounds) = (codec(words)?, bounds(words)?);
        let table = table(schemas, codec, bounds);
        let told = |reason| ExportError::Place(format!("no Parquet: {reason}"));
        Ok(Box::new(table.map_err(told)?))
    }
}

fn table(
    schemas: &'static [&'static Schema],
    codec: Compression,
    bounds: Bounds,
) -> Result<Table, Unfit> {
    match schemas {
        [] => Err(Unfit::Unknown),
        [only] => Table::new(&huntsman_contract::avro_schema(only)?, codec, bounds),
        [first, ..] => {
            let names: Vec<_> = schemas.iter().map(|schema| schema.name).collect();
            Err(Unfit::Several {
                count: schemas.len(),
                names: names.join(", "),
                first: first.name,
            })
        }
    }
}

fn codec(words: &Words) -> Result<Compression, ExportError> {
    match words.get("codec") {
        None | Some("zstd") => Ok(Compression::ZSTD(ZstdLevel::default())),
        Some("snappy") => Ok(Compression::SNAPPY),
        Some("none") => Ok(Compression::UNCOMPRESSED),
        Some(_) => Err(words.refused("codec", "there are zstd, snappy, none")),
    }
}

fn bounds(words: &Words) -> Result<Bounds, ExportError> {
    let rows = words.parse("row_group")?.unwrap_or(ROWS);
    if rows == 0 {
        return Err(words.refused("row_group", "a row group has one row at least"));
    }
    Ok(Bounds { rows, bytes: BYTES })
}
