//! The contract of a crawl: what items are held to, and what becomes of those that break it.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use huntsman_avro::AvroSchema;
use huntsman_core::contract::Fate;
use huntsman_core::{AnyItem, Contract, Findings, Judgement, Lasting, Schema, Source, Violation};

use super::bind::{self, Bound};
use super::lasting::Earlier;
use super::settings::Policy;
use crate::check::Sight;
use crate::records::{Records, RecordsError};

/// The [`Contract`] of this crate: items are held to the schema of their own type, or to that of a
/// file, and the user's [`Policy`] says what becomes of those that break it. It serves one crawl.
///
/// ```
/// use huntsman_contract::AvroSchema;
/// use huntsman_contract::policy::{ItemContract, Policy};
/// use huntsman_core::{Contract, Field, FieldType, Schema};
///
/// static USER: Schema = Schema::new("User", &[Field::new("email", <String as FieldType>::KIND)]);
///
/// let schema = AvroSchema::parse(
///     r#"{"type": "record", "name": "User", "fields": [{"name": "mail", "type": "string"}]}"#,
/// )?;
/// let contract = ItemContract::with_schema(&schema, Policy::default())?;
/// static ITEMS: &[&Schema] = &[&USER];
/// let problems = contract.bind(ITEMS).unwrap_err();
/// assert!(problems.contains("`User.mail` is missing"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ItemContract {
    policy: Policy,
    /// The file's; without, each type's own.
    records: Option<Records>,
    bound: OnceLock<Bound>,
    pub(super) earlier: Earlier,
}

thread_local! {
    /// What a thread found in its last item, kept for its memory.
    static SIGHT: Cell<Sight> = Cell::default();
}

impl ItemContract {
    /// Holds each item to the schema that its type yields.
    #[must_use]
    pub fn derived(policy: Policy) -> Self {
        Self {
            policy,
            records: None,
            bound: OnceLock::new(),
            earlier: Earlier::default(),
        }
    }

    /// Holds items to a schema that was given: a record, or a union of records, which the types of
    /// items are matched to by name. One record is for the only type of items, whatever the names.
    ///
    /// # Errors
    /// The schema is no such thing, or a constraint in it makes no sense.
    pub fn with_schema(schema: &AvroSchema, policy: Policy) -> Result<Self, RecordsError> {
        Ok(Self {
            records: Some(Records::compile(schema)?),
            ..Self::derived(policy)
        })
    }
}

impl ItemContract {
    pub(super) fn bound(&self) -> Option<&Bound> {
        self.bound.get()
    }
}

impl Contract for ItemContract {
    fn bind(
        &self,
        items: &'static [&'static Schema],
    ) -> Result<&'static [&'static Schema], String> {
        let bound = bind::bind(items, self.records.as_ref(), &self.policy)
            .map_err(|problems| problems.join("\n"))?;
        let leaving = bound.leaving();
        match self.bound.set(bound) {
            Ok(()) => Ok(leaving),
            Err(_) => Err("this contract serves a crawl already: make one for each".to_owned()),
        }
    }

    fn judge(&self, item: Arc<dyn AnyItem>, source: &Source, ordinal: u32) -> Judgement {
        let Some(bound) = self.bound.get() else {
            return stranger(item);
        };
        let Some((number, held)) = bound.held(item.schema()) else {
            return stranger(item);
        };
        let mut sight = SIGHT.take();
        let judgement = bound.judge(number, held, item, source, ordinal, &mut sight);
        SIGHT.set(sight);
        judgement
    }

    fn findings(&self) -> Findings {
        let mut findings = self.bound.get().map(Bound::findings).unwrap_or_default();
        if let Some(earlier) = self.earlier.findings.get() {
            findings.add(earlier);
        }
        findings
    }

    fn lasting(&self) -> Option<&dyn Lasting> {
        Some(self)
    }

    fn warnings(&self) -> Vec<String> {
        self.bound.get().map(Bound::warnings).unwrap_or_default()
    }
}

/// An item of a type that nobody announced goes nowhere unseen.
fn stranger(item: Arc<dyn AnyItem>) -> Judgement {
    let violation = Violation {
        path: String::new(),
        rule: "type".to_owned(),
        message: format!(
            "is a `{}`, which the spider did not announce",
            item.schema().name
        ),
        value: String::new(),
    };
    Judgement {
        fate: Fate::Quarantine(item),
        violations: vec![violation],
        schema: "".into(),
    }
}
