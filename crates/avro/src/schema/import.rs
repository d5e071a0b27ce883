//! Types that other schemas define.

use super::parse::Parser;
use super::{AvroSchema, Name, Node, NodeId, SchemaError, Type};

impl Parser<'_> {
    /// Takes over the nodes of another schema, and its names. A name that is known already, and
    /// means the same, is one node; a reference of a reference is there twice that way.
    pub(super) fn import(&mut self, other: &AvroSchema) -> Result<(), SchemaError> {
        let mut places = Vec::with_capacity(other.nodes.len());
        let mut next = self.nodes.len();
        for node in &other.nodes {
            let known = node.name().and_then(|name| self.names.get(name)).copied();
            places.push(known.unwrap_or_else(|| {
                next += 1;
                NodeId(u32::try_from(next - 1).expect("fewer nodes than bytes of text"))
            }));
        }
        let first = self.nodes.len();
        for (node, place) in other.nodes.iter().zip(&places) {
            if place.index() < first {
                self.same(&self.nodes[place.index()], node)?;
                continue;
            }
            if let Some(name) = node.name() {
                self.names.insert(name.clone(), *place);
            }
            self.nodes.push(moved(node, &places));
        }
        Ok(())
    }

    /// Two definitions of a name must agree in what they say themselves.
    fn same(&self, known: &Node, other: &Node) -> Result<(), SchemaError> {
        let same = match (&known.kind, &other.kind) {
            (Type::Fixed(a), Type::Fixed(b)) => a.size == b.size,
            (Type::Enum(a), Type::Enum(b)) => a.symbols == b.symbols,
            (Type::Record(a), Type::Record(b)) => {
                let names = |fields: &[super::Field]| -> Vec<String> {
                    fields.iter().map(|field| field.name.clone()).collect()
                };
                names(&a.fields) == names(&b.fields)
            }
            _ => false,
        };
        if same {
            return Ok(());
        }
        Err(SchemaError::Duplicate {
            path: self.path.to_string(),
            what: "the referenced type",
            name: known.name().map_or_else(String::new, Name::to_string),
            rule: "two references define it differently: leave one out",
        })
    }
}

/// A node whose ids are those of its new schema.
fn moved(node: &Node, places: &[NodeId]) -> Node {
    let mut node = node.clone();
    let place = |id: &mut NodeId| *id = places[id.index()];
    match &mut node.kind {
        Type::Array(inner) | Type::Map(inner) => place(inner),
        Type::Union(branches) => branches.iter_mut().for_each(place),
        Type::Record(record) => {
            for field in &mut record.fields {
                place(&mut field.kind);
            }
        }
        _ => {}
    }
    node
}
