//! Records as messages: value, key and headers.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use huntsman_avro::{Encoder, RecordFields};
use huntsman_contract::ItemFields;
use huntsman_core::{Opening, Record, Rejected, Schema, Stream, Timestamp};
use rdkafka::message::{Header, OwnedHeaders};

use crate::frame::{Frame, Schemas};
use crate::item_header::ItemHeader;
use crate::key::{Gone, Key};
use crate::letter::rejected;
use crate::wanted::Wanted;

/// A record as it is sent. The buffers are used again.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) value: Vec<u8>,
    /// Without a value it is a tombstone.
    is_tombstone: bool,
    /// When its batch was handed over: a look at the clock for each message would be dear.
    pub(crate) time: Option<i64>,
    pub(crate) key: Vec<u8>,
    pub(crate) has_key: bool,
    /// Those that were not sent yet.
    pub(crate) headers: Option<OwnedHeaders>,
    /// Bytes of the headers, names included.
    header_bytes: usize,
    text: String,
    /// Of each type.
    known: Vec<ItemFields>,
}

impl Message {
    pub(crate) fn value(&self) -> Option<&[u8]> {
        (!self.is_tombstone).then_some(&self.value)
    }

    pub(crate) fn key(&self) -> Option<&[u8]> {
        self.has_key.then_some(&self.key)
    }

    /// About so many bytes are of this message in a request.
    pub(crate) fn size(&self) -> usize {
        let value = self.value().map_or(0, <[u8]>::len);
        value + self.key().map_or(0, <[u8]>::len) + self.header_bytes
    }

    pub(crate) fn clear(&mut self) {
        self.value.clear();
        self.key.clear();
        (self.is_tombstone, self.has_key) = (false, false);
        (self.headers, self.header_bytes) = (None, 0);
    }

    /// Adds a header.
    pub(crate) fn header(&mut self, name: &str, value: &[u8]) {
        // About what the framing of a header takes, too.
        self.header_bytes += name.len() + value.len() + 10;
        let header = Header {
            key: name,
            value: Some(value),
        };
        let headers = self.headers.take();
        let headers = headers.unwrap_or_else(|| OwnedHeaders::new_with_capacity(8));
        self.headers = Some(headers.insert(header));
    }
}

/// Writes the items of one type.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) schema: &'static Schema,
    /// None for JSON.
    encoder: Option<(Encoder, Frame)>,
    /// What a registry has its schema as, by the names of headers.
    pub(crate) registered: Vec<(&'static str, String)>,
    pub(crate) key: Option<Key>,
    gone: Option<Gone>,
}

/// Makes messages.
#[derive(Debug)]
pub(crate) struct Messages {
    types: Vec<Type>,
    told: Vec<ItemHeader>,
    spider: String,
    crawl_time: String,
}

impl Messages {
    /// `schemas` are for each type of the opening, in order. The reason if a type lacks what the
    /// words name.
    pub(crate) fn new(
        wanted: &Wanted,
        opening: &Opening,
        schemas: &[Schemas],
    ) -> Result<Self, String> {
        let mut types = Vec::with_capacity(schemas.len());
        for (schema, found) in opening.schemas.iter().zip(schemas) {
            let key = wanted.key.as_deref();
            let key = key.map(|text| Key::new(text, schema, found.key.as_ref()));
            let gone = wanted.tombstone.as_deref();
            let gone = gone.map(|text| Gone::new(text, schema));
            let framed = found.value.as_ref();
            types.push(Type {
                schema,
                encoder: framed.map(|one| (Encoder::new(&one.schema), one.frame.clone())),
                registered: framed.map_or_else(Vec::new, |one| one.registered.clone()),
                key: key.transpose().map_err(|reason| format!("key: {reason}"))?,
                gone: gone
                    .transpose()
                    .map_err(|reason| format!("tombstone: {reason}"))?,
            });
        }
        Ok(Self {
            types,
            told: wanted.headers.clone(),
            spider: opening.spider.to_string(),
            crawl_time: iso(opening.time),
        })
    }

