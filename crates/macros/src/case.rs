//! The cases of serde's `rename_all`, as they apply to fields and to variants.

use syn::{Error, LitStr, Result};

/// How names are changed on the way out.
///
/// Field names are taken to be snake_case; serde changes nothing in them for `lowercase` and
/// `snake_case`, whatever they look like. Names of variants are taken to be PascalCase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    UpperSnake,
    Kebab,
    UpperKebab,
}

/// The values of `rename_all`, for messages.
const KNOWN: &str = "lowercase, UPPERCASE, PascalCase, camelCase, snake_case, \
     SCREAMING_SNAKE_CASE, kebab-case, SCREAMING-KEBAB-CASE";

impl Case {
    /// The case that `rename_all` names.
    pub(crate) fn named(name: &LitStr) -> Result<Self> {
        Ok(match name.value().as_str() {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::UpperSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::UpperKebab,
            _ => {
                let message = format!("unknown case: there are {KNOWN}");
                return Err(Error::new(name.span(), message));
            }
        })
    }

    /// `field`, the name of a field, in this case.
    pub(crate) fn of_field(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::UpperSnake => field.to_ascii_uppercase(),
            Self::Kebab => field.replace('_', "-"),
            Self::UpperKebab => field.to_ascii_uppercase().replace('_', "-"),
            Self::Pascal => field.split('_').map(capitalized).collect(),
            Self::Camel => with_first(&Self::Pascal.of_field(field), |c| c.to_ascii_lowercase()),
        }
    }

    /// `variant`, the name of a variant, in this case.
    pub(crate) fn of_variant(self, variant: &str) -> String {
        match self {
            Self::Pascal => variant.to_owned(),
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Upper => variant.to_ascii_uppercase(),
            Self::Camel => with_first(variant, |c| c.to_ascii_lowercase()),
            Self::Snake => snake(variant),
            Self::UpperSnake => snake(variant).to_ascii_uppercase(),
            Self::Kebab => snake(variant).replace('_', "-"),
            Self::UpperKebab => snake(variant).to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn snake(variant: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in variant.char_indices() {
        if index > 0 && letter.is_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `word` with a capital first.
pub(crate) fn capitalized(word: &str) -> String {
    with_first(word, |c| c.to_ascii_uppercase())
}

fn with_first(word: &str, change: impl Fn(char) -> char) -> String {
    let mut rest = word.chars();
    rest.next().map_or_else(String::new, |first| {
        format!("{}{}", change(first), rest.as_str())
    })
}
