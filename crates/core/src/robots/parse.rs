//! Lines of a robots.txt, and the group among them that applies.

use std::time::Duration;

use super::product_token;

/// What applies to one crawler.
#[derive(Default)]
pub(super) struct Group {
    /// Whether it allows, and the path as written.
    pub(super) rules: Vec<(bool, String)>,
    pub(super) crawl_delay: Option<Duration>,
    pub(super) sitemaps: Vec<String>,
}

/// Reads the groups of `agent`, or those of `*` if none names it.
pub(super) fn group(text: &str, agent: &str) -> Group {
    let mut reading = Reading::new(agent);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for line in text.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default();
        if let Some((key, value)) = line.split_once(':') {
            reading.line(key.trim(), value.trim());
        }
    }
    reading.end()
}

struct Reading<'a> {
    agent: &'a str,
    own: Group,
    star: Group,
    sitemaps: Vec<String>,
    /// Some group named the crawler, be it an empty one.
    named: bool,
    /// The group being read is for the crawler / for all.
    in_own: bool,
    in_star: bool,
    /// The last line named an agent: a further one joins the same group.
    naming: bool,
}

impl<'a> Reading<'a> {
    fn new(agent: &'a str) -> Self {
        Self {
            agent,
            own: Group::default(),
            star: Group::default(),
            sitemaps: Vec::new(),
            named: false,
            in_own: false,
            in_star: false,
            naming: false,
        }
    }

    fn line(&mut self, key: &str, value: &str) {
        match key.to_ascii_lowercase().as_str() {
            "user-agent" | "useragent" | "user agent" => self.agent_line(value),
            "allow" => self.rule(true, value),
            "disallow" => self.rule(false, value),
            "crawl-delay" => self.delay(value),
            "sitemap" => self.sitemaps.push(value.to_owned()),
            _ => {}
        }
    }

    fn agent_line(&mut self, value: &str) {
        if !self.naming {
            (self.in_own, self.in_star) = (false, false);
        }
        self.naming = true;
        if value.starts_with('*') {
            self.in_star = true;
        } else if product_token(value).eq_ignore_ascii_case(self.agent) && !self.agent.is_empty() {
            (self.in_own, self.named) = (true, true);
        }
    }

    fn rule(&mut self, allow: bool, path: &str) {
        self.naming = false;
        // An empty path matches nothing: "Disallow:" allows everything.
        if path.is_empty() {
            return;
        }
        for (applies, group) in [(self.in_own, &mut self.own), (self.in_star, &mut self.star)] {
            if applies {
                group.rules.push((allow, path.to_owned()));
            }
        }
    }

    /// Not a rule of the RFC: it does not close a list of agents.
    fn delay(&mut self, value: &str) {
        let Some(delay) = value
            .parse::<f64>()
            .ok()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        else {
            return;
        };
        for (applies, group) in [(self.in_own, &mut self.own), (self.in_star, &mut self.star)] {
            if applies {
                group.crawl_delay = Some(group.crawl_delay.unwrap_or_default().max(delay));
            }
        }
    }

    fn end(self) -> Group {
        let group = if self.named { self.own } else { self.star };
        Group {
            sitemaps: self.sitemaps,
            ..group
        }
    }
}
