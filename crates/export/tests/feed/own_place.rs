//! A place that is not ours: files in memory, on a disk that can be full.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use huntsman_core::{Export, ExportError, Item as _, Opening, Sequence};
use huntsman_export::Mode::{self, Append, Replace};
use huntsman_export::{Catalog, Delivered, Feed, Output, Place, Start, Words};

use crate::sample::{Folder, Line, line, message, records};

/// Files that are there once they are finished, and room for more.
#[derive(Clone)]
struct Memory {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// Bytes that the disk has left.
    room: Arc<AtomicUsize>,
}

struct Part {
    memory: Memory,
    address: String,
    bytes: Vec<u8>,
}

impl Place for Memory {
    fn schemes(&self) -> &'static [&'static str] {
        &["mem"]
    }

    fn open(&self, address: &str, _: Start<'_>, _: &Words) -> io::Result<Box<dyn Output>> {
        Ok(Box::new(Part {
            memory: self.clone(),
            address: address.to_owned(),
            bytes: Vec::new(),
        }))
    }

    fn numbers(&self, before: &str, after: &str, _: &Words) -> io::Result<Vec<u64>> {
        let files = self.files.lock().unwrap();
        let number = |name: &String| {
            let number = name.strip_prefix(before)?.strip_suffix(after)?;
            number.parse().ok()
        };
        Ok(files.keys().filter_map(number).collect())
    }

    fn remove(&self, address: &str, mode: Mode, _: &str, _: &Words) -> io::Result<()> {
        if mode == Append {
            self.files.lock().unwrap().remove(address);
        }
        Ok(())
    }
}

impl Output for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.memory.room.load(Ordering::Relaxed);
        let fits = room.min(bytes.len());
        self.memory.room.store(room - fits, Ordering::Relaxed);
        self.bytes.extend_from_slice(&bytes[..fits]);
        if fits < bytes.len() {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "No space left"));
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let (address, bytes) = (self.address.clone(), self.bytes.clone());
        self.memory.files.lock().unwrap().insert(address, bytes);
        Ok(())
    }

    fn fail(&mut self, delivered: &Delivered) -> String {
        format!("{} items are lost", delivered.items)
    }
}

impl Memory {
    fn with(room: usize) -> Self {
        Self {
            files: Arc::default(),
            room: Arc::new(AtomicUsize::new(room)),
        }
    }

    fn feed(&self, address: &str, mode: Mode) -> Feed {
        let catalog = Catalog::default().place(self.clone());
        catalog.feed(address, mode, &BTreeMap::new()).unwrap()
    }

    fn text(&self) -> String {
        let files = self.files.lock().unwrap();
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).unwrap();
        files.values().map(text).collect()
    }
}

async fn run(feed: &Feed) -> Result<(), ExportError> {
    feed.open(Opening::new(Line::schemas())).await?;
    for n in 0..3 {
        feed.export(records([line(n)])).await?;
    }
    feed.close().await
}

#[tokio::test]
async fn a_disk_that_is_full_at_any_byte_fails_the_sink() {
    for (words, whole) in [
        (
            "format=json",
            "[\n{\"n\":0,\"text\":\"line 0\"},\n{\"n\":1,\"text\":\"line 1\"},\n{\"n\":2,\"text\":\"line 2\"}\n]\n",
        ),
        (
            "format=csv",
            "n,text\r\n0,line 0\r\n1,line 1\r\n2,line 2\r\n",
        ),
    ] {
        for mode in [Append, Replace] {
            for room in 0..=whole.len() {
                let memory = Memory::with(room);
                let feed = memory.feed(&format!("mem://m/x?{words}"), mode);
                let done = run(&feed).await;
                if room < whole.len() {
                    let error = done.unwrap_err();
                    assert!(matches!(error, ExportError::Io { .. }), "{error}");
                    let text = message(&error);
                    assert!(
                        text.contains("mem://m/x") && text.contains("No space left"),
                        "{text}"
                    );
                    assert!(text.contains("items are lost"), "{text}");
                    assert_eq!(memory.text(), "");
                } else {
                    done.unwrap();
                    assert_eq!(memory.text(), whole);
                }
            }
        }
    }
}

#[tokio::test]
async fn compressed_files_fail_at_any_byte_too() {
    let memory = Memory::with(usize::MAX);
    run(&memory.feed("mem://m/x.jsonl.gz", Append))
        .await
        .unwrap();
    let len = usize::MAX - memory.room.load(Ordering::Relaxed);
    for room in 0..len {
        let memory = Memory::with(room);
        let error = run(&memory.feed("mem://m/x.jsonl.gz", Append))
            .await
            .unwrap_err();
        assert!(message(&error).contains("No space left"), "{error}");
        assert!(memory.files.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_place_of_whole_files_needs_numbers_in_a_job() {
    let job = || Opening::new(Line::schemas()).resuming("a", None);
    let memory = Memory::with(usize::MAX);
    let error = memory
        .feed("mem://m/x.jsonl", Append)
        .open(job())
        .await
        .unwrap_err();
    assert!(message(&error).contains("%(batch)05d"), "{error}");
    for mode in [Append, Replace] {
        let memory = Memory::with(usize::MAX);
        let address = "mem://m/x-%(batch)d.jsonl";
        let feed = memory.feed(address, mode);
        feed.open(job()).await.unwrap();
        let mut position = feed.commit(Sequence(0)).await.unwrap();
        for n in 0..3 {
            // What came after the position, finished or not, comes again.
            feed.export(records([line(7)])).await.unwrap();
            let feed = memory.feed(address, mode);
            let opening = job().resuming("a", Some(position.clone()));
            feed.open(opening).await.unwrap();
            feed.export(records([line(n)])).await.unwrap();
            position = feed.commit(Sequence(n.into())).await.unwrap();
            feed.export(records([line(8)])).await.unwrap();
            feed.commit(Sequence(8)).await.unwrap();
            drop(feed);
            let feed = memory.feed(address, mode);
            feed.open(job().resuming("a", Some(position.clone())))
                .await
                .unwrap();
            feed.close().await.unwrap();
        }
        let all: String = (0..3)
            .map(|n| format!("{{\"n\":{n},\"text\":\"line {n}\"}}\n"))
            .collect();
        assert_eq!(memory.text(), all);
        assert_eq!(memory.files.lock().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_folder_that_vanishes() {
    for (name, mode) in [
        ("x.json", Append),
        ("x.json", Replace),
        ("%(batch)d.json?batch_items=1", Append),
    ] {
        let folder = Folder::new();
        std::fs::create_dir(folder.path("in")).unwrap();
        let place = folder.place(&format!("in/{name}"));
        let feed = Feed::new(&place, mode).unwrap();
        feed.open(Opening::new(Line::schemas())).await.unwrap();
        feed.export(records([line(1)])).await.unwrap();
        std::fs::remove_dir_all(folder.path("in")).unwrap();
        let exported = feed.export(records([line(2)])).await;
        let done = match exported {
            Ok(()) => feed.close().await,
            failed => failed,
        };
        // An unlinked file can be written to, but is nobody's.
        let error = done.unwrap_err();
        assert!(matches!(error, ExportError::Io { .. }), "{error}");
        assert!(message(&error).contains("in/"), "{error}");
    }
}
