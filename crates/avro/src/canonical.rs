//! The Parsing Canonical Form: what of a schema matters to those who read its data.

use std::collections::HashSet;

use crate::schema::{AvroSchema, Name, NodeId, Type};

/// What is still to be written.
enum Piece<'a> {
    Type(NodeId),
    Text(&'a str),
    Name(&'a Name),
    Number(usize),
}

impl AvroSchema {
    /// The schema in Parsing Canonical Form: full names, no words but `name`, `type`, `fields`,
    /// `symbols`, `items`, `values` and `size`, in a fixed order and without blanks. Defaults,
    /// aliases, logical types and constraints are gone, so this is no schema to register or to keep
    /// (specification 1.12, Parsing Canonical Form for Schemas).
    ///
    /// ```
    /// # use huntsman_avro::AvroSchema;
    /// let schema = AvroSchema::parse(r#"{"logicalType": "date", "type": "int"}"#)?;
    /// assert_eq!(schema.canonical_form(), r#""int""#);
    /// # Ok::<(), huntsman_avro::SchemaError>(())
    /// ```
    #[must_use]
    pub fn canonical_form(&self) -> String {
        let mut form = String::new();
        let mut defined = HashSet::new();
        // A stack of our own: definitions may lead far into each other.
        let mut rest = vec![Piece::Type(self.root())];
        while let Some(piece) = rest.pop() {
            match piece {
                Piece::Text(text) => form.push_str(text),
                Piece::Name(name) => form.push_str(&name.to_string()),
                Piece::Number(number) => form.push_str(&number.to_string()),
                Piece::Type(id) => {
                    let start = rest.len();
                    rest.extend(self.pieces(id, defined.insert(id)));
                    rest[start..].reverse();
                }
            }
        }
        form
    }

    fn pieces(&self, id: NodeId, first: bool) -> Vec<Piece<'_>> {
        let node = self.node(id);
        if let Some(name) = node.name()
            && !first
        {
            return vec![Piece::Text("\""), Piece::Name(name), Piece::Text("\"")];
        }
        let named = |name, rest: &'static str| {
            vec![
                Piece::Text("{\"name\":\""),
                Piece::Name(name),
                Piece::Text(rest),
            ]
        };
        match &node.kind {
            Type::Array(items) => vec![
                Piece::Text("{\"type\":\"array\",\"items\":"),
                Piece::Type(*items),
                Piece::Text("}"),
            ],
            Type::Map(values) => vec![
                Piece::Text("{\"type\":\"map\",\"values\":"),
                Piece::Type(*values),
                Piece::Text("}"),
            ],
            Type::Union(branches) => {
                let branches = branches.iter().map(|id| vec![Piece::Type(*id)]);
                listed(vec![Piece::Text("[")], branches, "]")
            }
            Type::Fixed(fixed) => {
                let mut pieces = named(&fixed.name, "\",\"type\":\"fixed\",\"size\":");
                pieces.extend([Piece::Number(fixed.size), Piece::Text("}")]);
                pieces
            }
            Type::Enum(kind) => {
                let start = named(&kind.name, "\",\"type\":\"enum\",\"symbols\":[");
                let symbol =
                    |symbol| vec![Piece::Text("\""), Piece::Text(symbol), Piece::Text("\"")];
                listed(start, kind.symbols.iter().map(|text| symbol(text)), "]}")
            }
            Type::Record(record) => {
                let start = named(&record.name, "\",\"type\":\"record\",\"fields\":[");
                let fields = record.fields.iter().map(|field| {
                    vec![
                        Piece::Text("{\"name\":\""),
                        Piece::Text(&field.name),
                        Piece::Text("\",\"type\":"),
                        Piece::Type(field.kind),
                        Piece::Text("}"),
                    ]
                });
                listed(start, fields, "]}")
            }
            primitive => vec![
                Piece::Text("\""),
                Piece::Text(primitive.word()),
                Piece::Text("\""),
            ],
        }
    }
}

/// A start, what is listed with commas between, and an end.
fn listed<'a>(
    start: Vec<Piece<'a>>,
    items: impl Iterator<Item = Vec<Piece<'a>>>,
    end: &'a str,
) -> Vec<Piece<'a>> {
    let mut pieces = start;
    for (index, item) in items.enumerate() {
        if index > 0 {
            pieces.push(Piece::Text(","));
        }
        pieces.extend(item);
    }
    pieces.push(Piece::Text(end));
    pieces
}
