//! An item into its columns: the striping of the Dremel paper, straight from Avro's encoding.

use std::collections::HashSet;

use crate::column::{Column, Values};
use crate::datum::Datum;
use crate::error::{Fault, Unwritable};
use crate::shape::{Part, Shape, Union};

/// Adds an item to the columns, to all of them or, if it cannot be written, to none.
pub(crate) fn shred(root: &Part, item: &[u8], columns: &mut [Column]) -> Result<(), Unwritable> {
    columns.iter_mut().for_each(Column::mark);
    let mut shredding = Shredding {
        datum: Datum(item),
        columns,
        column: 0,
    };
    shredding.part(root, 0, 0).map_err(|fault| {
        let column = shredding.columns[shredding.column].path.clone();
        shredding.columns.iter_mut().for_each(Column::go_back);
        Unwritable::Value { column, fault }
    })
}

struct Shredding<'d, 'c> {
    datum: Datum<'d>,
    columns: &'c mut [Column],
    /// The one that was written last, for messages.
    column: usize,
}

impl<'d> Shredding<'d, '_> {
    fn part(&mut self, part: &Part, definition: i16, repetition: i16) -> Result<(), Fault> {
        self.column = part.columns.start;
        match &part.shape {
            Shape::Null => self.missing(part, definition, repetition),
            Shape::Value(take) => {
                let column = &mut self.columns[part.columns.start];
                take.value(&mut self.datum, &mut column.values)?;
                column.push_levels(definition, repetition);
            }
            Shape::Record(parts) => {
                for part in parts {
                    self.part(part, definition, repetition)?;
                }
            }
            Shape::Union(union) => self.union(part, union, definition, repetition)?,
            Shape::List {
                repetition: own,
                elements,
            } => {
                let element = |shredding: &mut Self, repetition| {
                    shredding.part(elements, definition + 1, repetition)
                };
                self.blocks(part, (definition, repetition), *own, element)?;
            }
            Shape::Map {
                repetition: own,
                key,
                values,
            } => {
                let mut keys = HashSet::new();
                let entry = |shredding: &mut Self, repetition| {
                    let text = shredding.key(*key, definition + 1, repetition)?;
                    if !keys.insert(text) {
                        return Err(Fault::Key(String::from_utf8_lossy(text).into_owned()));
                    }
                    shredding.part(values, definition + 1, repetition)
                };
                self.blocks(part, (definition, repetition), *own, entry)?;
            }
        }
        Ok(())
    }

    fn union(
        &mut self,
        part: &Part,
        union: &Union,
        definition: i16,
        repetition: i16,
    ) -> Result<(), Fault> {
        let branch = self.datum.index()?;
        if Some(branch) == union.null {
            self.missing(part, definition, repetition);
            return Ok(());
        }
        let definition = definition + i16::from(union.null.is_some());
        for (number, member) in &union.members {
            if *number == branch {
                let definition = definition + i16::from(union.grouped);
                self.part(member, definition, repetition)?;
            } else {
                self.missing(member, definition, repetition);
            }
        }
        Ok(())
    }

    /// The elements of a list or the entries of a map: the first repeats what the list does, the
    /// others repeat the list's own.
    fn blocks(
        &mut self,
        part: &Part,
        (definition, repetition): (i16, i16),
        own: i16,
        mut element: impl FnMut(&mut Self, i16) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut left = self.datum.block()?;
        if left == 0 {
            self.missing(part, definition, repetition);
        }
        let mut repetition = repetition;
        while left > 0 {
            for _ in 0..left {
                element(self, repetition)?;
                repetition = own;
            }
            left = self.datum.block()?;
        }
        Ok(())
    }

    fn key(&mut self, column: usize, definition: i16, repetition: i16) -> Result<&'d [u8], Fault> {
        self.column = column;
        let text = self.datum.bytes()?;
        let column = &mut self.columns[column];
        if let Values::Bytes(keys) = &mut column.values {
            keys.push(text);
        }
        column.push_levels(definition, repetition);
        Ok(text)
    }

    /// Nothing in all columns of a part.
    fn missing(&mut self, part: &Part, definition: i16, repetition: i16) {
        for column in &mut self.columns[part.columns.clone()] {
            column.push_levels(definition, repetition);
        }
    }
}
