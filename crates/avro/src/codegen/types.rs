//! The type that a value has in Rust.

use super::said::Said;
use super::words::{self, Shape};
use super::{Pending, Source, Union, names};
use crate::schema::{Fixed, LogicalType, Node, NodeId, Type};

/// Where a type stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The record in which it is.
    pub(super) owner: NodeId,
    /// What a union there would be called.
    pub(super) name: String,
    /// No list or map is between it and the record.
    pub(super) direct: bool,
    /// The field is left open: it leads back to the record.
    pub(super) open: bool,
    /// Null is the last type of a union there: the default is another one.
    pub(super) null_last: bool,
}

/// A type in Rust.
pub(super) struct Typed {
    pub(super) text: String,
    pub(super) said: Said,
    pub(super) shape: Shape,
}

impl Typed {
    fn new(text: impl Into<String>, shape: Shape) -> Self {
        Self {
            text: text.into(),
            said: Said::default(),
            shape,
        }
    }

    fn kind(mut self, word: impl Into<String>) -> Self {
        self.said.kind.push(word.into());
        self.shape = Shape::Unknown;
        self
    }
}

impl Source<'_> {
    /// The type for a node, with what is to be said of its values.
    pub(super) fn typed(&mut self, id: NodeId, place: &Place) -> Typed {
        let schema = self.schema;
        let node = schema.node(id);
        let mut typed = match &node.kind {
            Type::Union(branches) => return self.one_of(id, branches, place),
            Type::Record(_) | Type::Enum(_) => return self.named(id, place),
            Type::Array(items) => self.elements("Vec<", *items, Shape::List, place),
            Type::Map(values) => {
                self.has_maps = true;
                self.elements("BTreeMap<String, ", *values, Shape::Map, place)
            }
            Type::Fixed(fixed) => self.fixed(fixed, node),
            _ => self.primitive(node),
        };
        self.obey(&mut typed, node, false);
        typed
    }

    /// Adds what a node's own object demands.
    fn obey(&mut self, typed: &mut Typed, node: &Node, nullable: bool) {
        let read = words::read(&node.attributes, typed.shape, nullable);
        for (name, word) in read.constraints {
            typed.said.add(name, word);
        }
        let others = read.others.into_iter().map(|(word, _)| word);
        for word in others.chain(read.refused) {
            self.beyond(format!("`{word}` within a type"));
        }
    }

    fn named(&mut self, id: NodeId, place: &Place) -> Typed {
        let name = self.type_name(id);
        let boxed = place.direct && self.is_cycle(id, place.owner);
        Typed::new(
            if boxed { format!("Box<{name}>") } else { name },
            Shape::Unknown,
        )
    }

    /// Whether a type is within a record that it contains itself.
    pub(super) fn is_cycle(&self, id: NodeId, owner: NodeId) -> bool {
        self.cycles[id.index()] == self.cycles[owner.index()]
    }

    fn elements(&mut self, open: &str, inner: NodeId, shape: Shape, place: &Place) -> Typed {
        let place = Place {
            direct: false,
            null_last: false,
            ..place.clone()
        };
        let inner = self.typed(inner, &place);
        let mut typed = Typed::new(format!("{open}{}>", inner.text), shape);
        typed.said.each = Some(Box::new(inner.said));
        typed
    }

    fn primitive(&mut self, node: &Node) -> Typed {
        if let Some(logical) = node.logical {
            return self.logical(logical, false);
        }
        match node.kind {
            Type::Boolean => Typed::new("bool", Shape::Bool),
            Type::Int => Typed::new("i32", Shape::Int(i32::MIN.into(), i32::MAX.into())),
            Type::Long => Typed::new("i64", Shape::Int(i64::MIN, i64::MAX)),
            Type::Float => Typed::new("f32", Shape::Float),
            Type::Double => Typed::new("f64", Shape::Float),
            Type::String => Typed::new("String", Shape::Text),
            Type::Bytes => Typed::new(self.bytes(), Shape::Unknown),
            _ => {
                self.beyond("the type `null` alone");
                Typed::new("()", Shape::Unknown).kind("any")
            }
        }
    }

    fn bytes(&self) -> String {
        format!("{}::core::Bytes", self.options.root)
    }

    fn fixed(&mut self, fixed: &Fixed, node: &Node) -> Typed {
        if !fixed.doc.is_empty() || !fixed.aliases.is_empty() {
            self.beyond("docs and aliases of a `fixed`");
        }
        if let Some(logical) = node.logical {
            return self.logical(logical, true);
        }
        let name = match self.namespace {
            Some(_) => fixed.name.name.clone(),
            None => fixed.name.to_string(),
        };
        Typed::new(self.bytes(), Shape::Unknown)
            .kind(format!("fixed = {name:?}"))
            .kind(format!("size = {}", fixed.size))
    }

    /// A logical type is text in Rust.
    fn logical(&mut self, logical: LogicalType, fixed: bool) -> Typed {
        let text = Typed::new("String", Shape::Text);
        if fixed {
            self.beyond("a logical type on a `fixed`");
        }
        let word = match logical {
            LogicalType::Decimal { precision, scale } => {
                return text
                    .kind("logical = \"decimal\"")
                    .kind(format!("precision = {precision}"))
                    .kind(format!("scale = {scale}"));
            }
            LogicalType::Uuid => "uuid",
            LogicalType::Date => "date",
            LogicalType::TimeMillis => "time-millis",
            LogicalType::TimeMicros => "time-micros",
            LogicalType::TimestampMillis => "timestamp-millis",
            LogicalType::TimestampMicros => "timestamp-micros",
            LogicalType::LocalTimestampMillis => "local-timestamp-millis",
            LogicalType::LocalTimestampMicros => "local-timestamp-micros",
            LogicalType::BigDecimal
            | LogicalType::TimestampNanos
            | LogicalType::LocalTimestampNanos
            | LogicalType::Duration => {
                self.beyond("logical types of nanoseconds, durations and `big-decimal`");
                return text;
            }
        };
        text.kind(format!("logical = {word:?}"))
    }

    /// A union: what is left of it without null, as an `Option` if it has null.
    fn one_of(&mut self, id: NodeId, branches: &[NodeId], place: &Place) -> Typed {
        let schema = self.schema;
        let is_null = |id: &NodeId| matches!(schema.node(*id).kind, Type::Null);
        let others: Vec<_> = branches.iter().copied().filter(|id| !is_null(id)).collect();
        let nullable = others.len() < branches.len();
        let at = if place.null_last {
            branches.last()
        } else {
            branches.first()
        };
        if nullable && !at.is_some_and(is_null) {
            self.beyond("where null stands in a union");
        }
        let mut typed = match others.as_slice() {
            [] => {
                self.beyond("the type `null` alone");
                return Typed::new("()", Shape::Unknown).kind("any");
            }
            [only] => {
                if !nullable {
                    self.beyond("a union of one type");
                }
                self.typed(*only, place)
            }
            several => self.several(several, place),
        };
        // Words beside a union, and null among the values of `enum`.
        self.obey(&mut typed, schema.node(id), nullable);
        if nullable {
            typed.text = format!("Option<{}>", typed.text);
        }
        typed
    }

    /// An enum for a union of several types.
    fn several(&mut self, branches: &[NodeId], place: &Place) -> Typed {
        let name = names::free(&names::upper_camel(&place.name), &mut self.taken);
        let variants: Vec<_> = branches
            .iter()
            .map(|id| (*id, self.typed(*id, place)))
            .collect();
        let obeys = |typed: &Typed| !typed.said.words(false, true).is_empty();
        if variants.iter().any(|(_, typed)| obeys(typed)) {
            self.beyond("what some types of a union obey");
        }
        self.pending.push_back(Pending::Union(Union {
            name: name.clone(),
            variants,
            open: place.open,
        }));
        Typed::new(name, Shape::Unknown)
    }
}
