//! `[refine]`: what becomes of items that break their contract.

use huntsman_core::contract::Outcome;
use serde::{Deserialize, Serialize};

/// What becomes of items that break their contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefineSettings {
    /// What becomes of an item that breaks a rule, unless `rules` says otherwise.
    pub invalid: Outcome,
    /// The same for single rules, as `RULE=OUTCOME`: `minLength=warn`, `price=drop`,
    /// `price:minimum=quarantine`, `Book.price:minimum=mark`. The narrowest one counts.
    pub rules: Vec<String>,
    /// Mend what can be mended before it is judged: trim text, read numbers in text.
    pub coerce: bool,
    /// An Avro schema file that items are held to, instead of their own types' rules.
    pub schema: Option<String>,
    /// Where rejected items go; `%(spider)s` is the spider's name. Unset: they are dropped.
    pub quarantine: Option<String>,
    /// Stop once a larger share of items than this is rejected, after 100 items.
    pub max_rejected: Option<f64>,
    /// Keys that are remembered for `unique` fields, over the crawl.
    pub max_keys: usize,
}

impl Default for RefineSettings {
    fn default() -> Self {
        Self {
            invalid: Outcome::default(),
            rules: Vec::new(),
            coerce: false,
            schema: None,
            quarantine: Some("%(spider)s.quarantine.jsonl".to_owned()),
            max_rejected: None,
            max_keys: 5_000_000,
        }
    }
}
