//! Object container files: many values with their schema, in blocks that may be compressed.

mod codec;
mod error;
mod header;
mod input;
mod reader;
mod writer;

pub use codec::Codec;
pub use error::{ContainerError, ContainerFault};
pub use reader::ContainerReader;
pub use writer::{AppendError, ContainerOptions, ContainerWriter};

/// What bounds the memory that reading takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a header: schema and other metadata.
    pub header: usize,
    /// The most bytes of a block in the file.
    pub block: usize,
    /// The most bytes of a block once it is decompressed.
    pub plain: usize,
}

impl Default for Limits {
    /// 32 MiB for a header, 256 MiB for a block.
    fn default() -> Self {
        Self {
            header: 32 << 20,
            block: 256 << 20,
            plain: 256 << 20,
        }
    }
}

/// What stands between blocks, so that a reader finds them again.
pub type Sync = [u8; 16];
