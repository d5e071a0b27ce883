//! The seven levels of compatibility that registries know.

use std::fmt;
use std::str::FromStr;

use super::{Incompatibility, can_read};
use crate::nearest::nearest;
use crate::schema::AvroSchema;

/// Which schemas must read which; it is written as registries write it.
///
/// ```
/// use huntsman_avro::compat::Mode;
///
/// assert_eq!("FULL_TRANSITIVE".parse(), Ok(Mode::FullTransitive));
/// assert_eq!(Mode::Backward.to_string(), "BACKWARD");
/// let error = "BACKWARDS".parse::<Mode>().unwrap_err();
/// assert_eq!(error.to_string(), "there is no mode `BACKWARDS`: did you mean `BACKWARD`?");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Anything goes.
    None,
    /// The new schema reads what the latest one wrote: consumers first. Registries start with this.
    #[default]
    Backward,
    /// The new schema reads what all older ones wrote.
    BackwardTransitive,
    /// The latest schema reads what the new one writes: producers first.
    Forward,
    /// All older schemas read what the new one writes.
    ForwardTransitive,
    /// Both ways, with the latest schema.
    Full,
    /// Both ways, with all older schemas.
    FullTransitive,
}

const NAMES: [(&str, Mode); 7] = [
    ("NONE", Mode::None),
    ("BACKWARD", Mode::Backward),
    ("BACKWARD_TRANSITIVE", Mode::BackwardTransitive),
    ("FORWARD", Mode::Forward),
    ("FORWARD_TRANSITIVE", Mode::ForwardTransitive),
    ("FULL", Mode::Full),
    ("FULL_TRANSITIVE", Mode::FullTransitive),
];

/// A name that is no mode's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no mode `{name}`: did you mean `{nearest}`?")]
pub struct UnknownMode {
    /// The name.
    pub name: String,
    /// The nearest known one.
    pub nearest: &'static str,
}

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(name: &str) -> Result<Self, UnknownMode> {
        let plain = name.to_ascii_uppercase().replace('-', "_");
        let found = NAMES.iter().find(|(known, _)| *known == plain);
        found.map(|(_, mode)| *mode).ok_or_else(|| UnknownMode {
            name: name.to_owned(),
            nearest: nearest(&plain, NAMES.map(|(known, _)| known)).unwrap_or_default(),
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = NAMES.iter().find(|(_, mode)| mode == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

impl Mode {
    /// The directions in which schemas must read each other.
    #[must_use]
    pub fn directions(self) -> &'static [Direction] {
        match self {
            Self::None => &[],
            Self::Backward | Self::BackwardTransitive => &[Direction::Backward],
            Self::Forward | Self::ForwardTransitive => &[Direction::Forward],
            Self::Full | Self::FullTransitive => &[Direction::Backward, Direction::Forward],
        }
    }

    /// Whether all older schemas count, not only the latest.
    #[must_use]
    pub fn transitive(self) -> bool {
        matches!(
            self,
            Self::BackwardTransitive | Self::ForwardTransitive | Self::FullTransitive
        )
    }
}

/// Who must read whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The new schema reads what the old one wrote.
    Backward,
    /// The old schema reads what the new one writes.
    Forward,
}

/// Why a new schema may not follow older ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The older schema, by its index in what was given.
    pub older: usize,
    /// Who cannot read whom.
    pub direction: Direction,
    /// What is in the way.
    pub incompatibility: Incompatibility,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.older + 1;
        match self.direction {
            Direction::Backward => {
                write!(f, "the new schema cannot read data of version {version}: ")?;
            }
            Direction::Forward => {
                write!(f, "version {version} cannot read data of the new schema: ")?;
            }
        }
        self.incompatibility.fmt(f)
    }
}

/// Whether a new schema may follow `older` ones, the oldest first. Messages count versions from 1
/// on. The first schema of all may be anything.
///
/// ```
/// use huntsman_avro::AvroSchema;
/// use huntsman_avro::compat::{Mode, check};
///
/// let (int, long) = (AvroSchema::parse(r#""int""#)?, AvroSchema::parse(r#""long""#)?);
/// assert!(check(Mode::Backward, &long, std::slice::from_ref(&int)).is_ok());
/// let conflicts = check(Mode::Full, &long, &[int]).unwrap_err();
/// assert_eq!(
///     conflicts[0].to_string(),
///     "version 1 cannot read data of the new schema: /: int does not read long",
/// );
/// # Ok::<(), huntsman_avro::SchemaError>(())
/// ```
///
/// # Errors
/// Each conflict, by version and direction.
pub fn check(mode: Mode, new: &AvroSchema, older: &[AvroSchema]) -> Result<(), Vec<Conflict>> {
    let first = if mode.transitive() {
        0
    } else {
        older.len().saturating_sub(1)
    };
    let mut conflicts = Vec::new();
    for (index, old) in older.iter().enumerate().skip(first) {
        for direction in mode.directions() {
            let verdict = match direction {
                Direction::Backward => can_read(new, old),
                Direction::Forward => can_read(old, new),
            };
            let found = verdict.err().unwrap_or_default();
            conflicts.extend(found.into_iter().map(|incompatibility| Conflict {
                older: index,
                direction: *direction,
                incompatibility,
            }));
        }
    }
    if conflicts.is_empty() {
        return Ok(());
    }
    Err(conflicts)
}
