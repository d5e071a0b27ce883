//! The words of `#[item(…)]` on a field: what there is, and how each is read.

use proc_macro2::Span;
use serde_json::{Map, Value};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, LitInt, LitStr, Path, Result, Token, parenthesized};

use crate::json::Json;
use crate::nearest;

/// What a constraint takes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Takes {
    Count,
    Number,
    Positive,
    Text,
    Format,
    Values,
    Nothing,
}

/// On which values a constraint means something.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum On {
    Text,
    Number,
    Any,
    List,
    Map,
}

/// A constraint that there is.
pub(crate) struct Known {
    /// Its name in Rust.
    pub(crate) name: &'static str,
    /// Its word in a schema.
    pub(crate) word: &'static str,
    pub(crate) takes: Takes,
    pub(crate) on: On,
}

const fn known(name: &'static str, word: &'static str, takes: Takes, on: On) -> Known {
    Known {
        name,
        word,
        takes,
        on,
    }
}

const CONSTRAINTS: &[Known] = &[
    known("min_length", "minLength", Takes::Count, On::Text),
    known("max_length", "maxLength", Takes::Count, On::Text),
    known("pattern", "pattern", Takes::Text, On::Text),
    known("format", "format", Takes::Format, On::Text),
    known("minimum", "minimum", Takes::Number, On::Number),
    known("maximum", "maximum", Takes::Number, On::Number),
    known(
        "exclusive_minimum",
        "exclusiveMinimum",
        Takes::Number,
        On::Number,
    ),
    known(
        "exclusive_maximum",
        "exclusiveMaximum",
        Takes::Number,
        On::Number,
    ),
    known("multiple_of", "multipleOf", Takes::Positive, On::Number),
    known("one_of", "enum", Takes::Values, On::Any),
    known("min_items", "minItems", Takes::Count, On::List),
    known("max_items", "maxItems", Takes::Count, On::List),
    known("unique_items", "uniqueItems", Takes::Nothing, On::List),
    known("min_properties", "minProperties", Takes::Count, On::Map),
    known("max_properties", "maxProperties", Takes::Count, On::Map),
    known("unique", "unique", Takes::Nothing, On::Any),
];

const FORMATS: &[&str] = &[
    "email",
    "uri",
    "uuid",
    "hostname",
    "ipv4",
    "ipv6",
    "date",
    "time",
    "date-time",
];

const LOGICAL: &[&str] = &[
    "date",
    "time-millis",
    "time-micros",
    "timestamp-millis",
    "timestamp-micros",
    "local-timestamp-millis",
    "local-timestamp-micros",
    "uuid",
    "decimal",
];

/// The words of a field that are no constraints.
const OTHERS: &[&str] = &[
    "any",
    "bytes",
    "fixed",
    "size",
    "logical",
    "precision",
    "scale",
    "doc",
    "alias",
    "default",
    "check",
    "each",
    "attribute",
];

/// Names from other vocabularies.
const SYNONYMS: &[(&str, &str)] = &[
    ("enum", "one_of"),
    ("items", "each"),
    ("length", "min_length"),
    ("min", "minimum"),
    ("max", "maximum"),
    ("regex", "pattern"),
];

/// One constraint as it was given.
pub(crate) struct Constraint {
    pub(crate) known: &'static Known,
    pub(crate) value: Value,
    pub(crate) span: Span,
}

/// Something with the place where it stands.
pub(crate) struct At<T>(pub(crate) T, pub(crate) Span);

/// What the attributes of a field say.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) constraints: Vec<Constraint>,
    /// Further words of the schema, with their values.
    pub(crate) attributes: Vec<(String, Value)>,
    pub(crate) any: Option<Span>,
    pub(crate) bytes: Option<Span>,
    pub(crate) fixed: Option<At<String>>,
    pub(crate) size: Option<At<usize>>,
    pub(crate) logical: Option<At<String>>,
    pub(crate) precision: Option<At<u32>>,
    pub(crate) scale: Option<At<u32>>,
    pub(crate) doc: Option<String>,
    pub(crate) aliases: Vec<String>,
    pub(crate) default: Option<At<Value>>,
    pub(crate) checks: Vec<Path>,
    pub(crate) each: Option<At<Box<Self>>>,
}

impl Words {
    /// Reads `#[item(…)]`.
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut words = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("item")) {
            attribute.parse_nested_meta(|meta| words.read(&meta))?;
        }
        Ok(words)
    }

    /// The words that the schema gets, in order.
    pub(crate) fn schema_words(&self) -> Vec<(String, Value)> {
        let constraints = self
            .constraints
            .iter()
            .map(|constraint| (constraint.known.word.to_owned(), constraint.value.clone()));
        let mut words: Vec<_> = constraints.collect();
        if let Some(At(each, _)) = &self.each {
            let each: Map<_, _> = each.schema_words().into_iter().collect();
            if !each.is_empty() {
                words.push(("items".to_owned(), Value::Object(each)));
            }
        }
        words.extend(self.attributes.iter().cloned());
        words
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string);
        let name = name.unwrap_or_default();
        let span = meta.path.span();
        match name.as_str() {
            "any" => once(meta, &mut self.any, || Ok(span)),
            "bytes" => once(meta, &mut self.bytes, || Ok(span)),
            "fixed" => once(meta, &mut self.fixed, || Ok(At(text(meta)?, span))),
            "size" => once(meta, &mut self.size, || Ok(At(integer(meta)?, span))),
            "logical" => once(meta, &mut self.logical, || {
                Ok(At(one_of(meta, LOGICAL, "logical type")?, span))
            }),
            "precision" => once(meta, &mut self.precision, || Ok(At(integer(meta)?, span))),
            "scale" => once(meta, &mut self.scale, || Ok(At(integer(meta)?, span))),
            "doc" => once(meta, &mut self.doc, || text(meta)),
            "default" => once(meta, &mut self.default, || {
                Ok(At(meta.value()?.parse::<Json>()?.0, span))
            }),
            "each" => once(meta, &mut self.each, || Ok(At(Box::new(each(meta)?), span))),
            "alias" => {
                self.aliases.push(text(meta)?);
                Ok(())
            }
            "check" => {
                self.checks.push(meta.value()?.parse()?);
                Ok(())
            }
            "attribute" => {
                self.attributes.push(attribute(meta)?);
                Ok(())
            }
            _ => self.constraint(meta, &name),
        }
    }

    fn constraint(&mut self, meta: &ParseNestedMeta<'_>, name: &str) -> Result<()> {
        let Some(known) = CONSTRAINTS.iter().find(|known| known.name == name) else {
            return Err(meta.error(unknown(name)));
        };
        if self.constraints.iter().any(|c| c.known.name == name) {
            return Err(meta.error(format!("`{name}` is here twice")));
        }
        let value = argument(meta, known)?;
        self.constraints.push(Constraint {
            known,
            value,
            span: meta.path.span(),
        });
        Ok(())
    }
}

