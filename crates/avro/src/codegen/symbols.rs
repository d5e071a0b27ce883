//! Enums of names.

use std::collections::HashSet;

use super::{CodegenError, Source, layout, names};
use crate::schema::{Enum, NodeId, Type};

impl Source<'_> {
    /// The enum for an `enum`.
    pub(super) fn symbols(&mut self, id: NodeId) -> Result<String, CodegenError> {
        let schema = self.schema;
        let node = schema.node(id);
        let Type::Enum(symbols) = &node.kind else {
            unreachable!("invariant: only records and enums are defined");
        };
        if symbols.symbols.is_empty() {
            return Err(CodegenError::Empty {
                kind: "the enum",
                name: symbols.name.to_string(),
                what: "symbols",
            });
        }
        if !symbols.aliases.is_empty() || !node.attributes.is_empty() {
            self.beyond("aliases and further words of an `enum`");
        }
        let rust = self.names.get(&id).cloned().unwrap_or_default();
        let mut out = layout::docs(&symbols.doc, "");
        out += "#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FieldType)]\n";
        out += &self.home("");
        let name = match self.namespace {
            Some(_) => symbols.name.name.clone(),
            None => symbols.name.to_string(),
        };
        if name != rust {
            out += &layout::attributes("item", &[format!("name = {name:?}")], "");
        }
        out += &format!("pub enum {rust} {{\n");
        for (symbol, variant) in symbols.symbols.iter().zip(variants(symbols)) {
            if *symbol != variant {
                out += &layout::attributes("serde", &[format!("rename = {symbol:?}")], "    ");
            }
            if symbols.default.as_ref() == Some(symbol) {
                out += "    #[item(default)]\n";
            }
            out += &format!("    {variant},\n");
        }
        Ok(out + "}\n")
    }

    /// `#[item(crate = "…")]`, if that is needed.
    pub(super) fn home(&self, indent: &str) -> String {
        let line = |home| layout::attributes("item", &[format!("crate = {home:?}")], indent);
        self.options.home.as_ref().map_or_else(String::new, line)
    }
}

/// The variants of an enum, in the order of its symbols.
pub(super) fn variants(symbols: &Enum) -> Vec<String> {
    let mut taken = HashSet::new();
    let variant = |symbol: &String| names::free(&names::upper_camel(symbol), &mut taken);
    symbols.symbols.iter().map(variant).collect()
}
