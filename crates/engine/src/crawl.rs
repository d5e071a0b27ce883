//! Putting a crawl together, and running it. The one file that knows every stage.

use std::sync::Arc;

use huntsman_core::frontier::MemoryFrontier;
use huntsman_core::host::is_this_machine;
use huntsman_core::{
    Admit, Export, ExportError, Fetch, Frontier, FrontierError, HostKey, Layer, Observe, Refine,
    Url,
};
use thiserror::Error;

use crate::admit::{RobotsCache, Rules, Screened};
use crate::caught::guarded;
use crate::clock::Clock;
use crate::deliver::{self, Sink};
use crate::driver::{Driver, Parts, State, Stop, Workers};
use crate::erased::{AnySpider, Typed};
use crate::fetch::Stack;
use crate::observe::{Finish, Log, Observers, Report, SinkReport, Stats};
use crate::settings::Settings;
use crate::spider::Spider;

/// A crawl in the making: a spider, a transport, and whatever is put around them.
#[must_use = "a crawl does nothing until it runs"]
pub struct Crawl<S: Spider> {
    spider: Typed<S>,
    fetch: Arc<dyn Fetch>,
    settings: Settings,
    layers: Vec<Arc<dyn Layer>>,
    rules: Vec<Box<dyn Admit>>,
    frontier: Option<Arc<dyn Frontier>>,
    sinks: Vec<Sink>,
    observers: Observers,
}

