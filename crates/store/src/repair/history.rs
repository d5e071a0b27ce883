//! The history of a damaged store: rows are numbered anew, without gaps.

use std::collections::HashSet;

use huntsman_core::Fingerprint;
use huntsman_core::frontier::Outcome;
use redb::WriteTransaction;
use serde_json::{Value, json};

use super::lost::long;
use super::reading::Reading;
use crate::about::State;
use crate::bytes::{misread, seal, unseal};
use crate::error::StoreError;
use crate::history::Head;
use crate::tables;

/// Writes what can be read of it.
pub(super) fn write(
    reading: &mut Reading<'_>,
    transaction: &WriteTransaction,
    state: &mut State,
) -> Result<(), StoreError> {
    let mut table = transaction.open_table(tables::HISTORY)?;
    state.history = 0;
    reading.rows("history", &mut |key, row| {
        Head::read(number(key)?, row)?.entry()?;
        let mut row = unseal("history", key, row)?.0.to_vec();
        state.history += 1;
        seal(&state.history.to_le_bytes(), &mut row);
        table.insert(state.history, row.as_slice())?;
        Ok(())
    })
}

/// Requests that ended in this round for good. What cannot be read is said when the rows are written.
pub(super) fn ended(
    reading: &mut Reading<'_>,
    round: u64,
) -> Result<HashSet<Fingerprint>, StoreError> {
    let mut ended = HashSet::new();
    let Some(tree) = reading.survey.tables.get("history").copied() else {
        return Ok(ended);
    };
    reading.image.walk(&tree, &mut |key, row| {
        let entry = number(key).and_then(|number| Head::read(number, row)?.entry());
        if let Ok(entry) = entry
            && entry.round == round
            && !matches!(entry.outcome, Outcome::Retried { .. })
            && !entry.row.request.revisit
        {
            ended.insert(entry.fingerprint);
        }
        Ok(())
    })?;
    Ok(ended)
}

/// A row as a line of an export.
pub(super) fn line(key: &[u8], row: &[u8]) -> Result<Value, StoreError> {
    let entry = Head::read(number(key)?, row)?.entry()?;
    let (outcome, reason) = match &entry.outcome {
        Outcome::Parsed(_) => ("parsed", None),
        Outcome::Unchanged(_) => ("unchanged", None),
        Outcome::NotParsed { reason, .. } => ("not parsed", Some(reason.as_str())),
        Outcome::Redirected { to } => ("redirected", Some(to.as_str())),
        Outcome::Refused { reason, .. } => ("refused", Some(&**reason)),
        Outcome::Failed { reason } => ("failed", Some(reason.as_str())),
        Outcome::Retried { reason } => ("retried", Some(reason.as_str())),
    };
    let answer = match &entry.outcome {
        Outcome::Parsed(answer) | Outcome::Unchanged(answer) => Some(answer),
        Outcome::NotParsed { answer, .. } => answer.as_ref(),
        _ => None,
    };
    let refused = entry
        .refused
        .iter()
        .map(|link| json!({ "url": &link.url, "rule": &link.rule, "reason": &link.reason }));
    Ok(json!({
        "table": "history",
        "round": entry.round,
        "at": entry.at.0,
        "fingerprint": entry.fingerprint.to_string(),
        "url": entry.row.request.url.as_str(),
        "found_on": entry.row.request.found_on.as_deref(),
        "outcome": outcome,
        "reason": reason,
        "status": answer.map(|answer| answer.status.as_u16()),
        "digest": answer.map(|answer| answer.digest.to_string()),
        "items": entry.items.len(),
        "refused": refused.collect::<Vec<_>>(),
    }))
}

fn number(key: &[u8]) -> Result<u64, StoreError> {
    long(key).ok_or_else(|| misread("a key has a wrong length"))
}
