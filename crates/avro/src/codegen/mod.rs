//! Rust from a schema: structs that write what it describes, with all that it demands.

mod cycles;
mod defaults;
mod layout;
mod names;
mod records;
mod said;
mod symbols;
mod types;
mod unions;
mod words;

use std::collections::{BTreeMap, HashSet, VecDeque};

use crate::schema::{AvroSchema, NodeId, Type};

/// Why a schema has no Rust of its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// The schema is of another type.
    #[error("an item is a record, and this schema is of type `{found}`: give the record alone")]
    NoRecord {
        /// What it is.
        found: &'static str,
    },
    /// A type that no value of Rust is made for.
    #[error("{kind} `{name}` has no {what}, and a type of Rust needs one at least")]
    Empty {
        /// `the record`, `the enum`.
        kind: &'static str,
        /// Its full name.
        name: String,
        /// What it lacks.
        what: &'static str,
    },
}

/// What the Rust looks like.
#[derive(Debug, Clone)]
pub struct Options {
    /// The crate whose `prelude` has the derive macros, and whose `core` has the types of items.
    pub root: String,
    /// What it is made from, for the doc comment at the top: `user.avsc`. Empty for
    /// none, as a source needs that stands within another one.
    pub made_from: String,
    /// What stands for `#[item(crate = "…")]`, where the derive macros do not find their crate.
    pub home: Option<String>,
    /// An expression for the text of the schema, which the root then refers to. Without one, the
    /// text is there only if it says more than the derive can.
    pub text: Option<String>,
}

impl Default for Options {
    /// As a project has it that depends on `huntsman` and `serde`.
    fn default() -> Self {
        Self {
            root: "huntsman".to_owned(),
            made_from: String::new(),
            home: None,
            text: None,
        }
    }
}

/// The source of a Rust file with structs for a schema, formatted as `rustfmt` does.
///
/// The structs have the schema's docs, defaults and constraints; names that Rust would write
/// otherwise are renamed by serde. An `enum` is an enum of names, null and a type an `Option`, and
/// more types an untagged enum. What has a logical type is text, in the form of ISO 8601 where there
/// is one. A record within itself is boxed. The same schema always gives the same source.
///
/// Where a schema says what the derive cannot, as the aliases of an enum, its text stands in the
/// source as a constant, and the root refers to it: the contract is the same either way.
///
/// ```
/// use huntsman_avro::{AvroSchema, codegen};
///
/// let schema = AvroSchema::parse(
///     r#"{"type": "record", "name": "User", "fields": [
///         {"name": "firstName", "type": "string", "minLength": 1},
///         {"name": "age", "type": ["null", "int"], "default": null, "minimum": 13}]}"#,
/// )?;
/// assert_eq!(
///     codegen::rust(&schema, &codegen::Options::default())?,
///     r#"use huntsman::prelude::*;
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Item)]
/// pub struct User {
///     #[serde(rename = "firstName")]
///     #[item(min_length = 1)]
///     pub first_name: String,
///     #[item(minimum = 13)]
///     pub age: Option<i32>,
/// }
/// "#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// That the schema is no record, or that a record or enum in it is empty.
pub fn rust(schema: &AvroSchema, options: &Options) -> Result<String, CodegenError> {
    let root = schema.node(schema.root());
    let Type::Record(record) = &root.kind else {
        return Err(CodegenError::NoRecord {
            found: root.kind.word(),
        });
    };
    let mut source = Source::new(schema, options);
    let mut definitions = source.definitions()?;
    let mut text = options.text.clone();
    if text.is_none() && !source.beyond.is_empty() {
        text = Some(layout::raw_string(schema.text()));
        source = Source::new(schema, options);
        source.refers = true;
        definitions = source.definitions()?;
    }
    let mut out = String::new();
    if !options.made_from.is_empty() {
        out += &layout::comment(&format!(
            "Made from {}, for the record `{}`. What is changed here is lost when it is made anew.",
            options.made_from, record.name
        ));
    }
    if source.has_maps {
        out += "use std::collections::BTreeMap;\n\n";
    }
    out += &format!("use {}::prelude::*;\n", options.root);
    if let Some(text) = &text {
        out += &source.constant(text);
    }
    for definition in definitions {
        out.push('\n');
        out += &definition;
    }
    Ok(out)
}

