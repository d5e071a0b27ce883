//! Running a crawl. The one file that knows every stage.

use std::sync::Arc;

use huntsman_core::frontier::MemoryFrontier;
use huntsman_core::host::is_this_machine;
use huntsman_core::{Admit, Contract, Frontier, HostKey, Observe, Schema, Stream, Url};

use crate::admit::{RobotsCache, Rules, Screened};
use crate::caught::guarded;
use crate::clock::Clock;
use crate::crawl::CrawlError;
use crate::deliver::{self, Sink};
use crate::driver::{Driver, Parts, State, Stop, Workers};
use crate::erased::AnySpider;
use crate::fetch::Stack;
use crate::observe::{Finish, LastRun, Log, Observers, Report, SinkReport, Stats, judge};
use crate::settings::Settings;

/// A crawl whose types are forgotten: compiled once.
pub(crate) struct Whole {
    pub(crate) spider: Arc<dyn AnySpider>,
    pub(crate) stack: Arc<Stack>,
    pub(crate) settings: Settings,
    pub(crate) rules: Vec<Box<dyn Admit>>,
    pub(crate) frontier: Option<Arc<dyn Frontier>>,
    pub(crate) sinks: Vec<Sink>,
    pub(crate) observers: Observers,
    pub(crate) last: Option<LastRun>,
}

impl Whole {
    pub(crate) async fn run(mut self, stop: &Stop) -> Result<Report, CrawlError> {
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
        let schemas = self.bound()?;
        deliver::open(&self.sinks, schemas)
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
        report.findings = self.spider.contract().map(Contract::findings);
        self.close(&mut report).await;
        report.gates = judge(&report, &self.settings.gates, self.last.as_ref());
        report.seconds = clock.elapsed().as_secs_f64();
        Ok(report)
    }

    /// The shape in which items leave, as the contract says.
    fn bound(&self) -> Result<&'static [&'static Schema], CrawlError> {
        let schemas = self.spider.schemas();
        let rules = |schema: &&Schema| schema.fields.iter().any(|f| !f.attributes.is_empty());
        if self.spider.contract().is_none() && schemas.iter().any(rules) {
            tracing::warn!(target: "refine", "items have rules, and there is no contract to hold them");
        }
        match self.spider.contract() {
            Some(contract) => {
                let leaving = contract.bind(schemas).map_err(CrawlError::Contract)?;
                for warning in contract.warnings() {
                    tracing::warn!(target: "refine", "{warning}");
                }
                Ok(leaving)
            }
            None => Ok(schemas),
        }
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
        if yielded.count > 0 {
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
            clock,
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
                // What was crawled is not what was asked for; why, stands in the quarantine.
                Finish::Rejected { .. } if sink.stream == Stream::Items => {
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
            let records = known.map_or(0, |known| known.records);
            let quarantine = sink.stream == Stream::Quarantine;
            // One that nothing went to is no news.
            if quarantine && records == 0 && error.is_none() {
                continue;
            }
            report.sinks.push(SinkReport {
                records,
                bytes: sink.export.bytes(),
                guarantee: "exactly once while the process lives",
                quarantine,
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
