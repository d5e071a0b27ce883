//! A slow disk keeps the feed waiting, and nobody else.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use huntsman_core::{Export, Item, Opening};
use huntsman_export::{Catalog, Mode, Output, Place, Start, Words};
use huntsman_testkit::{Sample, sample_records};

#[derive(Default, Clone, Copy, PartialEq)]
enum Stage {
    #[default]
    Idle,
    Writing,
    Released,
}

/// A disk that writes when it is told to.
#[derive(Clone, Default)]
struct Slow(Arc<(Mutex<Stage>, Condvar)>);

impl Slow {
    fn stage(&self) -> Stage {
        *self.0.0.lock().expect("no thread panicked")
    }

    fn enter(&self, stage: Stage) {
        *self.0.0.lock().expect("no thread panicked") = stage;
        self.0.1.notify_all();
    }
}

impl Place for Slow {
    fn schemes(&self) -> &'static [&'static str] {
        &["slow"]
    }

    fn open(&self, _: &str, _: Start<'_>, _: &Words) -> io::Result<Box<dyn Output>> {
        Ok(Box::new(self.clone()))
    }
}

impl Output for Slow {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        self.enter(Stage::Writing);
        let stage = self.0.0.lock().expect("no thread panicked");
        let long = Duration::from_secs(60);
        let waits = |stage: &mut Stage| *stage != Stage::Released;
        let (stage, _) = self.0.1.wait_timeout_while(stage, long, waits).expect("it");
        match *stage {
            Stage::Released => Ok(()),
            _ => Err(io::Error::other("nobody else came to do anything")),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "current_thread")]
async fn others_go_on_while_the_disk_is_slow() {
    let disk = Slow::default();
    let catalog = Catalog::default().place(disk.clone());
    let feed = catalog.feed("slow:items.jsonl", Mode::Replace, &BTreeMap::new());
    let feed = feed.expect("a place");
    feed.open(Opening::new(Sample::schemas()))
        .await
        .expect("it opens");
    let others = async {
        while disk.stage() != Stage::Writing {
            tokio::task::yield_now().await;
        }
        disk.enter(Stage::Released);
    };
    let (exported, ()) = tokio::join!(feed.export(sample_records(0..9)), others);
    exported.expect("it is written in the end");
}
