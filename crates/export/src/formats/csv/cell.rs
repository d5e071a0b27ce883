//! One value as the text of a cell, before quoting.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

/// Appends `value` to `out`: text as it is, numbers and bools as JSON has them, null, NaN and
/// infinity as nothing, and everything with an inside as its JSON text.
pub(super) fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Cell { depth: 0 }))
}

/// JSON, but text and null outside of any array or object are bare.
struct Cell {
    depth: usize,
}

impl Cell {
    fn inside(&self) -> bool {
        self.depth > 0
    }
}

/// serde_json's own way to write.
struct Json;
impl Formatter for Json {}

impl Formatter for Cell {
    fn write_null<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.inside() {
            Json.write_null(writer)
        } else {
            Ok(())
        }
    }

    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.inside() {
            Json.begin_string(writer)
        } else {
            Ok(())
        }
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.inside() {
            Json.end_string(writer)
        } else {
            Ok(())
        }
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        if self.inside() {
            return Json.write_char_escape(writer, escape);
        }
        writer.write_all(&[match escape {
            CharEscape::Quote => b'"',
            CharEscape::ReverseSolidus => b'\\',
            CharEscape::Solidus => b'/',
            CharEscape::Backspace => 0x08,
            CharEscape::FormFeed => 0x0c,
            CharEscape::LineFeed => b'\n',
            CharEscape::CarriageReturn => b'\r',
            CharEscape::Tab => b'\t',
            CharEscape::AsciiControl(byte) => byte,
        }])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        Json.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        Json.end_array(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        Json.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        Json.end_object(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn cell(value: impl Serialize) -> String {
        let mut out = Vec::new();
        write(&value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[derive(Serialize)]
    enum Size {
        Small,
        Tall(u8),
    }

    #[test]
    fn scalars_are_bare() {
        assert_eq!(cell("a \"b\"\n\t\u{1}\\/é"), "a \"b\"\n\t\u{1}\\/é");
        assert_eq!(cell('x'), "x");
        assert_eq!((cell(true), cell(-1.5), cell(1.0), cell(u64::MAX)), {
            (
                "true".into(),
                "-1.5".into(),
                "1.0".into(),
                "18446744073709551615".into(),
            )
        });
        assert_eq!(cell(Some(3)), "3");
        assert_eq!(cell(Size::Small), "Small");
    }

    #[test]
    fn what_is_not_there_is_empty() {
        assert_eq!(
            cell(None::<u8>) + &cell(()) + &cell(f64::NAN) + &cell(f32::INFINITY),
            ""
        );
    }

    #[test]
    fn what_has_an_inside_is_json() {
        assert_eq!(cell(["a", "\n"]), r#"["a","\n"]"#);
        assert_eq!(cell((None::<u8>, 1, f64::NAN)), "[null,1,null]");
        assert_eq!(cell(BTreeMap::from([("k", vec!["v"])])), r#"{"k":["v"]}"#);
        assert_eq!(cell(Size::Tall(2)), r#"{"Tall":2}"#);
        assert_eq!(cell(Vec::<u8>::new()), "[]");
    }
}
