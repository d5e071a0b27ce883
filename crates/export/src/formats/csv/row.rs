//! One struct as the cells of a row.

use std::ops::Range;

use serde::Serialize;
use serde::ser::{self, Error as _, Impossible, Serializer};
use serde_json::{Error, Result};

use super::cell;

/// The cells of one row, reused for the next.
pub(super) struct Row {
    columns: Vec<&'static str>,
    /// Where each column's cell is in `text`.
    cells: Vec<Option<Range<usize>>>,
    text: Vec<u8>,
    /// The column that is expected next.
    next: usize,
}

/// A row that grew beyond this is not kept for the next.
const KEPT: usize = 1 << 20;

impl Row {
    pub(super) fn new(columns: Vec<&'static str>) -> Self {
        Self {
            cells: vec![None; columns.len()],
            columns,
            text: Vec::new(),
            next: 0,
        }
    }

    pub(super) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// Takes the cells from `item`, by the names of its fields. Missing ones are empty.
    pub(super) fn fill(&mut self, item: &dyn erased_serde::Serialize) -> Result<()> {
        self.cells.fill(None);
        self.text.clear();
        self.text.shrink_to(KEPT);
        self.next = 0;
        item.serialize(Fill(self))
    }

    /// The cells in the order of the columns, not quoted.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        self.cells
            .iter()
            .map(|cell| cell.clone().map_or(&[][..], |cell| &self.text[cell]))
    }

    fn set<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<()> {
        let column = if self.columns.get(self.next) == Some(&name) {
            Some(self.next)
        } else {
            self.columns.iter().position(|column| *column == name)
        };
        let Some(column) = column else {
            return Err(Error::custom(format!(
                "its field `{name}` is not in its schema"
            )));
        };
        if self.cells[column].is_some() {
            return Err(Error::custom(format!(
                "its field `{name}` is written twice"
            )));
        }
        let start = self.text.len();
        cell::write(value, &mut self.text)?;
        self.cells[column] = Some(start..self.text.len());
        self.next = column + 1;
        Ok(())
    }
}

/// Appends one line of cells, quoted where RFC 4180 asks for it, with its `\r\n`.
///
/// A line that would be empty gets a pair of quotes, for readers skip empty lines.
pub(super) fn line<'a>(cells: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) {
    let start = out.len();
    for (number, cell) in cells.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        quoted(cell, out);
    }
    if out.len() == start {
        out.extend_from_slice(b"\"\"");
    }
    out.extend_from_slice(b"\r\n");
}

fn quoted(cell: &[u8], out: &mut Vec<u8>) {
    // No early exit: this way it is done many bytes at a time.
    let special = |byte: u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    if !cell
        .iter()
        .fold(false, |found, byte| found | special(*byte))
    {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for part in cell.split_inclusive(|byte| *byte == b'"') {
        out.extend_from_slice(part);
        if part.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

/// Serializes a struct or a map into a row, and nothing else.
struct Fill<'a>(&'a mut Row);

fn refused<T>() -> Result<T> {
    Err(Error::custom("it is not written as a struct or a map"))
}

macro_rules! refuse {
    ($($method:ident($($arg:ty),*) -> $ok:ty;)+) => {
        $(fn $method(self, $(_: $arg),*) -> Result<$ok> { refused() })+
    };
}

type Never = Impossible<(), Error>;

impl<'a> Serializer for Fill<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Never;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'a>> {
        Ok(Entries {
            row: self.0,
            key: Vec::new(),
        })
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<()> {
        refused()
    }

    refuse! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

impl ser::SerializeStruct for Fill<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<()> {
        self.0.set(name, value)
    }

    fn end(self) -> Result<()> {
        Ok(())
    }
}

/// The entries of a map, whose keys name the columns.
struct Entries<'a> {
    row: &'a mut Row,
    key: Vec<u8>,
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key.clear();
        cell::write(key, &mut self.key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.row.set(&String::from_utf8_lossy(&self.key), value)
    }

    fn end(self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn written(columns: &[&'static str], item: impl Serialize) -> Result<String> {
        let mut row = Row::new(columns.to_vec());
        let mut out = Vec::new();
        row.fill(&item)?;
        line(row.cells(), &mut out);
        Ok(String::from_utf8(out).unwrap())
    }

    #[derive(Serialize)]
    struct Pair {
        b: u8,
        a: &'static str,
    }

    #[test]
    fn cells_go_by_name_and_missing_ones_are_empty() {
        let pair = Pair { b: 1, a: "x" };
        assert_eq!(written(&["a", "b"], &pair).unwrap(), "x,1\r\n");
        assert_eq!(written(&["b", "c", "a", "d"], &pair).unwrap(), "1,,x,\r\n");
        assert_eq!(
            written(&["x", "y"], BTreeMap::from([("y", 2)])).unwrap(),
            ",2\r\n"
        );
    }

    #[test]
    fn special_characters_are_quoted() {
        for (text, cell) in [
            ("plain é;\t", "plain é;\t"),
            ("a,b", "\"a,b\""),
            ("\"", "\"\"\"\""),
            ("say \"a\"!", "\"say \"\"a\"\"!\""),
            ("a\nb", "\"a\nb\""),
            ("a\rb", "\"a\rb\""),
            ("", "\"\""),
        ] {
            assert_eq!(
                written(&["a"], BTreeMap::from([("a", text)])).unwrap(),
                cell.to_owned() + "\r\n"
            );
        }
    }

    #[test]
    fn a_field_outside_of_the_schema_is_an_error() {
        let error = written(&["a"], Pair { b: 1, a: "x" })
            .unwrap_err()
            .to_string();
        assert_eq!(error, "its field `b` is not in its schema");
    }

    #[test]
    fn only_structs_and_maps_are_rows() {
        assert!(written(&["a"], 1).is_err());
        assert!(written(&["a"], ["a"]).is_err());
        assert!(written(&["a"], "a").is_err());
        assert!(written(&["a"], None::<Pair>).is_err());
    }
}
