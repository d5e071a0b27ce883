//! What outlives a run: put together from the parts that have such state, committed with pages.

use std::sync::Arc;

use huntsman_core::frontier::Saved;
use huntsman_core::lasting::Settling;
use huntsman_core::{Frontier, FrontierError, Lasting};

use crate::admit::RobotsCache;
use crate::crawl::CrawlError;
use crate::erased::AnySpider;
use crate::fetch::Stack;
use crate::observe::Stats;
use crate::settle::Ending;

/// All parts of a crawl with a job whose state its next run goes on with.
#[derive(Clone)]
pub(crate) struct Lastings {
    pub(crate) spider: Arc<dyn AnySpider>,
    pub(crate) stack: Arc<Stack>,
    pub(crate) robots: Arc<RobotsCache>,
    pub(crate) stats: Arc<Stats>,
    /// The round of the job.
    pub(crate) round: u64,
}

impl Lastings {
    fn parts(&self) -> Vec<&dyn Lasting> {
        let mut parts = self.spider.lasting();
        parts.extend(self.stack.lasting());
        parts.push(&*self.robots);
        parts.push(&*self.stats);
        parts
    }

    /// Goes on from what the job's last run kept.
    pub(crate) async fn restore(&self, frontier: &dyn Frontier) -> Result<(), CrawlError> {
        let parts = self.parts();
        for (at, part) in parts.iter().enumerate() {
            let name = self.name(*part);
            if parts[..at].iter().any(|other| self.name(*other) == name) {
                let why = format!(
                    "two parts of the crawl keep their state as `{name}`: give one of them another \
                     name, a `Dedupe` by `named`"
                );
                return Err(FrontierError::Store(why).into());
            }
            let prefix = format!("{name}/");
            let mut saved = frontier.saved(&prefix).await?;
            for one in &mut saved {
                one.name = one.name[prefix.len()..].into();
            }
            let bad = |reason: String| {
                let reason = format!("what the job kept as `{name}` cannot be used: {reason}");
                CrawlError::from(FrontierError::Store(reason))
            };
            part.restore(saved).map_err(bad)?;
        }
        Ok(())
    }

    /// What is to be committed together with these pages.
    pub(crate) fn changed(&self, endings: &[Ending]) -> Vec<Saved> {
        let settling: Vec<_> = endings.iter().filter_map(Ending::settling).collect();
        self.values(&settling)
    }

    /// Commits what has changed since the last page.
    pub(crate) async fn save(&self, frontier: &dyn Frontier) -> Result<(), FrontierError> {
        frontier.save(self.values(&[])).await
    }

    /// Under which name a part's values are kept.
    fn name(&self, part: &dyn Lasting) -> String {
        let name = part.name();
        match self.round {
            2.. if part.is_of_a_round() => format!("{name}@{}", self.round),
            _ => name.to_owned(),
        }
    }

    fn values(&self, settling: &[Settling]) -> Vec<Saved> {
        let mut values = Vec::new();
        for part in self.parts() {
            let name = self.name(part);
            values.extend(part.changed(settling).into_iter().map(|one| Saved {
                name: format!("{name}/{}", one.name).into(),
                ..one
            }));
        }
        values
    }
}
