//! What a new version of a schema demands more, or less, than the old one.
//!
//! Registries compare types alone: to them a `minLength` that rises from 8 to 12 is no change. But
//! items that were valid are refused from then on, and data that is there breaks the new schema.

mod effect;

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::LazyLock;

use huntsman_avro::schema::Field;
use huntsman_avro::{AvroSchema, Node, NodeId, Type};
use huntsman_core::violation::shortened;
use serde_json::{Map, Value};

use crate::words::{Family, WORDS};
use effect::effect;

/// Whether a change can refuse what was valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It can: the constraint is new, narrower, or another one.
    Tightened,
    /// It cannot: the constraint is gone, or wider.
    Loosened,
}

/// A constraint that is not what it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The place, without list indices and map keys: `address.zip`; empty for the whole.
    pub path: String,
    /// The word: `minLength`.
    pub word: &'static str,
    /// What it does to valid items.
    pub effect: Effect,
    /// Its value before, as JSON; `None` where there was none.
    pub old: Option<Value>,
    /// Its value now.
    pub new: Option<Value>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the item"
        } else {
            &self.path
        };
        let shown = |value: &Option<Value>| match value {
            Some(value) => shortened(&value.to_string()),
            None => "none".to_owned(),
        };
        let effect = match self.effect {
            Effect::Tightened => "tightened",
            Effect::Loosened => "loosened",
        };
        let (word, old, new) = (self.word, shown(&self.old), shown(&self.new));
        write!(f, "{path}: {word} {old} -> {new} ({effect})")
    }
}

/// The constraints that `new` changes: those of `old` that it has otherwise or no more, and those
/// that it adds to what `old` has. Fields are the same by name or alias. What only one of them has
/// is no matter of constraints, and not looked at. A
/// record that stands at several places is looked into at the first.
///
/// ```
/// use huntsman_contract::{AvroSchema, lint::changes};
/// let schema = |least| AvroSchema::parse(&format!(
///     r#"{{"type": "record", "name": "User", "fields": [
///         {{"name": "password", "type": "string", "minLength": {least}}}]}}"#));
/// let changes = changes(&schema(12)?, &schema(8)?);
/// assert_eq!(changes[0].to_string(), "password: minLength 8 -> 12 (tightened)");
/// # Ok::<(), huntsman_avro::SchemaError>(())
/// ```
#[must_use]
pub fn changes(new: &AvroSchema, old: &AvroSchema) -> Vec<Change> {
    let mut pairs = Pairs {
        new,
        old,
        seen: HashSet::new(),
        ahead: VecDeque::new(),
        changes: Vec::new(),
    };
    pairs.place("", (new.root(), &EMPTY), (old.root(), &EMPTY));
    while let Some((path, new, old)) = pairs.ahead.pop_front() {
        pairs.fields(&path, new, old);
    }
    pairs.changes
}

type Words = Map<String, Value>;

/// A type with what its field says.
type Place<'a> = (NodeId, &'a Words);

static EMPTY: LazyLock<Words> = LazyLock::new(Words::new);

struct Pairs<'a> {
    new: &'a AvroSchema,
    old: &'a AvroSchema,
    seen: HashSet<(NodeId, NodeId)>,
    /// Records whose fields are still to be compared.
    ahead: VecDeque<(String, NodeId, NodeId)>,
    changes: Vec<Change>,
}

impl<'a> Pairs<'a> {
    /// Compares what may stand at one place, and notes the records there.
    fn place(&mut self, path: &str, new: Place<'_>, old: Place<'_>) {
        let mut levels = vec![(new.0, new.1, old.0, old.1)];
        let mut inner: HashSet<(NodeId, NodeId)> = HashSet::new();
        while let Some((new, new_words, old, old_words)) = levels.pop() {
            if !inner.insert((new, old)) {
                continue;
            }
            for (new, old) in self.alike(new, old) {
                let (new_node, old_node) = (self.new.node(new), self.old.node(old));
                let records = matches!(
                    (&new_node.kind, &old_node.kind),
                    (Type::Record(_), Type::Record(_))
                );
                // What a record itself says is told where it stands first.
                let first = !records || self.seen.insert((new, old));
                let of_type = |node: &'a Node| if first { &node.attributes } else { &EMPTY };
                let new_words = [new_words, of_type(new_node)];
                self.words(path, new_node, new_words, [old_words, of_type(old_node)]);
                match (&new_node.kind, &old_node.kind) {
                    (Type::Record(_), Type::Record(_)) if first => {
                        self.ahead.push_back((path.to_owned(), new, old));
                    }
                    (Type::Array(new), Type::Array(old)) | (Type::Map(new), Type::Map(old)) => {
                        levels.push((*new, &EMPTY, *old, &EMPTY));
                    }
                    _ => {}
                }
            }
        }
    }

    fn fields(&mut self, path: &str, new: NodeId, old: NodeId) {
        let (new, old) = (self.new.node(new), self.old.node(old));
        let (Type::Record(new), Type::Record(old)) = (&new.kind, &old.kind) else {
            return;
        };
        for field in &new.fields {
            let was = |old: &&Field| old.name == field.name || field.aliases.contains(&old.name);
            if let Some(old) = old.fields.iter().find(was) {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{}", field.name);
                let place = |field: &'a Field| (field.kind, &field.attributes);
                self.place(&path, place(field), place(old));
            }
        }
    }

    /// The types of both places that hold the same values; null is none.
    fn alike(&self, new: NodeId, old: NodeId) -> Vec<(NodeId, NodeId)> {
        let name = |node: &Node| node.name().map(|name| name.name.clone());
        let mut pairs = Vec::new();
        for new in branches(self.new, new) {
            let node = self.new.node(new);
            let mut fitting = branches(self.old, old);
            fitting.retain(|old| Family::of(self.old.node(*old)).meets(Family::of(node)));
            let mut all = fitting.iter();
            let same = all.find(|old| name(self.old.node(**old)) == name(node));
            pairs.extend(same.or(fitting.first()).map(|old| (new, *old)));
        }
        pairs
    }

    /// Compares the words of both places for values of the type `node`.
    fn words(&mut self, path: &str, node: &Node, new: [&Words; 2], old: [&Words; 2]) {
        for (text, word, family) in WORDS {
            if !family.meets(Family::of(node)) {
                continue;
            }
            let (new, old) = (said(new, text), said(old, text));
            if let Some(effect) = effect(word, &new, &old) {
                let change = Change {
                    path: path.to_owned(),
                    word: text,
                    effect,
                    old: shown(old),
                    new: shown(new),
                };
                if !self.changes.contains(&change) {
                    self.changes.push(change);
                }
            }
        }
    }
}

/// What a field and its type say under a word: a value each, if they do.
fn said(places: [&Words; 2], word: &str) -> Vec<Value> {
    let both = places.into_iter().filter_map(|place| place.get(word));
    both.cloned().collect()
}

/// One value as it is; two as a list.
fn shown(mut said: Vec<Value>) -> Option<Value> {
    match said.len() {
        0 | 1 => said.pop(),
        _ => Some(said.into()),
    }
}

fn branches(schema: &AvroSchema, id: NodeId) -> Vec<NodeId> {
    match &schema.node(id).kind {
        Type::Union(branches) => branches.clone(),
        _ => vec![id],
    }
}
