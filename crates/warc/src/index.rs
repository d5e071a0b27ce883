//! Where in an archive the answer to a request is.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead, Read as _};
use std::path::{Path, PathBuf};

use huntsman_core::retry::is_retriable;
use huntsman_core::{Fingerprint, Method, StatusCode, Url};

use crate::error::WarcError;
use crate::header::Header;
use crate::message::{Head, target};
use crate::reader::{Place, Reader};

/// The longest body of a request that is compared.
const LONGEST: u64 = 64 << 20;
/// Records between a response and its request, at most. They stand side by side.
const NEAR: usize = 1024;
/// Damages that are described.
const DESCRIBED: usize = 10;

/// What an archive holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// Files that were read.
    pub files: u64,
    /// Responses of HTTP in them.
    pub responses: u64,
    /// Records that say only that the answer was the same as an earlier one, which is not here.
    pub unresolved: u64,
    /// Places where records are damaged, and passed over.
    pub damaged: u64,
    /// The first ten of those: file, byte, reason.
    pub damages: Vec<String>,
}

/// One response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    of: Fingerprint,
    run: u32,
    pub(crate) file: u32,
    pub(crate) place: Place,
    status: u16,
}

/// All responses of an archive, 48 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) facts: Facts,
}

impl Index {
    /// Reads through these files.
    pub(crate) fn of(files: Vec<PathBuf>) -> Result<Self, WarcError> {
        let mut building = Building::default();
        for (number, path) in (0_u32..).zip(&files) {
            building.file(number, path)?;
        }
        let mut index = building.index;
        index.facts.files = files.len() as u64;
        index.files = files;
        // Stable, so that those of one request stay in their order.
        index.entries.sort_by_key(|entry| entry.of);
        let mut again = Vec::new();
        for (of, same_as, run) in building.revisits {
            match index.range(same_as).last() {
                Some(entry) if of != same_as => again.push(Entry { of, run, ..*entry }),
                Some(_) => {}
                None => index.facts.unresolved += 1,
            }
        }
        index.entries.extend(again);
        index.entries.sort_by_key(|entry| entry.of);
        index.entries = answers(std::mem::take(&mut index.entries));
        Ok(index)
    }

    /// The answers to a request, in the order in which they came.
    pub(crate) fn range(&self, of: Fingerprint) -> &[Entry] {
        let start = self.entries.partition_point(|entry| entry.of < of);
        let count = self.entries[start..].partition_point(|entry| entry.of == of);
        &self.entries[start..start + count]
    }
}

/// Of each request those answers that counted: of the last run that has some, without those that
/// were asked for again because they were errors.
fn answers(entries: Vec<Entry>) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        while let Some(last) = kept.last()
            && last.of == entry.of
            && (last.run != entry.run || was_tried_again(last.status))
        {
            kept.pop();
        }
        kept.push(entry);
    }
    kept
}

fn was_tried_again(status: u16) -> bool {
    StatusCode::from_u16(status).is_ok_and(is_retriable)
}

#[derive(Default)]
struct Building {
    index: Index,
    run: u32,
    runs: HashMap<String, u32>,
    /// Requests that are more than a `GET`, by their identifier and that of their response.
    odd: VecDeque<(String, Fingerprint)>,
    /// The last responses: identifier, what it says to belong to, entry.
    late: VecDeque<(String, Vec<String>, usize)>,
    /// Of which request the answer was the same as to which other, in which run.
    revisits: Vec<(Fingerprint, Fingerprint, u32)>,
}

/// What a record is, for the index.
enum Seen {
    Run(Option<String>),
    Request(Option<Fingerprint>, Vec<String>),
    Response(Fingerprint, u16, String, Vec<String>),
    Revisit(Fingerprint, Fingerprint),
    Other,
}

