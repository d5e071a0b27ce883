//! What else a run wants the next one to know: cookies, statistics, a spider's own state.

use huntsman_core::{FrontierError, Timestamp};

use crate::Store;
use crate::bytes::unseal;
use crate::guard::locked;
use crate::writer::Command;

impl Store {
    /// Keeps a value under a name, in the place of an earlier one. It is committed when this
    /// returns; what it means, and in which version, is the caller's.
    ///
    /// ```
    /// # use huntsman_core::Timestamp;
    /// # use huntsman_store::{Options, Store};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let store = Store::open(dir.path(), Options::new("books", "1", Timestamp(0))).unwrap();
    /// store.save("cookies", b"[]".to_vec()).await.unwrap();
    /// assert_eq!(store.saved("cookies").await.unwrap().as_deref(), Some(&b"[]"[..]));
    /// assert_eq!(store.saved("statistics").await.unwrap(), None);
    /// # }
    /// ```
    ///
    /// # Errors
    /// The store failed; the earlier value stays.
    pub async fn save(&self, name: &str, value: Vec<u8>) -> Result<(), FrontierError> {
        let command = Command::Save(name.to_owned(), value);
        self.blocking(move |shared| shared.submit(command, Timestamp(0)))
            .await?;
        Ok(())
    }

    /// What was last kept under this name, in this run or an earlier one.
    ///
    /// # Errors
    /// The store failed, or is damaged.
    pub async fn saved(&self, name: &str) -> Result<Option<Vec<u8>>, FrontierError> {
        let name = name.to_owned();
        self.blocking(move |shared| {
            let index = locked(&shared.index);
            let row = index.snapshot.values.get(name.as_str())?;
            let read = |row: redb::AccessGuard<'_, &'static [u8]>| {
                Ok(unseal("values", name.as_bytes(), row.value())?.0.to_vec())
            };
            row.map(read).transpose()
        })
        .await
    }
}
