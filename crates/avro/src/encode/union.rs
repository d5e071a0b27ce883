//! Which branch of a union a value takes.

use serde::Serialize;

use super::probe::Probe;
use super::serializer::{Datum, Done};
use super::shape::{Shape, Union};
use super::{Encoder, json};
use crate::varint;

impl Union {
    /// The number of the first branch that has a value exactly, else of the first that has it in
    /// another form. `fits` tells which: `Some(true)` is exact.
    pub(super) fn pick(
        &self,
        encoder: &Encoder,
        fits: impl Fn(&Shape) -> Option<bool>,
    ) -> Option<usize> {
        let mut other = None;
        for (number, node) in self.branches.iter().enumerate() {
            match fits(&encoder.shapes[*node]) {
                Some(true) => return Some(number),
                Some(false) => other = other.or(Some(number)),
                None => {}
            }
        }
        other
    }
}

impl<'a> Datum<'a> {
    /// Writes the number of a branch, and goes there.
    pub(super) fn branch(self, union: &Union, number: usize) -> Self {
        varint::write_length(number, self.out);
        let node = union.branches[number];
        self.at(node)
    }
}

impl Encoder {
    /// Writes a value of a union whose branch does not follow from the kind of value alone.
    pub(super) fn write_by_value<T: Serialize + ?Sized>(
        &self,
        union: &Union,
        node: usize,
        depth: usize,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Done {
        let start = out.len();
        let Some(holder) = union.json else {
            return self.write_one_of(union, node, depth, value, out);
        };
        if union.branches.len() > 1 {
            match self.write_one_of(union, node, depth, value, out) {
                Ok(()) => return Ok(()),
                Err(_) => out.truncate(start),
            }
        }
        varint::write_length(holder, out);
        json(value, out)
    }

    fn write_one_of<T: Serialize + ?Sized>(
        &self,
        union: &Union,
        node: usize,
        depth: usize,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Done {
        if union.members.len() > 1
            && let Some(number) = value.serialize(Probe::new(self, union, node))?
        {
            varint::write_length(number, out);
            return self.write(union.branches[number], depth, value, out);
        }
        value.serialize(Datum {
            encoder: self,
            node,
            depth,
            out,
        })
    }
}
