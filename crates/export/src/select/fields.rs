//! `fields=title,price:cost,author.name:author`: which fields, in which order, under which names.

use huntsman_core::nearest::nearest_first;
use huntsman_core::{ExportError, Field, Kind, Schema};

use super::shape::{Leaf, Shape};
use crate::words::Words;

/// A field that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// As it was written: `author.name`.
    path: String,
    /// The name that it gets.
    name: String,
}

/// The fields that the words ask for; none for all.
pub(super) fn read(words: &Words) -> Result<Vec<Chosen>, ExportError> {
    let mut chosen: Vec<Chosen> = Vec::new();
    for part in words.list("fields") {
        let (path, name) = part.split_once(':').unwrap_or((part, last(part)));
        let (path, name) = (path.trim(), name.trim());
        if path.is_empty() || name.is_empty() {
            let reason = format!("`{part}` has no name: write field, or field:name");
            return Err(words.refused("fields", &reason));
        }
        if chosen.iter().any(|other| other.name == name) {
            let reason = format!("two fields are called `{name}`: rename one, as field:name");
            return Err(words.refused("fields", &reason));
        }
        chosen.push(Chosen {
            path: path.to_owned(),
            name: name.to_owned(),
        });
    }
    Ok(chosen)
}

/// The last name of a path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The shape of each type with the chosen fields that it has; none where all stay as they are.
pub(super) fn shapes(
    chosen: &[Chosen],
    schemas: &[&'static Schema],
    words: &Words,
) -> Result<Vec<Option<&'static Shape>>, ExportError> {
    if chosen.is_empty() {
        return Ok(vec![None; schemas.len()]);
    }
    let refused = |reason: &str| words.refused("fields", reason);
    let mut found: Vec<Vec<(&Chosen, Leaf)>> = schemas.iter().map(|_| Vec::new()).collect();
    for one in chosen {
        let mut missing = None;
        let mut is_there = false;
        for (schema, fields) in schemas.iter().zip(&mut found) {
            match leaf(schema, &one.path) {
                Ok(leaf) => {
                    fields.push((one, leaf));
                    is_there = true;
                }
                Err(reason) => missing = missing.or(Some(reason)),
            }
        }
        if let (Some(reason), false) = (missing, is_there) {
            return Err(refused(&unknown(one, schemas).unwrap_or(reason)));
        }
    }
    let mut shapes = Vec::with_capacity(schemas.len());
    for (schema, fields) in schemas.iter().zip(found) {
        if fields.is_empty() {
            let reason = format!(
                "items of the type `{}` have none of them: leave it out by types=…",
                schema.name
            );
            return Err(refused(&reason));
        }
        let named = fields.iter().map(|(one, leaf)| (one.name.as_str(), leaf));
        let shape = Shape::new(schema, &named.collect::<Vec<_>>());
        shapes.push(Some(shape.map_err(|reason| refused(&reason))?));
    }
    Ok(shapes)
}

/// That no type has the field, with those that there are; none when a part of its path is there.
fn unknown(one: &Chosen, schemas: &[&'static Schema]) -> Option<String> {
    let first = one.path.split('.').next().unwrap_or_default();
    let names = || {
        schemas
            .iter()
            .flat_map(|schema| schema.fields)
            .map(|field| field.name)
    };
    if names().any(|name| name == first) {
        return None;
    }
    let mut known = nearest_first(&one.path, names());
    let mut seen = std::collections::HashSet::new();
    known.retain(|name| seen.insert(*name));
    Some(format!(
        "there is no field `{}`: there are {}",
        one.path,
        known.join(", ")
    ))
}

/// The field at a path.
fn leaf(schema: &'static Schema, path: &str) -> Result<Leaf, String> {
    if let Some(index) = schema.fields.iter().position(|field| field.name == path) {
        return Ok(Leaf {
            index,
            path: vec![schema.fields[index].name],
            field: &schema.fields[index],
            nullable: false,
            has_text: false,
        });
    }
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let (index, mut field) = member(schema, first, schema.name)?;
    let mut leaf = Leaf {
        index,
        path: vec![field.name],
        field,
        nullable: false,
        has_text: false,
    };
    let mut place = format!("`{first}`");
    for part in parts {
        let (inner, nullable) = bare(&field.kind);
        let Kind::Struct(inner) = inner else {
            return Err(format!(
                "{place} has no fields of its own: it is {}",
                a_kind(inner)
            ));
        };
        leaf.nullable |= nullable;
        leaf.has_text |= inner.avro.is_some();
        field = member(inner, part, &place)?.1;
        leaf.path.push(field.name);
        place = format!("`{}`", leaf.path.join("."));
    }
    leaf.field = field;
    Ok(leaf)
}

fn member(
    schema: &'static Schema,
    name: &str,
    place: &str,
) -> Result<(usize, &'static Field), String> {
    let mut fields = schema.fields.iter().enumerate();
    fields.find(|(_, field)| field.name == name).ok_or_else(|| {
        let known = nearest_first(name, schema.fields.iter().map(|field| field.name));
        format!(
            "{place} has no field `{name}`: there are {}",
            known.join(", ")
        )
    })
}

/// What is within an `Option`, and whether there is one.
fn bare(kind: &'static Kind) -> (&'static Kind, bool) {
    match kind {
        Kind::Optional(inner) => (bare(inner).0, true),
        other => (other, false),
    }
}

fn a_kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::List(_) => "a list, which is taken as a whole",
        Kind::Map(_) => "a map, which is taken as a whole",
        Kind::Union(_) => "one of several types, and is taken as a whole",
        Kind::Any => "of an open type, and is taken as a whole",
        _ => "a single value",
    }
}
