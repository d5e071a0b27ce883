//! The cases of serde's `rename_all`, as they apply to field names.

/// How the name of a field is changed on the way out.
///
/// Field names are taken to be snake_case; serde changes nothing for `lowercase` and
/// `snake_case`, whatever the name looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Case {
    Unchanged,
    Upper,
    Pascal,
    Camel,
    Kebab,
    UpperKebab,
}

/// The values of `rename_all`, for messages.
pub(crate) const KNOWN: &str = "lowercase, UPPERCASE, PascalCase, camelCase, snake_case, \
     SCREAMING_SNAKE_CASE, kebab-case, SCREAMING-KEBAB-CASE";

impl Case {
    /// The case with this name, as written in `rename_all`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lowercase" | "snake_case" => Self::Unchanged,
            "UPPERCASE" | "SCREAMING_SNAKE_CASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::UpperKebab,
            _ => return None,
        })
    }

    /// `field` in this case.
    pub(crate) fn apply(self, field: &str) -> String {
        match self {
            Self::Unchanged => field.to_owned(),
            Self::Upper => field.to_ascii_uppercase(),
            Self::Kebab => field.replace('_', "-"),
            Self::UpperKebab => field.to_ascii_uppercase().replace('_', "-"),
            Self::Pascal => field.split('_').map(capitalized).collect(),
            Self::Camel => with_first(&Self::Pascal.apply(field), |c| c.to_ascii_lowercase()),
        }
    }
}

fn capitalized(word: &str) -> String {
    with_first(word, |c| c.to_ascii_uppercase())
}

fn with_first(word: &str, change: impl Fn(char) -> char) -> String {
    let mut rest = word.chars();
    rest.next().map_or_else(String::new, |first| {
        format!("{}{}", change(first), rest.as_str())
    })
}
