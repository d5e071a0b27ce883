//! May a new schema follow an old one, and what do old records look like with it? The checks of a
//! Schema Registry, and resolution: `cargo run -p huntsman-examples --example schema_evolution`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use huntsman_avro::compat::{Mode, check};
use huntsman_avro::container::{Codec, ContainerOptions, ContainerReader};
use huntsman_avro::{Algorithm, AvroSchema};
use huntsman_contract::lint::changes;

const OLD: &str = r#"{"type": "record", "name": "Book", "fields": [
    {"name": "title", "type": "string"},
    {"name": "price", "type": "float", "minimum": 0},
    {"name": "binding", "type":
        {"type": "enum", "name": "Binding", "symbols": ["HARD", "SOFT", "SPIRAL"]}}]}"#;

const NEW: &str = r#"{"type": "record", "name": "Volume", "aliases": ["Book"], "fields": [
    {"name": "name", "type": "string", "aliases": ["title"]},
    {"name": "price", "type": "double", "minimum": 1},
    {"name": "binding", "type":
        {"type": "enum", "name": "Binding", "symbols": ["HARD", "SOFT", "OTHER"], "default": "OTHER"}},
    {"name": "pages", "type": ["null", "int"], "default": null}]}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (old, new) = (AvroSchema::parse(OLD)?, AvroSchema::parse(NEW)?);
    println!("old: {}", old.fingerprint(Algorithm::Crc64Avro));
    println!("new: {}", new.canonical_form());

    assert!(check(Mode::Backward, &new, std::slice::from_ref(&old)).is_ok());
    let conflicts = check(Mode::Full, &new, std::slice::from_ref(&old))
        .expect_err("old readers know no SPIRAL, and not the new name");
    println!("not FULL compatible: {}", conflicts[0]);
    // A registry does not look at constraints; what was valid may be rejected all the same.
    for change in changes(&new, &old) {
        println!("tighter: {change}");
    }

    let options = ContainerOptions::new(*b"sixteen of bytes").codec(Codec::Deflate);
    let mut writer = options.start(Vec::new(), &old)?;
    writer.append(&serde_json::json!({"title": "Dune", "price": 9.5, "binding": "SPIRAL"}))?;
    let file = writer.finish()?;

    for volume in ContainerReader::with_schema(&file[..], &new)? {
        let volume = volume?;
        println!("as JSON encoding: {}", new.to_json(&volume)?);
        assert_eq!(
            new.view(&volume).to_string(),
            r#"{"name":"Dune","price":9.5,"binding":"OTHER","pages":null}"#
        );
    }
    Ok(())
}
