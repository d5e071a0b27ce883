//! Where in a schema's JSON something is.

use std::fmt;

/// One step further in.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Into an object, by a word of the specification.
    Word(&'static str),
    /// Into an object, by a name of the schema's own.
    Named(String),
    /// Into an array.
    Index(usize),
}

/// The steps from the whole to a place: `fields[2].type`.
#[derive(Debug, Clone, Default)]
pub(super) struct Path(pub(super) Vec<Step>);

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("schema");
        }
        for (at, step) in self.0.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            match step {
                Step::Word(word) => write!(f, "{dot}{word}")?,
                Step::Named(name) => write!(f, "{dot}{}", shortened(name, 60))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// At most so many characters of a text, for a message.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let mut short: String = text
        .chars()
        .take(most)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if short.len() < text.len() && text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}
