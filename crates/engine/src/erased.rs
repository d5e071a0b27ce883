//! The one conversion between a typed spider and the engine, which knows no types.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use huntsman_core::{
    Contract, Export, FetchError, Item, Lasting, RawResponse, Refine, Request, Schema, Source,
    Timestamp, Url,
};

use crate::output::Output;
use crate::parse::{Items, Yield};
use crate::refine::{Last, through};
use crate::response::Response;
use crate::spider::Spider;
use crate::yielded::Refined;

/// A spider and its steps, without their types.
#[async_trait]
pub(crate) trait AnySpider: Send + Sync + 'static {
    fn name(&self) -> &'static str;
    fn schemas(&self) -> &'static [&'static Schema];
    fn start(&self) -> Yield;
    fn parse(&self, request: &Request, raw: RawResponse, now: Timestamp) -> Result<Yield, String>;
    fn failed(
        &self,
        request: &Request,
        error: &FetchError,
        now: Timestamp,
    ) -> Result<Yield, String>;
    async fn refine(&self, items: Box<dyn Any + Send>) -> Refined;
    fn contract(&self) -> Option<&dyn Contract>;
    /// The parts whose state outlives a run.
    fn lasting(&self) -> Vec<&dyn Lasting>;
}

/// A spider with the steps that its items pass.
pub(crate) struct Typed<S: Spider> {
    pub(crate) spider: S,
    pub(crate) steps: Vec<Box<dyn Refine<S::Item>>>,
    pub(crate) contract: Option<Arc<dyn Contract>>,
    /// Whether some sink takes rejected items.
    pub(crate) quarantine: bool,
    /// Those that take the others, and may have something against them.
    pub(crate) sinks: Vec<Arc<dyn Export>>,
}

impl<S: Spider> Typed<S> {
    /// What a page yielded. Where no step could make it wait, the contract is held here, on the
    /// thread that parsed it.
    fn yielded(&self, out: Output<S>, source: Source) -> Yield {
        let (items, drafts, changes) = out.into_parts();
        let (count, base) = (items.len() as u64, Some(source.base.clone()));
        let items = if self.steps.is_empty() || items.is_empty() {
            let mut refined = Refined::default();
            refined.judge(items, self.last(), &source);
            Items::Refined(refined)
        } else {
            Items::Typed(Box::new((items, source)))
        };
        Yield {
            items,
            count,
            drafts,
            changes,
            base,
        }
    }

    fn last(&self) -> Last<'_> {
        Last {
            contract: self.contract.as_deref(),
            quarantine: self.quarantine,
            sinks: &self.sinks,
        }
    }

    fn source(request: &Request, url: &Url, base: &Url, time: Timestamp) -> Source {
        Source {
            spider: S::NAME,
            url: url.clone(),
            base: base.clone(),
            request: request.fingerprint(),
            time,
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
        let (items, drafts, changes) = out.into_parts();
        Yield {
            items: Items::Refined(Refined::default()),
            count: items.len() as u64,
            drafts,
            changes,
            base: None,
        }
    }

    fn parse(&self, request: &Request, raw: RawResponse, now: Timestamp) -> Result<Yield, String> {
        let page = Self::page(request)?;
        let response = Response::at_depth(raw, request.depth);
        let mut out = Output::new();
        self.spider
            .parse(page, &response, &mut out)
            .map_err(|error| error.to_string())?;
        let source = Self::source(request, response.url(), response.base_url(), now);
        Ok(self.yielded(out, source))
    }

    fn failed(
        &self,
        request: &Request,
        error: &FetchError,
        now: Timestamp,
    ) -> Result<Yield, String> {
        let mut out = Output::new();
        self.spider.failed(Self::page(request)?, error, &mut out);
        let source = Self::source(request, &request.url, &request.url, now);
        Ok(self.yielded(out, source))
    }

    async fn refine(&self, items: Box<dyn Any + Send>) -> Refined {
        let items = items.downcast::<(Vec<S::Item>, Source)>();
        let (items, source) = *items.expect("the items come from this very spider");
        through(&self.steps, items, self.last(), &source).await
    }

    fn contract(&self) -> Option<&dyn Contract> {
        self.contract.as_deref()
    }

    fn lasting(&self) -> Vec<&dyn Lasting> {
        let steps = self.steps.iter().filter_map(|step| step.lasting());
        let contract = self.contract.iter().filter_map(|one| one.lasting());
        self.spider
            .state()
            .into_iter()
            .chain(steps)
            .chain(contract)
            .collect()
    }
}
