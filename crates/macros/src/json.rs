//! JSON written in an attribute: `13`, `-0.5`, `"text"`, `true`, `null`, `["a", "b"]`, `{"k": 1}`.

use proc_macro2::Ident;
use serde_json::{Map, Number, Value};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Lit, LitStr, Result, Token, braced, bracketed, token};

/// A value, as the attribute gives it.
pub(crate) struct Json(pub(crate) Value);

impl Parse for Json {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(token::Bracket) {
            return list(input).map(Self);
        }
        if input.peek(token::Brace) {
            return object(input).map(Self);
        }
        if input.peek(Ident::peek_any) && !input.peek(syn::LitBool) {
            let word = Ident::parse_any(input)?;
            return if word == "null" {
                Ok(Self(Value::Null))
            } else {
                Err(Error::new(word.span(), WANTED))
            };
        }
        let minus = input.parse::<Option<Token![-]>>()?.is_some();
        if !input.peek(Lit) {
            return Err(input.error(WANTED));
        }
        literal(&input.parse()?, minus).map(Self)
    }
}

const WANTED: &str = "expected JSON: a number, a text, `true`, `false`, `null`, `[…]` or `{…}`";

fn literal(literal: &Lit, minus: bool) -> Result<Value> {
    match literal {
        Lit::Str(text) if !minus => Ok(Value::String(text.value())),
        Lit::Bool(value) if !minus => Ok(Value::Bool(value.value)),
        Lit::Int(digits) if digits.suffix().is_empty() => {
            number(digits.base10_digits(), minus, literal)
        }
        Lit::Float(digits) if digits.suffix().is_empty() => {
            number(digits.base10_digits(), minus, literal)
        }
        Lit::Int(_) | Lit::Float(_) => Err(Error::new(
            literal.span(),
            "a number stands here without the name of a type",
        )),
        _ => Err(Error::new(literal.span(), WANTED)),
    }
}

fn number(digits: &str, minus: bool, literal: &Lit) -> Result<Value> {
    let sign = if minus { "-" } else { "" };
    let end = if digits.ends_with('.') { "0" } else { "" };
    serde_json::from_str::<Number>(&format!("{sign}{digits}{end}"))
        .map(Value::Number)
        .map_err(|_| Error::new(literal.span(), "this number is too large"))
}

fn list(input: ParseStream<'_>) -> Result<Value> {
    let content;
    bracketed!(content in input);
    let values = content.parse_terminated(Json::parse, Token![,])?;
    Ok(values.into_iter().map(|value| value.0).collect())
}

fn object(input: ParseStream<'_>) -> Result<Value> {
    let content;
    braced!(content in input);
    let mut pairs = Map::new();
    while !content.is_empty() {
        let key: LitStr = content.parse()?;
        content.parse::<Token![:]>()?;
        if pairs
            .insert(key.value(), content.parse::<Json>()?.0)
            .is_some()
        {
            return Err(Error::new(key.span(), "this key is here twice"));
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(Value::Object(pairs))
}
