//! From the text of a schema to its nodes.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::path::{Path, Step, shortened};
use super::{AvroSchema, Name, Node, NodeId, SchemaError, Type, defaults, logical, names};

/// The longest text that is read, in bytes: 16 MiB.
pub const MAX_TEXT: usize = 16 << 20;

/// How deep types may stand within each other in a text. JSON itself may nest 128 levels.
pub const MAX_DEPTH: usize = 64;

type Object = Map<String, Value>;

impl AvroSchema {
    /// Reads a schema: JSON, by the specification 1.12.
    ///
    /// Words that the specification does not know are kept, in order, on the node or field where
    /// they stand; unknown and invalid logical types too. At most [`MAX_TEXT`] bytes are read, and
    /// [`MAX_DEPTH`] types within each other.
    ///
    /// ```
    /// use huntsman_avro::AvroSchema;
    ///
    /// let schema = AvroSchema::parse(
    ///     r#"{"type": "record", "name": "User", "fields": [{"name": "age", "type": "int", "minimum": 13}]}"#,
    /// )?;
    /// let record = schema.node(schema.root()).as_record().expect("a record");
    /// assert_eq!(record.fields[0].attributes["minimum"], 13);
    /// # Ok::<(), huntsman_avro::SchemaError>(())
    /// ```
    ///
    /// # Errors
    /// The first thing that is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        Self::parse_with(text, &[])
    }

    /// Reads a schema whose text names types that other schemas define. The result holds all nodes
    /// that it needs; its [`AvroSchema::text`] is still the text alone.
    ///
    /// ```
    /// use huntsman_avro::AvroSchema;
    ///
    /// let city = AvroSchema::parse(r#"{"type": "enum", "name": "geo.City", "symbols": ["ROME"]}"#)?;
    /// let cities = AvroSchema::parse_with(r#"{"type": "array", "items": "geo.City"}"#, &[city])?;
    /// assert!(cities.find("geo.City").is_some());
    /// # Ok::<(), huntsman_avro::SchemaError>(())
    /// ```
    ///
    /// # Errors
    /// The first thing that is wrong, and where; two `references` that define one name differently
    /// too.
    pub fn parse_with(text: &str, references: &[Self]) -> Result<Self, SchemaError> {
        Self::of_text(text, references, false)
    }

    /// Reads a schema in which fields and symbols may have any names, also those that Avro forbids:
    /// for items that are checked, and leave in another form than Avro.
    ///
    /// ```
    /// use huntsman_avro::AvroSchema;
    ///
    /// let text = r#"{"type": "record", "name": "Book", "fields": [{"name": "the price", "type": "int"}]}"#;
    /// assert!(AvroSchema::parse(text).is_err());
    /// assert!(AvroSchema::parse_loosely(text).is_ok());
    /// ```
    ///
    /// # Errors
    /// The first other thing that is wrong, and where.
    pub fn parse_loosely(text: &str) -> Result<Self, SchemaError> {
        Self::of_text(text, &[], true)
    }

    fn of_text(text: &str, references: &[Self], loose: bool) -> Result<Self, SchemaError> {
        if text.len() > MAX_TEXT {
            return Err(SchemaError::TooLong { bytes: text.len() });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let whole: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        let mut parser = Parser::new(&whole, loose);
        for reference in references {
            parser.import(reference)?;
        }
        let root = parser.schema(&whole, "")?;
        let schema = Self {
            text: text.into(),
            nodes: parser.nodes,
            root,
        };
        defaults::check(&schema, &parser.defaults)?;
        Ok(schema)
    }
}

fn not_json(error: &serde_json::Error) -> SchemaError {
    let whole = error.to_string();
    let reason = whole.split(" at line ").next().unwrap_or(&whole);
    if reason == "recursion limit exceeded" {
        return SchemaError::TooDeep {
            path: format!("line {}, column {}", error.line(), error.column()),
        };
    }
    SchemaError::NotJson {
        line: error.line(),
        column: error.column(),
        reason: reason.to_owned(),
    }
}

