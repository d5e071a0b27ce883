//! The header of a record: named fields.

use std::fmt::Write as _;
use std::io::{self, BufRead, Read as _};

/// The longest header that is read: hostile files must not fill the memory.
const LONGEST: u64 = 1 << 20;

/// The header of a WARC record.
///
/// ```
/// use huntsman_warc::Header;
/// let text = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 5\r\n\r\nhello";
/// let header = Header::read(&mut &text[..]).unwrap().unwrap();
/// assert_eq!(header.get("warc-type"), Some("resource"));
/// assert_eq!(header.length().unwrap(), 5);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    fields: Vec<(String, String)>,
}

impl Header {
    /// Reads a header, with its version line and the empty line behind it; none at the end of input.
    ///
    /// # Errors
    /// It is no header of a WARC record, it is cut off, longer than 1 MiB, or cannot be read.
    pub fn read(input: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut input = input.take(LONGEST);
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if !line.starts_with(b"WARC/") {
            return Err(io::Error::other("no record begins here"));
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        loop {
            line.clear();
            input.read_until(b'\n', &mut line)?;
            if !line.ends_with(b"\n") {
                return Err(match input.limit() {
                    0 => io::Error::other("the header is longer than 1 MiB"),
                    _ => io::Error::from(io::ErrorKind::UnexpectedEof),
                });
            }
            let text = String::from_utf8_lossy(line.trim_ascii_end());
            if text.is_empty() {
                return Ok(Some(Self { fields }));
            }
            if text.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
                continue;
            }
            let (name, value) = text
                .split_once(':')
                .ok_or_else(|| io::Error::other("a line of the header has no colon"))?;
            fields.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }

    /// The first field of this name, in whatever case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// All fields of this name, in their order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.fields.iter();
        let named = fields.filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The `WARC-Type`, in lower case.
    #[must_use]
    pub fn kind(&self) -> String {
        self.get("WARC-Type").unwrap_or_default().to_lowercase()
    }

    /// The `WARC-Target-URI`, also where it stands in angle brackets, as Wget writes it.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        let target = self.get("WARC-Target-URI")?;
        let inner = target.strip_prefix('<').and_then(|t| t.strip_suffix('>'));
        Some(inner.unwrap_or(target))
    }

    /// Bytes of the block behind the header.
    ///
    /// # Errors
    /// There is no readable `Content-Length`.
    pub fn length(&self) -> io::Result<u64> {
        let length = self.get("Content-Length").and_then(|n| n.parse().ok());
        length.ok_or_else(|| io::Error::other("the record has no readable Content-Length"))
    }

    pub(crate) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.fields.push((name.to_owned(), value.into()));
    }

    /// As it stands in a file, the empty line included.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from("WARC/1.1\r\n");
        for (name, value) in &self.fields {
            // Writing to a String does not fail.
            write!(text, "{name}: {value}\r\n").unwrap_or_default();
        }
        text.push_str("\r\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Header>, String> {
        Header::read(&mut text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn folded_lines_bare_line_feeds_and_brackets_are_read() {
        let header = read(
            "WARC/1.0\nWARC-Target-URI: <http://a.example/>\nX: a\n  b\nwarc-type: Response\n\n",
        );
        let header = header.unwrap().unwrap();
        assert_eq!(header.target(), Some("http://a.example/"));
        assert_eq!(header.get("x"), Some("a b"));
        assert_eq!(header.kind(), "response");
        assert_eq!(
            header.length().unwrap_err().to_string(),
            "the record has no readable Content-Length"
        );
    }

    #[test]
    fn what_is_no_header_is_refused() {
        assert_eq!(read("").unwrap(), None);
        assert!(read("HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(read("WARC/1.1\r\nWARC-Type: response\r\n").is_err());
        assert!(read("WARC/1.1\r\nno colon\r\n\r\n").is_err());
        let long = format!("WARC/1.1\r\nX: {}\r\n\r\n", "x".repeat(2 << 20));
        assert!(read(&long).unwrap_err().contains("1 MiB"));
    }
}
