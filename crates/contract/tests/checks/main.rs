//! Items held to schemas.

mod arbitrary;
mod cel;
mod encoder;
mod lint;
mod oracle;
mod types;
mod user;
mod words;

use huntsman_avro::AvroSchema;
use huntsman_contract::{Checks, Sight};
use serde::Serialize;

/// The checks of a schema.
fn compiled(schema: &str) -> Checks {
    Checks::compile(&AvroSchema::parse(schema).expect("a schema")).expect("checks")
}

/// What is wrong with an item, as `path: rule`.
fn broken(checks: &Checks, item: &dyn erased_serde::Serialize) -> Vec<String> {
    let mut sight = Sight::default();
    checks.check(item, &mut sight);
    let named = sight.violations.iter();
    named.map(|v| format!("{}: {}", v.path, v.rule)).collect()
}

/// What is wrong with an item, in full.
fn said(checks: &Checks, item: &impl Serialize) -> Vec<String> {
    let mut sight = Sight::default();
    checks.check(item, &mut sight);
    sight.violations.iter().map(ToString::to_string).collect()
}

/// Whether the one field `v`, declared so, takes a value.
fn takes(field: &str, value: &str) -> bool {
    let schema = format!(r#"{{"type":"record","name":"R","fields":[{{"name":"v",{field}}}]}}"#);
    let item: serde_json::Value =
        serde_json::from_str(&format!(r#"{{"v":{value}}}"#)).expect("JSON");
    broken(&compiled(&schema), &item).is_empty()
}
