//! Which items a sink gets, and which of their fields: an [`Export`] around any other.

mod avro;
mod fields;
mod pick;
mod projected;
mod shape;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use huntsman_contract::cel::{Filter, FilterError};
use huntsman_core::nearest::nearest_first;
use huntsman_core::{
    Export, ExportError, Guarantee, Opening, Position, Record, Schema, Sequence, Violation,
};

use crate::words::Words;
use fields::Chosen;
use projected::Projected;
use shape::Shape;

/// A sink that gets some of the items, or some of their fields, as its words ask for.
///
/// | word | means | example |
/// | --- | --- | --- |
/// | `types` | items of these types | `types=Quote,Author` |
/// | `filter` | items that match an expression in CEL, in which `this` is the item | `filter=this.price > 10.0` |
/// | `fields` | these fields, in this order; `field:name` renames, `author.name` is a field of a field | `fields=title,price:cost` |
///
/// The expression is that of [`Filter`]. An item for which it fails, because a field is null, say,
/// does not match; that is logged once, with the reason. It sees all fields of the item, also those
/// that `fields` leaves out.
///
/// With several types, each has those of the fields that it has. What no type has is refused when
/// the sink is opened, and so is a type without any. A field of a field is called by its last name
/// unless another one is given. Types stay what they are; a field of a struct that may be missing
/// may be null. Rules across fields (`confluent:rules` on a type) go when not all fields are there
/// under their names.
///
/// Items that are left out count as [`Export::skipped`], and as passed: positions are those of the
/// sink within.
///
/// ```
/// use huntsman_core::Export as _;
/// use huntsman_export::{Selected, Words};
/// # #[derive(Debug)]
/// # struct Nowhere;
/// # #[async_trait::async_trait]
/// # impl huntsman_core::Export for Nowhere {
/// #     async fn open(&self, opening: huntsman_core::Opening) -> Result<huntsman_core::Sequence, huntsman_core::ExportError> { Ok(opening.after()) }
/// #     async fn export(&self, _: Vec<huntsman_core::Record>) -> Result<(), huntsman_core::ExportError> { Ok(()) }
/// #     async fn close(&self) -> Result<(), huntsman_core::ExportError> { Ok(()) }
/// # }
///
/// let words = Words::new("cheap books", [("filter", "this.price < 10.0"), ("fields", "title,price:cost")]);
/// let sink = Selected::new(Nowhere, &words)?;
/// assert_eq!(sink.skipped(), 0);
///
/// let twice = Words::new("books", [("fields", "title,name:title")]);
/// assert!(Selected::new(Nowhere, &twice).is_err());
/// # Ok::<(), huntsman_core::ExportError>(())
/// ```
pub struct Selected<E> {
    inner: E,
    words: Words,
    fields: Vec<Chosen>,
    /// By the types that may come.
    kinds: OnceLock<Vec<Taken>>,
    skipped: AtomicU64,
    /// That the filter failed was logged.
    told: OnceLock<()>,
}

/// What becomes of items of one type.
struct Taken {
    schema: &'static Schema,
    /// It is among the types that were asked for.
    wanted: bool,
    filter: Option<Filter>,
    shape: Option<&'static Shape>,
}

impl<E> fmt::Debug for Selected<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selected")
            .field("words", &self.words)
            .finish_non_exhaustive()
    }
}

/// The words that say which items and fields there are.
pub(crate) const WORDS: [&str; 3] = ["types", "filter", "fields"];

impl<E: Export> Selected<E> {
    /// A sink that passes on what `types`, `filter` and `fields` of these words ask for.
    ///
    /// # Errors
    /// [`ExportError::Place`] for a field that is named twice, or a word without a value.
    pub fn new(inner: E, words: &Words) -> Result<Self, ExportError> {
        for word in WORDS {
            if words.get(word).is_some() && words.list(word).is_empty() {
                return Err(words.refused(word, "it names nothing"));
            }
        }
        Ok(Self {
            fields: fields::read(words)?,
            words: words.clone(),
            inner,
            kinds: OnceLock::new(),
            skipped: AtomicU64::new(0),
            told: OnceLock::new(),
        })
    }

