//! Made from tree.avsc, for the record `Tree`. What is changed here is lost when it is made anew.

use std::collections::BTreeMap;

use huntsman::prelude::*;

/// The schema, word for word.
///
/// The derive alone could not say:
/// - that a type has no namespace, beside others that have one
/// - a record within itself
/// - logical types of nanoseconds, durations and `big-decimal`
/// - a logical type on a `fixed`
/// - where null stands in a union
/// - `minimum` as it stands on a field
/// - `minLength` as it stands on a field
/// - what some types of a union obey
/// - the type `null` alone
/// - `x-note` within a type
/// - aliases and further words of an `enum`
pub const TREE_SCHEMA: &str = r#"{
  "type": "record",
  "name": "Tree",
  "fields": [
    {"name": "left", "type": ["null", "Tree"], "default": null, "doc": "Smaller."},
    {"name": "children", "type": {"type": "array", "items": "Tree"}},
    {"name": "by_name", "type": {"type": "map", "values": ["null", "Tree"]}},
    {"name": "either", "type": ["string", "Tree", {"type": "record", "name": "Leaf", "fields": [
      {"name": "of", "type": ["null", "Tree"]}, {"name": "n", "type": "int", "minimum": 1}
    ]}]},
    {"name": "String", "type": {"type": "record", "name": "String", "fields": [{"name": "nothing", "type": "null"}]}},
    {"name": "other", "type": {"type": "record", "name": "String", "namespace": "b", "fields": [
      {"name": "n", "type": {"type": "string", "x-note": 1}},
      {"name": "kind", "type": {"type": "enum", "name": "Kind", "aliases": ["Sort"], "symbols": ["a", "A", "_"]}}
    ]}},
    {"name": "nanos", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
    {"name": "span", "type": {"type": "fixed", "name": "Span", "size": 12, "logicalType": "duration"}},
    {"name": "money", "type": {"type": "fixed", "name": "b.Money", "size": 8, "logicalType": "decimal", "precision": 9, "scale": 2}},
    {"name": "last", "type": ["string", "null"], "minimum": 5, "minLength": -1},
    {"name": "bounded", "type": ["null", {"type": "string", "maxLength": 3}, {"type": "array", "items": {"type": "int", "maximum": 4}}]}
  ]
}
"#;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Item)]
#[item(avro = TREE_SCHEMA)]
pub struct Tree {
    /// Smaller.
    #[item(any)]
    pub left: Option<Box<Tree>>,
    #[item(any)]
    pub children: Vec<Tree>,
    #[item(any)]
    pub by_name: BTreeMap<String, Option<Tree>>,
    #[item(any)]
    pub either: TreeEither,
    #[serde(rename = "String")]
    pub string: String2,
    pub other: String3,
    pub nanos: String,
    pub span: String,
    #[item(logical = "decimal", precision = 9, scale = 2)]
    pub money: String,
    pub last: Option<String>,
    pub bounded: Option<TreeBounded>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Item)]
pub struct Leaf {
    #[item(any)]
    pub of: Option<Box<Tree>>,
    #[item(minimum = 1)]
    pub n: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TreeEither {
    Text(String),
    Tree(Box<Tree>),
    Leaf(Box<Leaf>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Item)]
#[item(name = "String")]
pub struct String2 {
    #[item(any)]
    pub nothing: (),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Item)]
#[item(namespace = "b", name = "String")]
pub struct String3 {
    pub n: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FieldType)]
#[serde(untagged)]
pub enum TreeBounded {
    Text(String),
    List(Vec<i32>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FieldType)]
#[item(name = "b.Kind")]
pub enum Kind {
    #[serde(rename = "a")]
    A,
    #[serde(rename = "A")]
    A2,
    #[serde(rename = "_")]
    T,
}