impl Building {
    fn file(&mut self, number: u32, path: &Path) -> Result<(), WarcError> {
        // A file that a process was killed in at once has nothing to say.
        if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            return Ok(());
        }
        let mut reader = Reader::open(path)?;
        loop {
            match reader.next(seen) {
                Ok(None) => return Ok(()),
                Ok(Some((place, seen))) => self.take(number, place, seen),
                Err(damage) => {
                    let facts = &mut self.index.facts;
                    facts.damaged += 1;
                    if facts.damages.len() < DESCRIBED {
                        let (path, offset) = (path.display(), damage.offset);
                        let text = format!("{path}: at byte {offset}: {}", damage.reason);
                        facts.damages.push(text);
                    }
                    if !reader.pass_over().map_err(WarcError::file(path))? {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn take(&mut self, file: u32, place: Place, seen: Seen) {
        match seen {
            Seen::Run(name) => {
                let next = u32::try_from(self.runs.len()).unwrap_or(u32::MAX) + 1;
                let name = name.unwrap_or_else(|| format!("{file}:{}", place.offset));
                self.run = *self.runs.entry(name).or_insert(next);
            }
            Seen::Request(of, names) => self.request(of, names),
            Seen::Response(get, status, id, belongs) => {
                let is_its =
                    |(name, _): &&(String, Fingerprint)| belongs.contains(name) || *name == id;
                let of = self.odd.iter().find(is_its).map_or(get, |(_, of)| *of);
                let entry = Entry {
                    of,
                    run: self.run,
                    file,
                    place,
                    status,
                };
                near(&mut self.late, (id, belongs, self.index.entries.len()));
                self.index.entries.push(entry);
                self.index.facts.responses += 1;
            }
            Seen::Revisit(of, same_as) => self.revisits.push((of, same_as, self.run)),
            Seen::Other => {}
        }
    }

    /// A request: `names` are its own identifier and that of its response.
    fn request(&mut self, of: Option<Fingerprint>, names: Vec<String>) {
        let Some(of) = of else { return };
        let own = names.first();
        let its = self.late.iter().rev().find(|(id, belongs, _)| {
            names.contains(id) || own.is_some_and(|own| belongs.contains(own))
        });
        if let Some((_, _, at)) = its {
            self.index.entries[*at].of = of;
            return;
        }
        for name in names {
            near(&mut self.odd, (name, of));
        }
    }
}

fn near<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == NEAR {
        queue.pop_front();
    }
    queue.push_back(item);
}

/// What identifies a `GET` of what a record is about; none if that is not fetched over HTTP.
fn get(header: &Header, field: Option<&str>) -> Option<Fingerprint> {
    let url = Url::parse(field.or_else(|| header.target())?).ok()?;
    let url = matches!(url.scheme(), "http" | "https").then(|| target(&url))?;
    Some(Fingerprint::of(&Method::GET, &url, b""))
}

fn seen(header: &Header, block: &mut dyn BufRead) -> io::Result<Seen> {
    let id = header.get("WARC-Record-ID").unwrap_or_default().to_owned();
    let belongs: Vec<String> = header
        .all("WARC-Concurrent-To")
        .map(str::to_owned)
        .collect();
    Ok(match header.kind().as_str() {
        "warcinfo" => Seen::Run(run(block)?),
        "request" => {
            let mut names = vec![id];
            names.extend(belongs);
            Seen::Request(odd(header, block)?, names)
        }
        "response" => match (get(header, None), Head::read(block)) {
            (Some(of), Ok(head)) => match head.status() {
                Ok(status) => Seen::Response(of, status.as_u16(), id, belongs),
                // Of another protocol.
                Err(_) => Seen::Other,
            },
            (None, _) => Seen::Other,
            (_, Err(error)) => return Err(error),
        },
        "revisit" => {
            let same_as = header.get("WARC-Refers-To-Target-URI");
            match (get(header, None), get(header, same_as)) {
                (Some(of), Some(same_as)) => Seen::Revisit(of, same_as),
                _ => Seen::Other,
            }
        }
        _ => Seen::Other,
    })
}

/// Which run a `warcinfo` of ours begins.
fn run(block: &mut dyn BufRead) -> io::Result<Option<String>> {
    let mut text = String::new();
    block.take(LONGEST.min(1 << 16)).read_to_string(&mut text)?;
    let run = text.lines().find_map(|line| line.strip_prefix("run: "));
    Ok(run.map(|run| run.trim().to_owned()))
}

/// The fingerprint of a request that is more than a `GET`.
fn odd(header: &Header, block: &mut dyn BufRead) -> io::Result<Option<Fingerprint>> {
    let url = header.target().and_then(|target| Url::parse(target).ok());
    let (Some(url), Ok(head)) = (url, Head::read(block)) else {
        return Ok(None);
    };
    let Ok(method) = head.method() else {
        return Ok(None);
    };
    let mut body = Vec::new();
    block.take(LONGEST).read_to_end(&mut body)?;
    if method == Method::GET && body.is_empty() {
        return Ok(None);
    }
    Ok(Some(Fingerprint::of(&method, &target(&url), &body)))
}
