//! What a contract knows outlives each run of a job: findings, and the values of unique fields.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};

use huntsman_core::contract::Findings;
use huntsman_core::frontier::Saved;
use huntsman_core::lasting::Settling;
use huntsman_core::{Contract as _, Lasting};

use super::contract::ItemContract;

/// Under this the findings are.
const FINDINGS: &str = "findings";
/// Under this and a number, values of unique fields: 24 bytes each.
const UNIQUE: &str = "unique/";
/// Under this, by which types and paths these values are told apart.
const SHAPE: &str = "shape";

/// What earlier runs of the job left.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    pub(crate) findings: std::sync::OnceLock<Findings>,
    chunks: AtomicU64,
}

impl Lasting for ItemContract {
    fn name(&self) -> &str {
        "contract"
    }

    fn is_of_a_round(&self) -> bool {
        true
    }

    fn changed(&self, _: &[Settling]) -> Vec<Saved> {
        let Some(bound) = self.bound() else {
            return Vec::new();
        };
        // Maps of names and numbers can always be written.
        let mut saved = vec![Saved {
            name: FINDINGS.into(),
            value: serde_json::to_vec(&self.findings()).unwrap_or_default(),
        }];
        let claims = bound.seen.take_claimed();
        if !claims.is_empty() {
            let number = self.earlier.chunks.fetch_add(1, Ordering::Relaxed);
            saved.push(Saved {
                name: format!("{UNIQUE}{number:016x}").into(),
                value: claims
                    .as_flattened()
                    .iter()
                    .flat_map(|word| word.to_le_bytes())
                    .collect(),
            });
            saved.push(Saved {
                name: SHAPE.into(),
                value: self.shape().to_le_bytes().to_vec(),
            });
        }
        saved
    }

    fn restore(&self, saved: Vec<Saved>) -> Result<(), String> {
        let Some(bound) = self.bound() else {
            return Ok(());
        };
        let mut claims = Vec::new();
        for Saved { name, value } in saved {
            if &*name == FINDINGS {
                let findings = serde_json::from_slice(&value).map_err(|error| error.to_string())?;
                self.earlier.findings.set(findings).unwrap_or_default();
            } else if &*name == SHAPE && value != self.shape().to_le_bytes() {
                return Err(
                    "the types of items, or their fields, are others now; what is unique \
                    cannot be told any more. Begin a new job"
                        .to_owned(),
                );
            } else if name.starts_with(UNIQUE) {
                self.earlier.chunks.fetch_add(1, Ordering::Relaxed);
                let (words, _) = value.as_chunks::<8>();
                let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
                claims.extend_from_slice(words.as_chunks::<3>().0);
            }
        }
        bound.seen.restore(claims.into_iter());
        Ok(())
    }
}

impl ItemContract {
    /// Keys go by the numbers of types and paths: the same only while these are the same.
    fn shape(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for held in self.bound().into_iter().flat_map(|bound| &bound.kinds) {
            held.item.name.hash(&mut hasher);
            held.record.checks().paths().hash(&mut hasher);
        }
        hasher.finish()
    }
}
