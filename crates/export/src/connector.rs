//! What a connector is: a system that takes records as they are, a database or a broker.

use std::fmt;

use huntsman_core::{Export, ExportError};

use crate::feed::Mode;
use crate::words::Words;

/// A system that takes records and not files, by the scheme of its addresses.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use async_trait::async_trait;
/// use huntsman_core::{Export, ExportError, Opening, Record, Sequence};
/// use huntsman_export::{Catalog, Connector, Mode, Words};
///
/// /// Takes everything and keeps nothing.
/// struct Void;
///
/// #[async_trait]
/// impl Export for Void {
///     async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
///         Ok(opening.after())
///     }
///
///     async fn export(&self, _: Vec<Record>) -> Result<(), ExportError> {
///         Ok(())
///     }
///
///     async fn close(&self) -> Result<(), ExportError> {
///         Ok(())
///     }
/// }
///
/// impl Connector for Void {
///     fn schemes(&self) -> &'static [&'static str] {
///         &["void"]
///     }
///
///     fn sink(&self, _: &str, _: Mode, _: &Words) -> Result<Box<dyn Export>, ExportError> {
///         Ok(Box::new(Void))
///     }
/// }
///
/// let catalog = Catalog::default().connector(Void);
/// // Items can be chosen for it as for a file.
/// let address = "void://nowhere?fields=title";
/// let feed = catalog.feed(address, Mode::Append, &BTreeMap::new())?;
/// assert_eq!(feed.name(), address);
/// # Ok::<(), ExportError>(())
/// ```
pub trait Connector: Send + Sync + 'static {
    /// The schemes of its addresses: `sqlite`.
    fn schemes(&self) -> &'static [&'static str];

    /// The words that it understands, beside those of every feed.
    fn words(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether queries of its addresses may have other words too, which are then its own:
    /// `sslmode=require`. They are left in the address.
    fn has_own_words(&self) -> bool {
        false
    }

    /// What a feed writes to: two feeds of one crawl for which it is the same are refused. By default, the
    /// address and its `table`.
    fn identity(&self, address: &str, words: &Words) -> String {
        format!("{address} {}", words.get("table").unwrap_or_default())
    }

    /// A sink for this address; nothing is opened yet.
    ///
    /// # Errors
    /// The address or a word has no sense.
    fn sink(
        &self,
        address: &str,
        mode: Mode,
        words: &Words,
    ) -> Result<Box<dyn Export>, ExportError>;
}

impl fmt::Debug for dyn Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.schemes().first().unwrap_or(&"connector"))
    }
}
