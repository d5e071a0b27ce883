//! A spider as the command knows it: its name, its arguments, and a way to crawl with it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use huntsman::args::{ArgsError, from_args, names};
use huntsman::{
    Crawl, CrawlError, Frontier, Item as _, LastRun, Report, Schema, Seeds, Settings, Spider, Stop,
};
use huntsman_contract::policy::ItemContract;
use huntsman_http::Cookies;
use huntsman_warc::Recorder;
use serde::de::DeserializeOwned;

use crate::feeds::Feeds;
use crate::progress::Progress;
use crate::transport::Transport;

/// A spider of the project.
pub struct Entry {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) arguments: Vec<&'static str>,
    /// Those of its items.
    pub(crate) schemas: fn() -> &'static [&'static Schema],
    make: Make,
}

type Make = Box<dyn Fn(&[(String, String)]) -> Result<Box<dyn Launch>, ArgsError>>;

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// The spider with these arguments.
    pub(crate) fn make(&self, args: &[(String, String)]) -> Result<Box<dyn Launch>, ArgsError> {
        (self.make)(args)
    }
}

/// A spider of this type, made from its arguments.
#[must_use]
pub fn spider<S: Spider + DeserializeOwned>() -> Entry {
    spider_with::<S>(|crawl| crawl)
}

/// A spider of this type whose crawl gets something more: steps, layers, rules, observers.
#[must_use]
pub fn spider_with<S: Spider + DeserializeOwned>(with: fn(Crawl<S>) -> Crawl<S>) -> Entry {
    Entry {
        name: S::NAME,
        version: S::VERSION,
        arguments: names::<S>(),
        schemas: S::Item::schemas,
        make: Box::new(move |args| {
            let spider = from_args::<S>(args)?;
            Ok(Box::new(Made { spider, with }))
        }),
    }
}

/// A spider that is ready to go, its type forgotten.
pub(crate) trait Launch {
    /// The spider's own layer of settings.
    fn configure(&self, settings: &mut Settings);
    /// Crawls.
    fn crawl<'a>(
        self: Box<Self>,
        equipment: Equipment,
        transport: Transport,
        stop: &'a Stop,
    ) -> Running<'a>;
}

/// A crawl under way.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Result<Report, CrawlError>> + 'a>>;

/// What the command gives to a crawl.
pub(crate) struct Equipment {
    pub(crate) settings: Settings,
    pub(crate) cookies: Option<Cookies>,
    pub(crate) recorder: Option<Recorder>,
    pub(crate) feeds: Feeds,
    pub(crate) contract: Arc<ItemContract>,
    pub(crate) frontier: Option<Arc<dyn Frontier>>,
    pub(crate) last: Option<LastRun>,
    pub(crate) progress: Progress,
    pub(crate) seeds: Option<Arc<dyn Seeds>>,
}

struct Made<S: Spider> {
    spider: S,
    with: fn(Crawl<S>) -> Crawl<S>,
}

impl<S: Spider> Launch for Made<S> {
    fn configure(&self, settings: &mut Settings) {
        self.spider.configure(settings);
    }

    fn crawl<'a>(
        self: Box<Self>,
        equipment: Equipment,
        transport: Transport,
        stop: &'a Stop,
    ) -> Running<'a> {
        let crawl = Crawl::new(self.spider, transport)
            .settings(equipment.settings)
            .contract(equipment.contract)
            .observe(equipment.progress);
        let crawl = equipment.cookies.into_iter().fold(crawl, Crawl::layer);
        let Feeds { items, quarantine } = equipment.feeds;
        let crawl = items.into_iter().fold(crawl, |crawl, feed| {
            let name = feed.name().to_owned();
            if feed.is_optional() {
                crawl.export_optional(&name, feed)
            } else {
                crawl.export(&name, feed)
            }
        });
        let crawl = quarantine.into_iter().fold(crawl, |crawl, feed| {
            let name = feed.name().to_owned();
            crawl.quarantine(&name, feed)
        });
        let crawl = equipment.last.into_iter().fold(crawl, Crawl::last_run);
        let crawl = equipment.seeds.into_iter().fold(crawl, Crawl::seeds);
        let crawl = equipment.frontier.into_iter().fold(crawl, Crawl::frontier);
        let crawl = (self.with)(crawl);
        // Innermost: what it keeps is what was sent and what came.
        let crawl = equipment.recorder.into_iter().fold(crawl, Crawl::layer);
        Box::pin(crawl.run(stop))
    }
}
