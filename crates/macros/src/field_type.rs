//! `#[derive(FieldType)]`: an enum of names, or an untagged enum of several types.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DataEnum, DeriveInput, Error, Fields, LitStr, Path, Result, Type, Variant};

use crate::attributes::{TypeAttributes, ignore, named, on_write, refused};
use crate::case::Case;
use crate::shape::Shape;
use crate::structs::{home, optional, refuse_generics};
use crate::words::Words;
use crate::{docs, fit, kind};

/// What the attributes of the enum say.
#[derive(Default)]
struct Written {
    case: Option<LitStr>,
    untagged: bool,
}

/// What the attributes of a variant say.
#[derive(Default)]
struct VariantAttributes {
    name: Option<String>,
    skipped: bool,
    default: bool,
}

/// The implementation of `FieldType`.
pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    refuse_generics(&input.generics)?;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(
            &input.ident,
            "`FieldType` is derived for enums; for a struct derive `Item`",
        ));
    };
    let mut attributes = TypeAttributes::default();
    for attribute in named(&input.attrs, "item") {
        attribute.parse_nested_meta(|meta| attributes.item(&meta, &["crate", "name", "doc"]))?;
    }
    let written = written(input)?;
    let home = home(&attributes);
    let (setup, members) = if written.untagged {
        (TokenStream::new(), union(data, &home)?)
    } else {
        symbols(input, data, &attributes, &written, &home)?
    };
    let ident = &input.ident;
    Ok(quote! {
        const _: () = {
            #setup

            #[automatically_derived]
            impl #home::FieldType for #ident {
                #members
            }
        };
    })
}

/// Reads how serde writes the enum.
fn written(input: &DeriveInput) -> Result<Written> {
    const AGAINST: &[&str] = &["tag", "content", "into", "remote"];
    let mut written = Written::default();
    for attribute in named(&input.attrs, "serde") {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename_all") {
                written.case = on_write(&meta)?.or(written.case.take());
                return Ok(());
            }
            if AGAINST.iter().any(|name| meta.path.is_ident(name)) {
                return Err(refused(
                    &meta,
                    "a field is written as a name, or `untagged` as the value of a variant",
                ));
            }
            written.untagged |= meta.path.is_ident("untagged");
            ignore(&meta)
        })?;
    }
    Ok(written)
}

fn variant_attributes(variant: &Variant) -> Result<VariantAttributes> {
    let mut read = VariantAttributes::default();
    for attribute in named(&variant.attrs, "serde") {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                let name = on_write(&meta)?.map(|name| name.value());
                read.name = name.or(read.name.take());
                return Ok(());
            }
            read.skipped |= meta.path.is_ident("skip") || meta.path.is_ident("skip_serializing");
            ignore(&meta)
        })?;
    }
    for attribute in named(&variant.attrs, "item") {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("default") {
                return Err(meta.error("unknown word of a variant: there is `default`"));
            }
            read.default = true;
            Ok(())
        })?;
    }
    Ok(read)
}

/// A static with the names, and the member that refers to it.
fn symbols(
    input: &DeriveInput,
    data: &DataEnum,
    attributes: &TypeAttributes,
    written: &Written,
    home: &Path,
) -> Result<(TokenStream, TokenStream)> {
    let case = written.case.as_ref().map(Case::named).transpose()?;
    let (mut symbols, mut default) = (Vec::new(), None);
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new_spanned(
                variant,
                "an enum of names has variants without values; for one of several types write \
                 `#[serde(untagged)]`",
            ));
        }
        let read = variant_attributes(variant)?;
        let own = || {
            case.unwrap_or(Case::Pascal)
                .of_variant(&variant.ident.unraw().to_string())
        };
        let name = read.name.unwrap_or_else(own);
        if read.default && default.replace(name.clone()).is_some() {
            return Err(Error::new_spanned(variant, "there is one default at most"));
        }
        if symbols.contains(&name) {
            let message = format!("two variants are written as `{name}`");
            return Err(Error::new_spanned(variant, message));
        }
        if !read.skipped {
            symbols.push(name);
        }
    }
    if symbols.is_empty() {
        return Err(Error::new_spanned(
            &input.ident,
            "an enum without variants has no values",
        ));
    }
    let own = || input.ident.unraw().to_string();
    let name = attributes.name.clone().unwrap_or_else(own);
    let doc = attributes.doc.clone();
    let doc = doc.unwrap_or_else(|| docs::text(&input.attrs));
    let default = optional(default);
    let setup = quote! {
        static __SYMBOLS: #home::Symbols = #home::Symbols {
            name: #name,
            doc: #doc,
            symbols: &[#(#symbols),*],
            default: #default,
        };
    };
    let members = quote!(const KIND: #home::Kind = #home::Kind::Enum(&__SYMBOLS););
    Ok((setup, members))
}

/// The members for one of several types.
fn union(data: &DataEnum, home: &Path) -> Result<TokenStream> {
    let (mut kinds, mut nested, mut arms) = (Vec::new(), Vec::new(), Vec::new());
    for variant in &data.variants {
        let (ty, words) = branch(variant)?;
        fit::demand(&words, &Shape::of(ty))?;
        kinds.push(kind::of(ty, &words, home));
        let name = &variant.ident;
        if words.kind_span().is_none() {
            nested.push(ty);
            arms.push(quote! {
                Self::#name(value) => <#ty as #home::FieldType>::check(value, place, found)
            });
        } else {
            arms.push(quote!(Self::#name(_) => {}));
        }
    }
    if kinds.is_empty() {
        return Err(Error::new(
            data.variants.span(),
            "an enum without variants has no values",
        ));
    }
    Ok(quote! {
        const KIND: #home::Kind = #home::Kind::Union(&[#(#kinds),*]);
        const CHECKS: bool = false #(|| <#nested as #home::FieldType>::CHECKS)*;
        fn check(
            &self,
            place: &#home::violation::Place<'_>,
            found: &mut ::std::vec::Vec<#home::Violation>,
        ) {
            match self {
                #(#arms,)*
            }
        }
    })
}

/// The type of a union's variant, and what its attributes say the type is.
fn branch(variant: &Variant) -> Result<(&Type, Words)> {
    let field = match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0],
        _ => {
            let message = format!(
                "each variant of an untagged enum holds one value: `{}(…)`",
                variant.ident
            );
            return Err(Error::new_spanned(variant, message));
        }
    };
    let words = Words::of(&field.attrs)?;
    let extra = !words.schema_words().is_empty() || !words.checks.is_empty();
    if extra || words.default.is_some() || !words.aliases.is_empty() || words.doc.is_some() {
        return Err(Error::new_spanned(
            field,
            "of a variant's value only its type is said here: `any`, `bytes`, `fixed`, `logical`; \
             what it obeys is said at the field that holds it",
        ));
    }
    Ok((&field.ty, words))
}
