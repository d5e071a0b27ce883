//! What may be in the way of a reader.

use std::fmt;

/// What may be in the way of a reader; it is shown as Java calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IncompatibilityKind {
    /// Another name, and no alias for it.
    NameMismatch,
    /// `fixed` of another size.
    FixedSizeMismatch,
    /// Symbols that the reader lacks, without a default in their place.
    MissingEnumSymbols,
    /// A field that the writer lacks, without a default.
    ReaderFieldMissingDefaultValue,
    /// Types of which one is not read as the other.
    TypeMismatch,
    /// A type that no branch of the reader's union reads.
    MissingUnionBranch,
    /// Several fields of the writer that one field of the reader may be, by its name and aliases.
    /// Java throws an exception.
    AmbiguousField,
    /// Types lead so far into each other that the check was given up.
    TooDeep,
}

impl fmt::Display for IncompatibilityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NameMismatch => "NAME_MISMATCH",
            Self::FixedSizeMismatch => "FIXED_SIZE_MISMATCH",
            Self::MissingEnumSymbols => "MISSING_ENUM_SYMBOLS",
            Self::ReaderFieldMissingDefaultValue => "READER_FIELD_MISSING_DEFAULT_VALUE",
            Self::TypeMismatch => "TYPE_MISMATCH",
            Self::MissingUnionBranch => "MISSING_UNION_BRANCH",
            Self::AmbiguousField => "AMBIGUOUS_FIELD",
            Self::TooDeep => "TOO_DEEP",
        })
    }
}
