//! An item in another shape: it writes some of the fields of the item that it holds.

use std::sync::Arc;

use huntsman_core::visit::{self, Visit, Visited};
use huntsman_core::{AnyItem, Item, Schema, Stream, Violation};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::pick::{Run, Walk};
use super::shape::Shape;

/// An item that leaves in a shape of its own. Its values never become anything in between: they go
/// from the item to the format as they are.
pub(super) struct Projected {
    item: Arc<dyn AnyItem>,
    shape: &'static Shape,
}

impl Projected {
    pub(super) fn new(item: Arc<dyn AnyItem>, shape: &'static Shape) -> Self {
        Self { item, shape }
    }
}

impl Item for Projected {
    fn schemas() -> &'static [&'static Schema] {
        // They are made when a sink is opened; `schema` says which one an item has.
        &[]
    }

    fn schema(&self) -> &'static Schema {
        &self.shape.schema
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }

    fn visit(&self, visit: &mut dyn Visit) -> Visited {
        visit::fields(self, visit)
    }

    fn check(&self, _: &mut Vec<Violation>) {
        // Rules were held against the item itself, before it came here.
    }

    fn stream(&self) -> Stream {
        self.item.stream()
    }
}

impl Serialize for Projected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let schema = &self.shape.schema;
        let mut out = serializer.serialize_struct(schema.name, schema.fields.len())?;
        for run in &self.shape.runs {
            let run = Run::new(&mut out, run);
            self.item.fields().serialize(Walk(run))?;
        }
        out.end()
    }
}