    /// What becomes of items of each type; nothing is opened before it is known.
    fn taken(&self, schemas: &'static [&'static Schema]) -> Result<Vec<Taken>, ExportError> {
        let types = self.words.list("types");
        for name in &types {
            if !schemas.iter().any(|schema| is(schema, name)) {
                let known = nearest_first(name, schemas.iter().map(|schema| schema.name));
                let reason = format!("there is no type `{name}`: there are {}", known.join(", "));
                return Err(self.words.refused("types", &reason));
            }
        }
        let wanted =
            |schema: &Schema| types.is_empty() || types.iter().any(|name| is(schema, name));
        let left: Vec<_> = schemas
            .iter()
            .copied()
            .filter(|schema| wanted(schema))
            .collect();
        let shapes = fields::shapes(&self.fields, &left, &self.words)?;
        let mut shapes = shapes.into_iter();
        let hint = if left.len() > 1 {
            "; leave such items out by types=…"
        } else {
            ""
        };
        let mut taken = Vec::with_capacity(schemas.len());
        for &schema in schemas {
            let wanted = wanted(schema);
            let filter = self.words.get("filter").filter(|_| wanted);
            let filter = filter.map(|expression| Filter::new(expression, schema));
            let filter = filter.transpose().map_err(|error| match error {
                FilterError::Field { .. } => {
                    self.words.refused("filter", &format!("{error}{hint}"))
                }
                error => self.words.refused("filter", &error.to_string()),
            });
            taken.push(Taken {
                schema,
                wanted,
                filter: filter?,
                shape: if wanted {
                    shapes.next().flatten()
                } else {
                    None
                },
            });
        }
        Ok(taken)
    }

    /// The record as the sink gets it, if it does.
    fn select(&self, record: Record, kinds: &[Taken]) -> Result<Option<Record>, ExportError> {
        let schema = record.item.schema();
        let same = |kind: &&Taken| std::ptr::eq(kind.schema, schema);
        let alike = |kind: &&Taken| {
            kind.schema.name == schema.name && kind.schema.namespace == schema.namespace
        };
        let kind = kinds.iter().find(same);
        let Some(kind) = kind.or_else(|| kinds.iter().find(alike)) else {
            return Err(ExportError::Item {
                id: record.id.to_string(),
                url: record.url.to_string(),
                place: self.words.feed().to_owned(),
                reason: format!("its type `{}` was not announced", schema.name),
            });
        };
        let matches = kind.filter.as_ref().is_none_or(|filter| {
            filter
                .matches(&record.item.fields())
                .unwrap_or_else(|reason| {
                    self.tell(&record, &reason);
                    false
                })
        });
        if !kind.wanted || !matches {
            return Ok(None);
        }
        Ok(Some(match kind.shape {
            Some(shape) => Record {
                item: Arc::new(Projected::new(Arc::clone(&record.item), shape)),
                ..record
            },
            None => record,
        }))
    }

    /// Logs that the filter failed, the first time.
    fn tell(&self, record: &Record, reason: &str) {
        self.told.get_or_init(|| {
            tracing::warn!(
                target: "deliver",
                feed = self.words.feed(),
                item = %record.id,
                url = &*record.url,
                "the filter fails for an item, which is left out, as further ones will be: {reason}"
            );
        });
    }
}

/// Whether a type is called so, with or without its namespace.
fn is(schema: &Schema, name: &str) -> bool {
    let (namespace, last) = name.rsplit_once('.').unwrap_or((schema.namespace, name));
    schema.name == name || (schema.name == last && schema.namespace == namespace)
}

#[async_trait]
impl<E: Export> Export for Selected<E> {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        let taken = self.taken(opening.schemas)?;
        let left = taken.iter().filter(|kind| kind.wanted);
        let left = left.map(|kind| kind.shape.map_or(kind.schema, |shape| &shape.schema));
        // What a sink is opened with lives as long as the program, as schemas do: a few hundred
        // bytes for each feed of a run.
        let left: &'static [&'static Schema] = Vec::leak(left.collect());
        self.kinds.set(taken).unwrap_or_default();
        let mut opening = opening;
        opening.schemas = left;
        self.inner.open(opening).await
    }

    fn refuses(&self, record: &Record) -> Option<Violation> {
        let kinds = self.kinds.get()?;
        // What cannot be selected is told when it is exported.
        let left = self.select(record.clone(), kinds).ok()??;
        self.inner.refuses(&left)
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        let kinds = self.kinds.get().map_or(&[][..], Vec::as_slice);
        let all = batch.len();
        let mut left = Vec::with_capacity(all);
        for record in batch {
            left.extend(self.select(record, kinds)?);
        }
        let skipped = (all - left.len()) as u64;
        if !left.is_empty() {
            self.inner.export(left).await?;
        }
        self.skipped.fetch_add(skipped, Ordering::Relaxed);
        Ok(())
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        self.inner.commit(up_to).await
    }

    fn ending(&self) {
        self.inner.ending();
    }

    async fn close(&self) -> Result<(), ExportError> {
        self.inner.close().await
    }

    async fn abandon(&self) {
        self.inner.abandon().await;
    }

    fn bytes(&self) -> u64 {
        self.inner.bytes()
    }

    fn skipped(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed) + self.inner.skipped()
    }

    fn guarantee(&self) -> Guarantee {
        self.inner.guarantee()
    }
}