/// Why a crawl did not run, or could not go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CrawlError {
    /// A setting cannot work.
    #[error("{key}: {reason}")]
    Settings {
        /// The key.
        key: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The spider's `start` failed.
    #[error("the spider's start {0}")]
    Start(String),
    /// The spider has nowhere to start: every start URL was refused, or there is none.
    #[error("nowhere to start: {0}")]
    NoStart(String),
    /// A sink cannot be opened.
    #[error("{source}")]
    Sink {
        /// Its name.
        name: String,
        /// Why.
        source: ExportError,
    },
    /// The frontier failed.
    #[error(transparent)]
    Frontier(#[from] FrontierError),
}

impl<S: Spider> Crawl<S> {
    /// A crawl of `spider` over `fetch`. The settings are the built-in ones with the spider's own.
    pub fn new(spider: S, fetch: impl Fetch) -> Self {
        let mut settings = Settings::default();
        spider.configure(&mut settings);
        Self {
            spider: Typed {
                spider,
                steps: Vec::new(),
            },
            fetch: Arc::new(fetch),
            settings,
            layers: Vec::new(),
            rules: Vec::new(),
            frontier: None,
            sinks: Vec::new(),
            observers: Observers::default(),
        }
    }

    /// Takes these settings, as they are.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Changes settings.
    pub fn configure(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Adds a layer around the transport, inside those already added.
    pub fn layer(mut self, layer: impl Layer) -> Self {
        self.layers.push(Arc::new(layer));
        self
    }

    /// Adds a rule that found requests must pass, behind the built-in ones.
    pub fn admit(mut self, rule: impl Admit) -> Self {
        self.rules.push(Box::new(rule));
        self
    }

    /// Uses this frontier instead of one in memory.
    pub fn frontier(mut self, frontier: Arc<dyn Frontier>) -> Self {
        self.frontier = Some(frontier);
        self
    }

    /// Adds a step that items pass, behind those already added.
    pub fn refine(mut self, step: impl Refine<S::Item>) -> Self {
        self.spider.steps.push(Box::new(step));
        self
    }

    /// Adds a sink.
    pub fn export(mut self, name: &str, sink: impl Export) -> Self {
        self.sinks.push(Sink {
            name: name.into(),
            export: Arc::new(sink),
        });
        self
    }

    /// Adds an observer.
    pub fn observe(mut self, observer: impl Observe) -> Self {
        self.observers.0.push(Arc::new(observer));
        self
    }

    /// Runs the crawl to its end, or until `stop` says so.
    ///
    /// # Errors
    /// It could not begin, or the frontier failed. A sink that fails on the way is no error here:
    /// the report says so, by [`Finish::SinkFailed`].
    pub async fn run(self, stop: &Stop) -> Result<Report, CrawlError> {
        let whole = Whole {
            spider: Arc::new(self.spider),
            stack: Arc::new(Stack::new(self.layers, self.fetch)),
            settings: self.settings,
            rules: self.rules,
            frontier: self.frontier,
            sinks: self.sinks,
            observers: self.observers,
        };
        whole.run(stop).await
    }
}

impl<S: Spider> std::fmt::Debug for Crawl<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crawl")
            .field("spider", &S::NAME)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A crawl whose types are forgotten: compiled once.
struct Whole {
    spider: Arc<dyn AnySpider>,
    stack: Arc<Stack>,
    settings: Settings,
    rules: Vec<Box<dyn Admit>>,
    frontier: Option<Arc<dyn Frontier>>,
    sinks: Vec<Sink>,
    observers: Observers,
}

impl Whole {
    async fn run(mut self, stop: &Stop) -> Result<Report, CrawlError> {
        if let Some((key, reason)) = self.settings.problems().into_iter().next() {
            return Err(CrawlError::Settings { key, reason });
        }
        let stats = Arc::new(Stats::default());
        self.observers
            .0
            .push(Arc::clone(&stats) as Arc<dyn Observe>);
        self.observers.0.push(Arc::new(Log));
        let robots = Arc::new(RobotsCache::default());
        let rules = std::mem::take(&mut self.rules);
        let rules = Arc::new(Rules::new(&self.settings.admit, &robots, rules));
        let frontier = self
            .frontier
            .take()
            .unwrap_or_else(|| memory(&self.settings));
        let clock = Clock::start();
        self.seed(&rules, &*frontier, clock).await?;
        deliver::open(&self.sinks, self.spider.schemas())
            .await
            .map_err(|(name, source)| CrawlError::Sink {
                name: name.to_string(),
                source,
            })?;
        let mut driver = self.driver(rules, robots, Arc::clone(&frontier), clock);
        let finish = match driver.run(stop.watch()).await {
            Ok(finish) => finish,
            Err(error) => {
                self.abandon().await;
                return Err(error.into());
            }
        };
        drop(driver);
        let mut report = stats.snapshot();
        self.spider.name().clone_into(&mut report.spider);
        report.finish = finish;
        let counts = frontier.counts();
        report.left = counts.queued + counts.leased;
        self.close(&mut report).await;
        report.seconds = clock.elapsed().as_secs_f64();
        Ok(report)
    }

    /// Lets the spider start, before anything is opened.
    async fn seed(
        &self,
        rules: &Rules,
        frontier: &dyn Frontier,
        clock: Clock,
    ) -> Result<(), CrawlError> {
        let spider = Arc::clone(&self.spider);
        let yielded = guarded(|| Ok(spider.start())).map_err(CrawlError::Start)?;
        let Screened {
            found,
            refused,
            bad,
            ..
        } = rules.screen(&yielded.drafts, None, None);
        if let Some((url, refusal)) = refused.first() {
            return Err(CrawlError::NoStart(format!("{url} is {refusal}")));
        }
        if bad > 0 {
            return Err(CrawlError::NoStart(
                "a start URL is not an absolute URL".to_owned(),
            ));
        }
        if found.is_empty() {
            return Err(CrawlError::NoStart(
                "the spider's start visits nothing".to_owned(),
            ));
        }
        if yielded.items.count() > 0 {
            return Err(CrawlError::Start("yields items; only pages do".to_owned()));
        }
        let admission = frontier.offer(found, clock.now()).await?;
        self.observers.admitted(admission);
        Ok(())
    }

    fn driver(
        &self,
        rules: Arc<Rules>,
        robots: Arc<RobotsCache>,
        frontier: Arc<dyn Frontier>,
        clock: Clock,
    ) -> Driver {
        let parts = Parts {
            rules: Arc::clone(&rules),
            robots,
            observers: self.observers.clone(),
            sink_names: self
                .sinks
                .iter()
                .map(|sink| Arc::clone(&sink.name))
                .collect(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        };
        let state = State::new(&self.settings, parts, clock.now());
        let workers = Workers {
            stack: Arc::clone(&self.stack),
            spider: Arc::clone(&self.spider),
            rules,
        };
        Driver::new(
            state,
            clock,
            frontier,
            workers,
            self.sinks.clone(),
            self.settings.deliver.batch,
        )
    }

    /// Gives up every sink: what they hold stays, but does not look whole where it is not.
    async fn abandon(&self) {
        for sink in &self.sinks {
            sink.export.abandon().await;
        }
    }

    /// Closes every sink, and reports on all, in their order. Once one has failed, it gets no call
    /// any more, and the others are told that theirs is not a whole crawl.
    async fn close(&self, report: &mut Report) {
        let delivered = std::mem::take(&mut report.sinks);
        for sink in &self.sinks {
            let name = sink.name.to_string();
            let error = match &report.finish {
                Finish::SinkFailed { sink, reason } if *sink == name => Some(reason.clone()),
                Finish::SinkFailed { .. } => {
                    sink.export.abandon().await;
                    None
                }
                _ => sink
                    .export
                    .close()
                    .await
                    .err()
                    .map(|error| error.to_string()),
            };
            if let Some(reason) = &error
                && !matches!(report.finish, Finish::SinkFailed { .. })
            {
                report.finish = Finish::SinkFailed {
                    sink: name.clone(),
                    reason: reason.clone(),
                };
            }
            let known = delivered.iter().find(|known| known.name == name);
            report.sinks.push(SinkReport {
                records: known.map_or(0, |known| known.records),
                bytes: sink.export.bytes(),
                guarantee: "exactly once while the process lives",
                name,
                error,
            });
        }
    }
}

fn memory(settings: &Settings) -> Arc<dyn Frontier> {
    let lease = settings.lease.clone();
    let pace = move |host: &HostKey| {
        let url = Url::parse(&format!("http://{host}/"));
        lease.pace(url.is_ok_and(|url| is_this_machine(&url)))
    };
    Arc::new(MemoryFrontier::new(pace))
}
