//! Reading a topic: with a group or without one, by the schemas that its records were written with.
//!
//! ```no_run
//! use huntsman_kafka::read::{Decoder, Reader, Source, Polled};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let source = Source::read("kafka://localhost:9092/quotes?group=readers&from=beginning")?;
//! let mut decoder = Decoder::open(&source).await?;
//! let reader = Reader::open(&source).await?;
//! while let Polled::Records(records) = reader.next().await? {
//!     for record in &records {
//!         let mut json = Vec::new();
//!         decoder.value(record, &mut json).await?;
//!         println!("{}", String::from_utf8_lossy(&json));
//!     }
//!     // Only what is done is not read again.
//!     reader.done(records.iter().map(|record| (record.partition, record.offset)));
//! }
//! reader.close().await?;
//! # Ok(())
//! # }
//! ```

mod consumer;
mod context;
mod decode;
mod error;
mod framed;
mod handover;
mod json;
mod offsets;
mod reader;
mod record;
mod schemas;
mod source;

pub use decode::Decoder;
pub use error::{ReadError, Undecodable};
pub use framed::SchemaId;
pub use json::envelope;
pub use offsets::Offsets;
pub use reader::{Polled, Reader};
pub use record::Received;
pub use source::Source;
