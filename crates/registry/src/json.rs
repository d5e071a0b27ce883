//! JSON text with other blanks, or in one order: numbers and names stay as they are written.

use serde_json::Value;

/// Without blanks. The text must be JSON.
pub(crate) fn compact(text: &str) -> String {
    written(text, false)
}

/// On lines of its own, indented by two blanks, with a line feed behind it: differences of two
/// versions are lines. The text must be JSON.
pub(crate) fn pretty(text: &str) -> String {
    let mut out = written(text, true);
    out.push('\n');
    out
}

fn written(text: &str, lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut depth, mut in_string, mut escaped, mut opened) = (0usize, false, false, false);
    for character in text.trim_start_matches('\u{feff}').chars() {
        if in_string {
            out.push(character);
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        if character.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(character, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
        }
        if lines && opened != closes {
            new_line(&mut out, depth);
        }
        opened = matches!(character, '{' | '[');
        depth += usize::from(opened);
        out.push(character);
        in_string = character == '"';
        match character {
            ',' if lines => new_line(&mut out, depth),
            ':' if lines => out.push(' '),
            _ => {}
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// The members of each object in the order of their names, without blanks: two texts that say the
/// same are one. With `normal`, a type in braces of its own is the type: `{"type": "int"}`.
pub(crate) fn identity(value: &Value, normal: bool) -> String {
    let mut out = String::new();
    told(value, normal, &mut out);
    out
}

fn told(value: &Value, normal: bool, out: &mut String) {
    match value {
        Value::Object(members) => {
            if normal
                && members.len() == 1
                && let Some(inner) = members.get("type")
            {
                return told(inner, normal, out);
            }
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                separated(index, out);
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                // A default is data, and looks like a type by chance.
                told(member, normal && name != "default", out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separated(index, out);
                told(item, normal, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn separated(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        r#" { "b" : [ ] , "a":{ "x": "\"{ \\", "n" : 1.50e+400 },"c":[1, {} ,[2]] } "#;

    #[test]
    fn blanks_go_and_nothing_else() {
        let compact = compact(TEXT);
        assert_eq!(
            compact,
            r#"{"b":[],"a":{"x":"\"{ \\","n":1.50e+400},"c":[1,{},[2]]}"#
        );
        assert_eq!(super::compact(&pretty(TEXT)), compact);
    }

    #[test]
    fn lines_are_as_a_person_would_write_them() {
        let text = r#"{"b":[],"a":{"x":"\"{ \\","n":1.5},"c":[1,{},[2]]}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(pretty(text), format!("{value:#}\n"));
        assert_eq!(pretty("\"int\""), "\"int\"\n");
    }

    #[test]
    fn order_and_braces_are_no_difference() {
        let one: Value =
            serde_json::from_str(r#"{"type":{"type":"int"},"name":"a","default":{"type":1}}"#)
                .unwrap();
        let other: Value =
            serde_json::from_str(r#"{"name":"a","default":{"type":1},"type":"int"}"#).unwrap();
        assert_ne!(identity(&one, false), identity(&other, false));
        assert_eq!(identity(&one, true), identity(&other, true));
        assert!(identity(&one, true).contains(r#"{"type":1}"#));
    }
}
