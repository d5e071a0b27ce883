//! One item as a value of a container file, field by field where it comes so.

use std::ptr;

use huntsman_avro::RecordFields;
use huntsman_avro::container::ContainerWriter;
use huntsman_core::AnyItem;
use huntsman_core::visit::{NotVisited, Visit, Visited};
use serde::Serialize;

use crate::formats::bytes::Bytes;

/// What is known of a type's fields: where each was when it last came.
///
/// A name that is the same text in memory need not be compared nor looked up again.
#[derive(Debug, Default)]
pub(super) struct Known(Vec<(&'static str, usize)>);

/// Appends an item; where the file has several types, as the one of this number.
pub(super) fn append(
    writer: &mut ContainerWriter<Vec<u8>>,
    branch: Option<usize>,
    item: &dyn AnyItem,
    known: &mut Known,
) -> Result<(), String> {
    let visited = writer.append_fields(branch, |fields| {
        let mut record = Record {
            fields,
            known,
            count: 0,
        };
        item.visit(&mut record).is_ok()
    });
    if visited.map_err(|error| error.to_string())? {
        return Ok(());
    }
    let appended = match branch {
        Some(branch) => writer.append_branch(branch, item.fields()),
        None => writer.append(item.fields()),
    };
    appended.map_err(|error| error.to_string())
}

/// A record that is being written.
struct Record<'a, 'b> {
    fields: &'a mut RecordFields<'b>,
    known: &'a mut Known,
    /// Fields that have come.
    count: usize,
}

impl Record<'_, '_> {
    #[inline]
    fn next(&mut self, name: &'static str) -> Result<usize, NotVisited> {
        let number = match self.known.0.get(self.count) {
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
        self.known.0.truncate(self.count);
        self.known.0.push((name, number));
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
        self.field(field, &Bytes(value))
    }

    fn other(&mut self, field: &'static str, value: &dyn erased_serde::Serialize) -> Visited {
        self.field(field, value)
    }
}
