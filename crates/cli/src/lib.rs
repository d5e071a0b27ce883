//! The `crawl` command as a library: a project's `main` names its spiders and is done.
//!
//! ```no_run
//! use huntsman::prelude::*;
//! # #[derive(Deserialize)]
//! # struct Quotes;
//! # #[derive(Serialize, Item)]
//! # struct Quote { text: String }
//! # impl Spider for Quotes {
//! #     type Page = ();
//! #     type Item = Quote;
//! #     const NAME: &'static str = "quotes";
//! #     fn start(&self, _: &mut Output<Self>) {}
//! #     fn parse(&self, _: (), _: &Response, _: &mut Output<Self>) -> Result<(), ParseError> { Ok(()) }
//! # }
//!
//! fn main() -> std::process::ExitCode {
//!     huntsman_cli::main(huntsman_cli::spiders![Quotes])
//! }
//! ```
//!
//! Exit codes: 0 done as asked · 1 usage or settings · 2 done, and not good (nothing fetched or
//! matched, a gate not passed, items that do not obey their schema, files that differ) · 3 a sink
//! or a recording failed, brokers or a registry cannot be reached or keep you out · 130 stopped by the user.

#[cfg(all(feature = "jemalloc", not(target_env = "msvc")))]
mod allocator;
mod commands;
mod contract;
mod demo;
mod diff;
mod entry;
mod exit;
mod feeds;
mod flags;
#[cfg(any(feature = "kafka", feature = "registry"))]
mod folder;
mod job;
mod logs;
mod progress;
mod record;
#[cfg_attr(not(feature = "registry"), path = "registry_missing.rs")]
mod registry;
mod report;
mod signals;
mod style;
#[cfg_attr(not(feature = "kafka"), path = "topics_missing.rs")]
mod topics;
mod transport;
mod words;

use std::process::ExitCode;

pub use entry::{Entry, spider, spider_with};
pub use huntsman_export::Catalog;

/// The spiders of a project, for [`main`]: types, each optionally with a function that adds steps,
/// layers and rules to its crawl.
///
/// ```
/// # use huntsman::prelude::*;
/// # #[derive(Deserialize)]
/// # struct Quotes;
/// # #[derive(Serialize, Item)]
/// # struct Quote { text: String }
/// # impl Spider for Quotes {
/// #     type Page = ();
/// #     type Item = Quote;
/// #     const NAME: &'static str = "quotes";
/// #     fn start(&self, _: &mut Output<Self>) {}
/// #     fn parse(&self, _: (), _: &Response, _: &mut Output<Self>) -> Result<(), ParseError> { Ok(()) }
/// # }
/// # use huntsman::core::admit::MaxDepth;
/// let spiders = huntsman_cli::spiders![Quotes, Quotes => |crawl| crawl.admit(MaxDepth(2))];
/// assert_eq!(spiders.len(), 2);
/// ```
#[macro_export]
macro_rules! spiders {
    ($($spider:ty $(=> $with:expr)?),* $(,)?) => {
        ::std::vec![$($crate::spiders!(@one $spider $(=> $with)?)),*]
    };
    (@one $spider:ty) => { $crate::spider::<$spider>() };
    (@one $spider:ty => $with:expr) => { $crate::spider_with::<$spider>($with) };
}

/// Runs the command that the arguments of this process ask for, with these spiders.
#[must_use]
pub fn main(spiders: Vec<Entry>) -> ExitCode {
    main_with(spiders, |catalog| catalog)
}

/// The same with what `with` adds to the formats, places and systems that feeds know.
///
/// ```no_run
/// use huntsman_export::{Encode, Format, Words};
/// # use huntsman::core::{ExportError, Record};
/// # use huntsman::Schema;
///
/// /// Lines of text.
/// struct Text;
///
/// impl Format for Text {
///     fn names(&self) -> &'static [&'static str] {
///         &["txt"]
///     }
///     # fn encoder(&self, _: &'static [&'static Schema], _: &Words) -> Result<Box<dyn Encode>, ExportError> {
///     #     Err(ExportError::Other("an example".to_owned()))
///     # }
///     // …
/// }
///
/// fn main() -> std::process::ExitCode {
///     huntsman_cli::main_with(huntsman_cli::spiders![], |catalog| catalog.format(Text))
/// }
/// ```
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that a project's main is one line"
)]
pub fn main_with(spiders: Vec<Entry>, with: impl FnOnce(Catalog) -> Catalog) -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    commands::dispatch(&spiders, &with(catalog()), &arguments).into()
}

/// All formats, places and systems that this command is built with.
fn catalog() -> Catalog {
    let catalog = Catalog::default();
    #[cfg(feature = "bucket")]
    let catalog = catalog.place(huntsman_bucket::S3::from_env());
    #[cfg(feature = "kafka")]
    let catalog = huntsman_kafka::connect(catalog);
    #[cfg(feature = "parquet")]
    let catalog = catalog.format(huntsman_parquet::Parquet);
    #[cfg(feature = "sql")]
    let catalog = huntsman_sql::connect(catalog);
    catalog
}
