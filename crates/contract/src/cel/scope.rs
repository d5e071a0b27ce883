//! The names in an expression, held against a schema.

use cel::Program;
use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use huntsman_avro::{AvroSchema, NodeId, Type};

/// A name that is none.
#[derive(Debug)]
pub(super) enum Unknown {
    /// It stands alone.
    Name(String),
    /// It is selected from a record that has no such field.
    Field {
        /// The path to the record; none for the item itself.
        owner: Option<String>,
        field: String,
        /// The fields that it has.
        known: Vec<String>,
    },
}

/// Names of types, which may stand alone: `type(this.x) == int`.
const TYPES: [&str; 12] = [
    "int",
    "uint",
    "double",
    "bool",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
    "math",
    "optional",
];

/// The first name in the expression that is none, if there is one.
pub(super) fn unknown(program: &Program, schema: &AvroSchema) -> Option<Unknown> {
    let mut scope = Scope {
        schema,
        asked: Vec::new(),
        local: Vec::new(),
    };
    scope.collect(program.expression());
    scope.check(program.expression()).err()
}

struct Scope<'a> {
    schema: &'a AvroSchema,
    /// Paths that `has` asks for: they may be missing.
    asked: Vec<String>,
    /// Names that macros bind.
    local: Vec<&'a str>,
}

impl<'a> Scope<'a> {
    fn collect(&mut self, expression: &IdedExpr) {
        if let Expr::Select(select) = &expression.expr
            && select.test
            && let Some(owner) = path(&select.operand)
        {
            self.asked.push(format!("{owner}.{}", select.field));
        }
        children(expression, &mut |child| {
            self.collect(child);
            Ok(())
        })
        .unwrap_or_default();
    }

    fn check(&mut self, expression: &'a IdedExpr) -> Result<(), Unknown> {
        match &expression.expr {
            Expr::Ident(name) => {
                let known = name == "this"
                    || name.starts_with('@')
                    || self.local.contains(&name.as_str())
                    || TYPES.contains(&name.as_str());
                if known {
                    Ok(())
                } else {
                    Err(Unknown::Name(name.clone()))
                }
            }
            Expr::Select(_) => self.select(expression).map(|_| ()),
            Expr::Comprehension(comprehension) => {
                self.check(&comprehension.iter_range)?;
                self.check(&comprehension.accu_init)?;
                let before = self.local.len();
                self.local.push(&comprehension.iter_var);
                self.local.extend(comprehension.iter_var2.as_deref());
                self.local.push(&comprehension.accu_var);
                let inner = [
                    &comprehension.loop_cond,
                    &comprehension.loop_step,
                    &comprehension.result,
                ];
                let checked = inner.into_iter().try_for_each(|part| self.check(part));
                self.local.truncate(before);
                checked
            }
            _ => children(expression, &mut |child| self.check(child)),
        }
    }

    /// The type of what is selected, where the schema tells.
    fn select(&mut self, expression: &'a IdedExpr) -> Result<Option<NodeId>, Unknown> {
        let Expr::Select(select) = &expression.expr else {
            let is_this = matches!(&expression.expr, Expr::Ident(name) if name == "this");
            self.check(expression)?;
            return Ok((is_this && !self.local.contains(&"this")).then(|| self.schema.root()));
        };
        let Some(owner) = self.select(&select.operand)? else {
            return Ok(None);
        };
        let Some(record) = record(self.schema, owner) else {
            return Ok(None);
        };
        let field = record
            .fields
            .iter()
            .find(|field| field.name == select.field);
        let place = path(&select.operand);
        let asked = |owner: &str| self.asked.contains(&format!("{owner}.{}", select.field));
        match field {
            Some(field) => Ok(Some(field.kind)),
            None if select.test || place.as_deref().is_some_and(asked) => Ok(None),
            None => Err(Unknown::Field {
                owner: place.filter(|owner| owner != "this"),
                field: select.field.clone(),
                known: record
                    .fields
                    .iter()
                    .map(|field| field.name.clone())
                    .collect(),
            }),
        }
    }
}

/// The record that a value of this type is, if it is none of several.
fn record(schema: &AvroSchema, kind: NodeId) -> Option<&huntsman_avro::schema::Record> {
    match &schema.node(kind).kind {
        Type::Record(record) => Some(record),
        Type::Union(branches) => {
            let null = |id: &&NodeId| matches!(schema.node(**id).kind, Type::Null);
            let mut values = branches.iter().filter(|id| !null(id));
            match (values.next(), values.next()) {
                (Some(only), None) => record(schema, *only),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `this.author.name`, if the expression is nothing else.
fn path(expression: &IdedExpr) -> Option<String> {
    match &expression.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            Some(format!("{}.{}", path(&select.operand)?, select.field))
        }
        _ => None,
    }
}

/// Visits the parts of an expression.
fn children<'e>(
    expression: &'e IdedExpr,
    visit: &mut dyn FnMut(&'e IdedExpr) -> Result<(), Unknown>,
) -> Result<(), Unknown> {
    match &expression.expr {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Ok(()),
        Expr::Call(call) => {
            let parts = call.target.as_deref().into_iter().chain(&call.args);
            parts.into_iter().try_for_each(visit)
        }
        Expr::Comprehension(all) => {
            let parts = [
                &all.iter_range,
                &all.accu_init,
                &all.loop_cond,
                &all.loop_step,
                &all.result,
            ];
            parts.into_iter().try_for_each(visit)
        }
        Expr::List(list) => list.elements.iter().try_for_each(visit),
        Expr::Map(map) => entries(map.entries.iter().map(|entry| &entry.expr), visit),
        Expr::Struct(all) => entries(all.entries.iter().map(|entry| &entry.expr), visit),
        Expr::Select(select) => visit(&select.operand),
    }
}

fn entries<'e>(
    entries: impl Iterator<Item = &'e EntryExpr>,
    visit: &mut dyn FnMut(&'e IdedExpr) -> Result<(), Unknown>,
) -> Result<(), Unknown> {
    for entry in entries {
        match entry {
            EntryExpr::StructField(field) => visit(&field.value)?,
            EntryExpr::MapEntry(entry) => {
                visit(&entry.key)?;
                visit(&entry.value)?;
            }
        }
    }
    Ok(())
}
