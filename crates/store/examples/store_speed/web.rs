//! A web without a network: hosts, and pages that are numbered.

use std::sync::Arc;

use huntsman_core::request::Candidate;
use huntsman_core::{Request, Url};

const KNOWN_LINKS: u64 = 10;

/// The web: so many hosts, each with pages that are numbered.
pub(crate) struct Web {
    pub(crate) known: Vec<u64>,
    pub(crate) urls: u64,
    draw: u64,
}

impl Web {
    pub(crate) fn new(hosts: usize) -> Self {
        let known = vec![0; hosts];
        Self {
            known,
            urls: 0,
            draw: 1,
        }
    }

    /// A number below `below` (xorshift64, Marsaglia 2003).
    fn random(&mut self, below: u64) -> u64 {
        self.draw ^= self.draw << 13;
        self.draw ^= self.draw >> 7;
        self.draw ^= self.draw << 17;
        self.draw % below
    }

    fn url(host: u64, page: u64) -> String {
        format!(
            "http://shop-{host}.example/catalogue/category-{}/item-{page}.html",
            page % 50
        )
    }

    pub(crate) fn link(url: &str, from: &Arc<str>) -> Candidate {
        let mut request = Request::get(Url::parse(url).expect("a URL"));
        request.found_on = Some(Arc::clone(from));
        request.page = "\"Item\"".into();
        request.depth = 3;
        request.into()
    }

    pub(crate) fn new_url(&mut self, host: u64) -> String {
        let page = &mut self.known[usize::try_from(host).expect("few hosts")];
        *page += 1;
        self.urls += 1;
        Self::url(host, *page - 1)
    }

    /// Links of a page of this host: most stay on it.
    pub(crate) fn links(&mut self, host: u64, from: &Arc<str>, new: u64) -> Vec<Candidate> {
        let hosts = self.known.len() as u64;
        let mut links = Vec::new();
        for n in 0..new {
            let to = if n % 5 == 4 { self.random(hosts) } else { host };
            links.push(Self::link(&self.new_url(to), from));
        }
        for _ in 0..KNOWN_LINKS {
            let known = self.known[usize::try_from(host).expect("few hosts")];
            let page = self.random(known.max(1));
            links.push(Self::link(&Self::url(host, page), from));
        }
        links
    }
}

pub(crate) fn host_of(url: &Url) -> u64 {
    let host = url.host_str().unwrap_or_default();
    let number = host
        .trim_start_matches("shop-")
        .trim_end_matches(".example");
    number.parse().unwrap_or_default()
}
