//! A schema as the encoder needs it.

use std::collections::HashMap;

use super::Encoder;
use super::quick::Quick;
use crate::schema::{AvroSchema, LogicalType, Node, NodeId, Type};

/// A type.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    Null,
    Boolean,
    /// Without a logical type, or with one of those of numbers.
    Int(Option<LogicalType>),
    Long(Option<LogicalType>),
    Float,
    Double,
    Bytes(Option<LogicalType>),
    String(Text),
    Fixed(usize, Option<LogicalType>),
    Enum(HashMap<Box<str>, usize>),
    Array(usize),
    Map(usize),
    Union(Union),
    Record(Record),
    /// One of `bytes` or a `fixed`, where they come one by one; no type of a schema.
    Byte,
}

/// What a string holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Text {
    Any,
    Uuid,
    Json,
}

#[derive(Debug, Clone)]
pub(super) struct Union {
    pub(super) branches: Box<[usize]>,
    pub(super) null: Option<usize>,
    /// The branch that holds JSON, and so anything.
    pub(super) json: Option<usize>,
    /// What a map or a struct can be: records, then the map, by the number of the branch.
    pub(super) members: Box<[usize]>,
    /// Branches by their names.
    pub(super) names: HashMap<Box<str>, usize>,
    /// A look at the value must come before the branch: it may hold JSON, or be one of several
    /// records.
    pub(super) needs_value: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Record {
    /// `Quote` of `com.example.Quote`.
    pub(super) short: Box<str>,
    pub(super) name: Box<str>,
    pub(super) fields: Box<[Field]>,
    pub(super) by_name: HashMap<Box<str>, usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: Box<str>,
    pub(super) node: usize,
    pub(super) quick: Quick,
    /// The encoded default.
    pub(super) default: Option<Box<[u8]>>,
}

pub(super) fn compile(schema: &AvroSchema) -> Encoder {
    let ids = || (0..schema.nodes.len()).map(|index| NodeId(u32::try_from(index).expect("an id")));
    let mut shapes: Vec<Shape> = ids().map(|id| shape(schema, schema.node(id))).collect();
    quicken(&mut shapes);
    let labels = ids().map(|id| schema.label(id).into());
    Encoder {
        shapes: shapes.into_iter().chain([Shape::Byte]).collect(),
        labels: labels.chain(["byte (0 to 255)".into()]).collect(),
        byte: schema.nodes.len(),
        root: schema.root.index(),
    }
}

/// Notes of each field whether it can be written quickly.
fn quicken(shapes: &mut [Shape]) {
    let quick: Vec<Quick> = shapes
        .iter()
        .map(|shape| Quick::of(shapes, shape))
        .collect();
    for shape in shapes {
        if let Shape::Record(record) = shape {
            for field in &mut record.fields {
                field.quick = quick[field.node];
            }
        }
    }
}

fn shape(schema: &AvroSchema, node: &Node) -> Shape {
    match &node.kind {
        Type::Null => Shape::Null,
        Type::Boolean => Shape::Boolean,
        Type::Int => Shape::Int(node.logical),
        Type::Long => Shape::Long(node.logical),
        Type::Float => Shape::Float,
        Type::Double => Shape::Double,
        Type::Bytes => Shape::Bytes(node.logical),
        Type::String => Shape::String(match node.logical {
            _ if node.holds_json() => Text::Json,
            Some(LogicalType::Uuid) => Text::Uuid,
            _ => Text::Any,
        }),
        Type::Fixed(fixed) => Shape::Fixed(fixed.size, node.logical),
        Type::Enum(known) => Shape::Enum(numbered(known.symbols.iter().map(|s| &**s))),
        Type::Array(items) => Shape::Array(items.index()),
        Type::Map(values) => Shape::Map(values.index()),
        Type::Union(branches) => Shape::Union(union(schema, branches)),
        Type::Record(record) => Shape::Record(Record {
            short: record.name.name.as_str().into(),
            name: record.name.to_string().into(),
            fields: record.fields.iter().map(|f| field(schema, f)).collect(),
            by_name: numbered(record.fields.iter().map(|f| &*f.name)),
        }),
    }
}

fn field(schema: &AvroSchema, field: &crate::schema::Field) -> Field {
    let default = || {
        let value = schema.default_value(field.kind, field.default.as_ref()?)?;
        let mut bytes = Vec::new();
        schema.write(field.kind, &value, &mut bytes).ok()?;
        Some(bytes.into())
    };
    Field {
        name: field.name.as_str().into(),
        node: field.kind.index(),
        quick: Quick::default(),
        default: default(),
    }
}

fn union(schema: &AvroSchema, branches: &[NodeId]) -> Union {
    let nodes = || branches.iter().map(|id| schema.node(*id));
    let find = |which: fn(&Node) -> bool| nodes().position(which);
    let numbers = |which: fn(&Node) -> bool| {
        let all = nodes().enumerate();
        all.filter(move |(_, node)| which(node)).map(|(at, _)| at)
    };
    let records = numbers(|node| matches!(node.kind, Type::Record(_)));
    let maps = numbers(|node| matches!(node.kind, Type::Map(_)));
    let members: Box<[usize]> = records.chain(maps).collect();
    let json = find(Node::holds_json);
    // A short name is good enough where it is no other's full name.
    let full = nodes().map(|node| {
        node.name()
            .map_or_else(|| node.kind.word().to_owned(), ToString::to_string)
    });
    let short = nodes().map(|node| node.name().map_or("", |name| &name.name).to_owned());
    let mut names = HashMap::new();
    for (at, name) in full.enumerate().chain(short.enumerate()) {
        names.entry(name.into_boxed_str()).or_insert(at);
    }
    Union {
        branches: branches.iter().map(|id| id.index()).collect(),
        null: find(|node| matches!(node.kind, Type::Null)),
        json,
        needs_value: json.is_some() || members.len() > 1,
        members,
        names,
    }
}

fn numbered<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<Box<str>, usize> {
    names
        .enumerate()
        .map(|(at, name)| (name.into(), at))
        .collect()
}
