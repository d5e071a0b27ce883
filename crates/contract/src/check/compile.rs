//! From a schema to what a walk looks up.

use huntsman_avro::schema::{Field, Record};
use huntsman_avro::{AvroSchema, NodeId, Type};
use serde_json::{Map, Value};

use super::bounds;
use super::paths::Paths;
use super::plan::{FieldPlan, Plan, RecordPlan, RulesId, TypePlan};
use super::rules::Rules;
use crate::words::{self, CheckError, Constraint, Family, Word};

/// A plan, and what the author of the schema may have meant otherwise.
pub(super) fn compile(schema: &AvroSchema) -> Result<(Plan, Vec<String>), CheckError> {
    let mut compiler = Compiler {
        schema,
        rules: Vec::new(),
        types: schema.nodes().iter().map(|_| None).collect(),
        warnings: Vec::new(),
    };
    compiler.types(schema.root())?;
    let plan = Plan {
        schema: schema.clone(),
        rules: compiler.rules,
        types: compiler
            .types
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect(),
        paths: Paths::of(schema),
    };
    Ok((plan, compiler.warnings))
}

struct Compiler<'a> {
    schema: &'a AvroSchema,
    rules: Vec<Rules>,
    types: Vec<Option<TypePlan>>,
    warnings: Vec<String>,
}

impl Compiler<'_> {
    /// Plans every type that can be reached, in reading order; a list of what is ahead, since a
    /// schema may be nested deeper than a stack.
    fn types(&mut self, root: NodeId) -> Result<(), CheckError> {
        let mut ahead = vec![(root, String::new())];
        while let Some((id, place)) = ahead.pop() {
            if self.types[id.index()].is_some() {
                continue;
            }
            let node = self.schema.node(id);
            let rules = self.place(&node.attributes, &[id], &place, false)?;
            let open = rules.is_some_and(|id| self.rules[id as usize].additional_fields);
            let text = matches!(node.kind, Type::String);
            let plan = |record| TypePlan {
                rules,
                json: text && node.holds_json(),
                text: text && !node.holds_json() && node.logical.is_none(),
                record,
            };
            self.types[id.index()] = Some(plan(None));
            let from = ahead.len();
            match &node.kind {
                Type::Record(record) => {
                    let fields = self.record(record, open, &place, &mut ahead)?;
                    self.types[id.index()] = Some(plan(Some(fields)));
                }
                Type::Array(items) => ahead.push((*items, within(&place, "items"))),
                Type::Map(values) => ahead.push((*values, within(&place, "values"))),
                Type::Union(branches) => {
                    let places = branches.iter().enumerate();
                    ahead.extend(places.map(|(at, id)| (*id, format!("{place}[{at}]"))));
                }
                _ => {}
            }
            ahead[from..].reverse();
        }
        Ok(())
    }

    fn record(
        &mut self,
        record: &Record,
        open: bool,
        place: &str,
        ahead: &mut Vec<(NodeId, String)>,
    ) -> Result<RecordPlan, CheckError> {
        let mut fields = Vec::new();
        for (at, field) in record.fields.iter().enumerate() {
            let place = within(place, &format!("fields[{at}]"));
            fields.push(FieldPlan {
                name: field.name.as_str().into(),
                kind: field.kind,
                rules: self.field(field, &place)?,
                optional: field.default.is_some(),
            });
            ahead.push((field.kind, within(&place, "type")));
        }
        Ok(RecordPlan::new(fields, open))
    }

    fn field(&mut self, field: &Field, place: &str) -> Result<Option<RulesId>, CheckError> {
        let node = self.schema.node(field.kind);
        let branches = match &node.kind {
            Type::Union(branches) => branches.as_slice(),
            _ => std::slice::from_ref(&field.kind),
        };
        let words = &field.attributes;
        let rules = self.place(words, branches, place, true)?;
        // Both places hold for the same value: together they must leave one.
        let type_words =
            crate::words::read(&node.attributes, &within(place, "type"), &mut Vec::new())?;
        let field_words = crate::words::read(words, place, &mut Vec::new())?;
        let both: Vec<_> = field_words.iter().chain(&type_words).collect();
        bounds::demand_some(&both, place)?;
        Ok(rules)
    }

    /// The rules of one place, for values of these types; `beside` them, or within.
    fn place(
        &mut self,
        attributes: &Map<String, Value>,
        types: &[NodeId],
        place: &str,
        beside: bool,
    ) -> Result<Option<RulesId>, CheckError> {
        let name = if place.is_empty() { "schema" } else { place };
        let mut constraints = words::read(attributes, name, &mut self.warnings)?;
        bounds::demand_some(&constraints.iter().collect::<Vec<_>>(), name)?;
        constraints.retain(|(word, constraint)| self.fits(*word, constraint, types, name));
        if beside {
            self.misplaced(attributes, types, name);
        }
        if constraints.is_empty() {
            return Ok(None);
        }
        self.rules.push(Rules::new(constraints));
        Ok(u32::try_from(self.rules.len() - 1).ok())
    }

    /// Whether a word fits any of the types; if not, there is a warning.
    fn fits(&mut self, word: Word, constraint: &Constraint, types: &[NodeId], place: &str) -> bool {
        let family = match constraint {
            // Only a text can be what such a format asks for.
            Constraint::Format(_) => Family::TEXT,
            _ => word.family(),
        };
        let mut nodes = types.iter().map(|id| self.schema.node(*id));
        if nodes.any(|node| family.meets(Family::of(node))) {
            return true;
        }
        if word != Word::LogicalType {
            let names: Vec<&str> = types
                .iter()
                .map(|id| self.schema.node(*id).kind.word())
                .collect();
            self.warnings.push(format!(
                "{place}: {} does not apply to {}",
                word.text(),
                names.join(", ")
            ));
        }
        false
    }

    /// What stands on a field and would say something only within a type.
    fn misplaced(&mut self, attributes: &Map<String, Value>, types: &[NodeId], place: &str) {
        let mut nodes = types.iter().map(|id| self.schema.node(*id));
        let text = nodes.any(|node| matches!(node.kind, Type::String));
        let named = attributes.get("logicalType").and_then(Value::as_str);
        let avro = named.filter(|name| {
            let known = ["date", "decimal", "big-decimal", "duration"];
            let mut starts = ["time-", "timestamp-", "local-timestamp-"].iter();
            known.contains(name) || starts.any(|start| name.starts_with(start))
        });
        if let (Some(name), false) = (avro, text) {
            self.warnings.push(format!(
                "{place}: the logicalType {name:?} says nothing here; Avro reads it within a type: \
                 {{\"type\": …, \"logicalType\": {name:?}}}"
            ));
        }
        if attributes.contains_key(Word::ContentMediaType.text()) {
            self.warnings.push(format!(
                "{place}: contentMediaType says nothing here; it is read within a type: \
                 {{\"type\": \"string\", \"contentMediaType\": …}}"
            ));
        }
    }
}

fn within(place: &str, word: &str) -> String {
    if place.is_empty() {
        word.to_owned()
    } else {
        format!("{place}.{word}")
    }
}
