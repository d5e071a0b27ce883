//! How do files reach a place that Huntsman does not know? With a `Place`, which takes the bytes of
//! any format: `cargo run -p huntsman-examples --example own_place`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use huntsman::{Export, ExportError, Item, Opening};
use huntsman_export::{Catalog, Mode, Output, Place, Start, Words};
use huntsman_testkit::{Sample, sample_records};

/// Files in the memory of this process: `memory:NAME`.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Place for Memory {
    fn schemes(&self) -> &'static [&'static str] {
        &["memory"]
    }

    fn open(&self, address: &str, _: Start<'_>, _: &Words) -> io::Result<Box<dyn Output>> {
        let name = address.trim_start_matches("memory:").to_owned();
        let (place, bytes) = (self.clone(), Vec::new());
        Ok(Box::new(File { place, name, bytes }))
    }
}

struct File {
    place: Memory,
    name: String,
    bytes: Vec<u8>,
}

impl Output for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Nothing is seen of a file before it is whole.
    fn finish(&mut self) -> io::Result<()> {
        let mut files = self.place.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(self.name.clone(), std::mem::take(&mut self.bytes));
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), ExportError> {
    let memory = Memory::default();
    // The command takes it, too: `huntsman_cli::main_with(spiders, |catalog| catalog.place(…))`.
    let catalog = Catalog::default().place(memory.clone());
    let address = "memory:%(spider)s.csv?fields=number,text";
    let feed = catalog.feed(address, Mode::Replace, &BTreeMap::new())?;
    // What a crawl does with it.
    feed.open(Opening::new(Sample::schemas()).of("books", Default::default()))
        .await?;
    feed.export(sample_records(0..2)).await?;
    feed.close().await?;
    let files = memory.0.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, bytes) in files.iter() {
        println!("{name}:\n{}", String::from_utf8_lossy(bytes));
    }
    Ok(())
}
