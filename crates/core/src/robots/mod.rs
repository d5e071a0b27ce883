//! robots.txt: what a site asks crawlers not to fetch (RFC 9309).

mod parse;
mod pattern;

use std::time::Duration;

use http::StatusCode;
use url::Url;

use pattern::Pattern;

/// Bytes of a robots.txt that are read; RFC 9309 §2.5 asks for at least so many.
pub const MAX_BYTES: usize = 500 * 1024;

/// The rules of one origin for one crawler.
///
/// ```
/// use huntsman_core::{Url, robots::Robots};
/// let robots = Robots::parse(b"User-agent: *\nDisallow: /private/\nAllow: /private/open$\n", "huntsman");
/// let allows = |path| robots.allows(&Url::parse("http://example.com").unwrap().join(path).unwrap());
/// assert!(allows("/"));
/// assert!(!allows("/private/x"));
/// assert!(allows("/private/open"));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Robots {
    /// Longest first, and `Allow` first among equals: the first that matches decides.
    rules: Vec<Rule>,
    /// The `Crawl-delay` of the group that applies. Not in the RFC; widely meant and obeyed here.
    pub crawl_delay: Option<Duration>,
    /// The URLs of `Sitemap` lines, as written.
    pub sitemaps: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    allow: bool,
    pattern: Pattern,
}

impl Robots {
    /// No rules: everything is allowed.
    #[must_use]
    pub fn allow_all() -> Self {
        Self::default()
    }

    /// Nothing is allowed.
    #[must_use]
    pub fn disallow_all() -> Self {
        let rule = Rule {
            allow: false,
            pattern: Pattern::new("/"),
        };
        Self {
            rules: vec![rule],
            ..Self::default()
        }
    }

    /// The rules in the first 500 KiB of `body` for the crawler with this product token.
    ///
    /// The groups that name `agent` count, together; if none does, those of `*`. Lines that are
    /// not understood are passed over.
    #[must_use]
    pub fn parse(body: &[u8], agent: &str) -> Self {
        let body = body.get(..MAX_BYTES).unwrap_or(body);
        let group = parse::group(&String::from_utf8_lossy(body), agent);
        let mut rules: Vec<Rule> = group
            .rules
            .into_iter()
            .map(|(allow, path)| Rule {
                allow,
                pattern: Pattern::new(&path),
            })
            .collect();
        rules.sort_by_key(|rule| (std::cmp::Reverse(rule.pattern.len()), !rule.allow));
        Self {
            rules,
            crawl_delay: group.crawl_delay,
            sitemaps: group.sitemaps,
        }
    }

    /// The rules by the answer to the request for robots.txt (RFC 9309 §2.3.1): 2xx is parsed, 4xx
    /// allows everything, the rest disallows everything until asked again. 429 is "come back
    /// later", not "there is none", and disallows as 5xx does.
    #[must_use]
    pub fn from_answer(status: StatusCode, body: &[u8], agent: &str) -> Self {
        if status.is_success() {
            Self::parse(body, agent)
        } else if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
            Self::allow_all()
        } else {
            Self::disallow_all()
        }
    }

    /// Whether `url` may be fetched. The longest matching rule decides, `Allow` in a draw.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        let path = pattern::normal(&url[url::Position::BeforePath..url::Position::AfterQuery]);
        if path == "/robots.txt" {
            return true;
        }
        self.rules
            .iter()
            .find(|rule| rule.pattern.matches(&path))
            .is_none_or(|rule| rule.allow)
    }
}

/// The URL of the robots.txt that governs `url`.
#[must_use]
pub fn robots_url(url: &Url) -> Url {
    let mut robots = url.clone();
    robots.set_path("/robots.txt");
    robots.set_query(None);
    robots.set_fragment(None);
    robots
}

/// The product token of a user agent: what stands before the first `/` or space.
///
/// ```
/// assert_eq!(huntsman_core::robots::product_token("Huntsman/0.1 (+http://example.com)"), "Huntsman");
/// ```
#[must_use]
pub fn product_token(user_agent: &str) -> &str {
    let end = user_agent
        .find(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-'))
        .unwrap_or(user_agent.len());
    user_agent.get(..end).unwrap_or(user_agent)
}

#[cfg(test)]
mod tests;
