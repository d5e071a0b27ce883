//! One struct as the cells of a row.

use std::ops::Range;

use serde::Serialize;
use serde::ser::{self, Error as _, Impossible, Serializer};
use serde_json::{Error, Result};

use super::cell::{self, Wrote};
use super::dialect::Dialect;

/// One row after the other.
pub(super) struct Row {
    pub(super) columns: Vec<&'static str>,
    pub(super) dialect: Dialect,
    /// Where each column's cell is, quoted as need be.
    cells: Vec<Option<Range<usize>>>,
    /// The column that is expected next: those before it are written or left out.
    pub(super) next: usize,
    /// The cells came in the order of the columns.
    in_order: bool,
    /// For what has to be written anew.
    spare: Vec<u8>,
}

/// Space that grew beyond this is not kept for the next row.
const KEPT: usize = 1 << 20;

/// What makes a spreadsheet take text for a formula, as the first character (OWASP, CSV Injection;
/// ASVS 1.2.10).
const FORMULA: &[u8] = b"=+-@\t\r\n\0";

impl Row {
    pub(super) fn new(columns: Vec<&'static str>, dialect: Dialect) -> Self {
        Self {
            cells: vec![None; columns.len()],
            columns,
            dialect,
            next: 0,
            in_order: true,
            spare: Vec::new(),
        }
    }

    pub(super) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    pub(super) fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// Appends the line of the columns' names.
    pub(super) fn header(&mut self, out: &mut Vec<u8>) {
        let line = out.len();
        for number in 0..self.columns.len() {
            if number > 0 {
                out.push(self.dialect.delimiter);
            }
            let start = out.len();
            out.extend_from_slice(self.columns[number].as_bytes());
            self.quote(start, false, out);
        }
        end(line, out);
    }

    /// Appends a line with the fields of `item`, by their names. Missing ones are null.
    pub(super) fn line<T: Serialize + ?Sized>(
        &mut self,
        item: &T,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        self.cells.fill(None);
        self.next = 0;
        self.in_order = true;
        let line = out.len();
        item.serialize(Fill { row: self, out })?;
        if self.in_order {
            self.pass(self.columns.len(), out);
        } else {
            self.put_in_order(line, out);
        }
        end(line, out);
        Ok(())
    }

    /// Leaves out the columns before this one.
    pub(super) fn pass(&mut self, column: usize, out: &mut Vec<u8>) {
        for number in self.next..column {
            if number > 0 {
                out.push(self.dialect.delimiter);
            }
            out.extend_from_slice(self.dialect.null.as_bytes());
        }
    }

    /// Writes the line anew, from its cells.
    fn put_in_order(&mut self, line: usize, out: &mut Vec<u8>) {
        self.spare.clear();
        for (number, cell) in self.cells.iter().enumerate() {
            if number > 0 {
                self.spare.push(self.dialect.delimiter);
            }
            let null = self.dialect.null.as_bytes();
            let cell = cell.clone().map_or(null, |cell| &out[cell]);
            self.spare.extend_from_slice(cell);
        }
        out.truncate(line);
        out.extend_from_slice(&self.spare);
        self.spare.shrink_to(KEPT);
    }

    fn set<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<()> {
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
        self.in_order &= column >= self.next;
        if self.in_order {
            self.pass(column, out);
            if column > 0 {
                out.push(self.dialect.delimiter);
            }
        }
        let start = out.len();
        match cell::write(value, out)? {
            Wrote::Nothing => out.extend_from_slice(self.dialect.null.as_bytes()),
            wrote => self.quote(start, wrote == Wrote::Text, out),
        }
        self.cells[column] = Some(start..out.len());
        self.next = column + 1;
        Ok(())
    }

    /// Quotes the cell that begins at `start`, where RFC 4180 asks for it or it would be taken for
    /// null.
    pub(super) fn quote(&mut self, start: usize, text: bool, out: &mut Vec<u8>) {
        if text && self.dialect.escape_formulas && FORMULA.iter().any(|c| out.get(start) == Some(c))
        {
            out.insert(start, b'\'');
        }
        let cell = &out[start..];
        if self.dialect.is_bare(cell) {
            return;
        }
        self.spare.clear();
        self.spare.extend_from_slice(cell);
        out.truncate(start);
        quoted(&self.spare, out);
        self.spare.shrink_to(KEPT);
    }
}

