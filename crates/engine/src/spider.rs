//! What a user writes: a spider.

use std::error::Error;
use std::fmt;

use huntsman_core::{FetchError, Item, Lasting};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::output::Output;
use crate::response::Response;
use crate::settings::Settings;

/// A spider: where it starts, and what it makes of each page.
///
/// The spider's own fields are its arguments: with `#[derive(Deserialize)]` they are filled from
/// `-a NAME=VALUE`. `parse` is synchronous and pure, so it runs on all cores and is tested from a
/// saved page:
///
/// ```
/// use huntsman::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Quotes;
///
/// #[derive(Serialize, Item)]
/// struct Quote { text: String, author: String }
///
/// impl Spider for Quotes {
///     type Page = ();
///     type Item = Quote;
///     const NAME: &'static str = "quotes";
///
///     fn start(&self, out: &mut Output<Self>) {
///         out.visit("http://quotes.toscrape.com/", ());
///     }
///
///     fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
///         for quote in page.css("div.quote")?.elements() {
///             out.item(Quote {
///                 text: quote.css("span.text::text")?.get().ok_or("no text")?,
///                 author: quote.css("small.author::text")?.get().unwrap_or_default(),
///             });
///         }
///         out.visit_all(page.css("li.next a::attr(href)")?.getall(), ());
///         Ok(())
///     }
/// }
///
/// let page = Response::html(
///     "http://quotes.toscrape.com/",
///     "<div class=quote><span class=text>Less is more.</span></div><li class=next><a href=/page/2/>",
/// );
/// let out = huntsman::parse(&Quotes, (), &page).unwrap();
/// assert_eq!(out.items()[0].text, "Less is more.");
/// assert_eq!(out.urls(&page), ["http://quotes.toscrape.com/page/2/"]);
/// ```
pub trait Spider: Send + Sync + 'static {
    /// Which page this is, and what is carried to it: a serde enum, or `()`. It is stored with the
    /// request, so a new field needs `#[serde(default)]` to stay readable.
    type Page: Serialize + DeserializeOwned + Send + 'static;

    /// What it yields: one struct, or an enum of several.
    type Item: Item;

    /// By which it is called: `crawl NAME`.
    const NAME: &'static str;

    /// Changes when `Page`, or what `parse` makes of pages, changes so that requests found by the
    /// earlier spider should not be parsed by this one: a job (`--job`) that another version began
    /// is refused. By default all versions are the same one.
    const VERSION: &'static str = "";

    /// Yields the first requests.
    fn start(&self, out: &mut Output<Self>);

    /// Makes items and requests of one page.
    ///
    /// # Errors
    /// Any error fails this page: nothing that it yielded counts, and the crawl goes on. So does
    /// a panic.
    fn parse(
        &self,
        page: Self::Page,
        response: &Response,
        out: &mut Output<Self>,
    ) -> Result<(), ParseError>;

    /// Hears of a request that brought no page, after the last retry (Scrapy's errback). It may
    /// yield items and requests.
    fn failed(&self, page: Self::Page, error: &FetchError, out: &mut Output<Self>) {
        let _unused = (page, error, out);
    }

    /// The spider's state, where it has any: a [`crate::State`] in one of its fields.
    fn state(&self) -> Option<&dyn Lasting> {
        None
    }

    /// The spider's own layer of settings: above file and environment, below the command line.
    fn configure(&self, settings: &mut Settings) {
        let _unused = settings;
    }
}

/// Why a page could not be parsed: any error, or a text.
///
/// ```
/// use huntsman::ParseError;
/// fn price(text: &str) -> Result<f64, ParseError> {
///     Ok(text.strip_prefix('£').ok_or("no pound sign")?.parse()?)
/// }
/// assert_eq!(price("£51.77").unwrap(), 51.77);
/// assert_eq!(price("51.77").unwrap_err().to_string(), "no pound sign");
/// ```
pub struct ParseError(Box<dyn Error + Send + Sync>);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for ParseError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
