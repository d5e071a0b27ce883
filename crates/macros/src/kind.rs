//! The `Kind` of a field, from its type and from words that replace it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Path, Type};

use crate::shape;
use crate::structs::at;
use crate::words::{At, Words};

impl Words {
    /// Whether nothing is promised of the value.
    pub(crate) fn is_open(&self) -> bool {
        self.any.is_some()
    }

    /// Whether a word says what the value is, whatever its type.
    pub(crate) fn replaces(&self) -> bool {
        self.bytes.is_some() || self.fixed.is_some() || self.logical.is_some()
    }

    /// Where it is said what the value is, or the elements are, whatever the type.
    pub(crate) fn kind_span(&self) -> Option<Span> {
        let elements = || {
            self.each
                .as_ref()
                .and_then(|at| at.0.kind_span().map(|_| at.1))
        };
        self.any
            .or(self.bytes)
            .or(self.fixed.as_ref().map(|at| at.1))
            .or(self.logical.as_ref().map(|at| at.1))
            .or_else(elements)
    }
}

/// An expression for the `Kind` of a value of type `ty`.
pub(crate) fn of(ty: &Type, words: &Words, home: &Path) -> TokenStream {
    if words.is_open() {
        return quote!(#home::Kind::Any);
    }
    if words.kind_span().is_none() {
        return quote_spanned!(at(ty)=> <#ty as #home::FieldType>::KIND);
    }
    let plain = shape::plain(ty);
    if let Some(inner) = shape::optional(plain) {
        let inner = of(inner, words, home);
        return quote!(#home::Kind::Optional(&#inner));
    }
    if let Some(At(logical, _)) = &words.logical {
        let logical = logical_type(logical, words, home);
        return quote!(#home::Kind::Logical(#logical));
    }
    if let (Some(At(name, _)), Some(At(size, _))) = (&words.fixed, &words.size) {
        return quote!(#home::Kind::Fixed { name: #name, size: #size });
    }
    if words.bytes.is_some() {
        return quote!(#home::Kind::Bytes);
    }
    let each = words.each.as_ref().map(|at| &at.0);
    match (each, shape::element(plain), shape::value(plain)) {
        (Some(each), Some(inner), _) => {
            let inner = of(inner, each, home);
            quote!(#home::Kind::List(&#inner))
        }
        (Some(each), _, Some(inner)) => {
            let inner = of(inner, each, home);
            quote!(#home::Kind::Map(&#inner))
        }
        _ => quote_spanned!(at(ty)=> <#ty as #home::FieldType>::KIND),
    }
}

fn logical_type(name: &str, words: &Words, home: &Path) -> TokenStream {
    let variant: String = name.split('-').map(crate::case::capitalized).collect();
    let variant = Ident::new(&variant, Span::call_site());
    match &words.precision {
        Some(At(precision, _)) => {
            let scale = words.scale.as_ref().map_or(0, |at| at.0);
            quote!(#home::Logical::#variant { precision: #precision, scale: #scale })
        }
        None => quote!(#home::Logical::#variant),
    }
}
