//! One JSON array of objects (RFC 8259).

use huntsman_core::{ExportError, Record, Schema};

use super::indent::indent;
use super::object::Objects;
use super::{begins, is_space};
use crate::format::{Encode, Ends, Format, Keep};
use crate::words::Words;

/// One JSON array of objects (RFC 8259): `json`.
///
/// | word | |
/// |---|---|
/// | `indent` | by how many spaces the members of an object are indented, each on a line of its own; 0, the default: an object a line |
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Format for Json {
    fn names(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn words(&self) -> &'static [&'static str] {
        &["indent"]
    }

    fn encoder(
        &self,
        schemas: &'static [&'static Schema],
        words: &Words,
    ) -> Result<Box<dyn Encode>, ExportError> {
        Ok(Box::new(Array(Objects::new(schemas, indent(words)?))))
    }
}

/// `[`, one object a line, `]`. With an indent, an object's members are on lines of their own, and
/// its braces are not indented, as Scrapy has it.
struct Array(Objects);

impl Encode for Array {
    fn label(&self) -> &'static str {
        "a JSON array"
    }

    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        out.push(b'[');
        Ok(())
    }

    fn separate(&self, first: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(if first { b"\n" } else { b",\n" });
    }

    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
        self.0.write(&*record.item, out)
    }

    fn end(&mut self, empty: bool, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend_from_slice(if empty { b"]\n" } else { b"\n]\n" });
        Ok(())
    }

    fn append(&mut self, old: &Ends) -> Result<Keep, String> {
        let not_space = |byte: &u8| !is_space(byte);
        let Some(open) = old.head.iter().position(not_space) else {
            return Err("it begins with white space only".to_owned());
        };
        if old.head[open] != b'[' {
            return Err(begins(&old.head[open..]));
        }
        let Some(close) = old.tail.iter().rposition(not_space) else {
            return Err("it ends with white space only".to_owned());
        };
        if old.tail[close] != b']' {
            return Err("it does not end with `]`: it may have been cut off".to_owned());
        }
        let Some(last) = old.tail[..close].iter().rposition(not_space) else {
            return Err("there is only white space before its `]`".to_owned());
        };
        let keep = old.len - old.tail.len() as u64 + last as u64 + 1;
        let empty = keep == open as u64 + 1;
        let first = old.head[open + 1..].iter().find(|byte| not_space(byte));
        if !empty && first.is_some_and(|first| *first != b'{') {
            return Err("its first element is not an object".to_owned());
        }
        if !empty && old.tail[last] != b'}' {
            return Err("its last element is not an object".to_owned());
        }
        Ok(Keep {
            keep,
            joint: b"",
            empty,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(text: &str) -> Result<Keep, String> {
        let all = text.as_bytes().to_vec();
        Array(Objects::new(&[], "")).append(&Ends {
            len: all.len() as u64,
            head: all.clone(),
            tail: all,
        })
    }

    #[test]
    fn an_array_of_objects_is_gone_on_with_after_its_last() {
        for (text, keep, empty) in [
            ("[]", 1, true),
            (" [ \n] \n", 2, true),
            ("[{}]", 3, false),
            ("[\n{\"a\":1}\n]\n", 9, false),
            ("[{},\n {} ]", 8, false),
        ] {
            assert_eq!(
                append(text),
                Ok(Keep {
                    keep,
                    joint: b"",
                    empty
                }),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            " \n", "{}", "<html>]", "[{}", "[{},]", "[1,2]", "[{},2]", "[1,{}]", "]", "[", "\"[]\"",
        ] {
            assert!(append(text).is_err(), "{text}");
        }
    }
}
