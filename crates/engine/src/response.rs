//! A response that parses itself: core's raw one, and a document made when first asked for.

use std::cell::OnceCell;

use huntsman_core::{HeaderMap, RawResponse, StatusCode, Url};
use huntsman_select::{Document, SelectError, Selection};
use serde::de::DeserializeOwned;

/// A response as a spider sees it. Text and document are made when first asked for.
///
/// ```
/// use huntsman::Response;
/// let page = Response::html("http://example.com/a/", "<title>Hi</title><a href=b>b</a>");
/// assert_eq!(page.css("title::text").unwrap().get().as_deref(), Some("Hi"));
/// assert_eq!(page.join("b").unwrap().as_str(), "http://example.com/a/b");
/// ```
#[derive(Debug)]
pub struct Response {
    raw: RawResponse,
    depth: u16,
    text: OnceCell<String>,
    document: OnceCell<Document>,
    base: OnceCell<Url>,
}

impl Response {
    /// Wraps a raw response.
    #[must_use]
    pub fn new(raw: RawResponse) -> Self {
        Self::at_depth(raw, 0)
    }

    pub(crate) fn at_depth(raw: RawResponse, depth: u16) -> Self {
        Self {
            raw,
            depth,
            text: OnceCell::new(),
            document: OnceCell::new(),
            base: OnceCell::new(),
        }
    }

    /// A `200 OK` with this HTML, for tests.
    ///
    /// # Panics
    /// When `url` is none.
    #[must_use]
    pub fn html(url: &str, html: &str) -> Self {
        let url = Url::parse(url).expect("the test's URL is a URL");
        let mut raw = RawResponse::ok(url, html.to_owned());
        let html = huntsman_core::HeaderValue::from_static("text/html; charset=utf-8");
        raw.headers
            .insert(huntsman_core::header::CONTENT_TYPE, html);
        Self::new(raw)
    }

    /// The URL that was fetched.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.raw.url
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// The header fields.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// The `Content-Type`, where there is a readable one.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.raw.content_type()
    }

    /// Whether it says that it is HTML, or says nothing and begins like markup.
    #[must_use]
    pub fn is_html(&self) -> bool {
        match self.content_type() {
            Some(kind) => {
                let kind = kind.split(';').next().unwrap_or_default().trim();
                kind.eq_ignore_ascii_case("text/html")
                    || kind.eq_ignore_ascii_case("application/xhtml+xml")
            }
            None => self.body().trim_ascii_start().starts_with(b"<"),
        }
    }

    /// The body as bytes, decompressed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.raw.body
    }

    /// Links followed from a seed to here.
    #[must_use]
    pub fn depth(&self) -> u16 {
        self.depth
    }

    /// The body as text: by byte-order mark, `Content-Type`, `<meta>`, else by looking at it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.get_or_init(|| self.decoded().into_owned())
    }

    fn decoded(&self) -> std::borrow::Cow<'_, str> {
        huntsman_select::encoding::decode(&self.raw.body, self.raw.content_type()).0
    }

    /// The body read as JSON.
    ///
    /// # Errors
    /// It is not JSON, or not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.text())
    }

    /// The body as an HTML document.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| match self.text.get() {
            Some(text) => Document::html(text),
            None => Document::html(&self.decoded()),
        })
    }

    /// What a CSS selector matches, `::text` and `::attr(name)` included.
    ///
    /// # Errors
    /// The selector cannot be read.
    pub fn css(&self, selector: &str) -> Result<Selection<'_>, SelectError> {
        self.document().css(selector)
    }

    /// What an XPath 1.0 expression yields.
    ///
    /// # Errors
    /// The expression cannot be read or evaluated.
    pub fn xpath(&self, expression: &str) -> Result<Selection<'_>, SelectError> {
        self.document().xpath(expression)
    }

    /// The `href` of each link, as written, in document order.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.document().links()
    }

    /// The URL that links are relative to: the page's own, or that of its `<base>`.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        self.base.get_or_init(|| {
            self.base_href()
                .and_then(|href| self.raw.url.join(href.trim()).ok())
                .unwrap_or_else(|| self.raw.url.clone())
        })
    }

    /// Where the page is parsed already, its document knows. Else the bytes are looked at first:
    /// hardly a page has a `<base>`, and parsing is dear.
    fn base_href(&self) -> Option<&str> {
        if let Some(document) = self.document.get() {
            return document.base_href();
        }
        let body = self.body();
        let mentioned = memchr::memchr_iter(b'<', body).any(|at| {
            body.get(at + 1..at + 5)
                .is_some_and(|tag| tag.eq_ignore_ascii_case(b"base"))
        });
        if mentioned && self.is_html() {
            self.document().base_href()
        } else {
            None
        }
    }

    /// The absolute URL of a link on this page; `None` when it cannot be joined.
    #[must_use]
    pub fn join(&self, href: &str) -> Option<Url> {
        crate::output::join(Some(self.base_url()), href)
    }
}
