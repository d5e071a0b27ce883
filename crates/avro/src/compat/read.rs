//! The rules of reading: which type reads which.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::{Incompatibility, IncompatibilityKind as Kind, MAX_TOLD};
use crate::schema::{AvroSchema, Enum, Field, Fixed, Node, NodeId, Record, Type};

/// How far types may lead into each other.
const MAX_DEPTH: usize = 256;

/// One step into the reader's schema.
#[derive(Debug, Clone)]
enum Step {
    Word(&'static str),
    Index(usize),
    /// `fields`, and its index there.
    Field(usize, String),
}

/// Something in the way, seen from the types that are compared.
#[derive(Debug, Clone)]
struct Found {
    kind: Kind,
    /// From the inside out.
    steps: Vec<Step>,
    message: String,
}

/// What is in the way between two types; empty if nothing.
type Verdict = Rc<[Found]>;

struct Check<'a> {
    reader: &'a AvroSchema,
    writer: &'a AvroSchema,
    /// What was found of two nodes; none while that is being found out.
    known: HashMap<(NodeId, NodeId), Option<Verdict>>,
    depth: usize,
}

pub(super) fn check(reader: &AvroSchema, writer: &AvroSchema) -> Result<(), Vec<Incompatibility>> {
    let mut check = Check {
        reader,
        writer,
        known: HashMap::new(),
        depth: 0,
    };
    let found = check.types(reader.root(), writer.root());
    if found.is_empty() {
        return Ok(());
    }
    Err(found.iter().cloned().map(Found::told).collect())
}

impl Check<'_> {
    /// Two types: what is known of them, or is found out now. A pair within itself is taken to be
    /// compatible until it is proven not to be.
    fn types(&mut self, reader: NodeId, writer: NodeId) -> Verdict {
        // Most pairs are of primitives; there is nothing to remember of them.
        if promotes(
            &self.reader.node(reader).kind,
            &self.writer.node(writer).kind,
        ) {
            return Verdict::default();
        }
        if let Some(known) = self.known.get(&(reader, writer)) {
            return known.clone().unwrap_or_default();
        }
        if self.depth == MAX_DEPTH {
            let message = "types lead too far into each other to be compared".to_owned();
            return one(Kind::TooDeep, message).into();
        }
        self.depth += 1;
        self.known.insert((reader, writer), None);
        let mut found = self.compare(reader, writer);
        found.truncate(MAX_TOLD);
        let found = Verdict::from(found);
        self.known.insert((reader, writer), Some(found.clone()));
        self.depth -= 1;
        found
    }

    fn compare(&mut self, reader_id: NodeId, writer_id: NodeId) -> Vec<Found> {
        let reader = self.reader.node(reader_id);
        let writer = self.writer.node(writer_id);
        match (&reader.kind, &writer.kind) {
            (Type::Array(reader), Type::Array(writer)) => {
                within(&self.types(*reader, *writer), &[Step::Word("items")])
            }
            (Type::Map(reader), Type::Map(writer)) => {
                within(&self.types(*reader, *writer), &[Step::Word("values")])
            }
            (Type::Fixed(a), Type::Fixed(b)) => [names(reader, writer), sizes(a, b)].concat(),
            (Type::Enum(a), Type::Enum(b)) => [names(reader, writer), symbols(a, b)].concat(),
            (Type::Record(a), Type::Record(b)) => {
                [names(reader, writer), self.records(a, b)].concat()
            }
            (Type::Union(_), Type::Union(branches)) => self.unions(reader_id, branches),
            (_, Type::Union(branches)) => {
                let mut found = Vec::new();
                for (index, branch) in branches.iter().enumerate() {
                    let branch = self.types(reader_id, *branch);
                    found.extend(within(&branch, &[Step::Index(index)]));
                }
                found
            }
            (Type::Union(branches), _) => self.branch(branches, writer_id),
            _ => one(
                Kind::TypeMismatch,
                format!("{} does not read {}", called(reader), called(writer)),
            ),
        }
    }

    /// A union reads a union if it reads each of its branches.
    fn unions(&mut self, reader: NodeId, branches: &[NodeId]) -> Vec<Found> {
        let mut found = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            let inner = self.types(reader, *branch);
            // What is missing, or why: the branch's own words.
            if let Some(first) = inner.first() {
                let lacking = one(Kind::MissingUnionBranch, first.message.clone());
                found.extend(within(&lacking, &[Step::Index(index)]));
            }
        }
        found
    }

    /// A union reads another type if one of its branches does.
    fn branch(&mut self, branches: &[NodeId], writer: NodeId) -> Vec<Found> {
        let mut why = String::new();
        for branch in branches {
            let inner = self.types(*branch, writer);
            let Some(first) = inner.first() else {
                return Vec::new();
            };
            let same =
                self.reader.node(*branch).kind.word() == self.writer.node(writer).kind.word();
            if same && why.is_empty() {
                why = format!(" ({})", first.clone().told());
            }
        }
        let lacking = called(self.writer.node(writer));
        one(
            Kind::MissingUnionBranch,
            format!("no branch of the reader's union reads {lacking}{why}"),
        )
    }

    fn records(&mut self, reader: &Record, writer: &Record) -> Vec<Found> {
        let known: HashMap<&str, &Field> = writer
            .fields
            .iter()
            .map(|field| (field.name.as_str(), field))
            .collect();
        let mut found = Vec::new();
        for (index, field) in reader.fields.iter().enumerate() {
            let aliases: HashSet<&str> = field.aliases.iter().map(String::as_str).collect();
            let mut matching: Vec<&Field> = [field.name.as_str()]
                .into_iter()
                .chain(aliases)
                .filter_map(|name| known.get(name).copied())
                .collect();
            let place = Step::Field(index, field.name.clone());
            found.extend(match (matching.pop(), matching.is_empty()) {
                (None, _) => within(&self.missing(field), &[place]),
                (Some(one), true) => within(
                    &self.types(field.kind, one.kind),
                    &[Step::Word("type"), place],
                ),
                (Some(_), false) => within(&ambiguous(field), &[place]),
            });
        }
        found
    }

    /// A field that the writer lacks.
    fn missing(&self, field: &Field) -> Vec<Found> {
        if field.default.is_some() {
            return Vec::new();
        }
        match &self.reader.node(field.kind).kind {
            // So Java tells it.
            Type::Enum(kind) if kind.default.is_some() => within(
                &one(
                    Kind::TypeMismatch,
                    "the writer lacks the field, and the enum's own default does not stand for it: give the field a default".to_owned(),
                ),
                &[Step::Word("type")],
            ),
            _ => one(
                Kind::ReaderFieldMissingDefaultValue,
                "the writer lacks the field: give it a default".to_owned(),
            ),
        }
    }
}