/// Appends a cell in quotes, those in it doubled.
pub(super) fn quoted(cell: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    // Most have none.
    if cell.contains(&b'"') {
        for part in cell.split_inclusive(|byte| *byte == b'"') {
            out.extend_from_slice(part);
            if part.ends_with(b"\"") {
                out.push(b'"');
            }
        }
    } else {
        out.extend_from_slice(cell);
    }
    out.push(b'"');
}

/// Ends the line that begins at `line`. One that would be empty gets a pair of quotes, for readers
/// skip empty lines.
pub(super) fn end(line: usize, out: &mut Vec<u8>) {
    if out.len() == line {
        out.extend_from_slice(b"\"\"");
    }
    out.extend_from_slice(b"\r\n");
}

/// Serializes a struct or a map into a row, and nothing else.
struct Fill<'a> {
    row: &'a mut Row,
    out: &'a mut Vec<u8>,
}

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
            to: self,
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
        self.row.set(name, value, self.out)
    }

    fn end(self) -> Result<()> {
        Ok(())
    }
}

/// The entries of a map, whose keys name the columns.
struct Entries<'a> {
    to: Fill<'a>,
    key: Vec<u8>,
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key.clear();
        cell::write(key, &mut self.key).map(|_| ())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let name = String::from_utf8_lossy(&self.key);
        self.to.row.set(&name, value, self.to.out)
    }

    fn end(self) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn row(columns: &[&'static str], dialect: Dialect, item: impl Serialize) -> Result<String> {
        let mut out = b"before\n".to_vec();
        Row::new(columns.to_vec(), dialect).line(&item, &mut out)?;
        let text = String::from_utf8(out).unwrap();
        Ok(text.strip_prefix("before\n").unwrap().to_owned())
    }

    fn written(columns: &[&'static str], item: impl Serialize) -> Result<String> {
        row(columns, Dialect::default(), item)
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
    fn null_and_empty_text_are_told_apart() {
        let two = |a: Option<&'static str>, b| [("a", a), ("b", b)];
        let dialect = |null: &str| Dialect {
            null: null.to_owned(),
            ..Dialect::default()
        };
        for (null, a, b, line) in [
            ("", None, Some(""), ",\"\"\r\n"),
            ("\\N", None, Some(""), "\\N,\r\n"),
            ("\\N", Some("\\N"), Some("x"), "\"\\N\",x\r\n"),
        ] {
            let item = BTreeMap::from(two(a, b));
            assert_eq!(row(&["a", "b"], dialect(null), item).unwrap(), line);
        }
        let missing = BTreeMap::from([("b", 1)]);
        let missing = row(&["a", "b", "c"], dialect("-"), missing).unwrap();
        assert_eq!(missing, "-,1,-\r\n");
        assert_eq!(
            written(&["a"], BTreeMap::from([("a", ())])).unwrap(),
            "\"\"\r\n"
        );
    }

    #[test]
    fn formulas_are_marked_as_text_and_numbers_are_not() {
        let dialect = || Dialect {
            escape_formulas: true,
            ..Dialect::default()
        };
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@a", "'@a"),
            ("\t=", "'\t="),
            ("\0=", "'\0="),
            ("\r=", "\"'\r=\""),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
            ("a=1", "a=1"),
            ("'=1", "'=1"),
        ] {
            let item = BTreeMap::from([("a", text)]);
            assert_eq!(row(&["a"], dialect(), item).unwrap(), format!("{cell}\r\n"));
        }
        let number = BTreeMap::from([("a", -1)]);
        assert_eq!(row(&["a"], dialect(), number).unwrap(), "-1\r\n");
        let infinite = BTreeMap::from([("a", f64::NEG_INFINITY)]);
        assert_eq!(row(&["a"], dialect(), infinite).unwrap(), "-inf\r\n");
        let list = BTreeMap::from([("a", ["=1"])]);
        assert_eq!(
            row(&["a"], dialect(), list).unwrap(),
            "\"[\"\"=1\"\"]\"\r\n"
        );
    }

    #[test]
    fn another_delimiter_is_what_asks_for_quotes() {
        let dialect = || Dialect {
            delimiter: b';',
            ..Dialect::default()
        };
        let item = || BTreeMap::from([("a", "x,y"), ("b", "x;y")]);
        assert_eq!(
            row(&["a", "b"], dialect(), item()).unwrap(),
            "x,y;\"x;y\"\r\n"
        );
        assert_eq!(
            row(&["b", "a"], dialect(), item()).unwrap(),
            "\"x;y\";x,y\r\n"
        );
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
