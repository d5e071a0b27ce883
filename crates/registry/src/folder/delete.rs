//! Deletions: softly first, and then for good.

use super::contents::{Contents, Kept, no_subject};
use crate::error::{Code, RegistryError};
use crate::types::Version;

impl Contents {
    /// Deletes a subject: the numbers of its versions.
    pub(super) fn delete_subject(
        &mut self,
        name: &str,
        permanent: bool,
    ) -> Result<Vec<u32>, RegistryError> {
        self.demand_writable(name)?;
        let subject = self.subjects.get(name);
        let subject = subject.filter(|subject| !subject.versions.is_empty());
        let subject = subject.ok_or_else(|| no_subject(name))?;
        let is_deleted = subject.versions.values().all(|kept| kept.deleted);
        let numbers: Vec<_> = subject.versions.keys().copied().collect();
        match (permanent, is_deleted) {
            (false, true) => {
                return Err(RegistryError::refused(
                    Code::SubjectSoftDeleted,
                    format!(
                        "Subject '{name}' was soft deleted. Set permanent=true to delete permanently"
                    ),
                ));
            }
            (true, false) => {
                return Err(RegistryError::refused(
                    Code::SubjectNotSoftDeleted,
                    format!(
                        "Subject '{name}' was not deleted first before being permanently deleted"
                    ),
                ));
            }
            _ => {}
        }
        for number in &numbers {
            // Its own versions go with it.
            self.demand_no_reference(name, *number, permanent, |from| from != name)?;
        }
        if permanent {
            self.subjects.remove(name);
            return Ok(numbers);
        }
        let Some(subject) = self.subjects.get_mut(name) else {
            return Ok(numbers);
        };
        let mut gone = Vec::with_capacity(numbers.len());
        for (number, kept) in &mut subject.versions {
            if !kept.deleted {
                gone.push(*number);
                kept.deleted = true;
            }
        }
        (subject.level, subject.mode) = (None, None);
        Ok(gone)
    }

    /// Deletes a version: its number.
    pub(super) fn delete_version(
        &mut self,
        name: &str,
        version: Version,
        permanent: bool,
    ) -> Result<u32, RegistryError> {
        self.demand_writable(name)?;
        // The latest is one that can be seen.
        let deleted = version != Version::Latest;
        let (number, kept) = self.version(name, version, deleted)?;
        match (permanent, kept.deleted) {
            (false, true) => {
                return Err(RegistryError::refused(
                    Code::VersionSoftDeleted,
                    format!(
                        "Subject '{name}' Version {number} was soft deleted. Set permanent=true to \
                         delete permanently"
                    ),
                ));
            }
            (true, false) => {
                return Err(RegistryError::refused(
                    Code::VersionNotSoftDeleted,
                    format!(
                        "Subject '{name}' Version {number} was not deleted first before being \
                         permanently deleted"
                    ),
                ));
            }
            _ => {}
        }
        self.demand_no_reference(name, number, permanent, |_| true)?;
        if let Some(subject) = self.subjects.get_mut(name) {
            if permanent {
                subject.versions.remove(&number);
                // Its level and mode are not those of a subject that is called so later.
                if subject.versions.is_empty() {
                    self.subjects.remove(name);
                }
            } else if let Some(kept) = subject.versions.get_mut(&number) {
                kept.deleted = true;
            }
        }
        Ok(number)
    }

    /// An error if one of `others` refers to a version.
    fn demand_no_reference(
        &self,
        subject: &str,
        version: u32,
        permanent: bool,
        others: impl Fn(&str) -> bool,
    ) -> Result<(), RegistryError> {
        let mut found = self.referrers(subject, version);
        // What was written with one that is softly deleted is still read, and for that all of it
        // must be there.
        let counts = |from: &str, kept: &Kept| others(from) && (permanent || !kept.deleted);
        match found.find(|(from, kept)| counts(from, kept)) {
            None => Ok(()),
            Some((_, Kept { id, .. })) => Err(RegistryError::refused(
                Code::ReferenceExists,
                format!(
                    "One or more references exist to the schema {{subject={subject}, \
                     version={version}}}: the schema with id {id}"
                ),
            )),
        }
    }
}
