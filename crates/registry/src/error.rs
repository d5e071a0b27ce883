//! What goes wrong with a registry, by the code that registries tell it by.

use std::fmt;
use std::path::PathBuf;

/// What a registry says no with (Confluent's `Errors.java`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// 40401: there is no such subject.
    SubjectNotFound,
    /// 40402: the subject has no such version.
    VersionNotFound,
    /// 40403: there is no such schema.
    SchemaNotFound,
    /// 40404: the subject is softly deleted already.
    SubjectSoftDeleted,
    /// 40405: the subject must be softly deleted first.
    SubjectNotSoftDeleted,
    /// 40406: the version is softly deleted already.
    VersionSoftDeleted,
    /// 40407: the version must be softly deleted first.
    VersionNotSoftDeleted,
    /// 40408: the subject has no level of its own.
    NoOwnLevel,
    /// 40409: the subject has no mode of its own.
    NoOwnMode,
    /// 40410: the topic has no association.
    AssociationNotFound,
    /// 40901, and 409 of older servers: the schema may not follow those that are there.
    Incompatible,
    /// 42201: the text is no valid schema.
    InvalidSchema,
    /// 42202: no version is written like this.
    InvalidVersion,
    /// 42203: no level is called like this.
    InvalidLevel,
    /// 42204: no mode is called like this.
    InvalidMode,
    /// 42205: the mode forbids it.
    NotPermitted,
    /// 42206: another schema refers to it.
    ReferenceExists,
    /// 42207: the id belongs to another schema.
    IdMismatch,
    /// 42208: no subject may be called like this.
    InvalidSubject,
    /// 42209: the schema is too large.
    TooLarge,
    /// 42210: the rules are not valid, or not kept here.
    InvalidRules,
    /// 50001: what the registry keeps its schemas in fails.
    Store,
    /// 50002: it took too long.
    Timeout,
    /// 50003: the request could not be passed on to the leader.
    Forwarding,
    /// 50004: nobody is the leader.
    NoLeader,
    /// Any other.
    Other(u32),
}

const CODES: [(u32, Code); 25] = [
    (40401, Code::SubjectNotFound),
    (40402, Code::VersionNotFound),
    (40403, Code::SchemaNotFound),
    (40404, Code::SubjectSoftDeleted),
    (40405, Code::SubjectNotSoftDeleted),
    (40406, Code::VersionSoftDeleted),
    (40407, Code::VersionNotSoftDeleted),
    (40408, Code::NoOwnLevel),
    (40409, Code::NoOwnMode),
    (40410, Code::AssociationNotFound),
    (40901, Code::Incompatible),
    (42201, Code::InvalidSchema),
    (42202, Code::InvalidVersion),
    (42203, Code::InvalidLevel),
    (42204, Code::InvalidMode),
    (42205, Code::NotPermitted),
    (42206, Code::ReferenceExists),
    (42207, Code::IdMismatch),
    (42208, Code::InvalidSubject),
    (42209, Code::TooLarge),
    (42210, Code::InvalidRules),
    (50001, Code::Store),
    (50002, Code::Timeout),
    (50003, Code::Forwarding),
    (50004, Code::NoLeader),
];

impl Code {
    /// The code of this number.
    #[must_use]
    pub fn of(number: u32) -> Self {
        // Older servers tell the status alone.
        let number = if number == 409 { 40901 } else { number };
        let found = CODES.iter().find(|(known, _)| *known == number);
        found.map_or(Self::Other(number), |(_, code)| *code)
    }

    /// Its number: `40401`.
    #[must_use]
    pub fn number(self) -> u32 {
        if let Self::Other(number) = self {
            return number;
        }
        let found = CODES.iter().find(|(_, code)| *code == self);
        found.map_or(0, |(number, _)| *number)
    }

    /// The HTTP status that it goes with: `404`.
    #[must_use]
    pub fn status(self) -> u16 {
        let number = self.number();
        let status = if number >= 1_000 {
            number / 100
        } else {
            number
        };
        u16::try_from(status).unwrap_or(500)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// Why a registry did not do what it was asked. No message holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The registry says no, in its own words.
    #[error("{message} (the registry's error {code})")]
    Refused {
        /// Why.
        code: Code,
        /// The registry's words.
        message: String,
    },
    /// The registry does not know who asks (401).
    #[error("{url}: the registry does not accept these credentials (401): {message}")]
    Unauthorized {
        /// Which registry.
        url: String,
        /// Its words.
        message: String,
    },
    /// Who asks may not (403).
    #[error("{url}: the registry forbids this (403): {message}")]
    Forbidden {
        /// Which registry.
        url: String,
        /// Its words.
        message: String,
    },
    /// An HTTP status without a code of a registry.
    #[error("{url}: the registry answers with {status}: {message}")]
    Status {
        /// Which registry.
        url: String,
        /// The status.
        status: u16,
        /// The start of what it says.
        message: String,
    },
    /// No registry could be reached, or none answered in time.
    #[error("{url}: {reason}")]
    Network {
        /// The last that was tried.
        url: String,
        /// What went wrong there.
        reason: String,
    },
    /// No connection that is secure: one side does not trust the other.
    #[error("{url}: no secure connection: {reason}")]
    Tls {
        /// Which registry.
        url: String,
        /// Who does not trust whom, and what to do.
        reason: String,
    },
    /// What came is no answer of a registry.
    #[error("{url}: that is no answer of a schema registry: {reason}")]
    WrongAnswer {
        /// Which registry, and what was asked.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// A file of a registry in a folder is damaged, or cannot be read or written.
    #[error("{}: {reason}", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// A setting has no sense.
    #[error("{0}")]
    Setting(String),
    /// The schema, or one that it refers to, is no Avro schema.
    #[error("{what}: {reason}")]
    Schema {
        /// Which one.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl RegistryError {
    /// The code that the registry says no with.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether what was asked for is not there (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Refused { code, .. } => code.status() == 404,
            Self::Status { status, .. } => *status == 404,
            _ => false,
        }
    }

    /// Whether the same request may succeed later: 408, 429, 5xx and the network.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network { .. } => true,
            Self::Refused { code, .. } => transient(code.status()),
            Self::Status { status, .. } => transient(*status),
            _ => false,
        }
    }

    pub(crate) fn refused(code: Code, message: impl Into<String>) -> Self {
        Self::Refused {
            code,
            message: message.into(),
        }
    }
}

pub(crate) fn transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_number_and_its_status() {
        for (number, code) in CODES {
            assert_eq!(Code::of(number), code);
            assert_eq!(code.number(), number);
            assert_eq!(u32::from(code.status()), number / 100);
        }
        assert_eq!(Code::of(409), Code::Incompatible);
        assert_eq!(Code::of(40902), Code::Other(40902));
        assert_eq!(Code::Other(40902).status(), 409);
        assert_eq!(Code::Other(404).status(), 404);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (status, again) in [
            (408, true),
            (429, true),
            (500, true),
            (503, true),
            (400, false),
            (404, false),
            (409, false),
            (422, false),
        ] {
            assert_eq!(transient(status), again, "{status}");
        }
    }
}
