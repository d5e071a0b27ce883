//! JSON documents one after another: the lines of a file, or the elements of one array.

use std::io::{self, BufRead, Read as _};

use serde_json::Value;
use thiserror::Error;

/// The most bytes of one document: 1 GiB.
pub const MAX_DOCUMENT: u64 = 1 << 30;

/// Reads JSON Lines or, if the first character is `[`, one array, a document at a time. Empty lines
/// are passed over; memory is that of one document.
#[derive(Debug)]
pub struct Documents<R> {
    input: R,
    state: State,
    /// The line that was read last, from 1 on.
    line: u64,
    buffer: Vec<u8>,
    most: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// Nothing was read.
    Start,
    Lines,
    /// Within an array, before an element; the flag says whether it may end here.
    Array(bool),
    /// Behind an array.
    Behind,
    End,
}

/// Why a document could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is no JSON. The next one may be.
    #[error("line {line}: {problem}")]
    NotJson {
        /// Where it starts, or the line of the error.
        line: u64,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Nothing more can be read.
    #[error("line {line}: {source}")]
    Input {
        /// The line that was being read.
        line: u64,
        /// What failed.
        source: io::Error,
    },
}

/// A document, and the line on which it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// From 1 on.
    pub line: u64,
    /// What it says.
    pub value: Value,
}

impl<R: BufRead> Documents<R> {
    /// Reads from `input`.
    pub fn new(input: R) -> Self {
        Self {
            input,
            state: State::Start,
            line: 0,
            buffer: Vec::new(),
            most: MAX_DOCUMENT,
        }
    }

    /// Passes over a byte-order mark and empty lines, and sees what is there.
    fn start(&mut self) -> io::Result<State> {
        self.line = 1;
        for byte in b"\xef\xbb\xbf" {
            if self.input.fill_buf()?.first() == Some(byte) {
                self.input.consume(1);
            }
        }
        Ok(match self.space()? {
            Some(b'[') => {
                self.input.consume(1);
                State::Array(true)
            }
            _ => {
                self.line -= 1;
                State::Lines
            }
        })
    }

    /// Passes over white space; the byte behind it.
    fn space(&mut self) -> io::Result<Option<u8>> {
        loop {
            let Some(byte) = self.input.fill_buf()?.first().copied() else {
                return Ok(None);
            };
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.input.consume(1);
        }
    }

    fn next_document(&mut self) -> io::Result<Option<Result<Document, DocumentError>>> {
        if self.state == State::Start {
            self.state = self.start()?;
        }
        loop {
            match self.state {
                State::Start | State::End => return Ok(None),
                State::Lines => return self.next_line(),
                State::Array(may_end) => match self.space()? {
                    Some(b']') if may_end => {
                        self.input.consume(1);
                        self.state = State::Behind;
                    }
                    Some(_) => return self.next_element().map(Some),
                    None => {
                        self.state = State::End;
                        return Ok(Some(
                            self.problem("the array has no end: the file is cut off"),
                        ));
                    }
                },
                State::Behind => {
                    self.state = State::End;
                    if self.space()?.is_some() {
                        return Ok(Some(
                            self.problem("something stands behind the array's end"),
                        ));
                    }
                }
            }
        }
    }

    fn next_line(&mut self) -> io::Result<Option<Result<Document, DocumentError>>> {
        loop {
            self.buffer.clear();
            self.line += 1;
            let mut bounded = (&mut self.input).take(self.most + 1);
            if bounded.read_until(b'\n', &mut self.buffer)? == 0 {
                self.state = State::End;
                return Ok(None);
            }
            if self.buffer.len() as u64 > self.most && !self.buffer.ends_with(b"\n") {
                self.buffer.clear();
                self.input.skip_until(b'\n')?;
                return Ok(Some(self.too_long()));
            }
            if !self.buffer.trim_ascii().is_empty() {
                return Ok(Some(self.parsed(self.line)));
            }
        }
    }

