//! Words and attributes in code whose comments and literals are blanked.

use crate::source::Source;

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a word stands in code, as a whole word.
pub(crate) fn word(code: &str, word: &str) -> Vec<usize> {
    code.match_indices(word)
        .filter(|(at, _)| {
            !code[..*at].ends_with(in_word) && !code[at + word.len()..].starts_with(in_word)
        })
        .map(|(at, _)| at)
        .collect()
}

/// Where a word is followed by `next`, perhaps after blanks.
pub(crate) fn word_then(code: &str, sought: &str, next: &str) -> Vec<usize> {
    let mut places = word(code, sought);
    places.retain(|at| code[at + sought.len()..].trim_start().starts_with(next));
    places
}

/// The identifier at the start of a text; empty where there is none.
pub(crate) fn identifier(text: &str) -> &str {
    let end = text.find(|c| !in_word(c)).unwrap_or(text.len());
    &text[..end]
}

/// `#[…]` or `#![…]`.
pub(crate) struct Attribute<'a> {
    pub(crate) at: usize,
    /// Without comments and literals.
    pub(crate) code: &'a str,
    /// As written.
    pub(crate) text: &'a str,
}

/// All attributes of a file, also those over several lines.
pub(crate) fn attributes(source: &Source) -> Vec<Attribute<'_>> {
    let code = &source.code;
    code.match_indices('#')
        .filter_map(|(at, _)| {
            let after = &code[at + 1..];
            let body = after.strip_prefix('!').unwrap_or(after);
            if !body.starts_with('[') {
                return None;
            }
            let end = code.len() - body.len() + closing(body)?;
            Some(Attribute {
                at,
                code: &code[at..end],
                text: &source.text[at..end],
            })
        })
        .collect()
}

/// The length of a bracketed text, with both brackets.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

#[test]
fn attributes_reach_over_lines() {
    let source = Source::new("a.rs", "#![a]\n#[b(\n  c = \"]\"\n)]\nlet d = x # y;");
    let found = attributes(&source);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].text, "#![a]");
    assert_eq!(found[1].text, "#[b(\n  c = \"]\"\n)]");
}

#[test]
fn words_are_whole() {
    assert_eq!(word("ab a_b a b", "a"), [7]);
    assert_eq!(word_then("todo != x; todo !()", "todo", "!("), [11]);
    assert_eq!(identifier("ab_1::c"), "ab_1");
}
