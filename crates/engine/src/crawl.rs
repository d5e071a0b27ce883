//! Putting a crawl together.

use std::sync::Arc;

use huntsman_core::{
    Admit, Contract, Export, ExportError, Fetch, Frontier, FrontierError, Layer, Observe, Refine,
    Stream,
};
use thiserror::Error;

use crate::admit::Seeds;
use crate::deliver::{Label, Sink};
use crate::driver::Stop;
use crate::erased::Typed;
use crate::fetch::Stack;
use crate::observe::{LastRun, Observers, Report};
use crate::run::Whole;
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
    last: Option<LastRun>,
    seeds: Option<Arc<dyn Seeds>>,
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
    /// The spider's items can never obey their contract.
    #[error("the contract cannot be kept: {0}")]
    Contract(String),
    /// A sink cannot be opened.
    #[error("{source}")]
    Sink {
        /// Its name.
        name: String,
        /// Why.
        source: ExportError,
    },
    /// It was stopped while its sinks were opened.
    #[error("stopped before the first request")]
    Stopped,
    /// The job is done already.
    #[error("the job {0} is finished; nothing is left to fetch. `--again` crawls it once more")]
    JobFinished(String),
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
                contract: None,
                quarantine: false,
                sinks: Vec::new(),
            },
            fetch: Arc::new(fetch),
            settings,
            layers: Vec::new(),
            rules: Vec::new(),
            frontier: None,
            sinks: Vec::new(),
            observers: Observers::default(),
            last: None,
            seeds: None,
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

    /// Holds every item to this contract, behind all steps.
    pub fn contract(mut self, contract: Arc<dyn Contract>) -> Self {
        self.spider.contract = Some(contract);
        self
    }

    /// Adds a sink. Once it has failed, the crawl ends.
    pub fn export(self, name: &str, sink: impl Export) -> Self {
        self.sink(name, Stream::Items, false, sink)
    }

    /// Adds a sink without which the crawl can do: once it has failed, it alone gets nothing more,
    /// and the report says why. The crawl ends when no sink is left for its items. One that cannot
    /// be opened ends it before the first request, as any sink does.
    pub fn export_optional(self, name: &str, sink: impl Export) -> Self {
        self.sink(name, Stream::Items, true, sink)
    }

    /// Adds a sink for rejected items, each as a [`huntsman_core::Rejected`]. Without one, they
    /// are dropped, counted and logged.
    pub fn quarantine(mut self, name: &str, sink: impl Export) -> Self {
        self.spider.quarantine = true;
        self.sink(name, Stream::Quarantine, false, sink)
    }

    fn sink(mut self, name: &str, stream: Stream, optional: bool, sink: impl Export) -> Self {
        let name = name.into();
        let sink: Arc<dyn Export> = Arc::new(sink);
        // One that the crawl can do without fails alone, instead of taking items from the others.
        if stream == Stream::Items && !optional {
            self.spider.sinks.push(Arc::clone(&sink));
        }
        self.sinks.push(Sink {
            label: Label {
                name,
                stream,
                optional,
            },
            export: sink,
        });
        self
    }

    /// Compares the run with this earlier one, where `gates.max_change` is set.
    pub fn last_run(mut self, last: LastRun) -> Self {
        self.last = Some(last);
        self
    }

    /// Begins with these seeds as they come, instead of those of the spider.
    pub fn seeds(mut self, seeds: Arc<dyn Seeds>) -> Self {
        self.seeds = Some(seeds);
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
    /// the report says so, by [`crate::Finish::SinkFailed`].
    pub async fn run(self, stop: &Stop) -> Result<Report, CrawlError> {
        let whole = Whole {
            spider: Arc::new(self.spider),
            stack: Arc::new(Stack::new(self.layers, self.fetch)),
            settings: self.settings,
            rules: self.rules,
            frontier: self.frontier,
            sinks: self.sinks,
            observers: self.observers,
            last: self.last,
            seeds: self.seeds,
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
