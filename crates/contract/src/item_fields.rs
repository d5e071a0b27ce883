//! An item as a record of Avro, field by field where it comes so.

use std::ptr;

use huntsman_avro::RecordFields;
use huntsman_core::AnyItem;
use huntsman_core::visit::{NotVisited, Visit, Visited};
use serde::Serialize;
use serde_bytes::Bytes;

/// Writes items of one type, field by field, without serde for those that are scalars: an item costs
/// half as much so. It keeps where each field was when it last came: a name that is the same text in
/// memory need not be compared nor looked up again.
///
/// ```
/// use huntsman_avro::{AvroSchema, Encoder};
/// use huntsman_contract::ItemFields;
/// # use huntsman_core::{Field, FieldType, Item, Schema, visit};
/// # #[derive(serde::Serialize)]
/// # struct Book { title: String, pages: u16 }
/// # static BOOK: Schema = Schema::new("Book", &[Field::new("title", String::KIND), Field::new("pages", u16::KIND)]);
/// # impl Item for Book {
/// #     fn schemas() -> &'static [&'static Schema] { static ALL: &[&Schema] = &[&BOOK]; ALL }
/// #     fn schema(&self) -> &'static Schema { &BOOK }
/// #     fn fields(&self) -> &dyn erased_serde::Serialize { self }
/// #     fn visit(&self, to: &mut dyn visit::Visit) -> visit::Visited { visit::fields(self, to) }
/// # }
/// let schema = huntsman_contract::avro_schema(&BOOK)?;
/// let (encoder, mut fields, mut bytes) = (Encoder::new(&schema), ItemFields::default(), Vec::new());
/// let emma = Book { title: "Emma".to_owned(), pages: 474 };
/// assert!(encoder.encode_fields(None, &mut bytes, |record| fields.write(&emma, record)));
/// assert_eq!(bytes, b"\x08Emma\xb4\x07");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ItemFields(Vec<(&'static str, usize)>);

impl ItemFields {
    /// Hands the fields of an item to a record. Whether it did: it does not if the item does not come
    /// in fields, or one of them does not fit; what the encoder does with the item as a whole says why.
    pub fn write(&mut self, item: &dyn AnyItem, fields: &mut RecordFields<'_>) -> bool {
        let mut record = Record {
            fields,
            known: &mut self.0,
            count: 0,
        };
        item.visit(&mut record).is_ok()
    }
}

/// A record that is being written.
struct Record<'a, 'b> {
    fields: &'a mut RecordFields<'b>,
    known: &'a mut Vec<(&'static str, usize)>,
    /// Fields that have come.
    count: usize,
}

impl Record<'_, '_> {
    #[inline]
    fn next(&mut self, name: &'static str) -> Result<usize, NotVisited> {
        let number = match self.known.get(self.count) {
            Some((known, number)) if ptr::eq(*known, name) => *number,
            _ => self.learn(name)?,
        };
        self.count += 1;
        Ok(number)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Visited {
        let number = self.next(name)?;
        self.fields.set(number, value).map_err(|_| NotVisited)
    }

    #[cold]
    fn learn(&mut self, name: &'static str) -> Result<usize, NotVisited> {
        let number = self.fields.number(name).map_err(|_| NotVisited)?;
        self.known.truncate(self.count);
        self.known.push((name, number));
        Ok(number)
    }
}

impl Visit for Record<'_, '_> {
    fn null(&mut self, field: &'static str) -> Visited {
        let number = self.next(field)?;
        self.fields.set_null(number).map_err(|_| NotVisited)
    }

    fn bool(&mut self, field: &'static str, value: bool) -> Visited {
        let number = self.next(field)?;
        self.fields.set_bool(number, value).map_err(|_| NotVisited)
    }

    fn int(&mut self, field: &'static str, value: i64) -> Visited {
        let number = self.next(field)?;
        self.fields.set_long(number, value).map_err(|_| NotVisited)
    }

    fn uint(&mut self, field: &'static str, value: u64) -> Visited {
        match i64::try_from(value) {
            Ok(value) => self.int(field, value),
            Err(_) => self.field(field, &value),
        }
    }

    fn f32(&mut self, field: &'static str, value: f32) -> Visited {
        let number = self.next(field)?;
        self.fields.set_float(number, value).map_err(|_| NotVisited)
    }

    fn f64(&mut self, field: &'static str, value: f64) -> Visited {
        let number = self.next(field)?;
        self.fields
            .set_double(number, value)
            .map_err(|_| NotVisited)
    }

    fn text(&mut self, field: &'static str, value: &str) -> Visited {
        let number = self.next(field)?;
        self.fields.set_text(number, value).map_err(|_| NotVisited)
    }

    fn bytes(&mut self, field: &'static str, value: &[u8]) -> Visited {
        self.field(field, Bytes::new(value))
    }

    fn other(&mut self, field: &'static str, value: &dyn erased_serde::Serialize) -> Visited {
        self.field(field, value)
    }
}
