//! `--seeds`: start URLs from a topic.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use huntsman::core::{Request, Url};
use huntsman::{Seed, Seeds, SeedsError};
use huntsman_kafka::read::{Decoder, Offsets, Polled, ReadError, Reader, Received, Source};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex as AsyncMutex;

use super::tail::failed;
use crate::exit::Exit;

/// Begins to read start URLs.
pub(crate) async fn seeds(address: &str) -> Result<Arc<dyn Seeds>, Exit> {
    let source = Source::of_work(address).map_err(failed)?;
    crate::folder::demand(source.registry().unwrap_or_default()).map_err(Exit::Usage)?;
    let decoder = match source.is_plain_json() {
        // Text is good too.
        true => None,
        false => Some(AsyncMutex::new(
            Decoder::open(&source).await.map_err(failed)?,
        )),
    };
    let reader = Reader::open(&source).await.map_err(failed)?;
    Ok(Arc::new(Topic {
        place: source.place().to_owned(),
        decoder,
        reader: Mutex::new(Some(Arc::new(reader))),
        work: Mutex::default(),
    }))
}

/// A topic of start URLs.
struct Topic {
    place: String,
    decoder: Option<AsyncMutex<Decoder>>,
    /// None once it is closed.
    reader: Mutex<Option<Arc<Reader>>>,
    work: Mutex<Work>,
}

/// What is under way.
#[derive(Default)]
struct Work {
    offsets: Offsets,
    places: HashMap<u64, (i32, i64)>,
    last: u64,
    bad: u64,
}

impl Work {
    /// A number for a record that is not under way already.
    fn begin(&mut self, record: &Received) -> Option<u64> {
        let place = (record.partition, record.offset);
        self.offsets.begun(place.0, place.1).then(|| {
            self.last += 1;
            self.places.insert(self.last, place);
            self.last
        })
    }

    /// What may be committed once these are done: the last offset of each partition.
    fn end(&mut self, seeds: &[u64]) -> Vec<(i32, i64)> {
        let places = seeds.iter().filter_map(|seed| self.places.remove(seed));
        let offsets = &mut self.offsets;
        places
            .filter_map(|(partition, offset)| Some((partition, offsets.ended(partition, offset)?)))
            .collect()
    }
}

/// What a seed may carry.
#[derive(Deserialize)]
struct Carried {
    url: String,
    page: Option<Value>,
    priority: Option<i32>,
    revisit: Option<bool>,
}

impl Topic {
    fn reader(&self) -> Option<Arc<Reader>> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.clone()
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The seed in a record; none in a tombstone.
    async fn seed(&self, id: u64, record: &Received) -> Result<Option<Seed>, ReadError> {
        let Some(value) = &record.value else {
            return Ok(None);
        };
        let seed = match &self.decoder {
            None => self.read(id, value, record),
            Some(decoder) => {
                let mut json = Vec::new();
                decoder.lock().await.value(record, &mut json).await?;
                self.read(id, &json, record)
            }
        };
        seed.map(Some)
            .map_err(|reason| record.undecodable(reason).into())
    }

    fn read(&self, id: u64, value: &[u8], record: &Received) -> Result<Seed, String> {
        let text = std::str::from_utf8(value).map_err(|_| "it is no text".to_owned())?;
        let text = text.trim();
        let json = |error: serde_json::Error| format!("it is no seed: {error}");
        let carried = match text.as_bytes().first() {
            Some(b'{') => serde_json::from_str(text).map_err(json)?,
            Some(b'"') => Carried::of(serde_json::from_str(text).map_err(json)?),
            _ => Carried::of(text.to_owned()),
        };
        let url = carried.url.trim();
        let mut url =
            Url::parse(url).map_err(|error| format!("{} is no URL: {error}", shown(url)))?;
        url.set_fragment(None);
        // Nobody has written it on the command line: it may not lead into private networks.
        let found_on = format!("{}/{}/{}", self.place, record.partition, record.offset);
        Ok(Seed {
            page: carried.page.map(|page| page.to_string().into()),
            ..Seed::new(
                id,
                Request {
                    priority: carried.priority.unwrap_or_default(),
                    revisit: carried.revisit.unwrap_or_default(),
                    found_on: Some(found_on.into()),
                    ..Request::get(url)
                },
            )
        })
    }

