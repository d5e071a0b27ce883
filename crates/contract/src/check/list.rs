//! Lists, element by element.

use huntsman_avro::{NodeId, Type};
use serde::ser::{self, Serialize};
use serde_json::Value;

use super::fit::Scalar;
use super::key;
use super::stop::Stop;
use super::walk::Walk;

/// A list on the way.
pub(super) struct List<'a, 's> {
    walk: Walk<'a, 's>,
    of: Of,
    count: usize,
}

/// What the elements belong to.
enum Of {
    /// Nothing that is looked into.
    Nothing,
    /// A list type, and the type of its elements.
    Items(NodeId, NodeId),
    /// Bytes, one by one.
    Bytes(Vec<u8>),
    /// A variant of this name, which is known once it is whole.
    Variant(&'static str, Vec<Value>),
}

impl<'a, 's> Walk<'a, 's> {
    /// Begins a list.
    pub(super) fn list(mut self) -> List<'a, 's> {
        let mut of = Of::Nothing;
        for id in self.plan.branches(self.kind) {
            match &self.plan.node(id).kind {
                Type::Array(items) => {
                    of = Of::Items(id, *items);
                    break;
                }
                Type::Bytes | Type::Fixed(_) => of = Of::Bytes(Vec::new()),
                _ => {}
            }
        }
        match of {
            Of::Nothing => self.refuse("a list"),
            Of::Items(..) if !self.may_descend() => of = Of::Nothing,
            _ => {}
        }
        List {
            walk: self,
            of,
            count: 0,
        }
    }

    /// Begins the elements of a tuple variant.
    pub(super) fn variant_list(mut self, variant: &'static str) -> List<'a, 's> {
        if self.choose(variant) {
            return self.list();
        }
        List {
            walk: self,
            of: Of::Variant(variant, Vec::new()),
            count: 0,
        }
    }
}

impl List<'_, '_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) {
        match &mut self.of {
            Of::Nothing => {}
            Of::Items(_, kind) => {
                let place = self.walk.place.index(self.count);
                let walk = Walk {
                    sight: self.walk.sight,
                    place: &place,
                    kind: *kind,
                    rules: None,
                    depth: self.walk.depth + 1,
                    ..self.walk
                };
                walk.enter(value);
            }
            Of::Bytes(bytes) => match key::byte(value) {
                Some(byte) => bytes.push(byte),
                None => {
                    self.of = Of::Nothing;
                    self.walk.refuse("a list of other things than bytes");
                }
            },
            Of::Variant(_, values) => {
                values.push(serde_json::to_value(value).unwrap_or_default());
            }
        }
        self.count += 1;
    }

    fn finish(mut self) -> Result<(), Stop> {
        match self.of {
            Of::Nothing => {}
            Of::Bytes(bytes) => self.walk.scalar(Scalar::Bytes(&bytes))?,
            Of::Variant(name, values) => self.walk.variant(name, &values),
            Of::Items(kind, _) => {
                self.walk.present(self.count > 0);
                for id in self.walk.rules_of(kind) {
                    let rules = self.walk.plan.rules(id);
                    rules.items(self.count, &mut self.walk);
                    if rules.looks_at_wholes() {
                        self.walk.want(id, kind, true);
                    }
                }
            }
        }
        Ok(())
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident;)+) => {
        $(impl ser::$trait for List<'_, '_> {
            type Ok = ();
            type Error = Stop;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
                self.element(value);
                Ok(())
            }

            fn end(self) -> Result<(), Stop> {
                self.finish()
            }
        })+
    };
}

lists! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}
