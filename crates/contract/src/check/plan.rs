//! What was made of a schema: everything a walk looks up.

use std::collections::HashMap;

use huntsman_avro::schema::Node;
use huntsman_avro::{AvroSchema, NodeId, Type};

use super::paths::Paths;
use super::rules::Rules;

/// An index of [`Plan::rules`].
pub(super) type RulesId = u32;

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) schema: AvroSchema,
    pub(super) rules: Vec<Rules>,
    /// By index of node.
    pub(super) types: Vec<TypePlan>,
    pub(super) paths: Paths,
}

/// A type.
#[derive(Debug, Default)]
pub(super) struct TypePlan {
    /// What its own object demands.
    pub(super) rules: Option<RulesId>,
    /// Whether it is text that holds any value as JSON.
    pub(super) json: bool,
    /// Whether it is text that may be any.
    pub(super) text: bool,
    /// Of a record: its fields.
    pub(super) record: Option<RecordPlan>,
}

/// The fields of a record.
#[derive(Debug)]
pub(super) struct RecordPlan {
    pub(super) fields: Vec<FieldPlan>,
    by_name: HashMap<Box<str>, usize>,
    /// Whether unknown fields are let be.
    pub(super) open: bool,
}

/// A field of a record.
#[derive(Debug)]
pub(super) struct FieldPlan {
    pub(super) name: Box<str>,
    pub(super) kind: NodeId,
    pub(super) rules: Option<RulesId>,
    /// Whether it may be missing: it has a default.
    pub(super) optional: bool,
}

impl RecordPlan {
    pub(super) fn new(fields: Vec<FieldPlan>, open: bool) -> Self {
        let names = fields.iter().map(|field| field.name.clone());
        Self {
            by_name: names.zip(0..).collect(),
            fields,
            open,
        }
    }

    /// The index of a field; `next` is the one that is likely.
    pub(super) fn find(&self, name: &str, next: usize) -> Option<usize> {
        match self.fields.get(next) {
            Some(field) if *field.name == *name => Some(next),
            _ => self.by_name.get(name).copied(),
        }
    }
}

impl Plan {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.schema.node(id)
    }

    pub(super) fn type_rules(&self, id: NodeId) -> Option<RulesId> {
        self.types[id.index()].rules
    }

    pub(super) fn rules(&self, id: RulesId) -> &Rules {
        &self.rules[id as usize]
    }

    /// Whether the type is text that holds any value as JSON.
    pub(super) fn takes_json(&self, id: NodeId) -> bool {
        self.types[id.index()].json
    }

    /// Whether the type is text, and no more is said of it than its rules.
    pub(super) fn is_plain_text(&self, id: NodeId) -> bool {
        self.types[id.index()].text
    }

    pub(super) fn record(&self, id: NodeId) -> Option<&RecordPlan> {
        self.types[id.index()].record.as_ref()
    }

    /// The types that a place may have: those of a union, or the one.
    pub(super) fn branches(&self, id: NodeId) -> impl Iterator<Item = NodeId> + Clone + '_ {
        let (several, one) = match &self.node(id).kind {
            Type::Union(branches) => (branches.as_slice(), None),
            _ => (&[][..], Some(id)),
        };
        several.iter().copied().chain(one)
    }
}