    /// Reads up to the comma or bracket behind an element.
    fn next_element(&mut self) -> io::Result<Result<Document, DocumentError>> {
        self.buffer.clear();
        let start = self.line;
        let mut scan = Scan::default();
        let mut long = false;
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                self.state = State::End;
                return Ok(self.problem("the array has no end: the file is cut off"));
            }
            let end = bytes.iter().position(|byte| scan.ends_before(*byte));
            let taken = &bytes[..end.unwrap_or(bytes.len())];
            self.line += taken.iter().filter(|byte| **byte == b'\n').count() as u64;
            long |= (self.buffer.len() + taken.len()) as u64 > self.most;
            if !long {
                self.buffer.extend_from_slice(taken);
            }
            let closed = end.map(|end| bytes[end] == b']');
            let count = taken.len() + usize::from(end.is_some());
            self.input.consume(count);
            if let Some(closed) = closed {
                self.state = if closed {
                    State::Behind
                } else {
                    State::Array(false)
                };
                return Ok(if long {
                    self.too_long()
                } else {
                    self.parsed(start)
                });
            }
        }
    }

    fn parsed(&self, line: u64) -> Result<Document, DocumentError> {
        let text = self.buffer.trim_ascii_end();
        match serde_json::from_slice(text) {
            Ok(value) => Ok(Document { line, value }),
            Err(error) => Err(DocumentError::NotJson {
                line: line + (error.line() as u64).saturating_sub(1),
                problem: explained(text, &error),
            }),
        }
    }

    fn problem(&self, problem: &str) -> Result<Document, DocumentError> {
        Err(DocumentError::NotJson {
            line: self.line,
            problem: problem.to_owned(),
        })
    }

    fn too_long(&self) -> Result<Document, DocumentError> {
        self.problem(&format!(
            "the item is longer than {} bytes, the most that is read",
            self.most
        ))
    }
}

impl<R: BufRead> Iterator for Documents<R> {
    type Item = Result<Document, DocumentError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.next_document() {
            Ok(document) => document,
            Err(source) => {
                self.state = State::End;
                let line = self.line;
                Some(Err(DocumentError::Input { line, source }))
            }
        }
    }
}

/// Where an element of an array ends.
#[derive(Default)]
struct Scan {
    depth: usize,
    text: bool,
    escaped: bool,
}

impl Scan {
    /// Whether the element ended before this byte.
    fn ends_before(&mut self, byte: u8) -> bool {
        if self.text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.text = true,
            b'{' | b'[' => self.depth += 1,
            b',' | b']' | b'}' if self.depth == 0 => return byte != b'}',
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        false
    }
}

