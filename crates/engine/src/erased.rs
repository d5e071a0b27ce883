//! The one conversion between a typed spider and the engine, which knows no types.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use huntsman_core::{AnyItem, FetchError, Item, RawResponse, Refine, Request, Schema};

use crate::output::Output;
use crate::parse::{Items, Yield};
use crate::refine::{Refined, through};
use crate::response::Response;
use crate::spider::Spider;

/// A spider and its steps, without their types.
#[async_trait]
pub(crate) trait AnySpider: Send + Sync + 'static {
    fn name(&self) -> &'static str;
    fn schemas(&self) -> &'static [&'static Schema];
    fn start(&self) -> Yield;
    fn parse(&self, request: &Request, raw: RawResponse) -> Result<Yield, String>;
    fn failed(&self, request: &Request, error: &FetchError) -> Result<Yield, String>;
    async fn refine(&self, items: Box<dyn Any + Send>) -> Refined;
}

/// A spider with the steps that its items pass.
pub(crate) struct Typed<S: Spider> {
    pub(crate) spider: S,
    pub(crate) steps: Vec<Box<dyn Refine<S::Item>>>,
}

impl<S: Spider> Typed<S> {
    fn yielded(&self, out: Output<S>, base: Option<huntsman_core::Url>) -> Yield {
        let (items, drafts) = out.into_parts();
        let items = if self.steps.is_empty() {
            let erase = |item| Arc::new(item) as Arc<dyn AnyItem>;
            Items::Refined(items.into_iter().map(erase).collect())
        } else {
            let count = items.len() as u64;
            Items::Typed(Box::new(items), count)
        };
        Yield {
            items,
            drafts,
            base,
        }
    }

    fn page(request: &Request) -> Result<S::Page, String> {
        serde_json::from_str(&request.page)
            .map_err(|error| format!("the page kind {} cannot be read: {error}", request.page))
    }
}

#[async_trait]
impl<S: Spider> AnySpider for Typed<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn schemas(&self) -> &'static [&'static Schema] {
        S::Item::schemas()
    }

    fn start(&self) -> Yield {
        let mut out = Output::new();
        self.spider.start(&mut out);
        self.yielded(out, None)
    }

    fn parse(&self, request: &Request, raw: RawResponse) -> Result<Yield, String> {
        let page = Self::page(request)?;
        let response = Response::at_depth(raw, request.depth);
        let mut out = Output::new();
        self.spider
            .parse(page, &response, &mut out)
            .map_err(|error| error.to_string())?;
        let base = response.base_url().clone();
        Ok(self.yielded(out, Some(base)))
    }

    fn failed(&self, request: &Request, error: &FetchError) -> Result<Yield, String> {
        let mut out = Output::new();
        self.spider.failed(Self::page(request)?, error, &mut out);
        Ok(self.yielded(out, Some(request.url.clone())))
    }

    async fn refine(&self, items: Box<dyn Any + Send>) -> Refined {
        let items = items.downcast::<Vec<S::Item>>();
        let items = *items.expect("the items come from this very spider");
        through(&self.steps, items).await
    }
}