/// Whether every value of the one type is read as the other, by the specification's promotions.
fn promotes(reader: &Type, writer: &Type) -> bool {
    matches!(
        (reader, writer),
        (Type::Null, Type::Null)
            | (Type::Boolean, Type::Boolean)
            | (Type::Int, Type::Int)
            | (Type::Long, Type::Int | Type::Long)
            | (Type::Float, Type::Int | Type::Long | Type::Float)
            | (
                Type::Double,
                Type::Int | Type::Long | Type::Float | Type::Double
            )
            | (Type::Bytes | Type::String, Type::Bytes | Type::String)
    )
}

/// Names match without their namespace, or the writer's full name is an alias of the reader's.
fn names(reader: &Node, writer: &Node) -> Vec<Found> {
    let (Some(own), Some(other)) = (reader.name(), writer.name()) else {
        return Vec::new();
    };
    if own.name == other.name || reader.aliases().contains(other) {
        return Vec::new();
    }
    let message = format!("`{own}` does not read `{other}`: give it the alias `{other}`");
    within(&one(Kind::NameMismatch, message), &[Step::Word("name")])
}

fn sizes(reader: &Fixed, writer: &Fixed) -> Vec<Found> {
    if reader.size == writer.size {
        return Vec::new();
    }
    let message = format!(
        "{} bytes are not read as {}: the size of a fixed cannot change",
        writer.size, reader.size
    );
    within(
        &one(Kind::FixedSizeMismatch, message),
        &[Step::Word("size")],
    )
}

fn symbols(reader: &Enum, writer: &Enum) -> Vec<Found> {
    if reader.default.is_some() {
        return Vec::new();
    }
    let known: HashSet<&str> = reader.symbols.iter().map(String::as_str).collect();
    let lacking: Vec<&str> = writer
        .symbols
        .iter()
        .map(String::as_str)
        .filter(|symbol| !known.contains(symbol))
        .collect();
    if lacking.is_empty() {
        return Vec::new();
    }
    let more = lacking.len().saturating_sub(5);
    let mut message = format!(
        "`{}` lacks {}",
        reader.name,
        lacking[..lacking.len() - more].join(", ")
    );
    if more > 0 {
        message.push_str(&format!(" and {more} more"));
    }
    message.push_str(": keep them, or give the enum a default");
    within(
        &one(Kind::MissingEnumSymbols, message),
        &[Step::Word("symbols")],
    )
}

fn ambiguous(field: &Field) -> Vec<Found> {
    one(
        Kind::AmbiguousField,
        format!(
            "`{}` and its aliases are several fields of the writer: leave the aliases of all but one out",
            field.name
        ),
    )
}

fn one(kind: Kind, message: String) -> Vec<Found> {
    vec![Found {
        kind,
        steps: Vec::new(),
        message,
    }]
}

/// The same, seen from further out; the innermost step comes first.
fn within(found: &[Found], steps: &[Step]) -> Vec<Found> {
    let mut found = found.to_vec();
    for one in &mut found {
        one.steps.extend_from_slice(steps);
    }
    found
}

/// A type in a message: `int`, `the record com.example.User`.
fn called(node: &Node) -> String {
    let word = node.kind.word();
    match (node.name(), &node.kind) {
        (Some(name), _) => format!("the {word} `{name}`"),
        (None, Type::Array(_) | Type::Map(_) | Type::Union(_)) => format!("the {word}"),
        _ => word.to_owned(),
    }
}

impl Found {
    fn told(self) -> Incompatibility {
        let mut path = String::new();
        let mut names = Vec::new();
        for step in self.steps.iter().rev() {
            match step {
                Step::Word(word) => path.push_str(&format!("/{word}")),
                Step::Index(index) => path.push_str(&format!("/{index}")),
                Step::Field(index, name) => {
                    path.push_str(&format!("/fields/{index}"));
                    names.push(name.as_str());
                }
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        Incompatibility {
            kind: self.kind,
            field: names.join("."),
            path,
            message: self.message,
        }
    }
}
