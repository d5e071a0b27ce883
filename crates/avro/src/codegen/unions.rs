//! Unions of several types, as untagged enums.

use std::collections::HashSet;

use super::{Source, Union, layout, names};
use crate::schema::{NodeId, Type};

impl Source<'_> {
    /// The enum for a union.
    pub(super) fn union(&mut self, union: &Union) -> String {
        let mut out = "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize".to_owned();
        out += if union.open {
            ")]\n"
        } else {
            ", FieldType)]\n"
        };
        out += "#[serde(untagged)]\n";
        if !union.open {
            out += &self.home("");
        }
        out += &format!("pub enum {} {{\n", union.name);
        let mut taken = HashSet::new();
        for (id, typed) in &union.variants {
            let name = names::free(&self.variant_name(*id), &mut taken);
            let words = if union.open {
                Vec::new()
            } else {
                typed.said.words(true, false)
            };
            out += &layout::variant(&name, &words, &typed.text);
        }
        out + "}\n"
    }

    fn variant_name(&self, id: NodeId) -> String {
        let name = match &self.schema.node(id).kind {
            Type::Null | Type::Union(_) => "Null",
            Type::Boolean => "Boolean",
            Type::Int => "Int",
            Type::Long => "Long",
            Type::Float => "Float",
            Type::Double => "Double",
            Type::Bytes => "Bytes",
            Type::String => "Text",
            Type::Array(_) => "List",
            Type::Map(_) => "Map",
            Type::Fixed(fixed) => return names::upper_camel(&fixed.name.name),
            Type::Record(_) | Type::Enum(_) => {
                return self.names.get(&id).cloned().unwrap_or_default();
            }
        };
        name.to_owned()
    }
}
