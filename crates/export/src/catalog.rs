//! All formats, places and connectors that a program knows.

use std::sync::Arc;

use crate::connector::Connector;
use crate::format::Format;
use crate::formats;
use crate::place::Place;
use crate::places;

/// The formats, places and connectors that feeds are made of. What is added later wins over what
/// has the same name.
///
/// ```
/// use std::collections::BTreeMap;
/// use huntsman_export::{Catalog, Mode};
///
/// let catalog = Catalog::default();
/// let arguments = BTreeMap::from([("tag".to_owned(), "love".to_owned())]);
/// let feed = catalog.feed("%(spider)s-%(tag)s.csv", Mode::Append, &arguments)?;
/// assert_eq!(feed.name(), "%(spider)s-%(tag)s.csv");
///
/// let unknown = catalog.feed("ftp://host/quotes.csv", Mode::Append, &arguments);
/// assert!(unknown.is_err());
/// # Ok::<(), huntsman_core::ExportError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Catalog {
    pub(crate) formats: Vec<Arc<dyn Format>>,
    pub(crate) places: Vec<Arc<dyn Place>>,
    pub(crate) connectors: Vec<Arc<dyn Connector>>,
}

impl Default for Catalog {
    /// Those of this crate.
    fn default() -> Self {
        Self {
            formats: formats::standard(),
            places: places::standard(),
            connectors: Vec::new(),
        }
    }
}

impl Catalog {
    /// The same with one more format.
    #[must_use]
    pub fn format(mut self, format: impl Format) -> Self {
        self.formats.insert(0, Arc::new(format));
        self
    }

    /// The same with one more place.
    #[must_use]
    pub fn place(mut self, place: impl Place) -> Self {
        self.places.insert(0, Arc::new(place));
        self
    }

    /// The same with one more connector.
    #[must_use]
    pub fn connector(mut self, connector: impl Connector) -> Self {
        self.connectors.insert(0, Arc::new(connector));
        self
    }

    /// The format with this name, in any case of letters.
    pub(crate) fn format_named(&self, name: &str) -> Option<Arc<dyn Format>> {
        let is = |own: &&str| own.eq_ignore_ascii_case(name);
        let mut formats = self.formats.iter();
        formats
            .find(|format| format.names().iter().any(is))
            .cloned()
    }

    /// The place whose addresses have this scheme, in any case of letters.
    pub(crate) fn place_of(&self, scheme: &str) -> Option<Arc<dyn Place>> {
        let is = |own: &&str| own.eq_ignore_ascii_case(scheme);
        let mut places = self.places.iter();
        places.find(|place| place.schemes().iter().any(is)).cloned()
    }

    /// All names of all formats, those that were added last first: `json`, `jsonl`, `jl` …
    ///
    /// ```
    /// let catalog = huntsman_export::Catalog::default();
    /// assert!(catalog.format_names().any(|name| name == "csv"));
    /// assert!(catalog.schemes().any(|scheme| scheme == "file"));
    /// ```
    pub fn format_names(&self) -> impl Iterator<Item = &'static str> {
        self.formats
            .iter()
            .flat_map(|format| format.names())
            .copied()
    }

    /// The schemes of all places and systems: `file`, `sqlite`. Standard output is `-`.
    pub fn schemes(&self) -> impl Iterator<Item = &'static str> {
        let systems = self.connectors.iter().flat_map(|system| system.schemes());
        let places = self.places.iter().flat_map(|place| place.schemes());
        places.chain(systems).copied()
    }
}
