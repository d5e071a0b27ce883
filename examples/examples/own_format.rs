//! How are items written in a format that Huntsman does not know? With a `Format`, which makes bytes
//! of records: `cargo run -p huntsman-examples --example own_format`

use std::collections::BTreeMap;
use std::io::Write;

use huntsman::{Export, ExportError, Item, Opening, Record, Schema};
use huntsman_export::{Catalog, Encode, Ends, Format, Keep, Mode, Words};
use huntsman_testkit::{Sample, sample_records};

/// A YAML document for each item: JSON is YAML, too.
struct Yaml;

impl Format for Yaml {
    fn names(&self) -> &'static [&'static str] {
        &["yaml", "yml"]
    }

    fn encoder(&self, _: &'static [&Schema], _: &Words) -> Result<Box<dyn Encode>, ExportError> {
        Ok(Box::new(Documents))
    }
}

struct Documents;

impl Encode for Documents {
    fn label(&self) -> &'static str {
        "a stream of YAML documents"
    }
    fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }
    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
        let item = serde_json::to_value(record.item.fields()).map_err(|why| why.to_string())?;
        out.extend_from_slice(b"---\n");
        for field in record.item.schema().fields {
            let line = writeln!(out, "{}: {}", field.name, item[field.name]);
            line.map_err(|why| why.to_string())?;
        }
        Ok(())
    }
    fn end(&mut self, _: bool, _: &mut Vec<u8>) -> Result<(), String> {
        Ok(())
    }
    /// What another run wrote is kept, if it is such a file.
    fn append(&mut self, old: &Ends) -> Result<Keep, String> {
        let (keep, joint, empty) = (old.len, &b""[..], false);
        let is_ours = old.head.starts_with(b"---\n") && old.tail.ends_with(b"\n");
        let kept = is_ours.then_some(Keep { keep, joint, empty });
        kept.ok_or_else(|| "it does not begin with `---`, or its last line is cut off".to_owned())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), ExportError> {
    // The command takes it, too: `huntsman_cli::main_with(spiders, |catalog| catalog.format(Yaml))`.
    let catalog = Catalog::default().format(Yaml);
    let feed = catalog.feed("-?format=yaml", Mode::Append, &BTreeMap::new())?;
    // What a crawl does with it.
    feed.open(Opening::new(Sample::schemas())).await?;
    feed.export(sample_records(0..2)).await?;
    feed.close().await
}
