//! Admission: links become requests, and rules decide which may enter the frontier.

mod robots;
mod seeds;

use std::collections::HashSet;
use std::sync::Arc;

use huntsman_core::admit::{MaxDepth, MaxLength, Scope, WebOnly};
use huntsman_core::request::Candidate;
use huntsman_core::{Admit, Refusal, Request, Url};

use crate::output::{RawDraft, join};
use crate::settings::AdmitSettings;

pub(crate) use robots::RobotsCache;
pub use seeds::{Seed, Seeds, SeedsError};

/// All rules, in the order in which they are asked.
pub(crate) struct Rules(Vec<Box<dyn Admit>>);

/// What became of a page's links.
#[derive(Default)]
pub(crate) struct Screened {
    pub(crate) found: Vec<Candidate>,
    pub(crate) refused: Vec<(Url, Refusal)>,
    /// Links that cannot be joined.
    pub(crate) bad: u64,
    /// Links that stand on the page more than once.
    pub(crate) repeated: u64,
}

impl Rules {
    pub(crate) fn new(
        settings: &AdmitSettings,
        robots: &Arc<RobotsCache>,
        own: Vec<Box<dyn Admit>>,
    ) -> Self {
        let mut rules: Vec<Box<dyn Admit>> = vec![
            Box::new(WebOnly),
            Box::new(MaxLength(settings.max_url_length)),
        ];
        if let Some(depth) = settings.max_depth {
            rules.push(Box::new(MaxDepth(depth)));
        }
        if !settings.hosts.is_empty() {
            rules.push(Box::new(Scope::new(&settings.hosts)));
        }
        rules.extend(own);
        if settings.robots {
            rules.push(Box::new(robots::ObeyRobots(Arc::clone(robots))));
        }
        Self(rules)
    }

    /// No rule, or that of the web alone.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    #[cfg(test)]
    pub(crate) fn web_only() -> Self {
        Self(vec![Box::new(WebOnly)])
    }

    /// Asks the rules about one request.
    pub(crate) fn admit(&self, request: &Request) -> Result<(), Refusal> {
        self.0.iter().try_for_each(|rule| rule.admit(request))
    }

    /// Makes requests of drafts found on `parent`'s page, and asks the rules about each.
    pub(crate) fn screen(
        &self,
        drafts: &[RawDraft],
        base: Option<&Url>,
        parent: Option<&Request>,
    ) -> Screened {
        let found_on: Option<Arc<str>> = parent.map(|request| request.url.as_str().into());
        let depth = parent.map_or(0, |request| request.depth.saturating_add(1));
        let mut screened = Screened::default();
        let mut hrefs: HashSet<&str> = HashSet::with_capacity(drafts.len());
        for draft in drafts {
            if draft.special.is_none() && !hrefs.insert(&draft.href) {
                screened.repeated += 1;
                continue;
            }
            let Some(mut url) = join(base, &draft.href) else {
                screened.bad += 1;
                continue;
            };
            // It is not sent, and would give one page several names.
            url.set_fragment(None);
            let request = Request {
                page: Arc::clone(&draft.page),
                depth,
                found_on: found_on.clone(),
                ..special(Request::get(url), draft)
            };
            match self.admit(&request) {
                Ok(()) => screened.found.push(request.into()),
                Err(refusal) => screened.refused.push((request.url, refusal)),
            }
        }
        screened
    }
}

fn special(plain: Request, draft: &RawDraft) -> Request {
    match draft.special.as_deref() {
        None => plain,
        Some(special) => Request {
            method: special.method.clone(),
            headers: special.headers.clone(),
            body: special.body.clone(),
            priority: special.priority,
            revisit: special.revisit,
            ..plain
        },
    }
}