/// A definition that is still to be written.
enum Pending {
    /// A record or an enum.
    Named(NodeId),
    /// A union of several types; an open one is no type of a field's own.
    Union(Union),
}

/// A union of several types, at one place.
struct Union {
    name: String,
    variants: Vec<(NodeId, types::Typed)>,
    /// The field is left open, so this need not be the type of one.
    open: bool,
}

/// The source while it comes to be.
struct Source<'a> {
    schema: &'a AvroSchema,
    options: &'a Options,
    /// The namespace of all named types, if they have one in common.
    namespace: Option<&'a str>,
    /// By node, a number that those have in common which contain each other.
    cycles: Vec<usize>,
    /// Whether the root refers to the text of the schema.
    refers: bool,
    names: BTreeMap<NodeId, String>,
    taken: HashSet<String>,
    pending: VecDeque<Pending>,
    has_maps: bool,
    /// What the schema says and the derive cannot.
    beyond: Vec<String>,
}

impl<'a> Source<'a> {
    fn new(schema: &'a AvroSchema, options: &'a Options) -> Self {
        let mut namespaces: Vec<&str> = schema
            .nodes()
            .iter()
            .filter_map(|node| node.name())
            .map(|name| name.namespace.as_str())
            .collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        let mut source = Self {
            schema,
            options,
            namespace: None,
            cycles: cycles::of(schema),
            refers: options.text.is_some(),
            names: BTreeMap::new(),
            taken: names::PRELUDE
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            pending: VecDeque::new(),
            has_maps: false,
            beyond: Vec::new(),
        };
        match namespaces.as_slice() {
            [only] => source.namespace = Some(only),
            ["", ..] => source.beyond("that a type has no namespace, beside others that have one"),
            _ => {}
        }
        source
    }

    /// All definitions, the root's first.
    fn definitions(&mut self) -> Result<Vec<String>, CodegenError> {
        self.type_name(self.schema.root());
        let mut definitions = Vec::new();
        while let Some(pending) = self.pending.pop_front() {
            definitions.push(match pending {
                Pending::Named(id) if self.schema.node(id).as_record().is_some() => {
                    self.record(id)?
                }
                Pending::Named(id) => self.symbols(id)?,
                Pending::Union(union) => self.union(&union),
            });
        }
        Ok(definitions)
    }

    /// Takes note of something that only the text of the schema says.
    fn beyond(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.beyond.contains(&what) {
            self.beyond.push(what);
        }
    }

    /// The name in Rust of a record or an enum, which will be defined.
    fn type_name(&mut self, id: NodeId) -> String {
        if let Some(name) = self.names.get(&id) {
            return name.clone();
        }
        let full = self
            .schema
            .node(id)
            .name()
            .expect("invariant: a named type");
        let name = names::free(&names::upper_camel(&full.name), &mut self.taken);
        self.names.insert(id, name.clone());
        self.pending.push_back(Pending::Named(id));
        name
    }

    /// The name of the constant that holds the schema.
    fn constant_name(&self) -> String {
        let root = self.names.get(&self.schema.root());
        layout::constant_name(root.map_or("", String::as_str))
    }

    /// The constant that holds the schema.
    fn constant(&self, text: &str) -> String {
        let mut out = "\n/// The schema, word for word.\n".to_owned();
        if self.options.text.is_none() {
            out += "///\n/// The derive alone could not say:\n";
            for what in &self.beyond {
                out += &format!("/// - {what}\n");
            }
        }
        out + &layout::constant(&self.constant_name(), text)
    }
}
