//! `crawl schema show`: the schema of a spider's items, of a file, or of a registry.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use huntsman_avro::{AvroSchema, Type};
use huntsman_contract::{avsc, json_schema};

use super::super::print;
use super::read;
use crate::entry::Entry;
use crate::exit::{Exit, usage};
use crate::flags::registry::At;
use crate::flags::schema::{Form, Show};
use crate::words::find;
use crate::{registry, style};

pub(super) fn show(spiders: &[Entry], flags: &Show) -> Result<Exit, Exit> {
    let of = &*flags.of;
    let spider = spiders.iter().find(|spider| spider.name == of);
    let is_file = Path::new(of).is_file();
    if let Some(at) = flags.at.at(spider.is_some() || is_file) {
        return of_registry(&at, flags);
    }
    if let Some(flag) = flags.at.lost() {
        return Err(Exit::Usage(anyhow!(
            "{flag} is for a registry: name it with --registry"
        )));
    }
    let schemas = match spider {
        Some(spider) => of_spider(spider)?,
        None if is_file => vec![read(Path::new(of))?],
        None => {
            let unknown = find(spiders, of).map(|_| ()).err();
            let unknown = unknown.unwrap_or_else(|| anyhow!("no spider {of:?}"));
            return Err(Exit::Usage(unknown.context("neither a file nor a spider")));
        }
    };
    let shown: Vec<String> = schemas
        .iter()
        .map(|schema| in_form(schema, flags.form))
        .collect();
    print(&shown.concat())
}

fn of_registry(at: &At, flags: &Show) -> Result<Exit, Exit> {
    let (schema, references) = match registry::schema(at, &flags.of) {
        // Nobody said that it is a subject.
        Err(Exit::Usage(error)) if flags.at.registry.is_none() => {
            let asked =
                error.context("neither a file nor a spider; in the registry of REGISTRY_URL");
            return Err(Exit::Usage(asked));
        }
        found => found?,
    };
    let printed = print(&in_form(&schema, flags.form))?;
    if flags.form == Form::Avsc {
        // Beside the schema, which stays one that other programs read.
        for reference in references {
            style::say(&format!("refers to {reference}"));
        }
    }
    Ok(printed)
}

/// The text of the schema of a spider's items, of a file, or of a registry.
pub(crate) fn text(spiders: &[Entry], of: &str) -> Result<String, Exit> {
    let Some(spider) = spiders.iter().find(|spider| spider.name == of) else {
        let text = fs::read_to_string(of).with_context(|| format!("cannot read the schema {of}"));
        return text.map_err(Exit::Usage);
    };
    let mut schemas = of_spider(spider)?;
    match (schemas.pop(), schemas.len()) {
        (Some(one), 0) => Ok(one.text().to_owned()),
        _ => Err(Exit::Usage(anyhow!(
            "{of} has items of several types: write one to a file, `crawl schema show {of}`"
        ))),
    }
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
