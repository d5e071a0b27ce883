//! The text of statements that both databases understand.

/// A name as an identifier, whatever it consists of.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names as a list of identifiers.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(quoted).collect();
    names.join(", ")
}

/// What follows an `INSERT` that puts a row in the place of one with the same key; nothing without
/// a key.
pub(crate) fn on_conflict(columns: &[&str], key: &[String]) -> String {
    if key.is_empty() {
        return String::new();
    }
    let is_key = |column: &str| key.iter().any(|name| name == column);
    let others = columns.iter().filter(|column| !is_key(column));
    let sets: Vec<String> = others
        .map(|column| format!("{0} = excluded.{0}", quoted(column)))
        .collect();
    let key = list(key.iter().map(String::as_str));
    if sets.is_empty() {
        format!(" ON CONFLICT ({key}) DO NOTHING")
    } else {
        format!(" ON CONFLICT ({key}) DO UPDATE SET {}", sets.join(", "))
    }
}

/// `BookReview` as the name of a table: `book_review`.
pub(crate) fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| chars.get(index));
        let after = chars.get(index + 1);
        let starts_word = before.is_some_and(|before| {
            !before.is_uppercase() && *before != '_'
                || before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())
        });
        if c.is_uppercase() && starts_word {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types_become_names_of_tables() {
        for (name, table) in [
            ("Quote", "quote"),
            ("BookReview", "book_review"),
            ("HTTPStatus", "http_status"),
            ("Page2", "page2"),
            ("already_snake", "already_snake"),
            ("Größe", "größe"),
        ] {
            assert_eq!(snake_case(name), table);
        }
    }

    #[test]
    fn no_name_ends_its_quotes() {
        assert_eq!(
            quoted(r#"a"; drop table x --"#),
            r#""a""; drop table x --""#
        );
    }
}
