//! Items, and feeds that are run in one call.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use huntsman_core::{
    AnyItem, Export, ExportError, Fingerprint, Item as ItemTrait, Opening, Record, RecordId,
};
use huntsman_export::{Feed, Mode};
use huntsman_macros::Item;
use serde::{Serialize, Serializer};
use tempfile::TempDir;

#[derive(Serialize, Item, Clone, Debug)]
#[item(crate = "crate::words")]
pub(crate) struct Line {
    pub(crate) n: u32,
    pub(crate) text: String,
}

#[derive(Serialize, Item, Clone, Debug, Default)]
#[item(crate = "crate::words")]
pub(crate) struct Wide {
    pub(crate) text: Option<String>,
    pub(crate) float: f64,
    pub(crate) tags: Vec<String>,
    pub(crate) size: BTreeMap<String, u8>,
    pub(crate) yes: bool,
}

#[derive(Item, Clone, Debug)]
#[item(crate = "crate::words")]
pub(crate) enum Either {
    Line(Line),
    Wide(Wide),
}

/// Its `Serialize` fails, or panics.
#[derive(Item)]
#[item(crate = "crate::words")]
pub(crate) enum Odd {
    Line(Line),
    Failing(Failing),
}

#[derive(Serialize, Item)]
#[item(crate = "crate::words")]
pub(crate) struct Failing {
    pub(crate) n: u32,
    #[serde(serialize_with = "fail")]
    pub(crate) panics: bool,
}

fn fail<S: Serializer>(panics: &bool, _: S) -> Result<S::Ok, S::Error> {
    assert!(!panics, "as asked");
    Err(serde::ser::Error::custom("as\nasked"))
}

pub(crate) fn line(n: u32) -> Line {
    Line {
        n,
        text: format!("line {n}"),
    }
}

pub(crate) fn records<I: AnyItem>(items: impl IntoIterator<Item = I>) -> Vec<Record> {
    let wrap = |(ordinal, item)| Record {
        id: RecordId {
            request: Fingerprint(7),
            ordinal,
        },
        item: Arc::new(item) as Arc<dyn AnyItem>,
        url: "https://example.org/page".into(),
    };
    (0..).zip(items).map(wrap).collect()
}

pub(crate) struct Folder(pub(crate) TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(name: &str, content: &str) -> Self {
        let folder = Self::new();
        fs::write(folder.path(name), content).unwrap();
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn place(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        read(&self.path(name))
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

pub(crate) async fn opened<I: ItemTrait>(place: &str, mode: Mode) -> Result<Feed, ExportError> {
    let feed = Feed::new(place, mode)?;
    feed.open(Opening::new(I::schemas())).await.map(|_| feed)
}

/// Opens, exports the batches and closes.
pub(crate) async fn run<I: ItemTrait + Clone>(
    place: &str,
    mode: Mode,
    batches: &[Vec<I>],
) -> Result<u64, ExportError> {
    let feed = opened::<I>(place, mode).await?;
    for batch in batches {
        feed.export(records(batch.clone())).await?;
    }
    feed.close().await?;
    Ok(feed.bytes())
}

/// The message of an error, which has to be one line.
pub(crate) fn message(error: &ExportError) -> String {
    let text = error.to_string();
    assert!(!text.contains('\n'), "{text}");
    text
}
