//! Names as Rust writes them.

use std::collections::HashSet;

/// Names of types that the generated source uses itself.
pub(super) const PRELUDE: &[&str] = &[
    "BTreeMap", "Box", "Option", "Self", "String", "Vec", "Some", "None", "Bytes",
];

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that may not even be raw identifiers.
const NEVER: &[&str] = &["crate", "self", "super"];

/// `name` as the name of a type or a variant: `user_profile` and `userProfile` as `UserProfile`.
pub(super) fn upper_camel(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let camel: String = words
        .map(|word| {
            // All capitals is how constants are written, but `ID3` is a name.
            let loud = word.len() > 3 && !word.contains(|c: char| c.is_ascii_lowercase());
            let rest = if loud {
                word[1..].to_ascii_lowercase()
            } else {
                word[1..].to_owned()
            };
            word[..1].to_ascii_uppercase() + &rest
        })
        .collect();
    if camel.starts_with(|c: char| c.is_ascii_digit()) || camel.is_empty() || camel == "Self" {
        format!("T{camel}")
    } else {
        camel
    }
}

/// `name` as the name of a field, an identifier that may be raw: `firstName` as `first_name`.
pub(super) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let after_small = before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let after_capital = before.is_some_and(|c| c.is_ascii_uppercase());
        let before_small = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (after_small || (after_capital && before_small)) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    match snake.trim_matches('_') {
        "" => "field".to_owned(),
        bare if NEVER.contains(&snake.as_str()) => format!("field_{bare}"),
        _ => snake,
    }
}

/// `name` as an identifier.
pub(super) fn identifier(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// `name`, or with a number if it is taken; then it is taken.
pub(super) fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut free = name.to_owned();
    let mut number = 1;
    while !taken.insert(free.clone()) {
        number += 1;
        free = format!("{name}{number}");
    }
    free
}
