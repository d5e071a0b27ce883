//! The sink for rejected items: a file that exists only once there is one.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use huntsman::core::Schema;
use huntsman::{Export, ExportError, Record};
use huntsman_export::{Feed, Mode};
use tokio::sync::OnceCell;

/// A feed that is opened when the first record comes.
pub(crate) struct Quarantine {
    feed: Feed,
    schemas: OnceCell<&'static [&'static Schema]>,
    is_open: AtomicBool,
}

impl Quarantine {
    /// The quarantine of a spider, where the settings say so.
    pub(crate) fn of(place: &str, spider: &str) -> Result<Self, ExportError> {
        Ok(Self {
            feed: Feed::new(&place.replace("%(spider)s", spider), Mode::Append)?,
            schemas: OnceCell::new(),
            is_open: AtomicBool::new(false),
        })
    }

    pub(crate) fn name(&self) -> &str {
        self.feed.name()
    }

    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Export for Quarantine {
    /// A file that is there already is opened, so that it is known before the first request
    /// whether it can be gone on with; for another one, its folder must be there.
    async fn open(&self, schemas: &'static [&'static Schema]) -> Result<(), ExportError> {
        self.schemas.set(schemas).unwrap_or_default();
        let path = Path::new(self.name());
        if path.exists() {
            self.is_open.store(true, Ordering::Relaxed);
            return self.feed.open(schemas).await;
        }
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
                Err(ExportError::Io {
                    place: self.name().to_owned(),
                    source: std::io::ErrorKind::NotFound.into(),
                })
            }
            _ => Ok(()),
        }
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        if !self.is_open() {
            let schemas = self.schemas.get().copied().unwrap_or_default();
            self.feed.open(schemas).await?;
            self.is_open.store(true, Ordering::Relaxed);
        }
        self.feed.export(batch).await
    }

    async fn close(&self) -> Result<(), ExportError> {
        if self.is_open() {
            self.feed.close().await?;
        }
        Ok(())
    }

    async fn abandon(&self) {
        if self.is_open() {
            self.feed.abandon().await;
        }
    }

    fn bytes(&self) -> u64 {
        self.feed.bytes()
    }
}
