//! What `#[serde(…)]` and `#[item(…)]` say about how a value is written.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Expr, LitStr, Path, Result, Token, token};

use crate::case::{self, Case};

/// What the attributes of a type say.
#[derive(Default)]
pub(crate) struct TypeAttributes {
    /// `rename_all`, for writing.
    pub(crate) case: Option<Case>,
    /// Where the traits are, when not in `::huntsman::__private`.
    pub(crate) home: Option<Path>,
}

/// What the attributes of a field say.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    /// `rename`, for writing.
    pub(crate) name: Option<String>,
    /// The field is never written.
    pub(crate) skipped: bool,
    /// Its type is left open.
    pub(crate) any: bool,
}

impl TypeAttributes {
    /// Reads the attributes of a struct.
    pub(crate) fn of_struct(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::of_enum(attributes)?;
        for attribute in named(attributes, "serde") {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename_all") {
                    if let Some(name) = on_write(&meta)? {
                        read.case = Some(known_case(&name)?);
                    }
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

    /// Reads the attributes of an enum: those of serde do not matter, for serde does not write it.
    pub(crate) fn of_enum(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        for attribute in named(attributes, "item") {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("crate") {
                    read.home = Some(meta.value()?.parse::<LitStr>()?.parse()?);
                    return Ok(());
                }
                Err(meta.error("unknown `item` attribute of a type: there is `crate = \"path\"`"))
            })?;
        }
        Ok(read)
    }
}

impl FieldAttributes {
    /// Reads the attributes of a struct's field.
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        for attribute in named(attributes, "serde") {
            attribute.parse_nested_meta(|meta| read.serde(&meta))?;
        }
        for attribute in named(attributes, "item") {
            attribute.parse_nested_meta(|meta| {
                if !meta.path.is_ident("any") {
                    return Err(meta.error("unknown `item` attribute of a field: there is `any`"));
                }
                read.any = true;
                Ok(())
            })?;
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
        self.any |= is("serialize_with") || is("with");
        ignore(meta)
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

fn refused(meta: &ParseNestedMeta<'_>, reason: &str) -> Error {
    let name = meta
        .path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default();
    meta.error(format!(
        "`#[serde({name})]` cannot be used in an item: {reason}"
    ))
}

fn known_case(name: &LitStr) -> Result<Case> {
    Case::named(&name.value()).ok_or_else(|| {
        Error::new(
            name.span(),
            format!("unknown case: there are {}", case::KNOWN),
        )
    })
}

fn named<'a>(attributes: &'a [Attribute], name: &'a str) -> impl Iterator<Item = &'a Attribute> {
    attributes
        .iter()
        .filter(move |attribute| attribute.path().is_ident(name))
}

/// The text of `key = "text"`, or of `key(serialize = "text")`; nothing if only reading is named.
fn on_write(meta: &ParseNestedMeta<'_>) -> Result<Option<LitStr>> {
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
fn ignore(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(token::Paren) {
        meta.parse_nested_meta(|inner| ignore(&inner))?;
    }
    Ok(())
}
