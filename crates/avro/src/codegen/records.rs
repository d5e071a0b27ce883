//! Records, as structs.

use std::collections::HashSet;

use serde_json::Value;

use super::defaults::Default;
use super::types::{Place, Typed};
use super::{CodegenError, Source, layout, names, words};
use crate::schema::{Field, Name, Node, NodeId, Order, Record, Type};

impl Source<'_> {
    /// The struct for a record.
    pub(super) fn record(&mut self, id: NodeId) -> Result<String, CodegenError> {
        let schema = self.schema;
        let node = schema.node(id);
        let record = node.as_record().expect("invariant: a record");
        if record.fields.is_empty() {
            return Err(CodegenError::Empty {
                kind: "the record",
                name: record.name.to_string(),
                what: "fields",
            });
        }
        let rust = self.names.get(&id).cloned().unwrap_or_default();
        let mut out = layout::docs(&record.doc, "");
        out += "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Item)]\n";
        out += &self.home("");
        let words = self.struct_words(node, record, &rust);
        out += &layout::attributes("item", &words, "");
        if id == schema.root() && self.refers {
            out += &format!("#[item(avro = {})]\n", self.constant_name());
        }
        out += &format!("pub struct {rust} {{\n");
        let (mut taken, mut functions) = (HashSet::new(), String::new());
        for field in &record.fields {
            let name = names::free(&names::snake(&field.name), &mut taken);
            out += &self.field(id, &rust, field, &name, &mut functions);
        }
        out += "}\n";
        if !functions.is_empty() {
            out += &format!("\nimpl {rust} {{\n{}\n}}\n", functions.trim_end());
        }
        Ok(out)
    }

    fn struct_words(&mut self, node: &Node, record: &Record, rust: &str) -> Vec<String> {
        let mut words = Vec::new();
        if !record.name.namespace.is_empty() {
            words.push(format!("namespace = {:?}", record.name.namespace));
        }
        if record.name.name != rust {
            words.push(format!("name = {:?}", record.name.name));
        }
        for alias in &record.aliases {
            words.push(format!("alias = {:?}", alias_of(alias, &record.name)));
        }
        for (word, value) in &node.attributes {
            match (word.as_str(), rules(value)) {
                ("confluent:rules", Some(rules)) => words.extend(rules),
                // Constraints have no meaning for a whole record.
                _ if words::is_known(word) => self.beyond(format!("`{word}` on a record")),
                _ => words.push(format!("attribute({word:?} = {})", layout::json(value))),
            }
        }
        words
    }

    /// One field; the function for its default is added to `functions`.
    fn field(
        &mut self,
        owner: NodeId,
        rust: &str,
        field: &Field,
        name: &str,
        functions: &mut String,
    ) -> String {
        let open = self.is_cycle(field.kind, owner);
        let nullable = matches!(&self.schema.node(field.kind).kind, Type::Union(_));
        let place = Place {
            owner,
            name: format!("{rust}_{name}"),
            direct: true,
            open,
            null_last: nullable && field.default.as_ref().is_some_and(|value| !value.is_null()),
        };
        let typed = self.typed(field.kind, &place);
        let words = if open {
            self.beyond("a record within itself");
            vec!["any".to_owned()]
        } else {
            self.field_words(field, &typed, nullable)
        };
        let mut serde = Vec::new();
        if name != field.name {
            serde.push(format!("rename = {:?}", field.name));
        }
        serde.extend(
            field
                .aliases
                .iter()
                .map(|alias| format!("alias = {alias:?}")),
        );
        let default = field.default.as_ref().filter(|value| !value.is_null());
        match default.and_then(|value| self.serde_default(field.kind, value)) {
            None => {}
            Some(Default::Own) => serde.push("default".to_owned()),
            Some(Default::Function(body)) => {
                serde.push(format!("default = \"{rust}::default_{name}\""));
                *functions += &format!(
                    "    fn default_{name}() -> {} {{\n        {body}\n    }}\n\n",
                    typed.text
                );
            }
        }
        layout::docs(&field.doc, "    ")
            + &layout::attributes("serde", &serde, "    ")
            + &layout::attributes("item", &words, "    ")
            + &layout::field(&names::identifier(name), &typed.text)
    }

    /// What `#[item(…)]` says of a field.
    fn field_words(&mut self, field: &Field, typed: &Typed, nullable: bool) -> Vec<String> {
        let mut words = typed.said.words(true, true);
        let inner = &typed.said.constraints;
        let read = words::read(&field.attributes, typed.shape, nullable);
        for (name, word) in read.constraints {
            match inner.iter().find(|(known, _)| *known == name) {
                None => words.push(word),
                Some((_, known)) if *known == word => {}
                Some(_) => self.beyond(format!("`{name}` both on a field and within its type")),
            }
        }
        for word in read.refused {
            self.beyond(format!("`{word}` as it stands on a field"));
        }
        for (word, value) in read.others {
            words.push(format!("attribute({word:?} = {})", layout::json(&value)));
        }
        match field.order {
            Order::Ascending => {}
            Order::Descending => words.push("attribute(\"order\" = \"descending\")".to_owned()),
            Order::Ignore => words.push("attribute(\"order\" = \"ignore\")".to_owned()),
        }
        match &field.default {
            None => {}
            Some(Value::Null) if nullable => {}
            Some(value) => words.push(format!("default = {}", layout::json(value))),
        }
        words
    }
}

/// An alias as it is written beside a name.
fn alias_of(alias: &Name, name: &Name) -> String {
    if alias.namespace == name.namespace {
        alias.name.clone()
    } else if alias.namespace.is_empty() {
        format!(".{}", alias.name)
    } else {
        alias.to_string()
    }
}

/// Rules in CEL as words of the derive, if they are nothing else.
fn rules(value: &Value) -> Option<Vec<String>> {
    let rule = |rule: &Value| {
        let parts = rule.as_object()?;
        let known = |name: &String| ["name", "doc", "expr"].contains(&name.as_str());
        let whole = parts.contains_key("name") && parts.contains_key("expr");
        if !whole || !parts.keys().all(known) {
            return None;
        }
        let parts: Option<Vec<_>> = parts
            .iter()
            .map(|(name, value)| Some(format!("{name} = {:?}", value.as_str()?)))
            .collect();
        Some(format!("rule({})", parts?.join(", ")))
    };
    value.as_array()?.iter().map(rule).collect()
}
