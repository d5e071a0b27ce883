//! Messages about items that are none of the topic: their JSON, and in headers what is wrong. Each
//! has all headers, whatever `headers=` says, and fits: whoever looks at it has nothing else.

use std::sync::Arc;

use huntsman_core::{Record, Rejected, Violation};
use serde_json::Value;

use crate::item_header::ItemHeader;
use crate::judge::fits;
use crate::message::{Message, Messages};

/// A header that says what is wrong has so many bytes at most.
const TOLD: usize = 1000;

/// How many bytes an item has whose message is shortened.
const TRUNCATED: &str = "huntsman.truncated";

/// So long at most are texts, and so many are in a list or a map, of an item that is shortened.
const SHORT: [usize; 4] = [10_000, 1000, 100, 10];

impl Messages {
    /// An item that broke its contract: as it is.
    pub(crate) fn make_rejected(
        &self,
        record: &Record,
        rejected: &Rejected,
        message: &mut Message,
    ) {
        // A value can be written as JSON.
        message.value = serde_json::to_vec(&rejected.item).unwrap_or_default();
        self.head(&ItemHeader::ALL, record, &rejected.kind, message);
        tell(message, &rejected.violations);
        message.header("huntsman.schema_fingerprint", rejected.schema.as_bytes());
    }

    /// An item that broke its contract and is too large for a topic that takes so many bytes: shorter
    /// and shorter. Whether the topic takes it.
    pub(crate) fn make_short(
        &self,
        record: &Record,
        most: usize,
        message: &mut Message,
    ) -> Result<bool, String> {
        let mut rejected = rejected(record)?;
        let whole = rejected.item.to_string().len().to_string();
        for broken in &mut rejected.violations {
            broken.message.truncate(cut(&broken.message, TOLD).len());
            broken.value.truncate(cut(&broken.value, TOLD).len());
        }
        for length in SHORT.into_iter().map(Some).chain([None]) {
            match length {
                Some(length) => shortened(&mut rejected.item, length),
                None => rejected.item = Value::Null,
            }
            let item = Arc::new(rejected.clone());
            self.make(
                &Record {
                    item,
                    ..record.clone()
                },
                message,
            )?;
            message.header(TRUNCATED, whole.as_bytes());
            if fits(message, most) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A record that could not be sent to `topic`.
    pub(crate) fn make_dead(
        &self,
        record: &Record,
        topic: &str,
        unfit: &Violation,
        message: &mut Message,
    ) -> Result<(), String> {
        let kind = self.kind(record)?;
        message.clear();
        let written = record.item.json(&mut message.value);
        written.map_err(|error| error.to_string())?;
        if let Some(key) = &kind.key {
            // It may be what failed.
            message.has_key = key.write(&*record.item, &mut message.key).unwrap_or(false);
        }
        self.head(&ItemHeader::ALL, record, kind.schema.name, message);
        tell(message, std::slice::from_ref(unfit));
        message.header("huntsman.topic", topic.as_bytes());
        for (name, value) in &kind.registered {
            message.header(name, value.as_bytes());
        }
        Ok(())
    }
}

/// What is wrong, for programs and for people.
fn tell(message: &mut Message, violations: &[Violation]) {
    let rules = violations.iter().map(|broken| match broken.path.as_str() {
        "" => broken.rule.clone(),
        path => format!("{path}:{}", broken.rule),
    });
    let rules: Vec<_> = rules.collect();
    let errors: Vec<_> = violations.iter().map(ToString::to_string).collect();
    message.header("huntsman.rules", cut(&rules.join(","), TOLD).as_bytes());
    message.header("huntsman.error", cut(&errors.join("; "), TOLD).as_bytes());
}

/// The item of a record of the quarantine, as it was or as a job has kept it.
pub(crate) fn rejected(record: &Record) -> Result<Rejected, String> {
    if let Some(rejected) = record.item.as_any().downcast_ref::<Rejected>() {
        return Ok(rejected.clone());
    }
    let mut json = Vec::new();
    let written = record.item.json(&mut json);
    let read = written.and_then(|()| serde_json::from_slice(&json));
    read.map_err(|error| error.to_string())
}

/// Shortens a message of JSON until a topic that takes so many bytes takes it; whether it does.
pub(crate) fn shorten(message: &mut Message, most: usize) -> bool {
    if fits(message, most) {
        return true;
    }
    let whole = message.value.len().to_string();
    message.header(TRUNCATED, whole.as_bytes());
    // It was written as JSON.
    let mut item: Value = serde_json::from_slice(&message.value).unwrap_or_default();
    for length in SHORT {
        shortened(&mut item, length);
        message.value = serde_json::to_vec(&item).unwrap_or_default();
        if fits(message, most) {
            return true;
        }
    }
    message.value = b"null".to_vec();
    // The key may be as long.
    message.has_key &= fits(message, most);
    fits(message, most)
}

fn shortened(value: &mut Value, most: usize) {
    match value {
        Value::String(text) => text.truncate(cut(text, most).len()),
        Value::Array(all) => {
            all.truncate(most);
            all.iter_mut().for_each(|one| shortened(one, most));
        }
        Value::Object(all) => {
            let names: Vec<_> = all.keys().skip(most).cloned().collect();
            names.iter().for_each(|name| drop(all.remove(name)));
            all.values_mut().for_each(|one| shortened(one, most));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The beginning of a text, of so many bytes at most.
fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shortened_to(item: &Value, most: usize) -> Value {
        let mut message = Message::default();
        message.value = serde_json::to_vec(item).unwrap();
        assert!(shorten(&mut message, most), "{most}");
        assert!(fits(&message, most));
        serde_json::from_slice(message.value().unwrap()).unwrap()
    }

    #[test]
    fn an_item_is_as_long_as_its_topic_takes() {
        let item = json!({"a": "ä".repeat(3000), "b": [7, "x".repeat(40)], "c": null});
        assert_eq!(shortened_to(&item, 20_000), item, "it fits");
        let cut = |a: usize, b: &str| json!({"a": "ä".repeat(a), "b": [7, b], "c": null});
        let forty = "x".repeat(40);
        assert_eq!(shortened_to(&item, 2000), cut(500, &forty));
        assert_eq!(shortened_to(&item, 400), cut(50, &forty));
        assert_eq!(shortened_to(&item, 220), cut(5, "xxxxxxxxxx"));
        assert_eq!(shortened_to(&item, 150), Value::Null);
    }

    #[test]
    fn lists_and_maps_are_shortened_too() {
        let names = (0..2000).map(|number| (format!("n{number}"), json!(vec![1; 1500])));
        let item = Value::Object(names.collect());
        let short = shortened_to(&item, 100_000);
        let short = short.as_object().unwrap();
        assert_eq!(short.len(), 100);
        assert!(
            short
                .values()
                .all(|list| list.as_array().unwrap().len() == 100)
        );
    }

    #[test]
    fn a_key_that_is_too_long_goes_with_its_item() {
        let mut message = Message::default();
        message.value = b"{\"a\":1}".to_vec();
        (message.key, message.has_key) = (vec![b'k'; 5000], true);
        assert!(shorten(&mut message, 1000));
        assert_eq!(message.key(), None);
        assert_eq!(message.value(), Some(&b"null"[..]));
    }
}
