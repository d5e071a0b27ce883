//! Enriching: what has to be asked for elsewhere.

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use huntsman_core::{Refine, RefineError, Source, Verdict};

/// Takes each item through an async function: a database, a service, another file.
///
/// Items of one page are asked for one after the other, pages side by side. What takes longer than
/// the time limit fails that item alone, with its reason.
///
/// ```
/// use std::time::Duration;
/// use huntsman::refine::Enrich;
/// struct Book { isbn: String, stock: Option<u32> }
///
/// async fn stock(isbn: &str) -> Result<u32, String> { Ok(isbn.len() as u32) }
///
/// let enrich = Enrich::with(|mut book: Book| async move {
///     book.stock = Some(stock(&book.isbn).await?);
///     Ok::<_, String>(book)
/// })
/// .within(Duration::from_secs(5));
/// # let _ = enrich;
/// ```
pub struct Enrich<I> {
    ask: Ask<I>,
    within: Duration,
}

type Ask<I> = Box<dyn Fn(I) -> Answer<I> + Send + Sync>;
type Answer<I> = Pin<Box<dyn Future<Output = Result<I, RefineError>> + Send>>;

impl<I: Send + 'static> Enrich<I> {
    /// Takes items through `ask`.
    #[must_use]
    pub fn with<F, E>(ask: impl Fn(I) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<I, E>> + Send + 'static,
        E: Display,
    {
        Self {
            ask: Box::new(move |item| {
                let answer = ask(item);
                Box::pin(
                    async move { answer.await.map_err(|error| RefineError(error.to_string())) },
                )
            }),
            within: Duration::from_secs(30),
        }
    }

    /// Waits so long for each; 30 seconds unless said otherwise.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }
}

impl<I> std::fmt::Debug for Enrich<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrich")
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<I: Send + 'static> Refine<I> for Enrich<I> {
    async fn refine(&self, item: I, _: &Source) -> Result<Verdict<I>, RefineError> {
        match tokio::time::timeout(self.within, (self.ask)(item)).await {
            Ok(answer) => answer.map(Verdict::Keep),
            Err(_) => Err(RefineError(format!("no answer within {:?}", self.within))),
        }
    }
}
