//! What `#[serde(…)]` and `#[item(…)]` say about how a value is written.

use serde_json::{Map, Value};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, Expr, LitStr, Path, Result, Token, token};

use crate::nearest;
use crate::words::{self, Words};

/// What the attributes of a struct say.
#[derive(Default)]
pub(crate) struct TypeAttributes {
    /// `rename_all`, for writing.
    pub(crate) case: Option<LitStr>,
    /// Where the traits are, when not in `::huntsman::__private`.
    pub(crate) home: Option<Path>,
    /// The name in schemas, when not that of the type.
    pub(crate) name: Option<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) doc: Option<String>,
    /// Names that it had before.
    pub(crate) aliases: Vec<String>,
    /// Functions that look at the whole item.
    pub(crate) checks: Vec<Path>,
    /// Rules in CEL.
    pub(crate) rules: Vec<Value>,
    /// Further words of the schema, with their values.
    pub(crate) attributes: Vec<(String, Value)>,
    /// An expression for the text of a schema that says it all.
    pub(crate) avro: Option<Expr>,
}

/// What the attributes of a field say.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    /// `rename`, for writing.
    pub(crate) name: Option<String>,
    /// The field is never written.
    pub(crate) skipped: bool,
    /// What is said of its value.
    pub(crate) words: Words,
}

/// The words of `#[item(…)]` on a struct.
const OF_STRUCT: &[&str] = &[
    "crate",
    "name",
    "namespace",
    "doc",
    "alias",
    "check",
    "rule",
    "attribute",
    "avro",
];

impl TypeAttributes {
    /// Reads the attributes of a struct.
    pub(crate) fn of_struct(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        for attribute in named(attributes, "item") {
            attribute.parse_nested_meta(|meta| read.item(&meta, OF_STRUCT))?;
        }
        for attribute in named(attributes, "serde") {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename_all") {
                    read.case = on_write(&meta)?.or(read.case.take());
                    return Ok(());
                }
                match reason_against_type(&meta.path) {
                    Some(reason) => Err(refused(&meta, reason)),
                    None => ignore(&meta),
                }
            })?;
        }
        Ok(read)
    }

    /// Reads the attributes of an enum of items: those of serde do not matter, for serde does not
    /// write it.
    pub(crate) fn of_items(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        for attribute in named(attributes, "item") {
            attribute.parse_nested_meta(|meta| read.item(&meta, &["crate"]))?;
        }
        Ok(read)
    }

    /// Reads one word of `#[item(…)]`, if it is one of `words`.
    pub(crate) fn item(&mut self, meta: &ParseNestedMeta<'_>, words: &[&str]) -> Result<()> {
        let text = || Ok::<_, Error>(meta.value()?.parse::<LitStr>()?.value());
        let name = meta.path.get_ident().map(ToString::to_string);
        let name = name.unwrap_or_default();
        if !words.contains(&name.as_str()) {
            return Err(meta.error(unknown_word(&name, words)));
        }
        match name.as_str() {
            "crate" => self.home = Some(meta.value()?.parse::<LitStr>()?.parse()?),
            "name" => self.name = Some(text()?),
            "namespace" => self.namespace = Some(text()?),
            "doc" => self.doc = Some(text()?),
            "alias" => self.aliases.push(text()?),
            "check" => self.checks.push(meta.value()?.parse()?),
            "rule" => self.rules.push(rule(meta)?),
            "attribute" => self.attributes.push(words::attribute(meta)?),
            _ => self.avro = Some(meta.value()?.parse()?),
        }
        Ok(())
    }

    /// The words that the schema gets, in order.
    pub(crate) fn schema_words(&self) -> Vec<(String, Value)> {
        let mut words = self.attributes.clone();
        if !self.rules.is_empty() {
            words.push((
                "confluent:rules".to_owned(),
                Value::Array(self.rules.clone()),
            ));
        }
        words
    }
}

