//! Whether a schema may follow.

use huntsman_avro::compat::{self, Mode as Level};

use super::contents::Contents;
use crate::error::{Code, RegistryError};
use crate::types::{Against, Schema, Verdict, Version};

/// So many reasons are told.
const MOST: usize = 20;

impl Contents {
    /// Whether a schema may follow, by the subject's level.
    pub(super) fn verdict(
        &self,
        subject: &str,
        against: Against,
        schema: &Schema,
    ) -> Result<Verdict, RegistryError> {
        let new = self.parsed(schema)?;
        let level = self.level_for(subject);
        let versions = match against {
            Against::All => self.undeleted(subject),
            Against::Version(version) => match self.version(subject, version, false) {
                Ok((number, _)) => vec![number],
                // Nothing is there that could be in the way.
                Err(_) if version == Version::Latest => Vec::new(),
                Err(error) => return Err(error),
            },
        };
        let mut older = Vec::with_capacity(versions.len());
        for number in &versions {
            let (_, kept) = self.version(subject, Version::Number(*number), false)?;
            older.push(self.parsed(&kept.schema)?);
        }
        let Err(conflicts) = compat::check(level, &new, &older) else {
            return Ok(Verdict {
                is_compatible: true,
                messages: Vec::new(),
            });
        };
        let mut messages: Vec<_> = conflicts
            .iter()
            .take(MOST)
            .map(|conflict| {
                let mut told = conflict.clone();
                // It counts what it was given.
                let number = versions.get(conflict.older).map_or(0, |number| number - 1);
                told.older = usize::try_from(number).unwrap_or_default();
                told.to_string()
            })
            .collect();
        messages.push(format!("compatibility: {level}"));
        Ok(Verdict {
            is_compatible: false,
            messages,
        })
    }

    pub(super) fn demand_compatible(
        &self,
        subject: &str,
        schema: &Schema,
    ) -> Result<(), RegistryError> {
        let verdict = self.verdict(subject, Against::All, schema)?;
        if verdict.is_compatible {
            return Ok(());
        }
        let reasons = verdict.messages.join("; ");
        Err(RegistryError::refused(
            Code::Incompatible,
            format!(
                "Schema being registered is incompatible with an earlier schema for subject \
                 \"{subject}\": {reasons}"
            ),
        ))
    }

    fn level_for(&self, subject: &str) -> Level {
        let own = self.own_level(subject).or(self.level);
        own.unwrap_or_default()
    }

    fn undeleted(&self, subject: &str) -> Vec<u32> {
        let versions = self.subjects.get(subject).map(|subject| &subject.versions);
        let versions = versions.into_iter().flatten();
        let found = versions.filter(|(_, kept)| !kept.deleted);
        found.map(|(number, _)| *number).collect()
    }
}
