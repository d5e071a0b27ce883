//! Recording crawls as WARC files, and replaying them without a network.
//!
//! [`Recorder`] is a layer that keeps every exchange in an [`Archive`], before anybody else sees the
//! response. [`Replay`] is a transport that answers from such files, or from those of other
//! programs. The format is WARC 1.1 (ISO 28500:2017,
//! <https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/>): a gzip member
//! for each record, so that one can be read alone.
//!
//! What is kept of a response is its body as it came over the wire, still compressed if it was, but
//! without chunks: HTTP/2 has none, and the client undoes those of HTTP/1.1. `Transfer-Encoding`
//! is then called `X-Archive-Orig-Transfer-Encoding`, as other archives have it. Names of fields
//! are in lower case, and the reason phrase is the usual one: that is how the client hands them on.

mod archive;
mod chunked;
mod counted;
mod decode;
mod digest;
mod error;
mod exchange;
mod header;
mod index;
mod message;
mod name;
mod reader;
mod record;
mod recorder;
mod repair;
mod replay;

pub use archive::{Archive, Options};
pub use decode::decoded;
pub use error::WarcError;
pub use exchange::Exchange;
pub use header::Header;
pub use index::Facts;
pub use reader::{Damage, Place, Reader};
pub use recorder::Recorder;
pub use replay::Replay;
