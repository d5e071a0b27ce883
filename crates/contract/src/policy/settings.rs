//! What the user chooses: what becomes of an item that breaks a rule.

use std::collections::BTreeMap;

pub use huntsman_core::contract::Outcome;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What becomes of items that break rules.
///
/// ```
/// use huntsman_contract::policy::{Outcome, Policy};
/// let policy: Policy = serde_json::from_str(
///     r#"{"invalid": "drop", "rules": {"minLength": "warn", "Quote.price:minimum": "mark"}}"#,
/// )?;
/// assert_eq!(policy.invalid, Outcome::Drop);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// For every rule that `rules` says nothing of.
    pub invalid: Outcome,
    /// For some rules, by
    /// - the word of a rule: `minLength`; the name of a rule in CEL; or a function's: `sane()`,
    /// - a path, for all that is within it: `address`, `address.zip`, `Quote`, `Quote.address`;
    ///   indices and keys are left out; a field that is named like a rule is written with its type,
    /// - both: `address.zip:minLength`.
    ///
    /// The most specific one counts: that with the longest path; then one that names the rule;
    /// then one that names the type.
    pub rules: BTreeMap<String, Outcome>,
    /// Whether items that break rules are mended where that is plain: space around text, numbers
    /// and truth values in text, numbers where text is wanted, empty text where null is allowed.
    pub coerce: bool,
    /// How many values of `unique` fields a crawl remembers. An item with one more breaks the rule
    /// `unique`, for nobody could tell whether it is. Each takes about 45 bytes.
    pub max_keys: usize,
}

/// 220 MB when all are taken, measured; nothing is reserved before.
const REMEMBERED: usize = 5_000_000;

impl Default for Policy {
    fn default() -> Self {
        Self {
            invalid: Outcome::default(),
            rules: BTreeMap::new(),
            coerce: false,
            max_keys: REMEMBERED,
        }
    }
}

/// A choice that is not written as one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no choice: write RULE=OUTCOME, `minLength=warn` for one; an outcome is warn, mark, \
     drop or quarantine"
)]
pub struct ChoiceError(pub String);

impl Policy {
    /// Adds a choice that is written as one text, as a command line has it.
    ///
    /// ```
    /// use huntsman_contract::policy::{Outcome, Policy};
    /// let mut policy = Policy::default();
    /// policy.choose("Quote.price:minimum=mark")?;
    /// assert_eq!(policy.rules["Quote.price:minimum"], Outcome::Mark);
    /// assert!(policy.choose("minLength").is_err());
    /// # Ok::<(), huntsman_contract::policy::ChoiceError>(())
    /// ```
    ///
    /// # Errors
    /// It is not `RULE=OUTCOME`. Whether there is such a rule is known once items are.
    pub fn choose(&mut self, choice: &str) -> Result<(), ChoiceError> {
        let wrong = || ChoiceError(choice.to_owned());
        // The name of a rule in CEL may have an equals sign in it.
        let (rule, outcome) = choice.rsplit_once('=').ok_or_else(wrong)?;
        let outcome = match outcome.trim() {
            "warn" => Outcome::Warn,
            "mark" => Outcome::Mark,
            "drop" => Outcome::Drop,
            "quarantine" => Outcome::Quarantine,
            _ => return Err(wrong()),
        };
        self.rules.insert(rule.trim().to_owned(), outcome);
        Ok(())
    }

    /// Whether an item may leave marked.
    #[must_use]
    pub fn marks(&self) -> bool {
        self.invalid == Outcome::Mark || self.rules.values().any(|o| *o == Outcome::Mark)
    }
}