/// What is known of a schema while it is read.
pub(super) struct Parser<'a> {
    whole: &'a Value,
    pub(super) nodes: Vec<Node>,
    pub(super) names: HashMap<Name, NodeId>,
    pub(super) path: Path,
    depth: usize,
    /// Fields and symbols may have any names.
    pub(super) loose: bool,
    /// Fields with a default, checked when all types are known.
    pub(super) defaults: Vec<defaults::Site>,
}

impl<'a> Parser<'a> {
    fn new(whole: &'a Value, loose: bool) -> Self {
        Self {
            whole,
            nodes: Vec::new(),
            names: HashMap::new(),
            path: Path::default(),
            loose,
            depth: 0,
            defaults: Vec::new(),
        }
    }

    /// Does something one step further in.
    pub(super) fn within<T>(
        &mut self,
        step: Step,
        parse: impl FnOnce(&mut Self) -> Result<T, SchemaError>,
    ) -> Result<T, SchemaError> {
        self.path.0.push(step);
        let parsed = parse(self)?;
        self.path.0.pop();
        Ok(parsed)
    }

    pub(super) fn not_avro<T>(&self, problem: impl Into<String>) -> Result<T, SchemaError> {
        Err(SchemaError::NotAvro {
            path: self.path.to_string(),
            problem: problem.into(),
        })
    }

    /// A node for a type that is complete, or will be.
    pub(super) fn add(&mut self, kind: Type, mut attributes: Object) -> NodeId {
        let logical = logical::take(&kind, &mut attributes);
        let id = u32::try_from(self.nodes.len()).expect("a node takes more than a byte of text");
        self.nodes.push(Node {
            kind,
            logical,
            attributes,
        });
        NodeId(id)
    }

    pub(super) fn schema(&mut self, value: &Value, namespace: &str) -> Result<NodeId, SchemaError> {
        if self.depth == MAX_DEPTH {
            return Err(SchemaError::TooDeep {
                path: self.path.to_string(),
            });
        }
        self.depth += 1;
        let id = match value {
            Value::String(name) => self.named(name, namespace),
            Value::Array(branches) => self.union(branches, namespace),
            Value::Object(object) => self.object(object, namespace),
            other => self.not_avro(format!(
                "{} is no type: write a name, an object with `type`, or an array of types",
                shortened(&other.to_string(), 60)
            )),
        }?;
        self.depth -= 1;
        Ok(id)
    }

    fn object(&mut self, object: &Object, namespace: &str) -> Result<NodeId, SchemaError> {
        let word = match object.get("type") {
            None => {
                return self.not_avro("a type needs `type`: `{\"type\": \"string\"}`, for one");
            }
            Some(Value::String(word)) => word,
            Some(inner) => return self.nested(object, inner, namespace),
        };
        if let Some(kind) = names::primitive(word) {
            return Ok(self.add(kind, attributes(object, &["type"])));
        }
        match word.as_str() {
            "record" | "error" => self.record(object, namespace),
            "enum" => self.enumeration(object, namespace),
            "fixed" => self.fixed(object, namespace),
            "array" => {
                let items = self.inner(object, "items", namespace)?;
                Ok(self.add(Type::Array(items), attributes(object, &["type", "items"])))
            }
            "map" => {
                let values = self.inner(object, "values", namespace)?;
                Ok(self.add(Type::Map(values), attributes(object, &["type", "values"])))
            }
            name => {
                let id = self.within(Step::Word("type"), |parser| parser.named(name, namespace))?;
                self.nothing_beside(object)?;
                Ok(id)
            }
        }
    }

    /// The type of an array's items or a map's values.
    fn inner(
        &mut self,
        object: &Object,
        word: &'static str,
        namespace: &str,
    ) -> Result<NodeId, SchemaError> {
        match object.get(word) {
            Some(value) => self.within(Step::Word(word), |parser| parser.schema(value, namespace)),
            None => {
                let kind = if word == "items" { "an array" } else { "a map" };
                self.not_avro(format!("{kind} needs `{word}`, the type of what is in it"))
            }
        }
    }

