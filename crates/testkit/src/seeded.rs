//! A whole web made from a seed, which knows what a right crawl of it finds.

use std::collections::BTreeSet;
use std::time::Duration;

use huntsman_core::FetchError;

use crate::answer::Answer;
use crate::fake_web::FakeWeb;

/// How large and how awkward a seeded web is.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Hosts.
    pub hosts: usize,
    /// Pages of each host.
    pub pages: usize,
    /// Links on each page, to any host.
    pub links: usize,
    /// One page in so many redirects to another; 0 for none.
    pub redirects: u64,
    /// One page in so many fails once or for ever; 0 for none.
    pub failures: u64,
    /// One host in so many forbids a part of itself by robots.txt; 0 for none.
    pub robots: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            hosts: 4,
            pages: 12,
            links: 5,
            redirects: 9,
            failures: 7,
            robots: 2,
        }
    }
}

/// A web made from a seed: the same each time.
#[derive(Debug)]
pub struct SeededSite {
    /// The web.
    pub web: FakeWeb,
    /// Where to begin.
    pub seed_url: String,
    /// URLs that answer with a page and can be reached, robots.txt obeyed.
    pub pages: BTreeSet<String>,
    /// URLs that can be reached and fail for ever.
    pub broken: BTreeSet<String>,
    /// URLs that robots.txt forbids.
    pub forbidden: BTreeSet<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    Page(Vec<String>),
    Redirect(String),
    Recovers(Vec<String>),
    Broken(bool),
}

impl SeededSite {
    /// Makes the web of this seed.
    #[must_use]
    pub fn new(seed: u64, shape: &Shape) -> Self {
        let mut random = Random(seed);
        let urls: Vec<String> = (0..shape.hosts * shape.pages)
            .map(|n| url(n, shape))
            .collect();
        let kinds: Vec<Kind> = (0..urls.len())
            .map(|n| kind(n, &urls, shape, &mut random))
            .collect();
        let mut web = FakeWeb::new().latency(Duration::from_millis(random.below(50)));
        for host in 0..shape.hosts {
            if strict(host, shape) {
                web = web.robots(
                    &format!("http://h{host}.example"),
                    "User-agent: *\nDisallow: /forbidden/\n",
                );
            }
        }
        for (url, kind) in urls.iter().zip(&kinds) {
            web = web.page(url, answers(kind, &mut random));
        }
        let mut site = Self {
            web,
            seed_url: urls[0].clone(),
            pages: BTreeSet::new(),
            broken: BTreeSet::new(),
            forbidden: BTreeSet::new(),
        };
        site.walk(&urls, &kinds, shape);
        site
    }

    /// Follows every link by the plainest means.
    fn walk(&mut self, urls: &[String], kinds: &[Kind], shape: &Shape) {
        let mut queue = vec![self.seed_url.clone()];
        let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
        while let Some(url) = queue.pop() {
            let at = urls
                .iter()
                .position(|known| *known == url)
                .unwrap_or_default();
            if url.contains("/forbidden/") && strict(at / shape.pages, shape) {
                self.forbidden.insert(url);
                continue;
            }
            let found = match &kinds[at] {
                Kind::Page(links) | Kind::Recovers(links) => {
                    self.pages.insert(url);
                    links.clone()
                }
                Kind::Redirect(to) => vec![to.clone()],
                Kind::Broken(_) => {
                    self.broken.insert(url);
                    Vec::new()
                }
            };
            queue.extend(found.into_iter().filter(|url| seen.insert(url.clone())));
        }
    }
}

fn strict(host: usize, shape: &Shape) -> bool {
    shape.robots > 0 && (host as u64).is_multiple_of(shape.robots)
}

fn url(n: usize, shape: &Shape) -> String {
    let (host, page) = (n / shape.pages, n % shape.pages);
    let part = if page % 5 == 4 { "forbidden" } else { "open" };
    format!("http://h{host}.example/{part}/{page}")
}

fn kind(n: usize, urls: &[String], shape: &Shape, random: &mut Random) -> Kind {
    let mut any =
        || urls[usize::try_from(random.below(urls.len() as u64)).unwrap_or_default()].clone();
    let links: Vec<String> = (0..shape.links).map(|_| any()).collect();
    let one_in = |share: u64, dice: u64| share > 0 && dice.is_multiple_of(share);
    let first = n == 0;
    if !first && one_in(shape.redirects, random.below(1000)) {
        // Only onwards, so that there is no loop: loops have tests of their own.
        return match urls.get(n + 1) {
            Some(next) => Kind::Redirect(next.clone()),
            None => Kind::Page(links),
        };
    }
    if !first && one_in(shape.failures, random.below(1000)) {
        return match random.below(3) {
            0 => Kind::Recovers(links),
            dice => Kind::Broken(dice == 1),
        };
    }
    Kind::Page(links)
}

fn answers(kind: &Kind, random: &mut Random) -> Vec<Answer> {
    let mut slow = |answer: Answer| match random.below(4) {
        0 => answer.after(Duration::from_millis(random.below(3000))),
        _ => answer,
    };
    match kind {
        Kind::Page(links) => vec![slow(page(links))],
        Kind::Redirect(to) => vec![slow(Answer::redirect(302, to))],
        Kind::Recovers(links) => vec![
            Answer::status(503).header("retry-after", "3"),
            Answer::error(FetchError::Timeout(Duration::from_secs(1))),
            page(links),
        ],
        Kind::Broken(true) => vec![slow(Answer::status(404))],
        Kind::Broken(false) => vec![slow(Answer::error(FetchError::Connect(
            "refused".to_owned(),
        )))],
    }
}

fn page(links: &[String]) -> Answer {
    let anchors: String = links
        .iter()
        .map(|url| format!("<a href='{url}'>x</a>"))
        .collect();
    Answer::html(format!(
        "<title>page</title>{anchors}<a href='http://['>bad</a>"
    ))
}

/// Numbers from a seed (SplitMix64, Steele et al. 2014).
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end.max(1)
    }
}
