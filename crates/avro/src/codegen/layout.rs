//! How things are laid out: as `rustfmt` would.

use serde_json::Value;

/// The longest line.
const WIDTH: usize = 100;

/// The longest list of arguments that an attribute has on one line.
const ARGUMENTS: usize = 70;

/// Lines that say what a file is.
pub(super) fn comment(text: &str) -> String {
    let mut out = String::new();
    let mut line = "//!".to_owned();
    for word in text.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH {
            out += &line;
            out.push('\n');
            line = "//!".to_owned();
        }
        line = format!("{line} {word}");
    }
    out + &line + "\n\n"
}

/// The lines of a doc comment, if there is any text.
pub(super) fn docs(doc: &str, indent: &str) -> String {
    let mut out = String::new();
    for line in doc.trim().lines() {
        let line = line.replace('\r', " ");
        out += format!("{indent}/// {line}").trim_end();
        out.push('\n');
    }
    out
}

/// Attributes with these words, as few as lines can hold.
pub(super) fn attributes(name: &str, words: &[String], indent: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in words {
        if !line.is_empty() && line.chars().count() + 2 + word.chars().count() > ARGUMENTS {
            out += &attribute(name, &line, indent);
            line.clear();
        }
        if !line.is_empty() {
            line += ", ";
        }
        line += word;
    }
    if !line.is_empty() {
        out += &attribute(name, &line, indent);
    }
    out
}

fn attribute(name: &str, arguments: &str, indent: &str) -> String {
    if !is_meta(arguments) {
        return format!("{indent}#[{name}({arguments})]\n");
    }
    // A list alone within a list shares its lines.
    let (mut open, mut close) = (format!("{indent}#[{name}("), ")]\n".to_owned());
    let mut arguments = arguments;
    while let [only] = split(arguments).as_slice()
        && let Some((list, inner)) = only.strip_suffix(')').and_then(|only| only.split_once('('))
        && !list.contains('=')
    {
        open += &format!("{list}(");
        close.insert(0, ')');
        arguments = inner;
    }
    if arguments.chars().count() <= ARGUMENTS {
        return open + arguments + &close;
    }
    let lines: Vec<_> = split(arguments)
        .iter()
        .map(|argument| format!("{indent}    {argument}"))
        .collect();
    format!("{open}\n{}\n{indent}{close}", lines.join(",\n"))
}

/// The arguments of a list, which are separated by commas outside of texts and lists.
fn split(arguments: &str) -> Vec<&str> {
    let (mut found, mut start, mut depth) = (Vec::new(), 0, 0);
    let (mut in_text, mut escaped) = (false, false);
    for (index, letter) in arguments.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                found.push(arguments[start..index].trim_start());
                start = index + 1;
            }
            _ => {}
        }
    }
    found.push(arguments[start..].trim_start());
    found
}

/// Whether `rustfmt` takes the arguments for words with literals; others it leaves alone.
fn is_meta(arguments: &str) -> bool {
    !arguments.contains(" = [")
        && !arguments.contains(" = {")
        && !arguments.contains(" = -")
        && !arguments.starts_with("attribute(")
        && !arguments.contains(", attribute(")
}

/// One field of a struct.
pub(super) fn field(name: &str, ty: &str) -> String {
    let line = format!("    pub {name}: {ty},\n");
    if line.trim_end().chars().count() <= WIDTH {
        line
    } else {
        format!("    pub {name}:\n        {ty},\n")
    }
}

/// One variant of an enum with a value, and the words for it.
pub(super) fn variant(name: &str, words: &[String], ty: &str) -> String {
    let words = words.join(", ");
    let line = if words.is_empty() {
        format!("    {name}({ty}),\n")
    } else {
        format!("    {name}(#[item({words})] {ty}),\n")
    };
    if line.trim_end().chars().count() <= WIDTH {
        return line;
    }
    let words = attributes("item", &[words], "        ");
    format!("    {name}(\n{words}        {ty},\n    ),\n")
}

/// A constant of text.
pub(super) fn constant(name: &str, expression: &str) -> String {
    let line = format!("pub const {name}: &str = {expression};\n");
    let first = line.lines().next().unwrap_or_default();
    if first.chars().count() <= WIDTH {
        line
    } else {
        format!("pub const {name}: &str =\n    {expression};\n")
    }
}

/// The name of the constant for the schema of a type.
pub(super) fn constant_name(ty: &str) -> String {
    let mut name = super::names::snake(ty).to_ascii_uppercase();
    name += "_SCHEMA";
    name
}

/// A raw string literal.
pub(super) fn raw_string(text: &str) -> String {
    let mut marks = "#".to_owned();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    format!("r{marks}\"{}\"{marks}", text.replace('\r', ""))
}

/// A value as an attribute of the derive takes it: JSON, with texts as Rust writes them.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(json).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(pairs) => {
            let pairs = pairs
                .iter()
                .map(|(key, value)| format!("{key:?}: {}", json(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
