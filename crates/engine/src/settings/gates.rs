//! `[gates]`: what a run must have done to be called good.

use serde::{Deserialize, Serialize};

/// What a run must have done to be called good. Shares are from 0 to 1.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateSettings {
    /// Least number of items.
    pub min_items: Option<u64>,
    /// Least number of pages.
    pub min_pages: Option<u64>,
    /// Largest share of pages that were given up or could not be parsed.
    pub max_errors: Option<f64>,
    /// Largest share of items that were rejected.
    pub max_rejected: Option<f64>,
    /// Least share of items in which a field has a value, as `PATH=SHARE`: `author=0.9`,
    /// `address.city=1`, `Book.price=1`.
    pub coverage: Vec<String>,
    /// Largest change of items, pages and field coverage against the last run, as a share.
    pub max_change: Option<f64>,
    /// The report of the last run; unset: the file of `--report`, as the last run left it.
    pub last_report: Option<String>,
}

impl GateSettings {
    /// The rows of `coverage`: path and least share.
    ///
    /// # Errors
    /// A row is not `PATH=SHARE` with a share from 0 to 1.
    pub fn coverage(&self) -> Result<Vec<(&str, f64)>, String> {
        self.coverage.iter().map(|row| pair(row)).collect()
    }
}

/// The path and the share of `PATH=SHARE`.
fn pair(row: &str) -> Result<(&str, f64), String> {
    let parts = row.split_once('=').and_then(|(path, share)| {
        let share = share.trim().parse::<f64>().ok()?;
        (is_share(share) && !path.trim().is_empty()).then_some((path.trim(), share))
    });
    parts.ok_or_else(|| {
        format!("{row:?} is not PATH=SHARE with a share from 0 to 1, like author=0.9")
    })
}

/// Whether a number is a share: from 0 to 1.
pub(super) fn is_share(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}
