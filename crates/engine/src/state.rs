//! A spider's own state: what it knows from page to page, and from run to run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use huntsman_core::Lasting;
use huntsman_core::frontier::Saved;
use huntsman_core::lasting::Settling;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a [`State`] holds.
///
/// ```
/// use huntsman::prelude::*;
///
/// #[derive(Default, Serialize, Deserialize)]
/// struct Newest { id: u64 }
///
/// impl SpiderState for Newest {
///     const VERSION: u32 = 2;
///     // Version 1 was the bare number.
///     fn migrate(version: u32, old: serde_json::Value) -> Result<Self, String> {
///         match (version, old.as_u64()) {
///             (1, Some(id)) => Ok(Newest { id }),
///             _ => Err(format!("cannot be read: {old}")),
///         }
///     }
/// }
/// ```
pub trait SpiderState: Serialize + DeserializeOwned + Default + Send + 'static {
    /// The version of the type. It is stored with the value.
    const VERSION: u32;

    /// Makes a value of this version of what another one stored.
    ///
    /// # Errors
    /// It cannot: the job then does not begin, and says so.
    fn migrate(version: u32, old: Value) -> Result<Self, String> {
        let _unused = old;
        Err(format!("it is of version {version}"))
    }
}

/// A value of the spider's own that outlives each run of a job.
///
/// A page does not change it at once: [`crate::Output::change`] takes the change, and it is made
/// when the page is committed, in the same transaction. A page that fails, or is fetched again
/// after a crash, so changes it once or not at all. Without a job it lives as long as the crawl.
///
/// ```
/// use huntsman::prelude::*;
/// # use huntsman_testkit::FakeWeb;
///
/// #[derive(Default, Serialize, Deserialize)]
/// struct Newest { id: u64 }
///
/// impl SpiderState for Newest { const VERSION: u32 = 1; }
///
/// #[derive(Default, Deserialize)]
/// struct News {
///     #[serde(skip)]
///     newest: State<Newest>,
/// }
///
/// #[derive(Serialize, Item)]
/// struct Article { id: u64 }
///
/// impl Spider for News {
///     type Page = ();
///     type Item = Article;
///     const NAME: &'static str = "news";
///
///     fn start(&self, out: &mut Output<Self>) { out.visit("http://example.com/", ()); }
///
///     fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
///         let known = self.newest.read(|newest| newest.id);
///         for id in page.css("article::attr(id)")?.getall() {
///             let id = id.parse()?;
///             if id > known {
///                 out.item(Article { id });
///                 out.change(&self.newest, move |newest| newest.id = newest.id.max(id));
///             }
///         }
///         Ok(())
///     }
///
///     fn state(&self) -> Option<&dyn Lasting> { Some(&self.newest) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let web = FakeWeb::new().html("http://example.com/", "<article id=7><article id=3>");
/// let news = News::default();
/// let newest = news.newest.clone();
/// Crawl::new(news, web).run(&Stop::new()).await.unwrap();
/// assert_eq!(newest.read(|newest| newest.id), 7);
/// # }
/// ```
#[derive(Debug)]
pub struct State<T>(Arc<Mutex<Inner<T>>>);

#[derive(Debug, Default)]
struct Inner<T> {
    value: T,
    is_changed: bool,
}

/// What a page does to a state once it is committed.
pub(crate) type Change = Box<dyn FnOnce() + Send>;

#[derive(Serialize, Deserialize)]
struct Stored<V> {
    version: u32,
    value: V,
}

impl<T> State<T> {
    /// Looks at the value, as the pages that are committed left it.
    pub fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.inner().value)
    }

    fn inner(&self) -> MutexGuard<'_, Inner<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + 'static> State<T> {
    pub(crate) fn changing(&self, change: impl FnOnce(&mut T) + Send + 'static) -> Change {
        let state = self.clone();
        Box::new(move || {
            let mut inner = state.inner();
            inner.is_changed = true;
            change(&mut inner.value);
        })
    }
}

impl<T> Clone for State<T> {
    /// Another way to the same value.
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Default> Default for State<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: SpiderState> Lasting for State<T> {
    fn name(&self) -> &str {
        "spider"
    }

    fn changed(&self, _: &[Settling]) -> Vec<Saved> {
        let mut inner = self.inner();
        if !std::mem::take(&mut inner.is_changed) {
            return Vec::new();
        }
        let stored = Stored {
            version: T::VERSION,
            value: &inner.value,
        };
        match serde_json::to_vec(&stored) {
            Ok(value) => vec![Saved {
                name: "".into(),
                value,
            }],
            Err(error) => {
                tracing::error!(target: "settle", %error, "the spider's state cannot be stored");
                Vec::new()
            }
        }
    }

    fn restore(&self, saved: Vec<Saved>) -> Result<(), String> {
        let Some(one) = saved.first() else {
            return Ok(());
        };
        let bad = |error: serde_json::Error| error.to_string();
        let stored: Stored<Value> = serde_json::from_slice(&one.value).map_err(bad)?;
        self.inner().value = if stored.version == T::VERSION {
            serde_json::from_value(stored.value).map_err(bad)?
        } else {
            T::migrate(stored.version, stored.value)?
        };
        Ok(())
    }
}
