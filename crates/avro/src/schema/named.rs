//! The types that have names: records, enums and fixed.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::parse::{Parser, attributes};
use super::path::{Step, shortened};
use super::{Enum, Field, Fixed, Name, NodeId, Order, Record, SchemaError, Type, defaults, names};

type Object = Map<String, Value>;

const NAMED: [&str; 5] = ["type", "name", "namespace", "doc", "aliases"];
const FIELD: [&str; 6] = ["name", "doc", "type", "order", "aliases", "default"];

impl Parser<'_> {
    pub(super) fn record(
        &mut self,
        object: &Object,
        namespace: &str,
    ) -> Result<NodeId, SchemaError> {
        let (name, aliases) = self.definition(object, namespace)?;
        let known: Vec<&str> = NAMED.into_iter().chain(["fields"]).collect();
        let doc = self.doc(object)?;
        // The record is known within its own fields, which follow.
        let begun = Record {
            name: name.clone(),
            doc,
            aliases,
            fields: Vec::new(),
        };
        let id = self.add(Type::Record(begun), Map::new());
        self.declare(&name, id)?;
        let Some(Value::Array(list)) = object.get("fields") else {
            return self.not_avro(format!(
                "the record `{name}` needs `fields`, an array (it may be empty)"
            ));
        };
        let mut fields: Vec<Field> = Vec::with_capacity(list.len());
        let mut seen = HashSet::new();
        for (index, value) in list.iter().enumerate() {
            let field = self.within(Step::Word("fields"), |parser| {
                parser.within(Step::Index(index), |parser| {
                    let field = parser.field(value, &name.namespace)?;
                    if !seen.insert(field.name.clone()) {
                        return parser.twice("the field", &field.name, "rename one of them");
                    }
                    if field.default.is_some() {
                        parser.defaults.push(defaults::Site {
                            record: id,
                            field: index,
                            path: parser.path.clone(),
                        });
                    }
                    Ok(field)
                })
            })?;
            fields.push(field);
        }
        let node = &mut self.nodes[id.index()];
        if let Type::Record(record) = &mut node.kind {
            record.fields = fields;
        }
        node.attributes = attributes(object, &known);
        Ok(id)
    }

    fn field(&mut self, value: &Value, namespace: &str) -> Result<Field, SchemaError> {
        let Value::Object(object) = value else {
            return self
                .not_avro("a field is an object with `name` and `type`: `{\"name\": \"age\", \"type\": \"int\"}`");
        };
        let name = match object.get("name") {
            Some(Value::String(name)) => self.plain_name("a field", "name", name)?,
            _ => return self.not_avro("a field needs `name`, a text"),
        };
        let Some(kind) = object.get("type") else {
            return self.not_avro(format!("the field `{name}` needs `type`"));
        };
        let kind = self.within(Step::Word("type"), |parser| parser.schema(kind, namespace))?;
        let mut aliases = Vec::new();
        for (index, alias) in self.texts(object, "aliases")?.into_iter().enumerate() {
            aliases.push(self.within(Step::Word("aliases"), |parser| {
                parser.within(Step::Index(index), |parser| {
                    parser.plain_name("an alias", "", alias)
                })
            })?);
        }
        let order = match object.get("order").map(|order| (order, order.as_str())) {
            None | Some((_, Some("ascending"))) => Order::Ascending,
            Some((_, Some("descending"))) => Order::Descending,
            Some((_, Some("ignore"))) => Order::Ignore,
            Some((other, _)) => {
                let other = shortened(&other.to_string(), 60);
                return self.not_avro(format!(
                    "`order` is \"ascending\", \"descending\" or \"ignore\", not {other}"
                ));
            }
        };
        Ok(Field {
            name,
            doc: self.doc(object)?,
            aliases,
            kind,
            default: object.get("default").cloned(),
            order,
            attributes: attributes(object, &FIELD),
        })
    }

    pub(super) fn enumeration(
        &mut self,
        object: &Object,
        namespace: &str,
    ) -> Result<NodeId, SchemaError> {
        let (name, aliases) = self.definition(object, namespace)?;
        let Some(Value::Array(_)) = object.get("symbols") else {
            return self.not_avro(format!(
                "the enum `{name}` needs `symbols`, an array of names"
            ));
        };
        let mut symbols: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        for (index, symbol) in self.texts(object, "symbols")?.into_iter().enumerate() {
            symbols.push(self.within(Step::Word("symbols"), |parser| {
                parser.within(Step::Index(index), |parser| {
                    if !seen.insert(symbol) {
                        return parser.twice("the symbol", symbol, "strike one out");
                    }
                    parser.plain_name("a symbol", "", symbol)
                })
            })?);
        }
        let default = match object.get("default") {
            None => None,
            Some(Value::String(symbol)) if seen.contains(symbol.as_str()) => Some(symbol.clone()),
            Some(other) => {
                self.path.0.push(Step::Word("default"));
                return Err(SchemaError::Default {
                    path: self.path.to_string(),
                    value: shortened(&other.to_string(), 60),
                    expected: format!("the enum `{name}`: write one of its symbols"),
                });
            }
        };
        let doc = self.doc(object)?;
        let known: Vec<&str> = NAMED.into_iter().chain(["symbols", "default"]).collect();
        let id = self.add(
            Type::Enum(Enum {
                name: name.clone(),
                doc,
                aliases,
                symbols,
                default,
            }),
            attributes(object, &known),
        );
        self.declare(&name, id)?;
        Ok(id)
    }

    pub(super) fn fixed(
        &mut self,
        object: &Object,
        namespace: &str,
    ) -> Result<NodeId, SchemaError> {
        let (name, aliases) = self.definition(object, namespace)?;
        let size = object.get("size").and_then(Value::as_u64);
        let size = size.and_then(|size| i32::try_from(size).ok());
        let Some(size) = size.and_then(|size| usize::try_from(size).ok()) else {
            return self.not_avro(format!(
                "the fixed `{name}` needs `size`, its number of bytes, from 0 to 2147483647"
            ));
        };
        let doc = self.doc(object)?;
        let known: Vec<&str> = NAMED.into_iter().chain(["size"]).collect();
        let id = self.add(
            Type::Fixed(Fixed {
                name: name.clone(),
                doc,
                aliases,
                size,
            }),
            attributes(object, &known),
        );
        self.declare(&name, id)?;
        Ok(id)
    }

    /// A type's full name and its aliases.
    fn definition(
        &mut self,
        object: &Object,
        namespace: &str,
    ) -> Result<(Name, Vec<Name>), SchemaError> {
        let Some(Value::String(name)) = object.get("name") else {
            let kind = object.get("type").and_then(Value::as_str).unwrap_or("type");
            return self.not_avro(format!("this {kind} needs `name`, a text"));
        };
        let namespace = match object.get("namespace") {
            None | Some(Value::Null) => namespace,
            Some(Value::String(namespace)) => namespace,
            Some(_) => return self.not_avro("`namespace` is a text: `\"com.example\"`"),
        };
        let name = self.type_name("a type", Step::Word("name"), name, namespace)?;
        let mut aliases = Vec::new();
        for (index, alias) in self.texts(object, "aliases")?.into_iter().enumerate() {
            aliases.push(self.within(Step::Word("aliases"), |parser| {
                parser.type_name("an alias", Step::Index(index), alias, &name.namespace)
            })?);
        }
        Ok((name, aliases))
    }

    fn type_name(
        &mut self,
        what: &'static str,
        step: Step,
        name: &str,
        namespace: &str,
    ) -> Result<Name, SchemaError> {
        let full = names::full(name, namespace);
        match names::broken_rule(&full) {
            None => Ok(full),
            Some(rule) => self.within(step, |parser| {
                Err(SchemaError::Name {
                    path: parser.path.to_string(),
                    what,
                    name: shortened(&full.to_string(), 60),
                    rule,
                })
            }),
        }
    }

    /// A name without dots, at `word` below the place or at the place itself.
    fn plain_name(
        &mut self,
        what: &'static str,
        word: &'static str,
        name: &str,
    ) -> Result<String, SchemaError> {
        if self.loose || names::is_name(name) {
            return Ok(name.to_owned());
        }
        if !word.is_empty() {
            self.path.0.push(Step::Word(word));
        }
        Err(SchemaError::Name {
            path: self.path.to_string(),
            what,
            name: shortened(name, 60),
            rule: names::LETTERS,
        })
    }

    fn declare(&mut self, name: &Name, id: NodeId) -> Result<(), SchemaError> {
        if self.names.insert(name.clone(), id).is_none() {
            return Ok(());
        }
        self.twice(
            "the type",
            &name.to_string(),
            "define it once, and write its name in the other place",
        )
    }

    fn twice<T>(
        &self,
        what: &'static str,
        name: &str,
        rule: &'static str,
    ) -> Result<T, SchemaError> {
        Err(SchemaError::Duplicate {
            path: self.path.to_string(),
            what,
            name: name.to_owned(),
            rule,
        })
    }

    /// An array of texts; none where it is left out.
    fn texts<'v>(&self, object: &'v Object, word: &str) -> Result<Vec<&'v str>, SchemaError> {
        let texts = match object.get(word) {
            None => Some(Vec::new()),
            Some(Value::Array(list)) => list.iter().map(Value::as_str).collect(),
            Some(_) => None,
        };
        texts.map_or_else(
            || self.not_avro(format!("`{word}` is an array of texts")),
            Ok,
        )
    }

    fn doc(&self, object: &Object) -> Result<String, SchemaError> {
        match object.get("doc") {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(doc)) => Ok(doc.clone()),
            Some(_) => self.not_avro("`doc` is a text"),
        }
    }
}
