//! What a page yields: items and requests.

use std::sync::Arc;

use huntsman_core::{Bytes, HeaderMap, HeaderName, HeaderValue, Method, Url};
use serde::Serialize;

use crate::response::Response;
use crate::spider::Spider;
use crate::state::{Change, State};

/// Collects what a spider yields for one page. It is committed as a whole, or not at all.
pub struct Output<S: Spider + ?Sized> {
    items: Vec<S::Item>,
    drafts: Vec<RawDraft>,
    changes: Vec<Change>,
}

/// A request with its page kind already written as JSON, its link not yet joined.
#[derive(Debug)]
pub(crate) struct RawDraft {
    pub(crate) href: Box<str>,
    pub(crate) page: Arc<str>,
    pub(crate) special: Option<Box<Special>>,
}

/// What a plain link does not have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Special {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) priority: i32,
    pub(crate) revisit: bool,
}

impl<S: Spider + ?Sized> Output<S> {
    /// An empty output.
    #[must_use]
    pub fn new() -> Self {
        Self {
            items: Vec::new(),
            drafts: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Yields an item.
    pub fn item(&mut self, item: S::Item) {
        self.items.push(item);
    }

    /// Yields a `GET` of `href`, joined to the page's base URL. A link that cannot be joined is
    /// counted, never an error; one that is known already is not fetched twice.
    ///
    /// # Panics
    /// When the page kind cannot be written as JSON; the page fails then.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a page kind is given away, like an item"
    )]
    pub fn visit(&mut self, href: impl AsRef<str>, page: S::Page) {
        self.push(href.as_ref(), json(&page));
    }

    /// Yields a `GET` of each link, all of one page kind.
    ///
    /// # Panics
    /// When the page kind cannot be written as JSON; the page fails then.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a page kind is given away, like an item"
    )]
    pub fn visit_all<H: AsRef<str>>(&mut self, hrefs: impl IntoIterator<Item = H>, page: S::Page) {
        let page = json(&page);
        for href in hrefs {
            self.push(href.as_ref(), Arc::clone(&page));
        }
    }

    fn push(&mut self, href: &str, page: Arc<str>) {
        self.drafts.push(RawDraft {
            href: href.into(),
            page,
            special: None,
        });
    }

    /// Yields a request with method, headers, body and so on.
    ///
    /// # Panics
    /// When the page kind cannot be written as JSON; the page fails then.
    pub fn request(&mut self, draft: Draft<S::Page>) {
        self.drafts.push(RawDraft {
            href: draft.href.into(),
            page: json(&draft.page),
            special: Some(Box::new(draft.special)),
        });
    }

    /// Changes the spider's state, once the page is committed; changes of one page are made in
    /// this order. See [`State`].
    pub fn change<T: Send + 'static>(
        &mut self,
        state: &State<T>,
        change: impl FnOnce(&mut T) + Send + 'static,
    ) {
        self.changes.push(state.changing(change));
    }

    /// Makes the changes so far, as a commit of the page would: for tests of spiders.
    pub fn apply(&mut self) {
        self.changes.drain(..).for_each(|change| change());
    }

    /// The items yielded so far.
    #[must_use]
    pub fn items(&self) -> &[S::Item] {
        &self.items
    }

    /// The URLs requested so far, joined to the page's base; those that cannot be joined are left
    /// out.
    #[must_use]
    pub fn urls(&self, response: &Response) -> Vec<String> {
        let base = response.base_url();
        let joined = self
            .drafts
            .iter()
            .filter_map(|draft| join(Some(base), &draft.href));
        joined.map(String::from).collect()
    }

    pub(crate) fn into_parts(self) -> (Vec<S::Item>, Vec<RawDraft>, Vec<Change>) {
        (self.items, self.drafts, self.changes)
    }
}

impl<S: Spider + ?Sized> Default for Output<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Spider + ?Sized> std::fmt::Debug for Output<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("items", &self.items.len())
            .field("requests", &self.drafts)
            .finish()
    }
}

/// The absolute URL of a link: white space trimmed, as browsers do.
pub(crate) fn join(base: Option<&Url>, href: &str) -> Option<Url> {
    let href = href.trim();
    match base {
        Some(base) => base.join(href).ok(),
        None => Url::parse(href).ok(),
    }
}

fn json<P: Serialize>(page: &P) -> Arc<str> {
    match serde_json::to_string(page) {
        Ok(text) => text.into(),
        Err(error) => panic!("the page kind cannot be stored as JSON: {error}"),
    }
}

/// A request in the making, for [`Output::request`].
///
/// ```
/// use huntsman::Draft;
/// let login = Draft::post("/login", (), "user=me&password=secret")
///     .header("content-type", "application/x-www-form-urlencoded")
///     .priority(10);
/// # let _ = login;
/// ```
#[derive(Debug, Clone)]
#[must_use = "a draft does nothing until Output::request takes it"]
pub struct Draft<P> {
    href: String,
    page: P,
    special: Special,
}

impl<P> Draft<P> {
    /// A `GET` of `href`.
    pub fn get(href: impl Into<String>, page: P) -> Self {
        Self {
            href: href.into(),
            page,
            special: Special::default(),
        }
    }

    /// A `POST` of `body` to `href`. Name its `content-type` with [`Draft::header`].
    pub fn post(href: impl Into<String>, page: P, body: impl Into<Bytes>) -> Self {
        Self::get(href, page).method(Method::POST).body(body)
    }

    /// Another method.
    pub fn method(mut self, method: Method) -> Self {
        self.special.method = method;
        self
    }

    /// Adds a header field.
    ///
    /// # Panics
    /// When name or value are not valid in HTTP; the page fails then.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let Ok(name) = name.parse::<HeaderName>() else {
            panic!("{name:?} is no header name");
        };
        let Ok(text) = HeaderValue::from_str(value) else {
            panic!("the value of header {name} has characters that HTTP does not allow");
        };
        self.special.headers.append(name, text);
        self
    }

    /// The body to send.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.special.body = body.into();
        self
    }

    /// Higher is fetched earlier; 0 by default, negative ones later. Pace comes first: a host that
    /// must wait does so whatever the priority.
    pub fn priority(mut self, priority: i32) -> Self {
        self.special.priority = priority;
        self
    }

    /// Fetch it even if the same request is known already (Scrapy's `dont_filter`).
    pub fn revisit(mut self) -> Self {
        self.special.revisit = true;
        self
    }
}