    /// The number of a record's type.
    fn of(&self, record: &Record) -> Result<usize, String> {
        let schema = record.item.schema();
        let mut types = self.types.iter();
        let found = types.position(|known| std::ptr::eq(known.schema, schema));
        let found = found.or_else(|| {
            self.types
                .iter()
                .position(|known| known.schema.name == schema.name)
        });
        found.ok_or_else(|| format!("its type `{}` is none of the crawl's", schema.name))
    }

    pub(crate) fn kind(&self, record: &Record) -> Result<&Type, String> {
        Ok(&self.types[self.of(record)?])
    }

    /// Makes the message of a record; the reason why it cannot be one.
    pub(crate) fn make(&self, record: &Record, message: &mut Message) -> Result<(), String> {
        let number = self.of(record)?;
        let kind = &self.types[number];
        match self.body(number, record, message)? {
            Some(rejected) => self.make_rejected(record, &rejected, message),
            None => self.head(&self.told, record, kind.schema.name, message),
        }
        Ok(())
    }

    /// What of a message stands beside the headers that tell of an item: about so many bytes.
    pub(crate) fn body_size(&self, record: &Record) -> Result<usize, String> {
        let mut message = Message::default();
        self.body(self.of(record)?, record, &mut message)?;
        Ok(message.size())
    }

    /// Key and value, but for an item of the quarantine, which is given back.
    fn body(
        &self,
        number: usize,
        record: &Record,
        message: &mut Message,
    ) -> Result<Option<Rejected>, String> {
        let kind = &self.types[number];
        message.clear();
        if let Some(key) = &kind.key {
            message.has_key = key.write(&*record.item, &mut message.key)?;
            if let Some((name, value)) = key.header().filter(|_| message.has_key) {
                message.header(name, value);
            }
        }
        if let Some(gone) = &kind.gone {
            message.is_tombstone = gone.is(&*record.item)?;
        }
        if message.is_tombstone && !message.has_key {
            return Err("it is a tombstone without a key".to_owned());
        }
        match &kind.encoder {
            _ if message.is_tombstone => {}
            None if record.item.stream() == Stream::Quarantine => {
                return rejected(record).map(Some);
            }
            None => {
                let written = record.item.json(&mut message.value);
                written.map_err(|error| error.to_string())?;
            }
            Some((encoder, frame)) => {
                message.value.extend(&frame.prefix);
                message
                    .known
                    .resize(self.types.len(), ItemFields::default());
                let (known, value) = (&mut message.known[number], &mut message.value);
                let write = |fields: &mut RecordFields<'_>| known.write(&*record.item, fields);
                if !encoder.encode_fields(None, value, write) {
                    let encoded = encoder.encode(record.item.fields(), value);
                    encoded.map_err(|error| error.to_string())?;
                }
                if let Some((name, value)) = &frame.header {
                    message.header(name, value);
                }
            }
        }
        Ok(None)
    }

    /// Adds headers that tell of a record.
    pub(crate) fn head(
        &self,
        told: &[ItemHeader],
        record: &Record,
        schema: &str,
        message: &mut Message,
    ) {
        if told.is_empty() {
            return;
        }
        let mut text = std::mem::take(&mut message.text);
        text.clear();
        // Text takes everything.
        write!(text, "{}", record.id).unwrap_or_default();
        let id = text.as_str();
        // It begins with the fingerprint.
        let fingerprint = id.split_once('-').map_or(id, |(request, _)| request);
        for told in told {
            let value = match told {
                ItemHeader::RecordId => id,
                ItemHeader::Fingerprint => fingerprint,
                ItemHeader::Url => &record.url,
                ItemHeader::Spider => &self.spider,
                ItemHeader::CrawlTime => &self.crawl_time,
                ItemHeader::Schema => schema,
            };
            message.header(told.header(), value.as_bytes());
        }
        message.text = text;
    }
}

/// A time as ISO 8601 has it, in UTC.
fn iso(time: Timestamp) -> String {
    let at = UNIX_EPOCH.checked_add(Duration::from_millis(time.0));
    at.map_or_else(String::new, |at| {
        humantime::format_rfc3339_millis(at).to_string()
    })
}
