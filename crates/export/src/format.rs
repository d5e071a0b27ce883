//! What a format is: how records become the bytes of a file.

use std::fmt;

use huntsman_core::{ExportError, Record, Schema};

use crate::words::Words;

/// A file format by its names.
///
/// A format of one's own that writes the URL of each item on a line:
///
/// ```
/// use std::collections::BTreeMap;
///
/// use huntsman_core::{ExportError, Record, Schema};
/// use huntsman_export::{Catalog, Encode, Ends, Format, Keep, Mode, Words};
///
/// struct Urls;
///
/// impl Format for Urls {
///     fn names(&self) -> &'static [&'static str] {
///         &["urls"]
///     }
///
///     fn encoder(
///         &self,
///         _: &'static [&'static Schema],
///         _: &Words,
///     ) -> Result<Box<dyn Encode>, ExportError> {
///         Ok(Box::new(UrlList))
///     }
/// }
///
/// struct UrlList;
///
/// impl Encode for UrlList {
///     fn label(&self) -> &'static str {
///         "a list of URLs"
///     }
///
///     fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), String> {
///         Ok(())
///     }
///
///     fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
///         out.extend_from_slice(record.url.as_bytes());
///         out.push(b'\n');
///         Ok(())
///     }
///
///     fn end(&mut self, _: bool, _: &mut Vec<u8>) -> Result<(), String> {
///         Ok(())
///     }
///
///     fn append(&mut self, old: &Ends) -> Result<Keep, String> {
///         if !old.tail.ends_with(b"\n") {
///             return Err("its last line is cut off".to_owned());
///         }
///         Ok(Keep { keep: old.len, joint: b"", empty: false })
///     }
/// }
///
/// let catalog = Catalog::default().format(Urls);
/// // Compression, batches and positions come with it.
/// let feed = catalog.feed("quotes.urls.gz", Mode::Append, &BTreeMap::new())?;
/// assert_eq!(feed.name(), "quotes.urls.gz");
/// # Ok::<(), ExportError>(())
/// ```
pub trait Format: Send + Sync + 'static {
    /// Its names, the usual one first; they are also the endings of its files.
    fn names(&self) -> &'static [&'static str];

    /// The words that it understands, beside those of every feed.
    fn words(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether its files are compressed inside: no other compression is then put around them.
    fn is_compressed(&self) -> bool {
        false
    }

    /// What writes one file of items of these types. It is made before the first request, and once
    /// more for each further file.
    ///
    /// # Errors
    /// A word has no sense, or the format cannot hold such items.
    fn encoder(
        &self,
        schemas: &'static [&'static Schema],
        words: &Words,
    ) -> Result<Box<dyn Encode>, ExportError>;
}

impl fmt::Debug for dyn Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names().first().unwrap_or(&"format"))
    }
}

/// One file in the making. It is pure: bytes are handed back, and others put them in their place.
///
/// A file is `begin`, then for each record `separate` and `record`, then `end`. After each batch,
/// what was handed back by then followed by `end` is a whole file.
///
/// An error is a reason, part of a sentence; `out` may then have grown.
///
/// ```
/// use huntsman_core::Record;
/// use huntsman_export::{Encode, Ends, Keep};
///
/// /// How many items there are, and nothing else.
/// #[derive(Default)]
/// struct Count(u64);
///
/// impl Encode for Count {
///     fn label(&self) -> &'static str {
///         "a number"
///     }
///
///     fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), String> {
///         Ok(())
///     }
///
///     fn record(&mut self, _: &Record, _: &mut Vec<u8>) -> Result<(), String> {
///         self.0 += 1;
///         Ok(())
///     }
///
///     fn end(&mut self, _: bool, out: &mut Vec<u8>) -> Result<(), String> {
///         out.extend_from_slice(format!("{}\n", self.0).as_bytes());
///         Ok(())
///     }
///
///     fn append(&mut self, old: &Ends) -> Result<Keep, String> {
///         let text = String::from_utf8_lossy(&old.head);
///         self.0 = text.trim().parse().map_err(|_| "it is no number".to_owned())?;
///         Ok(Keep { keep: 0, joint: b"", empty: self.0 == 0 })
///     }
///
///     fn is_whole_only(&self) -> bool {
///         true
///     }
/// }
///
/// let mut count = Count::default();
/// let old = Ends { head: b"7\n".to_vec(), tail: b"7\n".to_vec(), len: 2 };
/// assert_eq!(count.append(&old)?.keep, 0);
/// let mut file = Vec::new();
/// count.end(false, &mut file)?;
/// assert_eq!(file, b"7\n");
/// # Ok::<(), String>(())
/// ```
pub trait Encode: Send {
    /// What a file of it is, with its article: `a JSON array`.
    fn label(&self) -> &'static str;

    /// What stands before all records. After [`Encode::append`] or [`Encode::resume`], what stands
    /// at the beginning of that file.
    ///
    /// # Errors
    /// Why no file can begin.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), String>;

    /// What stands before a record; `first` if the file has none before it.
    fn separate(&self, first: bool, out: &mut Vec<u8>) {
        let _unused = (first, out);
    }

    /// One record. It may be held back until `batch`.
    ///
    /// # Errors
    /// Why it cannot be written. The records before it are not harmed.
    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String>;

    /// A batch has ended: what was held back comes, unless [`Encode::is_whole_only`].
    ///
    /// # Errors
    /// Why it cannot be written.
    fn batch(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let _unused = out;
        Ok(())
    }

    /// What stands after all records; `empty` if there are none.
    ///
    /// # Errors
    /// Why it cannot be written.
    fn end(&mut self, empty: bool, out: &mut Vec<u8>) -> Result<(), String>;

    /// Goes on with a whole file that another run wrote; called instead of `begin`. What is to
    /// be kept of it, and how.
    ///
    /// # Errors
    /// Why it is not a whole file of this format and of these items.
    fn append(&mut self, old: &Ends) -> Result<Keep, String>;

    /// Goes on behind the batch that this file, cut there, ends with; called instead of `begin`.
    /// `head` is how the file begins: its first [`LOOK`] bytes, or all.
    ///
    /// # Errors
    /// Why it is no file of this format.
    fn resume(&mut self, head: &[u8]) -> Result<(), String> {
        let _unused = head;
        Ok(())
    }

    /// Whether a file can only be whole: it cannot be cut after a batch and gone on with. A crawl
    /// with a job then ends a file with each commit.
    fn is_whole_only(&self) -> bool {
        false
    }

    /// Bytes that are held back, about: they count where files have a size.
    fn held(&self) -> usize {
        0
    }
}

/// How much of either end of a file is looked at.
pub const LOOK: usize = 64 * 1024;

/// The two ends of a file that is not empty, without its compression.
#[derive(Debug, Clone)]
pub struct Ends {
    /// Its first bytes: [`LOOK`], or all.
    pub head: Vec<u8>,
    /// Its last bytes: [`LOOK`], or all.
    pub tail: Vec<u8>,
    /// Its length in bytes.
    pub len: u64,
}

/// How to go on with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// So many of its bytes stay; at most [`LOOK`] go.
    pub keep: u64,
    /// What has to be added to them before anything else.
    pub joint: &'static [u8],
    /// There are no records in it yet.
    pub empty: bool,
}
