//! Schema registries: where producers and consumers agree on the schemas of a topic.
//!
//! [`Registry`] is what every registry can do; [`HttpRegistry`] asks a server, by the REST API that
//! Confluent's Schema Registry has and others share; [`FolderRegistry`] keeps schemas in a folder
//! that can be reviewed and versioned; [`serve`] offers any registry by that REST API. [`open`] takes an
//! address, [`resolve`] agrees on the schema that a subject is written with.

mod cached;
mod error;
mod flights;
mod folder;
mod http;
mod json;
mod open;
mod registry;
mod resolve;
mod resolved;
mod server;
mod strategy;
mod types;
mod writable;

pub use cached::Cached;
pub use error::{Code, RegistryError};
pub use folder::FolderRegistry;
pub use http::{ClientCertificate, Credentials, HttpRegistry, HttpSettings, Secret, TlsFiles};
pub use huntsman_avro::compat::Mode as Level;
pub use open::open;
pub use registry::Registry;
pub use resolve::{Registration, Resolved, Source, resolve, verdict};
pub use resolved::resolved;
pub use server::serve;
pub use strategy::{Otherwise, Part, Strategy, UnknownStrategy};
pub use types::{
    Against, Association, Deleted, Found, Mode, Reference, Registered, Registering, Schema,
    SchemaVersion, SubjectVersion, UnknownMode, Verdict, Version,
};
