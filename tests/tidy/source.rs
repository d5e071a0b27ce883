//! The Rust files of the workspace, and their text without comments and literals.

use std::fs;
use std::path::Path;

use crate::root;

/// Folders with Rust files of ours.
const FOLDERS: [&str; 5] = ["crates", "spiders", "examples", "benches", "tests"];

/// One Rust file.
pub(crate) struct Source {
    /// From the workspace's folder on, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// `text` with blanks for what comments, strings and characters hold; of the same length.
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: blank(text),
        }
    }

    /// `FILE:LINE: what`, where the line is that of a place in the text.
    pub(crate) fn at(&self, offset: usize, what: &str) -> String {
        let line = 1 + self.code[..offset].matches('\n').count();
        format!("{}:{line}: {what}", self.path)
    }

    /// The file's name without folders.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether the whole file is a test.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests")
            || self.name() == "tests.rs"
            || self.name().ends_with("_tests.rs")
    }

    /// Where the module of unit tests starts, or the end of the text.
    pub(crate) fn end_of_code(&self) -> usize {
        let mark = "#[cfg(test)]";
        self.code
            .match_indices(mark)
            .find(|(at, _)| opens_module(&self.code[at + mark.len()..]))
            .map_or(self.code.len(), |(at, _)| at)
    }
}

/// `mod name {`, perhaps after further attributes; `mod name;` and `use` are one line, not the rest.
fn opens_module(after: &str) -> bool {
    let mut rest = after.trim_start();
    while rest.starts_with("#[") {
        let Some(end) = rest.find(']') else {
            return false;
        };
        rest = rest[end + 1..].trim_start();
    }
    let head = rest.split(['{', ';']).next().unwrap_or_default();
    let opened = rest[head.len()..].starts_with('{');
    opened && head.split_whitespace().any(|word| word == "mod")
}

/// Every Rust file of the workspace, in order of their paths.
pub(crate) fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        collect(&root().join(folder), folder, &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 50, "the walk over the workspace found little");
    found
}

fn collect(folder: &Path, path: &str, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let below = format!("{path}/{name}");
        if entry.path().is_dir() {
            if name != "target" && !name.starts_with('.') {
                collect(&entry.path(), &below, found);
            }
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(entry.path())
                .unwrap_or_else(|error| panic!("{below}: cannot be read: {error}"));
            found.push(Source::new(&below, &text));
        }
    }
}

/// The text with blanks for the insides of comments, strings and characters. Lines stay lines.
fn blank(text: &str) -> String {
    let mut blanker = Blanker {
        rest: text,
        out: String::with_capacity(text.len()),
    };
    while !blanker.rest.is_empty() {
        blanker.step();
    }
    blanker.out
}

struct Blanker<'a> {
    rest: &'a str,
    out: String,
}

impl Blanker<'_> {
    fn step(&mut self) {
        if self.rest.starts_with("//") {
            self.hide(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.hide(block_comment(self.rest));
        } else if let Some((open, inside)) = self.literal() {
            self.keep(open);
            self.hide(inside);
        } else {
            self.keep(1);
        }
    }

    /// The lengths of a literal's opening and of what it holds, its end included.
    fn literal(&self) -> Option<(usize, usize)> {
        let in_word = self
            .out
            .ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if self.rest.starts_with('"') {
            return Some((1, quoted(&self.rest[1..], '"')));
        }
        if self.rest.starts_with('\'') {
            let mut chars = self.rest[1..].chars();
            let first = chars.next()?;
            let is_char = first == '\\' || chars.next() == Some('\'');
            return is_char.then(|| (1, quoted(&self.rest[1..], '\'')));
        }
        let raw = ["r", "br", "cr"]
            .iter()
            .find_map(|prefix| self.rest.strip_prefix(prefix))?;
        let body = raw.trim_start_matches('#');
        let hashes = &raw[..raw.len() - body.len()];
        let inside = body.strip_prefix('"').filter(|_| !in_word)?;
        let end = format!("\"{hashes}");
        let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
        Some((self.rest.len() - inside.len(), length))
    }

    fn keep(&mut self, count: usize) {
        let end = self.rest.ceil_char_boundary(count);
        self.out.push_str(&self.rest[..end]);
        self.rest = &self.rest[end..];
    }

    /// Puts blanks; the lengths in bytes stay, so that an offset fits both texts.
    fn hide(&mut self, count: usize) {
        for byte in self.rest[..count].bytes() {
            self.out.push(if byte == b'\n' { '\n' } else { ' ' });
        }
        self.rest = &self.rest[count..];
    }
}

/// Up to and with the closing quote.
fn quoted(inside: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if c == quote && !escaped {
            return at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    inside.len()
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else if let Some(c) = rest.chars().next() {
            at += c.len_utf8();
        } else {
            return at;
        }
    }
}

#[test]
fn comments_and_literals_are_blanked() {
    let text = "a /* x /* y */ z */ b // c\n\"d\\\"e\" 'f' '\\'' r#\"g\"h\"# &'k str é";
    let code = blank(text);
    assert_eq!(code.len(), text.len());
    assert_eq!(code.lines().count(), 2);
    let mut words = code.split_whitespace();
    assert_eq!((words.next(), words.next()), (Some("a"), Some("b")));
    for hidden in ["c", "d", "e", "f", "g", "h", "x", "y", "z"] {
        assert!(!code.contains(hidden), "{hidden} is left in {code}");
    }
    assert!(code.ends_with("&'k str é"), "{code}");
}

#[test]
fn code_ends_where_the_test_module_starts() {
    let early = Source::new(
        "a.rs",
        "#[cfg(test)]\nuse b::C;\n#[cfg(test)]\nmod d;\nfn e() {}\n",
    );
    assert_eq!(early.end_of_code(), early.code.len());
    let late = Source::new(
        "a.rs",
        "fn e() {}\n#[cfg(test)]\n#[rustfmt::skip]\nmod tests {\n}\n",
    );
    assert_eq!(late.end_of_code(), 10);
}