impl FieldAttributes {
    /// Reads the attributes of a struct's field.
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self {
            words: Words::of(attributes)?,
            ..Self::default()
        };
        for attribute in named(attributes, "serde") {
            attribute.parse_nested_meta(|meta| read.serde(&meta))?;
        }
        Ok(read)
    }

    fn serde(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let is = |name| meta.path.is_ident(name);
        if is("rename") {
            self.name = on_write(meta)?
                .map(|name| name.value())
                .or(self.name.take());
            return Ok(());
        }
        if is("alias") {
            let alias = meta.value()?.parse::<LitStr>()?.value();
            // Readers of Avro could not know another one.
            if is_name(&alias) {
                self.words.aliases.push(alias);
            }
            return Ok(());
        }
        if is("flatten") {
            return Err(refused(
                meta,
                "the columns would depend on the value: nest it instead",
            ));
        }
        if is("skip_serializing_if") {
            return Err(refused(
                meta,
                "every item has all its columns: an empty one is null",
            ));
        }
        self.skipped |= is("skip") || is("skip_serializing");
        if (is("serialize_with") || is("with")) && !self.words.replaces() {
            self.words.any.get_or_insert(meta.path.span());
        }
        ignore(meta)
    }
}

/// Whether Avro allows this name for a field.
fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

fn unknown_word(name: &str, words: &[&str]) -> String {
    match nearest::of(name, words.iter().copied()) {
        Some(near) => format!("unknown word `{name}`: did you mean `{near}`?"),
        None => format!(
            "unknown word `{name}` of a type: there are {}",
            words.join(", ")
        ),
    }
}

/// An entry of `confluent:rules`.
fn rule(meta: &ParseNestedMeta<'_>) -> Result<Value> {
    let mut rule = Map::new();
    meta.parse_nested_meta(|part| {
        const PARTS: &[&str] = &["name", "doc", "expr"];
        let Some(name) = PARTS.iter().find(|name| part.path.is_ident(name)) else {
            return Err(part.error("a rule has `name`, `expr` and perhaps `doc`"));
        };
        let text: LitStr = part.value()?.parse()?;
        rule.insert((*name).to_owned(), Value::String(text.value()));
        Ok(())
    })?;
    if rule.contains_key("name") && rule.contains_key("expr") {
        Ok(Value::Object(rule))
    } else {
        Err(meta.error("a rule needs both: `rule(name = \"…\", expr = \"…\")`"))
    }
}

fn reason_against_type(path: &Path) -> Option<&'static str> {
    const AGAINST: &[(&str, &str)] = &[
        (
            "transparent",
            "an item is written as a struct with named fields",
        ),
        (
            "into",
            "the columns would be those of another type: derive `Item` on that one",
        ),
        (
            "remote",
            "the item is the other type: wrap it in a struct of your own",
        ),
        (
            "tag",
            "the tag would be a column that is no field: add a field for it",
        ),
        (
            "content",
            "an item is written as a struct with named fields",
        ),
        (
            "untagged",
            "an item is written as a struct with named fields",
        ),
    ];
    AGAINST
        .iter()
        .find(|(name, _)| path.is_ident(name))
        .map(|(_, reason)| *reason)
}

/// The error for an attribute of serde that an item cannot have.
pub(crate) fn refused(meta: &ParseNestedMeta<'_>, reason: &str) -> Error {
    let name = meta
        .path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default();
    meta.error(format!(
        "`#[serde({name})]` cannot be used in an item: {reason}"
    ))
}

/// Those of `attributes` that have this name.
pub(crate) fn named<'a>(
    attributes: &'a [Attribute],
    name: &'a str,
) -> impl Iterator<Item = &'a Attribute> {
    attributes
        .iter()
        .filter(move |attribute| attribute.path().is_ident(name))
}

/// The text of `key = "text"`, or of `key(serialize = "text")`; nothing if only reading is named.
pub(crate) fn on_write(meta: &ParseNestedMeta<'_>) -> Result<Option<LitStr>> {
    if meta.input.peek(Token![=]) {
        return Ok(Some(meta.value()?.parse()?));
    }
    let mut found = None;
    meta.parse_nested_meta(|side| {
        let text = side.value()?.parse()?;
        if side.path.is_ident("serialize") {
            found = Some(text);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Passes over `key`, `key = value` or `key(…)`.
pub(crate) fn ignore(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(token::Paren) {
        meta.parse_nested_meta(|inner| ignore(&inner))?;
    }
    Ok(())
}
