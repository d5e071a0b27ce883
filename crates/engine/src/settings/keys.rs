//! Every key with its meaning: `crawl settings` prints it, and a test holds it complete.

/// A settings key and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Table and name: `fetch.timeout`.
    pub name: &'static str,
    /// One line for users.
    pub doc: &'static str,
}

const fn key(name: &'static str, doc: &'static str) -> Key {
    Key { name, doc }
}

/// All keys, sorted by name.
pub const KEYS: &[Key] = &[
    key(
        "admit.hosts",
        "hosts that may be visited, with their subdomains; empty for all",
    ),
    key(
        "admit.max_depth",
        "links to follow from a start URL; unset for no limit",
    ),
    key("admit.max_url_length", "longest URL, in bytes"),
    key(
        "admit.robots",
        "obey robots.txt (RFC 9309, and Crawl-delay)",
    ),
    key(
        "deliver.backlog",
        "records that may wait for the slowest sink; past it no page is leased",
    ),
    key(
        "deliver.backlog_age",
        "longest wait of a record for the slowest sink; past it no page is leased; unset for no limit",
    ),
    key(
        "deliver.backlog_bytes",
        "bytes of records that may wait for the slowest sink; past it no page is leased",
    ),
    key("deliver.batch", "records written at once, at most"),
    key(
        "deliver.commit",
        "with a job: longest time until what a sink took is durable there",
    ),
    key(
        "deliver.linger",
        "longest time that a record waits for others before it is written",
    ),
    key(
        "fetch.allow_private",
        "hosts that may have a private address (start URLs may anyway)",
    ),
    key(
        "fetch.backoff",
        "wait before the first retry; doubled for each further one",
    ),
    key(
        "fetch.body_budget",
        "bytes of bodies in memory at once; each fetch reserves fetch.max_body",
    ),
    key("fetch.concurrency", "connections at once, over all hosts"),
    key("fetch.connect_timeout", "longest time until connected"),
    key("fetch.cookies", "send and store cookies"),
    key(
        "fetch.max_backoff",
        "longest wait before a retry, also when a server asks for more",
    ),
    key("fetch.max_body", "largest body, after decompression"),
    key("fetch.max_redirects", "redirects in a row"),
    key(
        "fetch.resolve",
        "addresses of hosts, HOST=ADDR:PORT, instead of asking DNS",
    ),
    key("fetch.retries", "tries after the first one"),
    key(
        "fetch.timeout",
        "longest time from sending to the last byte",
    ),
    key(
        "fetch.user_agent",
        "what the crawler calls itself; robots.txt is read for its first word",
    ),
    key(
        "gates.coverage",
        "least share of items in which a field has a value: author=0.9, address.city=1",
    ),
    key(
        "gates.last_report",
        "report of the last run; unset: the file of --report as it was",
    ),
    key(
        "gates.max_change",
        "largest change of items, pages and coverage against the last run, as a share",
    ),
    key(
        "gates.max_errors",
        "largest share of pages given up or not parsed",
    ),
    key(
        "gates.max_rejected",
        "largest share of items that were rejected",
    ),
    key("gates.min_items", "least number of items"),
    key("gates.min_pages", "least number of pages"),
    key(
        "lease.delay",
        "least time between two requests to one host; unset: 1s, and 0s for this machine",
    ),
    key("lease.jitter", "share of the delay that is added at random"),
    key(
        "lease.max_pages",
        "stop after so many pages; unset for no limit",
    ),
    key("lease.max_time", "stop after this time; unset for no limit"),
    key("lease.per_host", "requests to one host at once"),
    key(
        "lease.unsettled",
        "pages under way at once: fetched, parsed or not yet settled",
    ),
    key(
        "parse.statuses",
        "statuses that reach the spider's parse, like 200-299, 404",
    ),
    key(
        "parse.threads",
        "pages parsed at once; unset: one for each core",
    ),
    key(
        "refine.coerce",
        "mend items before they are judged: trim text, read numbers in text",
    ),
    key(
        "refine.invalid",
        "what becomes of an item that breaks a rule: quarantine, drop, mark or warn",
    ),
    key(
        "refine.max_keys",
        "keys remembered for `unique` fields, over the crawl",
    ),
    key(
        "refine.max_rejected",
        "stop once a larger share of items is rejected, after 100 items",
    ),
    key(
        "refine.quarantine",
        "where rejected items go; %(spider)s is the spider's name; none: dropped",
    ),
    key(
        "refine.rules",
        "the same as refine.invalid for single rules: minLength=warn, price:minimum=drop",
    ),
    key(
        "refine.schema",
        "Avro schema file that items are held to (also --schema)",
    ),
    key(
        "settle.delay",
        "with a job: longest time that a page waits for others to share its commit",
    ),
    key(
        "settle.history",
        "with a job: keep what became of every URL, for `crawl why` and `--again`",
    ),
];
