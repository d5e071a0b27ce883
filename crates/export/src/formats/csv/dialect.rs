//! How a CSV file looks: the words of the format.

use huntsman_core::ExportError;

use crate::words::Words;

/// How cells are told apart and written.
#[derive(Debug, Clone)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// The cell of what is not there.
    pub(super) null: String,
    /// Text that a spreadsheet would take for a formula is marked as text.
    pub(super) escape_formulas: bool,
    pub(super) header: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            delimiter: b',',
            null: String::new(),
            escape_formulas: false,
            header: true,
        }
    }
}

impl Dialect {
    pub(super) const WORDS: &'static [&'static str] =
        &["delimiter", "escape_formulas", "header", "null"];

    pub(super) fn new(words: &Words) -> Result<Self, ExportError> {
        let delimiter = delimiter(words)?;
        let null = words.get("null").unwrap_or_default().to_owned();
        let is_special = |byte| special(byte, delimiter);
        if null.bytes().any(is_special) {
            let reason = "quotes, line ends and the delimiter cannot be in it";
            return Err(words.refused("null", reason));
        }
        Ok(Self {
            delimiter,
            null,
            escape_formulas: words.flag("escape_formulas", false)?,
            header: words.flag("header", true)?,
        })
    }

    /// Whether a cell needs no quotes: there is nothing special in it, and it is not taken for null.
    #[inline]
    pub(super) fn is_bare(&self, cell: &[u8]) -> bool {
        let delimiter = self.delimiter;
        // No early exit: this way it is done many bytes at a time.
        let found = |found, byte: &u8| found | special(*byte, delimiter);
        !cell.iter().fold(false, found) && cell != self.null.as_bytes()
    }

    /// Whether this holds for every number and bool.
    pub(super) fn leaves_numbers(&self) -> bool {
        let in_number = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        self.null.is_empty() && !in_number(self.delimiter)
    }
}

fn special(byte: u8, delimiter: u8) -> bool {
    matches!(byte, b'"' | b'\r' | b'\n') || byte == delimiter
}

fn delimiter(words: &Words) -> Result<u8, ExportError> {
    match words.get("delimiter").map(str::as_bytes) {
        None => Ok(b','),
        Some(b"tab") => Ok(b'\t'),
        Some(&[byte]) if byte != b'"' && matches!(byte, b' '..=b'~' | b'\t') => Ok(byte),
        Some(_) => {
            let reason = "it is one character of ASCII that is no quote, or `tab`";
            Err(words.refused("delimiter", reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(word: &str, value: &str) -> Result<Dialect, ExportError> {
        Dialect::new(&Words::new("x.csv", [(word, value)]))
    }

    #[test]
    fn words_with_a_sense_are_taken() {
        let plain = Dialect::new(&Words::new("x.csv", [])).unwrap();
        assert_eq!((plain.delimiter, &*plain.null), (b',', ""));
        assert!(plain.header && !plain.escape_formulas);
        for (value, delimiter) in [(";", b';'), ("tab", b'\t'), ("\t", b'\t'), ("|", b'|')] {
            assert_eq!(of("delimiter", value).unwrap().delimiter, delimiter);
        }
        assert_eq!(of("null", "\\N").unwrap().null, "\\N");
        assert!(of("escape_formulas", "").unwrap().escape_formulas);
        assert!(!of("header", "false").unwrap().header);
    }

    #[test]
    fn others_are_refused() {
        for (word, value) in [
            ("delimiter", ""),
            ("delimiter", "\""),
            ("delimiter", ";;"),
            ("delimiter", "é"),
            ("delimiter", "\n"),
            ("delimiter", "\u{7f}"),
            ("null", "a,b"),
            ("null", "\""),
            ("null", "\n"),
            ("header", "no"),
            ("escape_formulas", "1"),
        ] {
            let error = of(word, value).unwrap_err().to_string();
            assert!(error.starts_with("`x.csv` has "), "{error}");
            assert!(error.contains(word) && !error.contains('\n'), "{error}");
        }
    }
}
