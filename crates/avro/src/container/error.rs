//! Why a file is not read.

use std::io;

use crate::cursor::DecodeError;
use crate::resolve::ResolveError;
use crate::schema::SchemaError;

/// Why a container file is not read, and where in it.
#[derive(Debug, thiserror::Error)]
#[error("byte {offset}: {fault}")]
pub struct ContainerError {
    /// How many bytes of the file come before: the start of the block for what is within one.
    pub offset: u64,
    /// What is wrong there.
    pub fault: ContainerFault,
}

/// What is wrong at one place of a container file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerFault {
    /// It does not start as a container file does.
    #[error("no Avro container file: it does not start with `Obj` and 1")]
    NotContainer,
    /// The header says nothing of the schema.
    #[error("the header has no `avro.schema`")]
    NoSchema,
    /// The header has a schema that is none.
    #[error("the schema in the header: {0}")]
    Schema(#[from] SchemaError),
    /// The reader's schema does not read the file's.
    #[error("the file's schema is not read: {0}")]
    Resolve(#[from] ResolveError),
    /// Blocks are compressed in an unknown way.
    #[error("there is no codec `{0}` here: null, deflate, snappy and zstandard are known")]
    UnknownCodec(String),
    /// The file stops within something.
    #[error("the file ends within {0}")]
    Truncated(&'static str),
    /// A count or a length below zero, or of more than 64 bits.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    /// Something is larger than it may be.
    #[error("{what} has more than {most} bytes: raise the limit if the file is to be trusted")]
    TooLarge {
        /// `a block`, `the header`.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// What follows a block is not what the header announced.
    #[error("the sync marker after the block is not the one of the header: the file is damaged")]
    Sync,
    /// A block that is not decompressed.
    #[error("a block is no {codec} data: {reason}")]
    Decompress {
        /// The codec.
        codec: &'static str,
        /// What the codec says.
        reason: String,
    },
    /// A value of a block is faulty.
    #[error("value {index} of the block, {error}")]
    Value {
        /// Its number in the block, from 0 on.
        index: u64,
        /// What is wrong; offsets count from the start of the decompressed block.
        error: DecodeError,
    },
    /// A block goes on after its last value.
    #[error("a block goes on for {0} bytes after its last value")]
    Trailing(usize),
    /// A block with more values than its bytes can stand for.
    #[error("a block of {bytes} bytes is said to have {count} values: refused")]
    TooMany {
        /// Its size once decompressed.
        bytes: usize,
        /// How many values it says it has.
        count: u64,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl ContainerFault {
    pub(super) fn at(self, offset: u64) -> ContainerError {
        ContainerError {
            offset,
            fault: self,
        }
    }
}
