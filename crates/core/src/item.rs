//! Items: typed until they reach the sink.

use std::any::Any;
use std::fmt;

use serde::Serialize;

use crate::schema::Schema;
use crate::violation::Violation;
use crate::visit::{NotVisited, Visit, Visited};

/// What a spider yields: a struct, or an enum of several. Implement it with `#[derive(Item)]`.
///
/// ```
/// use huntsman_core::{Field, FieldType, Item, Schema};
///
/// #[derive(serde::Serialize)]
/// struct Quote { text: String }
///
/// static QUOTE: Schema = Schema::new("Quote", &[Field::new("text", <String as FieldType>::KIND)]);
///
/// static SCHEMAS: &[&Schema] = &[&QUOTE];
///
/// impl Item for Quote {
///     fn schemas() -> &'static [&'static Schema] { SCHEMAS }
///     fn schema(&self) -> &'static Schema { &QUOTE }
///     fn fields(&self) -> &dyn erased_serde::Serialize { self }
/// }
/// ```
pub trait Item: Send + Sync + 'static {
    /// The schemas of all values of this type, known before the first page.
    fn schemas() -> &'static [&'static Schema]
    where
        Self: Sized;

    /// The schema of this value: one of [`Item::schemas`].
    fn schema(&self) -> &'static Schema;

    /// The value as a struct that serializes to the fields of its schema, in their order.
    fn fields(&self) -> &dyn erased_serde::Serialize;

    /// Appends [`Item::fields`] to `out` as a compact JSON object. `#[derive(Item)]` compiles it for
    /// the type, which takes a third less time than a `dyn` value does.
    ///
    /// # Errors
    /// What serde says against it; `out` may then have grown.
    fn json(&self, out: &mut Vec<u8>) -> Json {
        serde_json::to_writer(out, self.fields())
    }

    /// Hands [`Item::fields`] to `visit`, one by one. `#[derive(Item)]` compiles it for the type; by
    /// default nothing is handed over, and all else is as good by [`Item::fields`].
    ///
    /// # Errors
    /// The item is to be had by [`Item::fields`] instead.
    fn visit(&self, visit: &mut dyn Visit) -> Visited {
        let _unused = visit;
        Err(NotVisited)
    }

    /// Adds to `found` what rules written in Rust have against this value. Those that a schema can
    /// express are not among them.
    fn check(&self, found: &mut Vec<Violation>) {
        let _unused = found;
    }

    /// Which sinks take it.
    fn stream(&self) -> Stream {
        Stream::Items
    }
}

/// Records that go the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Stream {
    /// What the crawl is for.
    #[default]
    Items,
    /// Items that broke their contract, each as a [`crate::Rejected`].
    Quarantine,
}

/// An item whose type is no longer known: what records hold. Every [`Item`] is one.
pub trait AnyItem: Any + Send + Sync {
    /// The schema of this value.
    fn schema(&self) -> &'static Schema;
    /// The value, ready to be serialized.
    fn fields(&self) -> &dyn erased_serde::Serialize;
    /// See [`Item::json`].
    ///
    /// # Errors
    /// What serde says against it; `out` may then have grown.
    fn json(&self, out: &mut Vec<u8>) -> Json;
    /// See [`Item::visit`].
    ///
    /// # Errors
    /// As there.
    fn visit(&self, visit: &mut dyn Visit) -> Visited;
    /// See [`Item::check`].
    fn check(&self, found: &mut Vec<Violation>);
    /// Which sinks take it.
    fn stream(&self) -> Stream;
    /// For a look at the real type.
    fn as_any(&self) -> &dyn Any;
}

impl<I: Item> AnyItem for I {
    fn schema(&self) -> &'static Schema {
        Item::schema(self)
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        Item::fields(self)
    }

    fn json(&self, out: &mut Vec<u8>) -> Json {
        Item::json(self, out)
    }

    fn visit(&self, visit: &mut dyn Visit) -> Visited {
        Item::visit(self, visit)
    }

    fn check(&self, found: &mut Vec<Violation>) {
        Item::check(self, found);
    }

    fn stream(&self) -> Stream {
        Item::stream(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What [`Item::json`] returns.
pub type Json = serde_json::Result<()>;

/// What `#[derive(Item)]` makes of [`Item::json`].
///
/// # Errors
/// As there.
pub fn to_json<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Json {
    serde_json::to_writer(out, value)
}

impl fmt::Debug for dyn AnyItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match serde_json::to_string(&self.fields()) {
            Ok(json) => write!(f, "{} {json}", self.schema().name),
            Err(_) => f.write_str(self.schema().name),
        }
    }
}
