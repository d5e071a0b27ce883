//! Which crawls are killed, and the feeds of each. To have one more killed, add it to a table here.

use std::fs;
use std::path::Path;

/// A crawl that is killed.
#[derive(Debug)]
pub(crate) struct Crawl {
    pub(crate) name: &'static str,
    /// The spider and the settings.
    pub(crate) words: &'static str,
    pub(crate) feeds: &'static [Feed],
}

/// One feed of a crawl.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feed {
    /// `-o` or `-O`, and the address.
    pub(crate) flag: &'static str,
    pub(crate) address: &'static str,
    pub(crate) read: Read,
    /// What is in its file before the crawl.
    pub(crate) before: Option<&'static str>,
}

/// How its items are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    Json,
    Lines,
    Csv,
    Xml,
    Avro,
    Parquet,
    Sqlite,
    Topic,
    /// Its messages may come twice, with the same id of the record.
    TopicById,
}

impl Read {
    pub(crate) fn is_topic(self) -> bool {
        matches!(self, Self::Topic | Self::TopicById)
    }
}

pub(crate) const fn append(address: &'static str, read: Read) -> Feed {
    Feed {
        flag: "-o",
        address,
        read,
        before: None,
    }
}

const fn replace(address: &'static str, read: Read) -> Feed {
    Feed {
        flag: "-O",
        address,
        read,
        before: None,
    }
}

const fn after(before: &'static str, feed: Feed) -> Feed {
    Feed {
        before: Some(before),
        ..feed
    }
}

/// Items that obey leave, others go to the quarantine.
const STRICT: &str = r#"{"type": "record", "name": "Quote", "fields": [
    {"name": "text", "type": "string"},
    {"name": "author", "type": "string"},
    {"name": "tags", "type": {"type": "array", "items": "string"}, "minItems": 2}
]}"#;

/// All crawls of the harness.
pub(crate) static CRAWLS: &[Crawl] = &[
    Crawl {
        name: "appended",
        words: "quotes",
        feeds: &[
            append("a.json", Read::Json),
            append("a.jsonl.gz", Read::Lines),
            append("a.csv.zst", Read::Csv),
            append("a.xml", Read::Xml),
            append("a.avro", Read::Avro),
            append("sqlite:a.db", Read::Sqlite),
        ],
    },
    Crawl {
        name: "replaced",
        words: "authors",
        feeds: &[
            replace("r.json.zst", Read::Json),
            replace("r.jsonl", Read::Lines),
            replace("r.csv.gz", Read::Csv),
            replace("r.xml.gz", Read::Xml),
            replace("r.avro", Read::Avro),
            replace("sqlite:r.db", Read::Sqlite),
        ],
    },
    Crawl {
        name: "in batches",
        words: "authors --record",
        feeds: &[
            append("b-%(batch)03d.json?batch_items=7", Read::Json),
            append("b-%(batch)03d.jsonl.zst?batch_items=20", Read::Lines),
            replace("b-%(batch)03d.csv?batch_items=11", Read::Csv),
            append("b-%(batch)03d.xml.zst?batch_items=9", Read::Xml),
            replace("b-%(batch)03d.avro?batch_items=13", Read::Avro),
            append("b-%(batch)03d.parquet", Read::Parquet),
        ],
    },
    Crawl {
        name: "gone on with",
        words: "quotes",
        feeds: &[
            after(
                "[\n{\"text\":\"“1”\",\"author\":\"A\",\"tags\":[]}\n]\n",
                append("o.json", Read::Json),
            ),
            after(
                "{\"text\":\"“1”\",\"author\":\"A\",\"tags\":[]}\n",
                append("o.jsonl", Read::Lines),
            ),
            after("text,author,tags\n“1”,A,\n", append("o.csv", Read::Csv)),
            after(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<items xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<item><text>“1”</text>\
                 <author>A</author><tags></tags></item>\n</items>\n",
                append("o.xml", Read::Xml),
            ),
            after(
                "{\"text\":\"old\",\"author\":\"A\",\"tags\":[]}\n",
                replace("n.jsonl", Read::Lines),
            ),
        ],
    },
    Crawl {
        name: "with rejected items",
        words: "quotes --schema strict.avsc --log-level off",
        feeds: &[
            append("q.jsonl", Read::Lines),
            append("q-%(batch)03d.parquet", Read::Parquet),
        ],
    },
    Crawl {
        name: "with retries",
        words: "site -a start=http://faulty.test/ -a below=/status/,/encoded/ \
                -s fetch.retries=2 -s fetch.backoff=10ms",
        feeds: &[
            append("f.jsonl", Read::Lines),
            replace("f-%(batch)02d.json.gz?batch_items=3", Read::Json),
            append("sqlite:f.db?table=pages&key=url", Read::Sqlite),
        ],
    },
];

/// The quarantine's file, which the command makes by itself.
pub(crate) static QUARANTINE: Feed = append("quotes.quarantine.jsonl", Read::Lines);

impl Crawl {
    /// What has to be there before the first run.
    pub(crate) fn prepare(&self, folder: &Path) {
        let write = |name: &str, text: &str| {
            fs::write(folder.join(name), text).expect("the folder can be written");
        };
        if self.words.contains("strict.avsc") {
            write("strict.avsc", STRICT);
        }
        for feed in self.feeds {
            if let Some(before) = feed.before {
                write(feed.address, before);
            }
        }
    }

    /// Its feeds, and the one that it has without a word.
    pub(crate) fn all_feeds(&self) -> Vec<&Feed> {
        let quarantine = self.words.contains("strict.avsc").then_some(&QUARANTINE);
        self.feeds.iter().chain(quarantine).collect()
    }
}

impl Feed {
    /// The files that it has made, in order of their names.
    pub(crate) fn files(&self, folder: &Path) -> Vec<String> {
        if self.read.is_topic() {
            return Vec::new();
        }
        let name = self.address.trim_start_matches("sqlite:");
        let name = name.split('?').next().unwrap_or_default();
        let Some((before, rest)) = name.split_once("%(batch)") else {
            return Vec::from_iter(folder.join(name).exists().then(|| name.to_owned()));
        };
        let (_, after) = rest.split_once('d').expect("as in %(batch)03d");
        let mut files: Vec<String> = names(folder)
            .into_iter()
            .filter(|name| {
                let number = name.strip_prefix(before);
                let number = number.and_then(|rest| rest.strip_suffix(after));
                number.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            })
            .collect();
        files.sort();
        files
    }
}

/// What lies in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("the entry can be read").file_name();
        name.into_string().expect("tests choose UTF-8 names")
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}