/// What is wrong with a text that is no JSON, and what to do where that is known.
fn explained(text: &[u8], error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let reason = whole.split(" at line ").next().unwrap_or(&whole);
    let column = error.column();
    let earlier = text
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1));
    let at = earlier.map(<[u8]>::len).sum::<usize>() + column;
    let near = &text[at.saturating_sub(2).min(text.len())..];
    let wrong = near.get(..2.min(near.len())).unwrap_or_default();
    let hint = if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        ": the file is UTF-16, and JSON is UTF-8"
    } else if [&b"NaN"[..], b"Infinity", b"-Infinity"]
        .iter()
        .any(|word| (0..=2).any(|skip| near.get(skip..).is_some_and(|near| near.starts_with(word))))
    {
        ": JSON has no NaN and no infinity; write null"
    } else if wrong.contains(&0) {
        ": a NUL byte; within text it is written \\u0000"
    } else if reason.contains("surrogate") || reason.contains("hex escape") {
        ": half a surrogate pair is no character; write both halves, or the character itself"
    } else {
        ""
    };
    format!("column {column}: {reason}{hint}")
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use serde_json::json;

    use super::*;

    fn read(text: &[u8]) -> Vec<Result<(u64, Value), String>> {
        // Of two bytes at a time, so that every border between reads is met.
        let input = BufReader::with_capacity(2, text);
        let documents = Documents::new(input).map(|document| match document {
            Ok(document) => Ok((document.line, document.value)),
            Err(error) => Err(error.to_string()),
        });
        documents.take(20).collect()
    }

    #[test]
    fn lines_are_read_with_their_numbers() {
        assert_eq!(
            read(b"\n{\"a\": 1}\n\r\n  {\"a\": [2]}\r\n\"x\""),
            [
                Ok((2, json!({"a": 1}))),
                Ok((4, json!({"a": [2]}))),
                Ok((5, json!("x"))),
            ]
        );
        assert_eq!(read(b""), []);
        assert_eq!(read(b" \n\n"), []);
    }

    #[test]
    fn an_array_is_read_by_its_elements() {
        let text = "\u{feff}\n[\n {\"a\": \"],\\\"[{\"},\n\n {\"b\": [1, {\"c\": 2}]}\n, 3,[]\n]\n";
        assert_eq!(
            read(text.as_bytes()),
            [
                Ok((3, json!({"a": "],\"[{"}))),
                Ok((5, json!({"b": [1, {"c": 2}]}))),
                Ok((6, json!(3))),
                Ok((6, json!([]))),
            ]
        );
        assert_eq!(read(b"[]"), []);
        assert_eq!(read(b" [ ] "), []);
    }

    #[test]
    fn what_is_no_json_is_told_and_passed_over() {
        for (text, problem) in [
            (
                "{\"a\": NaN}",
                "line 2: column 7: expected value: JSON has no NaN and no infinity; write null",
            ),
            (
                "{\"a\": -Infinity}",
                "line 2: column 8: invalid number: JSON has no NaN and no infinity; write null",
            ),
            (
                "{\"a\": \"\\ud800\"}",
                "line 2: column 14: unexpected end of hex escape: half a surrogate pair is no character; write both halves, or the character itself",
            ),
            (
                "{\"a\": \"\\udc00x\"}",
                "line 2: column 13: lone leading surrogate in hex escape: half a surrogate pair is no character; write both halves, or the character itself",
            ),
            (
                "{\"a\": \"x\u{0}\"}",
                "line 2: column 9: control character (\\u0000-\\u001F) found while parsing a string: a NUL byte; within text it is written \\u0000",
            ),
            ("{\"a\": 1", "line 2: column 7: EOF while parsing an object"),
            ("{\"a\": 1} 2", "line 2: column 10: trailing characters"),
        ] {
            let lines = format!("1\n{text}\n3\n");
            assert_eq!(
                read(lines.as_bytes()),
                [
                    Ok((1, json!(1))),
                    Err(problem.to_owned()),
                    Ok((3, json!(3)))
                ],
                "{text}"
            );
        }
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(
            read(format!("1\n{deep}").as_bytes())[1],
            Err("line 2: column 128: recursion limit exceeded".to_owned())
        );
        let lines = [b"1\n{\"a\": \"\xff\"}\n".as_slice(), b"\xff\xfe{\0}\0\n"].concat();
        let problems = read(&lines);
        assert!(
            problems[1]
                .as_ref()
                .is_err_and(|e| e.contains("invalid unicode")),
            "{problems:?}"
        );
        assert!(
            problems[2].as_ref().is_err_and(|e| e.contains("UTF-16")),
            "{problems:?}"
        );
    }

    #[test]
    fn an_array_goes_on_behind_an_element_that_is_no_json() {
        assert_eq!(
            read(b"[1,\n {\"a\": nul},\n 3]"),
            [
                Ok((1, json!(1))),
                Err("line 2: column 10: expected ident".to_owned()),
                Ok((3, json!(3))),
            ]
        );
    }

    #[test]
    fn an_array_has_an_end_and_nothing_behind_it() {
        for (text, problem) in [
            ("[1", "line 1: the array has no end: the file is cut off"),
            ("[1,\n", "line 2: the array has no end: the file is cut off"),
            ("[1] {}", "line 1: something stands behind the array's end"),
            ("[1,]", "line 1: column 0: EOF while parsing a value"),
        ] {
            assert_eq!(
                read(text.as_bytes()).last(),
                Some(&Err(problem.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn a_document_without_end_takes_no_memory_without_end() {
        let bounded = |text: &'static str| {
            let mut documents = Documents::new(text.as_bytes());
            documents.most = 8;
            documents
        };
        for text in ["1\n\"12345678\"\n3\n", "[1,\n\"12345678\",\n3]"] {
            let found: Vec<_> = bounded(text).collect();
            assert!(matches!(&found[0], Ok(one) if one.value == 1));
            let problem = found[1].as_ref().unwrap_err().to_string();
            assert!(problem.ends_with("the item is longer than 8 bytes, the most that is read"));
            assert!(matches!(&found[2], Ok(three) if three.value == 3 && three.line == 3));
            assert_eq!(found.len(), 3);
        }
        let fits: Vec<_> = bounded("\"123456\"\n2").map(Result::unwrap).collect();
        assert_eq!(fits.len(), 2);
    }

    #[test]
    fn a_failing_input_ends_it() {
        struct Failing;
        impl io::Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        let mut documents = Documents::new(BufReader::new(b"1\n".chain(Failing)));
        assert!(documents.next().unwrap().is_ok());
        let error = documents.next().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "line 2: the disk is gone");
        assert!(matches!(error, DocumentError::Input { .. }));
        assert!(documents.next().is_none());
    }
}