    /// `{"type": {…}, …}`: the inner type, which also gets what the outer object says.
    fn nested(
        &mut self,
        object: &Object,
        inner: &Value,
        namespace: &str,
    ) -> Result<NodeId, SchemaError> {
        let known = self.nodes.len();
        let id = self.within(Step::Word("type"), |parser| parser.schema(inner, namespace))?;
        if id.index() < known {
            self.nothing_beside(object)?;
            return Ok(id);
        }
        let path = self.path.to_string();
        let node = &mut self.nodes[id.index()];
        for (word, value) in attributes(object, &["type"]) {
            if node.attributes.contains_key(&word) {
                return Err(SchemaError::Duplicate {
                    path,
                    what: "the word",
                    name: word,
                    rule: "it stands in the inner object too: keep one",
                });
            }
            node.attributes.insert(word, value);
        }
        if node.logical.is_none() {
            node.logical = logical::take(&node.kind, &mut node.attributes);
        }
        Ok(id)
    }

    /// A named type has one node, so where it is merely named nothing can be said of it.
    fn nothing_beside(&self, object: &Object) -> Result<(), SchemaError> {
        let beside = object
            .keys()
            .find(|word| !matches!(word.as_str(), "type" | "doc"));
        match beside {
            None => Ok(()),
            Some(word) => self.not_avro(format!(
                "`{}` stands beside the name of a type that is defined elsewhere: write it there, or on the field",
                shortened(word, 60)
            )),
        }
    }

    /// A name in the place of a type.
    fn named(&mut self, name: &str, namespace: &str) -> Result<NodeId, SchemaError> {
        if let Some(kind) = names::primitive(name) {
            return Ok(self.add(kind, Map::new()));
        }
        // Java writes names of the null namespace bare, within any namespace.
        let known = [names::full(name, namespace), names::full(name, "")]
            .iter()
            .find_map(|name| self.names.get(name).copied());
        match known {
            Some(id) => Ok(id),
            None => Err(self.unknown(name)),
        }
    }

    fn unknown(&self, name: &str) -> SchemaError {
        let known: Vec<String> = self.names.keys().map(Name::to_string).collect();
        SchemaError::UnknownType {
            path: self.path.to_string(),
            name: shortened(name, 120),
            hint: super::unknown::hint(name, &known, self.whole),
        }
    }

    fn union(&mut self, branches: &[Value], namespace: &str) -> Result<NodeId, SchemaError> {
        let mut ids = Vec::with_capacity(branches.len());
        let mut seen = std::collections::HashSet::new();
        for (index, branch) in branches.iter().enumerate() {
            let id = self.within(Step::Index(index), |parser| {
                let id = parser.schema(branch, namespace)?;
                let node = &parser.nodes[id.index()];
                if matches!(node.kind, Type::Union(_)) {
                    return parser.not_avro(
                        "a union may not stand directly in a union: write its types here",
                    );
                }
                let name = node
                    .name()
                    .map_or_else(|| node.kind.word().to_owned(), Name::to_string);
                if !seen.insert(name.clone()) {
                    return Err(SchemaError::Duplicate {
                        path: parser.path.to_string(),
                        what: "the type",
                        name,
                        rule: "a union has each type once, and each name once",
                    });
                }
                Ok(id)
            })?;
            ids.push(id);
        }
        Ok(self.add(Type::Union(ids), Map::new()))
    }
}

/// What an object says beyond these words, in order.
pub(super) fn attributes(object: &Object, known: &[&str]) -> Object {
    object
        .iter()
        .filter(|(word, _)| !known.contains(&word.as_str()))
        .map(|(word, value)| (word.clone(), value.clone()))
        .collect()
}
