//! The flags of `crawl schema` and `crawl quarantine`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `crawl schema …`
#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Print the schema of a spider's items, or of a file, in one of its forms
    Show(Show),
    /// Check a new schema against older ones, the oldest first, as a Schema Registry would
    Check(Check),
    /// Tell which constraints of a new schema are tighter or looser than those of an old one
    Lint(Lint),
    /// Hold a file of items to a schema: JSON Lines, a JSON array, or an Avro container file
    Validate(Validate),
    /// Print the Rust structs of a schema
    Codegen(Codegen),
    /// Print the Parsing Canonical Form of a schema
    Canonical(OneSchema),
    /// Print the fingerprints of a schema
    Fingerprint(OneSchema),
    /// Convert between Avro's forms: container files, binary, JSON, single objects
    Convert(Convert),
}

/// `crawl schema show`
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// A spider of this project, or an .avsc file
    #[arg(value_name = "SPIDER|FILE")]
    pub(crate) of: String,
    /// Which form to print
    #[arg(long, value_name = "FORM", default_value = "avsc")]
    pub(crate) form: Form,
}

/// The forms of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Avro, with constraints as attributes
    Avsc,
    /// JSON Schema, draft 2020-12
    JsonSchema,
    /// The header of a CSV file
    Columns,
}

/// `crawl schema check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The new schema
    pub(crate) new: PathBuf,
    /// The older ones, the oldest first
    #[arg(required = true)]
    pub(crate) old: Vec<PathBuf>,
    /// BACKWARD, FORWARD, FULL, each also with _TRANSITIVE, or NONE
    #[arg(long, value_name = "MODE", default_value = "BACKWARD")]
    pub(crate) mode: String,
}

/// `crawl schema lint`
#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// The new schema
    pub(crate) new: PathBuf,
    /// The old one
    pub(crate) old: PathBuf,
}

/// `crawl schema validate`
#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// The schema
    pub(crate) schema: PathBuf,
    /// The items; `-` is standard input, as JSON Lines
    pub(crate) file: PathBuf,
}

/// `crawl schema codegen`
#[derive(Debug, Args)]
pub(crate) struct Codegen {
    /// The schema
    pub(crate) schema: PathBuf,
}

/// A command that takes one schema.
#[derive(Debug, Args)]
pub(crate) struct OneSchema {
    /// The schema
    pub(crate) schema: PathBuf,
}

/// `crawl schema convert`
#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// What to read; `-` is standard input
    pub(crate) from: PathBuf,
    /// What to write; `-` is standard output
    pub(crate) to: PathBuf,
    /// The schema of what is read; a container file brings its own
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// Read it as this newer or older schema: defaults, aliases, promotions
    #[arg(long, value_name = "FILE")]
    pub(crate) read_as: Option<PathBuf>,
    /// Form of what is read, if its ending does not tell
    #[arg(long, value_name = "FORM")]
    pub(crate) from_form: Option<DataForm>,
    /// Form of what is written, if its ending does not tell
    #[arg(long, value_name = "FORM")]
    pub(crate) to_form: Option<DataForm>,
    /// Compression of a container file: null, deflate, snappy or zstandard
    #[arg(long, value_name = "CODEC", default_value = "deflate")]
    pub(crate) codec: String,
}

/// The forms of Avro data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataForm {
    /// An object container file (.avro)
    Container,
    /// Records in binary, one after the other (.bin)
    Binary,
    /// Avro's JSON encoding, a record a line (.json, .jsonl)
    Json,
    /// Records in the single-object encoding, one after the other (.so)
    SingleObject,
}

/// `crawl quarantine …`
#[derive(Debug, Subcommand)]
pub(crate) enum Quarantine {
    /// Count what is in a quarantine, by rule, with examples
    Show(Shown),
    /// Check the items again after a fix; those that pass now come out, the others stay
    Retry(Retry),
}

/// `crawl quarantine show`
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// A quarantine, as `crawl` writes it (JSON Lines)
    pub(crate) file: PathBuf,
}

/// `crawl quarantine retry`
#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// A quarantine, as `crawl` writes it (JSON Lines)
    pub(crate) file: PathBuf,
    /// Hold the items to this schema; without it, to the types of the spiders that yielded them
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// Append the items that pass to this file, as JSON Lines; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
    /// Tell what would pass, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
