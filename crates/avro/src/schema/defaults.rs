//! Whether a default is a value of its type.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::path::{Path, Step, shortened};
use super::{AvroSchema, Name, NodeId, SchemaError, Type};

/// The most values that a default may stand for, those of fields that it leaves out among them.
const MAX_VALUES: usize = 100_000;

/// How deep values may stand within each other in a default, those of left out fields included.
const MAX_DEEP: usize = 128;

/// How often a value may be compared with a type, in one schema: unions within unions leave as many
/// ways to read a value as one likes.
const MAX_WORK: usize = 2_000_000;

const TOO_DEEP: &str = "any type: with the fields that it leaves out, values stand too deep in it";

/// A field with a default.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) record: NodeId,
    pub(super) field: usize,
    /// To the field.
    pub(super) path: Path,
}

/// Checks all defaults of a schema that is otherwise complete.
pub(super) fn check(schema: &AvroSchema, sites: &[Site]) -> Result<(), SchemaError> {
    let mut defaults = Defaults::new(schema);
    for site in sites {
        let mut path = site.path.clone();
        path.0.push(Step::Word("default"));
        if let Err(Wrong {
            steps,
            value,
            expected,
        }) = defaults.field(site.record, site.field)
        {
            path.0.extend(steps.into_iter().rev());
            return Err(SchemaError::Default {
                path: path.to_string(),
                value: shortened(&value.to_string(), 60),
                expected,
            });
        }
    }
    Ok(())
}

impl AvroSchema {
    /// Whether a JSON value is a default for this type: texts for `bytes` and `fixed`, whose
    /// characters are their bytes; for a union a value of any branch, so the first branch that has
    /// it is meant.
    #[must_use]
    pub fn is_default(&self, id: NodeId, value: &Value) -> bool {
        Defaults::new(self).size(id, value).is_ok()
    }
}

/// What is wrong in a default.
struct Wrong<'a> {
    /// From the inside out.
    steps: Vec<Step>,
    value: &'a Value,
    expected: String,
}

/// What a default stands for, with the fields that it leaves out.
#[derive(Debug, Clone, Copy)]
struct Extent {
    values: usize,
    depth: usize,
}

type Size<'a> = Result<Extent, Wrong<'a>>;

struct Defaults<'a> {
    schema: &'a AvroSchema,
    /// What the default of a field stands for, where it was found valid.
    sizes: HashMap<(NodeId, usize), Extent>,
    /// Fields for which that is being found out, the outermost first.
    open: Vec<(NodeId, usize)>,
    depth: usize,
    work: usize,
}

impl<'a> Defaults<'a> {
    fn new(schema: &'a AvroSchema) -> Self {
        Self {
            schema,
            sizes: HashMap::new(),
            open: Vec::new(),
            depth: 0,
            work: 0,
        }
    }