    /// The seeds among records. What is none is said, and done.
    async fn seeds_of(&self, records: &[Received]) -> Result<Vec<Seed>, SeedsError> {
        let mut seeds = Vec::with_capacity(records.len());
        for record in records {
            let Some(id) = self.work().begin(record) else {
                continue;
            };
            match self.seed(id, record).await {
                Ok(Some(seed)) => seeds.push(seed),
                Ok(None) => self.settled(&[id]),
                Err(ReadError::Record(error)) => {
                    tracing::warn!(target: "seeds", "{}: {error}", self.place);
                    self.work().bad += 1;
                    self.settled(&[id]);
                }
                Err(error) => return Err(SeedsError(error.to_string())),
            }
        }
        Ok(seeds)
    }
}

impl Carried {
    fn of(url: String) -> Self {
        Self {
            url,
            page: None,
            priority: None,
            revisit: None,
        }
    }
}

#[async_trait]
impl Seeds for Topic {
    async fn next(&self) -> Result<Vec<Seed>, SeedsError> {
        let Some(reader) = self.reader() else {
            return Ok(Vec::new());
        };
        loop {
            let told = reader.next().await;
            match told.map_err(|error| SeedsError(error.to_string()))? {
                Polled::End => return Ok(Vec::new()),
                Polled::Records(records) => {
                    let seeds = self.seeds_of(&records).await?;
                    if !seeds.is_empty() {
                        return Ok(seeds);
                    }
                }
            }
        }
    }

    fn settled(&self, seeds: &[u64]) {
        let done = self.work().end(seeds);
        if let Some(reader) = self.reader() {
            reader.done(done);
        }
    }

    async fn close(&self) -> Result<(), SeedsError> {
        let bad = self.work().bad;
        if bad > 0 {
            tracing::warn!(target: "seeds", "{}: {bad} records are no seeds, and were passed over", self.place);
        }
        let reader = self.reader.lock().map(|mut reader| reader.take());
        match reader.unwrap_or_else(|poisoned| poisoned.into_inner().take()) {
            Some(reader) => reader
                .close()
                .await
                .map_err(|error| SeedsError(error.to_string())),
            None => Ok(()),
        }
    }
}

/// The start of a text, in one line.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(100).collect();
    format!("{start:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Seed, String> {
        let topic = Topic {
            place: "kafka://h:9092/urls".to_owned(),
            decoder: None,
            reader: Mutex::new(None),
            work: Mutex::default(),
        };
        topic.read(1, value.as_bytes(), &record(2, 7))
    }

    fn record(partition: i32, offset: i64) -> Received {
        Received {
            partition,
            offset,
            timestamp: None,
            key: None,
            value: None,
            headers: Vec::new(),
        }
    }

    #[test]
    fn a_seed_is_a_url_or_an_object_with_one() {
        for text in [
            "http://h/a#x\n",
            "\"http://h/a\"",
            r#"{"url": "http://h/a", "other": 1}"#,
        ] {
            let seed = read(text).unwrap();
            assert_eq!(seed.request.url.as_str(), "http://h/a", "{text}");
            assert!(!seed.request.is_seed() && seed.page.is_none());
        }
        let seed = read(
            r#"{"url": "http://h/a", "page": {"Author": {"n": 1}}, "priority": 3, "revisit": true}"#,
        )
        .unwrap();
        assert_eq!(seed.page.as_deref(), Some(r#"{"Author":{"n":1}}"#));
        assert!(seed.request.revisit && seed.request.priority == 3);
        let from = seed.request.found_on;
        assert_eq!(from.as_deref(), Some("kafka://h:9092/urls/2/7"));
    }

    #[test]
    fn what_is_no_seed_is_said() {
        for (text, part) in [
            ("quotes", "\"quotes\" is no URL: relative URL"),
            ("", "is no URL"),
            ("{\"uri\": \"http://h\"}", "missing field `url`"),
            ("{\"url\": 1}", "expected a string"),
            ("{", "it is no seed"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn offsets_are_done_in_their_order() {
        let mut work = Work::default();
        let ids: Vec<u64> = (0..3)
            .map(|offset| work.begin(&record(0, offset)).unwrap())
            .collect();
        assert_eq!(work.begin(&record(0, 1)), None);
        assert_eq!(work.end(&ids[1..2]), []);
        assert_eq!(work.end(&ids[..1]), [(0, 1)]);
        assert_eq!(work.end(&ids[2..]), [(0, 2)]);
        assert!(work.places.is_empty());
    }
}
