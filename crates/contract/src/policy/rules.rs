//! The names of all rules that items may break, but for those written in Rust.

use huntsman_avro::AvroSchema;
use serde_json::{Map, Value};

use crate::words::WORDS;

/// Rules that every schema has without a word of its own.
const OF_TYPES: [&str; 3] = ["type", "required", "depth"];

/// The words of constraints, and the names of the rules in CEL that `schemas` have.
pub(crate) fn names<'a>(schemas: impl Iterator<Item = &'a AvroSchema>) -> Vec<String> {
    let mut names: Vec<String> = OF_TYPES.map(str::to_owned).to_vec();
    names.extend(WORDS.iter().map(|(_, word, _)| word.rule().to_owned()));
    for schema in schemas {
        for node in schema.nodes() {
            add(&node.attributes, &mut names);
            let fields = node.as_record().map_or(&[][..], |record| &record.fields);
            for field in fields {
                add(&field.attributes, &mut names);
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn add(attributes: &Map<String, Value>, names: &mut Vec<String>) {
    let rules = attributes.get("confluent:rules").and_then(Value::as_array);
    for rule in rules.into_iter().flatten() {
        if let Some(name) = rule.get("name").and_then(Value::as_str) {
            names.push(name.to_owned());
        }
    }
}