    /// Checks the default of a field.
    fn field(&mut self, record: NodeId, index: usize) -> Size<'a> {
        let schema = self.schema;
        let field = &schema.node(record).as_record().expect("a record").fields[index];
        let default = field.default.as_ref().expect("a field with a default");
        let place = (record, index);
        if let Some(size) = self.sizes.get(&place) {
            return Ok(*size);
        }
        if self.open.contains(&place) {
            return wrong(
                default,
                "this field: by fields that it leaves out it contains itself",
            );
        }
        self.open.push(place);
        let size = self.size(field.kind, default)?;
        self.open.pop();
        self.sizes.insert(place, size);
        Ok(size)
    }

    /// Checks a value.
    fn size(&mut self, id: NodeId, value: &'a Value) -> Size<'a> {
        self.work += 1;
        if self.work > MAX_WORK {
            return wrong(value, "any type: its unions leave too many ways to read it");
        }
        if self.depth == MAX_DEEP {
            return wrong(value, TOO_DEEP);
        }
        self.depth += 1;
        let size = self.size_here(id, value)?;
        self.depth -= 1;
        Ok(size)
    }

    fn size_here(&mut self, id: NodeId, value: &'a Value) -> Size<'a> {
        let schema = self.schema;
        let valid = match (&schema.node(id).kind, value) {
            (Type::Null, Value::Null)
            | (Type::Boolean, Value::Bool(_))
            | (Type::String, Value::String(_))
            | (Type::Double, Value::Number(_)) => true,
            (Type::Int, Value::Number(n)) => n.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
            (Type::Long, Value::Number(n)) => n.as_i64().is_some(),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "too large a number becomes infinite"
            )]
            (Type::Float, Value::Number(n)) => n.as_f64().is_some_and(|n| (n as f32).is_finite()),
            // Java writes them so.
            (Type::Float | Type::Double, Value::String(text)) => {
                matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity")
            }
            (Type::Bytes, Value::String(text)) => text.chars().all(is_byte),
            (Type::Fixed(fixed), Value::String(text)) => {
                text.chars().all(is_byte) && text.chars().count() == fixed.size
            }
            (Type::Enum(known), Value::String(text)) => {
                self.work += known.symbols.len() / 64;
                known.symbols.contains(text)
            }
            (Type::Array(items), Value::Array(values)) => {
                let step = |index| Step::Index(index);
                return self.all(*items, values.iter().enumerate().map(|(i, v)| (step(i), v)));
            }
            (Type::Map(values), Value::Object(object)) => {
                let step = |key: &String| Step::Named(key.clone());
                return self.all(*values, object.iter().map(|(key, v)| (step(key), v)));
            }
            (Type::Union(branches), value) => return self.union(branches, value),
            (Type::Record(_), Value::Object(object)) => return self.record(id, object, value),
            _ => false,
        };
        if valid {
            return Ok(Extent::ONE);
        }
        wrong(value, &expected(schema, id))
    }

    fn all(&mut self, id: NodeId, values: impl Iterator<Item = (Step, &'a Value)>) -> Size<'a> {
        let mut sum = Extent::ONE;
        for (step, value) in values {
            let size = self.size(id, value).map_err(|wrong| wrong.within(step))?;
            sum = sum.around(size, value)?;
        }
        Ok(sum)
    }

    fn union(&mut self, branches: &[NodeId], value: &'a Value) -> Size<'a> {
        let mut only = None;
        for branch in branches {
            let (open, depth) = (self.open.len(), self.depth);
            match self.size(*branch, value) {
                Ok(size) => return Ok(size),
                Err(wrong) => only = Some(wrong),
            }
            self.open.truncate(open);
            self.depth = depth;
        }
        let complex = value.is_object() || value.is_array();
        match only {
            // With one more branch, null above all, the inner fault says more than the list.
            Some(inner) if complex && !inner.steps.is_empty() => Err(inner),
            _ => {
                let names: Vec<String> = branches
                    .iter()
                    .take(8)
                    .map(|id| expected(self.schema, *id))
                    .collect();
                wrong(value, &format!("this union: {}", names.join(" or ")))
            }
        }
    }

    fn record(&mut self, id: NodeId, object: &'a Map<String, Value>, whole: &'a Value) -> Size<'a> {
        let schema = self.schema;
        let record = schema.node(id).as_record().expect("a record");
        let mut sum = Extent::ONE;
        for (index, field) in record.fields.iter().enumerate() {
            let step = || Step::Named(field.name.clone());
            let size = match object.get(&field.name) {
                Some(value) => self.size(field.kind, value),
                None if field.default.is_some() => self.field(id, index),
                None => wrong(
                    whole,
                    &format!("the record `{}`: it lacks `{}`", record.name, field.name),
                ),
            };
            let value = object.get(&field.name).or(field.default.as_ref());
            let size = size.map_err(|wrong| wrong.within(step()))?;
            sum = sum.around(size, value.unwrap_or(whole))?;
        }
        let known: HashSet<&str> = record.fields.iter().map(|field| &*field.name).collect();
        match object.keys().find(|name| !known.contains(name.as_str())) {
            None => Ok(sum),
            Some(name) => wrong(
                whole,
                &format!(
                    "the record `{}`: it has no field `{}`",
                    record.name,
                    shortened(name, 60)
                ),
            ),
        }
    }
}

impl Extent {
    const ONE: Self = Self {
        values: 1,
        depth: 1,
    };

    /// With one more value inside.
    fn around(self, inner: Self, value: &Value) -> Size<'_> {
        let extent = Self {
            values: self.values + inner.values,
            depth: self.depth.max(1 + inner.depth),
        };
        if extent.values > MAX_VALUES {
            return wrong(
                value,
                &format!("any type: it stands for more than {MAX_VALUES} values"),
            );
        }
        if extent.depth > MAX_DEEP {
            return wrong(value, TOO_DEEP);
        }
        Ok(extent)
    }
}

impl Wrong<'_> {
    fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

fn is_byte(c: char) -> bool {
    u32::from(c) <= 0xff
}

fn wrong<'a, T>(value: &'a Value, expected: &str) -> Result<T, Wrong<'a>> {
    Err(Wrong {
        steps: Vec::new(),
        value,
        expected: expected.to_owned(),
    })
}

/// What a default of this type is, in words.
fn expected(schema: &AvroSchema, id: NodeId) -> String {
    let node = schema.node(id);
    let name = || node.name().map_or_else(String::new, Name::to_string);
    match &node.kind {
        Type::Null => "null: write null".to_owned(),
        Type::Boolean => "boolean: write true or false".to_owned(),
        Type::Int => "int: write a whole number of 32 bits".to_owned(),
        Type::Long => "long: write a whole number of 64 bits".to_owned(),
        Type::Float => "float: write a number of 32 bits".to_owned(),
        Type::Double => "double: write a number".to_owned(),
        Type::Bytes => {
            "bytes: write a text, with a character up to U+00FF for each byte".to_owned()
        }
        Type::String => "string: write a text".to_owned(),
        Type::Fixed(fixed) => format!(
            "the fixed `{}`: write a text of {} characters up to U+00FF",
            name(),
            fixed.size
        ),
        Type::Enum(_) => format!("the enum `{}`: write one of its symbols", name()),
        Type::Array(_) => "an array: write `[…]`".to_owned(),
        Type::Map(_) => "a map: write `{…}`".to_owned(),
        Type::Union(_) => "a union".to_owned(),
        Type::Record(_) => format!("the record `{}`: write `{{…}}`", name()),
    }
}
