//! `crawl schema show`: the schema of a spider's items, or of a file.

use std::path::Path;

use anyhow::{Context, anyhow};
use huntsman_avro::{AvroSchema, Type};
use huntsman_contract::{avsc, json_schema};

use super::super::print;
use super::read;
use crate::entry::Entry;
use crate::exit::{Exit, usage};
use crate::flags::schema::{Form, Show};
use crate::registry;
use crate::words::find;

pub(super) fn show(spiders: &[Entry], flags: &Show) -> Result<Exit, Exit> {
    if let Some(at) = flags.at.at() {
        let schema = registry::schema(&at, &flags.of)?;
        return print(&in_form(&schema, flags.form));
    }
    let schemas = match spiders.iter().find(|spider| spider.name == flags.of) {
        Some(spider) => of_spider(spider)?,
        None if Path::new(&flags.of).is_file() => vec![read(Path::new(&flags.of))?],
        None => {
            let unknown = find(spiders, &flags.of).map(|_| ()).err();
            let unknown = unknown.unwrap_or_else(|| anyhow!("no spider {:?}", flags.of));
            return Err(Exit::Usage(unknown.context("neither a file nor a spider")));
        }
    };
    let shown: Vec<String> = schemas
        .iter()
        .map(|schema| in_form(schema, flags.form))
        .collect();
    print(&shown.concat())
}

/// The schema of each type of item, as Avro has it.
pub(crate) fn of_spider(spider: &Entry) -> Result<Vec<AvroSchema>, Exit> {
    let one = |schema: &&'static huntsman::Schema| {
        // On lines of its own, unless the type's author gave the text.
        let text = match schema.avro {
            Some(text) => text.to_owned(),
            None => format!(
                "{:#}",
                serde_json::from_str::<serde_json::Value>(&avsc(schema)?)?
            ),
        };
        Ok::<_, anyhow::Error>(AvroSchema::parse(&text)?)
    };
    let all = (spider.schemas)().iter().map(one).collect::<Result<_, _>>();
    all.with_context(|| format!("the items of {}", spider.name))
        .map_err(usage)
}

fn in_form(schema: &AvroSchema, form: Form) -> String {
    match form {
        Form::Avsc => format!("{}\n", schema.text().trim_end()),
        Form::JsonSchema => format!("{:#}\n", json_schema(schema)),
        Form::Columns => columns(schema),
    }
}

/// The header of a CSV file of such items.
fn columns(schema: &AvroSchema) -> String {
    let Type::Record(record) = &schema.node(schema.root()).kind else {
        return String::new();
    };
    // Names of Avro need no quotes.
    let names: Vec<&str> = record
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    format!("{}\n", names.join(","))
}
