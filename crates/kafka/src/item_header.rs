//! What a record tells of itself in its headers.

use huntsman_core::ExportError;
use huntsman_export::Words;

/// One thing that a header can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemHeader {
    RecordId,
    Fingerprint,
    Url,
    Spider,
    CrawlTime,
    Schema,
}

/// All of them with their words and their headers.
const ALL: [(&str, &str, ItemHeader); 6] = [
    ("record_id", "huntsman.record_id", ItemHeader::RecordId),
    (
        "fingerprint",
        "huntsman.fingerprint",
        ItemHeader::Fingerprint,
    ),
    ("url", "huntsman.url", ItemHeader::Url),
    ("spider", "huntsman.spider", ItemHeader::Spider),
    ("crawl_time", "huntsman.crawl_time", ItemHeader::CrawlTime),
    ("schema", "huntsman.schema", ItemHeader::Schema),
];

impl ItemHeader {
    pub(crate) const ALL: [Self; 6] = [
        Self::RecordId,
        Self::Fingerprint,
        Self::Url,
        Self::Spider,
        Self::CrawlTime,
        Self::Schema,
    ];

    /// Its header.
    pub(crate) fn header(self) -> &'static str {
        let found = ALL.iter().find(|(_, _, told)| *told == self);
        found.map_or("", |(_, header, _)| header)
    }

    /// Those that `headers=` asks for.
    pub(crate) fn read(words: &Words) -> Result<Vec<Self>, ExportError> {
        match words.get("headers") {
            None | Some("all") => return Ok(Self::ALL.to_vec()),
            Some("none") => return Ok(Vec::new()),
            Some(_) => {}
        }
        let known = |name: &str| {
            let found = ALL.iter().find(|(word, _, _)| *word == name);
            found.map(|(_, _, told)| *told)
        };
        let chosen: Option<Vec<_>> = words.list("headers").into_iter().map(known).collect();
        chosen.ok_or_else(|| {
            let all = ALL.map(|(word, _, _)| word).join(", ");
            words.refused("headers", &format!("it is all, none, or some of {all}"))
        })
    }
}
