//! Running a crawl. The one file that knows every stage.

use std::collections::HashMap;
use std::sync::Arc;

use huntsman_core::frontier::{Counts, Job, MemoryFrontier};
use huntsman_core::request::Candidate;
use huntsman_core::robots::product_token;
use huntsman_core::{Admit, Contract, Frontier, Guarantee, Observe, Opening, Schema, Stream};

use crate::admit::{RobotsCache, Rules, Screened, Seeds, SeedsError};
use crate::caught::guarded;
use crate::clock::Clock;
use crate::crawl::CrawlError;
use crate::deliver::{self, Opened, Sink};
use crate::driver::{Driver, Intake, Parts, State, Stop, StopLevel, Workers};
use crate::erased::AnySpider;
use crate::fetch::Stack;
use crate::lastings::Lastings;
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
    pub(crate) seeds: Option<Arc<dyn Seeds>>,
}

impl Whole {
    pub(crate) async fn run(mut self, stop: &Stop) -> Result<Report, CrawlError> {
        if let Some((key, reason)) = self.settings.problems().into_iter().next() {
            return Err(CrawlError::Settings { key, reason });
        }
        let clock = Clock::start();
        let stats = Arc::new(Stats::new(clock));
        let own: [Arc<dyn Observe>; 2] = [Arc::clone(&stats) as _, Arc::new(Log)];
        self.observers.0.extend(own);
        let agent = product_token(&self.settings.fetch.user_agent);
        let robots = Arc::new(RobotsCache::new(agent));
        robots.tick(clock.now());
        let rules = std::mem::take(&mut self.rules);
        let rules = Arc::new(Rules::new(&self.settings.admit, &robots, rules));
        let given = self.frontier.take();
        let frontier = given.unwrap_or_else(|| memory(&self.settings));
        let job = frontier.job();
        if let Some(job) = job.as_ref().filter(|job| job.finished) {
            return Err(CrawlError::JobFinished(job.name.to_string()));
        }
        let schemas = self.bound()?;
        let lastings = job
            .as_ref()
            .map(|job| self.lastings(&robots, &stats, job.round));
        if let Some(lastings) = &lastings {
            lastings.restore(&*frontier).await?;
        }
        let intake = self.intake(&rules, &*frontier, clock, job.as_ref()).await?;
        let began = job.as_ref().map_or_else(|| clock.now(), |job| job.began);
        let opening = Opening::new(schemas).of(self.spider.name(), began);
        let opened = self.open(&*frontier, &opening, stop).await?;
        let mut driver = self.driver(rules, robots, Arc::clone(&frontier), clock);
        driver.lastings.clone_from(&lastings);
        driver.delay = self.settings.settle.delay;
        if let Some(job) = &job {
            self.resume(&mut driver.state, &stats, job, &opened);
        }
        if intake.is_some() {
            driver.state.expect_seeds(&self.settings.deliver);
        }
        driver.intake = intake;
        let finish = match driver.run(stop.watch()).await {
            Ok(finish) => finish,
            Err(error) => {
                self.abandon().await;
                return Err(error.into());
            }
        };
        let intake = std::mem::take(&mut driver.intake);
        drop(driver);
        if let Some(lastings) = &lastings {
            lastings.save(&*frontier).await?;
        }
        let mut report = self.report(&stats, finish, frontier.counts());
        self.close(&mut report, job.is_some()).await;
        finished(&mut report, intake, &*frontier).await?;
        report.seconds = stats.seconds();
        report.gates = judge(&report, &self.settings.gates, self.last.as_ref());
        Ok(report)
    }

    /// Begins with the spider's seeds, or makes ready for those that come while the crawl runs.
    async fn intake(
        &mut self,
        rules: &Arc<Rules>,
        frontier: &dyn Frontier,
        clock: Clock,
        job: Option<&Job>,
    ) -> Result<Option<Intake>, CrawlError> {
        if let Some(source) = self.seeds.take() {
            let page = self.start_page()?;
            return Ok(Some(Intake::new(source, page, job.is_some())));
        }
        let seeds = self.start(rules)?;
        self.begin(seeds, frontier, clock, job).await?;
        Ok(None)
    }

    /// Names the seeds to the transport, and offers them where no earlier run of the round has.
    async fn begin(
        &self,
        seeds: Vec<Candidate>,
        frontier: &dyn Frontier,
        clock: Clock,
        job: Option<&Job>,
    ) -> Result<(), CrawlError> {
        self.stack.seeds(&seeds);
        if job.is_none_or(|job| !job.resumed || job.round > 1) {
            let admission = frontier.offer(seeds, clock.now()).await?;
            self.observers.admitted(admission);
        }
        Ok(())
    }

    /// What the run did, but for its sinks and gates.
    fn report(&self, stats: &Stats, finish: Finish, left: Counts) -> Report {
        Report {
            spider: self.spider.name().to_owned(),
            finish,
            left: left.queued + left.leased,
            findings: self.spider.contract().map(Contract::findings),
            ..stats.snapshot()
        }
    }

    /// Goes on where an earlier run of the job was.
    fn resume(&self, state: &mut State, stats: &Stats, job: &Job, opened: &[Opened]) {
        for (sink, opened) in self.sinks.iter().zip(opened) {
            let done = opened.done;
            stats.taken_before(&sink.label.name, done.records, done.skipped);
        }
        if self.settings.settle.history {
            state.remember();
        }
        state.resume(job, &stats.snapshot(), opened, &self.settings.deliver);
    }