/// The word and its value of `attribute("word" = value)`.
pub(crate) fn attribute(meta: &ParseNestedMeta<'_>) -> Result<(String, Value)> {
    let content;
    parenthesized!(content in meta.input);
    let word: LitStr = content.parse()?;
    content.parse::<Token![=]>()?;
    let value = content.parse::<Json>()?.0;
    if !content.is_empty() {
        return Err(content.error("expected one word: `attribute(\"word\" = value)`"));
    }
    match CONSTRAINTS.iter().find(|known| known.word == word.value()) {
        Some(known) => {
            let message = format!("this word has a name of its own here: `{}`", known.name);
            Err(Error::new(word.span(), message))
        }
        None => Ok((word.value(), value)),
    }
}

fn unknown(name: &str) -> String {
    let names = CONSTRAINTS.iter().map(|known| known.name);
    let names = names.chain(OTHERS.iter().copied());
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == name);
    match synonym
        .map(|(_, ours)| *ours)
        .or_else(|| nearest::of(name, names.clone()))
    {
        Some(near) => format!("unknown word `{name}`: did you mean `{near}`?"),
        None => {
            let all: Vec<_> = names.collect();
            format!("unknown word `{name}`: there are {}", all.join(", "))
        }
    }
}

/// Fills `place` with what `read` gives, unless it is filled.
fn once<T>(
    meta: &ParseNestedMeta<'_>,
    place: &mut Option<T>,
    read: impl FnOnce() -> Result<T>,
) -> Result<()> {
    if place.is_some() {
        return Err(meta.error("this word is here twice"));
    }
    *place = Some(read()?);
    Ok(())
}

fn text(meta: &ParseNestedMeta<'_>) -> Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

fn integer<N>(meta: &ParseNestedMeta<'_>) -> Result<N>
where
    N: std::str::FromStr,
    N::Err: std::fmt::Display,
{
    meta.value()?.parse::<LitInt>()?.base10_parse()
}

fn one_of(meta: &ParseNestedMeta<'_>, all: &[&str], what: &str) -> Result<String> {
    let text: LitStr = meta.value()?.parse()?;
    let name = text.value();
    if all.contains(&name.as_str()) {
        return Ok(name);
    }
    let message = match nearest::of(&name, all.iter().copied()) {
        Some(near) => format!("unknown {what} `{name}`: did you mean `{near}`?"),
        None => format!("unknown {what} `{name}`: there are {}", all.join(", ")),
    };
    Err(Error::new(text.span(), message))
}

/// The words for the elements of a list, or the values of a map.
fn each(meta: &ParseNestedMeta<'_>) -> Result<Words> {
    let mut words = Words::default();
    meta.parse_nested_meta(|inner| {
        const OF_FIELDS: &[&str] = &["alias", "attribute", "check", "default", "doc", "unique"];
        match OF_FIELDS.iter().find(|name| inner.path.is_ident(name)) {
            Some(name) => Err(inner.error(format!("`{name}` belongs to the field, not to `each`"))),
            None => words.read(&inner),
        }
    })?;
    Ok(words)
}

/// The value of a constraint, as JSON.
fn argument(meta: &ParseNestedMeta<'_>, known: &Known) -> Result<Value> {
    let name = known.name;
    if known.takes == Takes::Nothing {
        return if meta.input.peek(Token![=]) {
            Err(meta.error(format!("`{name}` takes no value: leave it out for false")))
        } else {
            Ok(Value::Bool(true))
        };
    }
    if known.takes == Takes::Format {
        return one_of(meta, FORMATS, "format").map(Value::String);
    }
    let input = meta.value()?;
    let span = input.span();
    let value = input.parse::<Json>()?.0;
    let wanted = match known.takes {
        Takes::Count if value.as_u64().is_none() => "a whole number, 0 or more",
        Takes::Number if !value.is_number() => "a number",
        Takes::Positive if value.as_f64().is_none_or(|number| number <= 0.0) => "a number above 0",
        Takes::Text if !value.is_string() => "a text",
        Takes::Values if value.as_array().is_none_or(Vec::is_empty) => {
            "a list of the values that may be: `[\"a\", \"b\"]`"
        }
        _ => return Ok(value),
    };
    Err(Error::new(span, format!("`{name}` takes {wanted}")))
}
