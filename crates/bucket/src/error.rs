//! What goes wrong at a store, in one line and without secrets.

use std::error::Error as StdError;
use std::io;

use object_store::client::{HttpError, HttpErrorKind};
use thiserror::Error;

/// So much of what a store says is repeated.
const LONGEST_MESSAGE: usize = 200;

/// Why a request has not done what it should.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum StoreError {
    #[error("there is no such bucket")]
    NoBucket,
    #[error("the store no longer knows the upload")]
    NoUpload,
    #[error("there is no such object")]
    NoObject,
    /// A condition that there is none was not met.
    #[error("there is an object of this name already")]
    Exists,
    /// The store does not know conditions.
    #[error("the store cannot do that ({0})")]
    NotImplemented(String),
    #[error(
        "the store does not accept the credentials ({0}): check AWS_ACCESS_KEY_ID, \
         AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
    )]
    Credentials(String),
    #[error("the store denies it ({0}): the credentials need the right to s3:PutObject there")]
    Denied(String),
    #[error(
        "the store does not say what is there ({0}): check the credentials, which need the \
         rights to s3:GetObject and s3:ListBucket"
    )]
    Hidden(String),
    #[error("the bucket is in another region ({0}): name it with region=")]
    Region(String),
    #[error("the store cannot be reached: {0}")]
    Unreachable(String),
    #[error("the store does not answer in time")]
    Timeout,
    #[error("the store keeps failing: {0}")]
    Failing(String),
    #[error("the store refused: {0}")]
    Refused(String),
}

impl StoreError {
    /// The same for a request that only looks.
    pub(crate) fn hidden(self) -> Self {
        match self {
            Self::Denied(status) => Self::Hidden(status),
            other => other,
        }
    }
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        use io::ErrorKind::{AlreadyExists, NotFound, Other, PermissionDenied, TimedOut};
        let kind = match &error {
            StoreError::NoBucket | StoreError::NoUpload | StoreError::NoObject => NotFound,
            StoreError::Exists => AlreadyExists,
            StoreError::Credentials(_) | StoreError::Denied(_) | StoreError::Hidden(_) => {
                PermissionDenied
            }
            StoreError::Timeout => TimedOut,
            _ => Other,
        };
        Self::new(kind, error)
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        let mut chain = Vec::new();
        let mut next: Option<&(dyn StdError + 'static)> = Some(&error);
        while let Some(cause) = next {
            chain.push(cause);
            next = cause.source();
        }
        let last = chain.last().map(ToString::to_string).unwrap_or_default();
        if let Some(http) = chain
            .iter()
            .find_map(|cause| cause.downcast_ref::<HttpError>())
        {
            return match http.kind() {
                HttpErrorKind::Timeout => Self::Timeout,
                _ => Self::Unreachable(one_line(&last)),
            };
        }
        // The answer is a cause of its own, of a type that is not public.
        let answer = chain.iter().map(ToString::to_string).find_map(|text| {
            let rest = text.strip_prefix("Server returned ")?;
            let rest = rest.strip_prefix("non-2xx status code: ").unwrap_or(rest);
            Some(Answer::parse(rest))
        });
        if let Some(answer) = answer {
            return answer.meaning();
        }
        if last.starts_with("Received redirect") {
            return Self::Region("a redirect".to_owned());
        }
        match error {
            object_store::Error::NotFound { .. } => Self::NoObject,
            object_store::Error::AlreadyExists { .. } => Self::Exists,
            _ => Self::Refused(one_line(&last)),
        }
    }
}

/// What a store answered: a status and, in a body of XML, a code and a message.
struct Answer {
    status: u16,
    code: String,
    message: String,
}

impl Answer {
    /// From `404 Not Found: <Error><Code>…`.
    fn parse(text: &str) -> Self {
        let digits = text.get(..3).and_then(|digits| digits.parse().ok());
        let between = |open: &str, close: &str| {
            let rest = text.split_once(open)?.1;
            Some(one_line(rest.split_once(close)?.0))
        };
        Self {
            // A success whose body tells of an error has none.
            status: digits.unwrap_or(500),
            code: between("<Code>", "</Code>").unwrap_or_default(),
            message: between("<Message>", "</Message>").unwrap_or_default(),
        }
    }

    fn meaning(self) -> StoreError {
        let short = self.short();
        match self.code.as_str() {
            "NoSuchBucket" => return StoreError::NoBucket,
            "NoSuchUpload" => return StoreError::NoUpload,
            "NoSuchKey" => return StoreError::NoObject,
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "ExpiredToken"
            | "InvalidToken"
            | "TokenRefreshRequired"
            | "InvalidClientTokenId"
            | "AuthFailure" => return StoreError::Credentials(short),
            "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed" => {
                return StoreError::Region(self.long());
            }
            "AccessDenied" | "AllAccessDisabled" => return StoreError::Denied(short),
            _ => {}
        }
        match self.status {
            404 => StoreError::NoObject,
            409 | 412 => StoreError::Exists,
            401 => StoreError::Credentials(short),
            403 if self.code.is_empty() => StoreError::Denied(short),
            300..=399 => StoreError::Region(short),
            501 => StoreError::NotImplemented(short),
            408 | 429 | 500..=599 => StoreError::Failing(self.long()),
            _ => StoreError::Refused(self.long()),
        }
    }

    /// `403 AccessDenied`.
    fn short(&self) -> String {
        format!("{} {}", self.status, self.code)
            .trim_end()
            .to_owned()
    }

    fn long(&self) -> String {
        if self.message.is_empty() {
            return self.short();
        }
        format!("{}: {}", self.short(), self.message)
    }
}

/// The beginning of a text, on one line.
fn one_line(text: &str) -> String {
    let letters = text.chars().take(LONGEST_MESSAGE);
    let plain = letters.map(|letter| if letter.is_control() { ' ' } else { letter });
    plain.collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> StoreError {
        Answer::parse(text).meaning()
    }

    #[test]
    fn answers_are_told_by_their_code() {
        let text = "403 Forbidden: <Error><Code>SignatureDoesNotMatch</Code><Message>x</Message>\
                    <AWSAccessKeyId>AKIASECRET</AWSAccessKeyId></Error>";
        let error = meaning(text);
        assert_eq!(
            error,
            StoreError::Credentials("403 SignatureDoesNotMatch".to_owned())
        );
        assert!(!error.to_string().contains("AKIASECRET"));
        let text = "404 Not Found: <Error><Code>NoSuchUpload</Code></Error>";
        assert_eq!(meaning(text), StoreError::NoUpload);
        let text = "400 Bad Request: <Error><Code>InvalidArgument</Code><Message>a\n b</Message>";
        let refused = StoreError::Refused("400 InvalidArgument: a  b".to_owned());
        assert_eq!(meaning(text), refused);
    }

    #[test]
    fn answers_without_a_code_are_told_by_their_status() {
        assert_eq!(meaning("404 Not Found: "), StoreError::NoObject);
        assert_eq!(meaning("412 Precondition Failed: "), StoreError::Exists);
        assert_eq!(
            meaning("403 Forbidden: "),
            StoreError::Denied("403".to_owned())
        );
        assert_eq!(meaning("301 Moved: "), StoreError::Region("301".to_owned()));
        assert_eq!(
            meaning("503 x: <html>"),
            StoreError::Failing("503".to_owned())
        );
    }

    #[test]
    fn what_a_store_says_is_cut() {
        let text = format!(
            "400 Bad: <Code>X</Code><Message>{}</Message>",
            "m".repeat(5000)
        );
        assert!(meaning(&text).to_string().len() < 300);
    }
}