    /// What of this crawl outlives a run of its job.
    fn lastings(&self, robots: &Arc<RobotsCache>, stats: &Arc<Stats>, round: u64) -> Lastings {
        Lastings {
            spider: Arc::clone(&self.spider),
            stack: Arc::clone(&self.stack),
            robots: Arc::clone(robots),
            stats: Arc::clone(stats),
            round,
        }
    }

    /// Opens every sink: where each stands.
    async fn open(
        &self,
        frontier: &dyn Frontier,
        opening: &Opening,
        stop: &Stop,
    ) -> Result<Vec<Opened>, CrawlError> {
        let opened = tokio::select! {
            biased;
            opened = deliver::open(&self.sinks, opening, frontier) => opened,
            // A place may be waited for, and nobody does any more.
            () = stop.raised(StopLevel::Drain) => {
                self.abandon().await;
                return Err(CrawlError::Stopped);
            }
        };
        opened.map_err(|(name, source)| CrawlError::Sink {
            name: name.to_string(),
            source,
        })
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

    /// The page kind of the first start URL of the spider's own, `null` if it has none.
    fn start_page(&self) -> Result<Arc<str>, CrawlError> {
        let spider = Arc::clone(&self.spider);
        let yielded = guarded(|| Ok(spider.start())).map_err(CrawlError::Start)?;
        let first = yielded.drafts.first();
        Ok(first.map_or_else(|| "null".into(), |draft| Arc::clone(&draft.page)))
    }

    /// Lets the spider start, before anything is opened.
    fn start(&self, rules: &Rules) -> Result<Vec<Candidate>, CrawlError> {
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
        Ok(found)
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
            labels: self.sinks.iter().map(|sink| sink.label.clone()).collect(),
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

    /// Closes every sink, and reports on all, in their order. One that has failed gets no call any
    /// more. Once one has failed that the crawl cannot do without, the others are told that theirs
    /// is not a whole crawl.
    async fn close(&self, report: &mut Report, has_job: bool) {
        let known = std::mem::take(&mut report.sinks);
        let rows = known.iter().map(|known| (&*known.name, known));
        let rows: HashMap<&str, &SinkReport> = rows.collect();
        for sink in &self.sinks {
            let name = sink.label.name.to_string();
            let known = rows.get(&*name).copied();
            let mut error = known.and_then(|known| known.error.clone());
            if error.is_none() {
                error = self.end(sink, &report.finish).await;
                if let Some(reason) = error.clone()
                    && !sink.label.optional
                    && !matches!(report.finish, Finish::SinkFailed { .. })
                {
                    let sink = name.clone();
                    report.finish = Finish::SinkFailed { sink, reason };
                }
            }
            let before = known.map_or(0, |known| known.skipped);
            let skipped = before + sink.export.skipped();
            let records = known.map_or(0, |known| known.records.saturating_sub(skipped));
            let quarantine = sink.label.stream == Stream::Quarantine;
            // One that nothing went to is no news.
            if quarantine && records == 0 && error.is_none() {
                continue;
            }
            report.sinks.push(SinkReport {
                records,
                skipped,
                bytes: sink.export.bytes(),
                guarantee: guarantee(sink.export.guarantee(), has_job),
                quarantine,
                name,
                error,
            });
        }
    }

    /// Ends a sink that has not failed, as the end of the crawl has it. What it says against it.
    async fn end(&self, sink: &Sink, finish: &Finish) -> Option<String> {
        let is_whole = match finish {
            Finish::SinkFailed { .. } => false,
            // What was crawled is not what was asked for; why, stands in the quarantine.
            Finish::Rejected { .. } => sink.label.stream == Stream::Quarantine,
            _ => true,
        };
        if is_whole {
            return sink
                .export
                .close()
                .await
                .err()
                .map(|error| error.to_string());
        }
        sink.export.abandon().await;
        None
    }
}

/// What a sink promises. Without a job nothing is given to it twice, but nothing outlives a crash.
fn guarantee(sink: Guarantee, has_job: bool) -> &'static str {
    match sink {
        Guarantee::None => "no promise",
        _ if !has_job => "exactly once while the process lives",
        Guarantee::ExactlyOnce => "exactly once",
        Guarantee::AtLeastOnce => "at least once",
    }
}

/// Tells the source of seeds, and the frontier, that the crawl is done.
async fn finished(
    report: &mut Report,
    intake: Option<Intake>,
    frontier: &dyn Frontier,
) -> Result<(), CrawlError> {
    let whole = report.sinks.iter().all(|sink| sink.error.is_none());
    // More seeds may come to the next run.
    let may_go_on = intake.is_some();
    if let Some(intake) = intake
        && let Err(SeedsError(reason)) = intake.close(whole).await
    {
        report.finish = Finish::SeedsFailed { reason };
    }
    if report.finish == Finish::Finished && report.left == 0 && whole && !may_go_on {
        frontier.finish().await?;
    }
    Ok(())
}

fn memory(settings: &Settings) -> Arc<dyn Frontier> {
    Arc::new(MemoryFrontier::new(settings.lease.pace_of()))
}
