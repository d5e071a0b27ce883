//! The flags of `crawl schema` and `crawl quarantine`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::registry::{At, MayBeAt};

/// `crawl schema …`
#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    /// Print the schema of a spider's items, of a file, or of a registry, in one of its forms
    Show(Show),
    /// Check a new schema against older ones, the oldest first, as a Schema Registry would; or let one
    /// do so
    Check(Check),
    /// List the subjects of a registry: versions, ids, levels of compatibility
    List(List),
    /// Register a schema under a subject
    Register(Register),
    /// Print or set the level of compatibility of a subject, or of all
    Compat(Compat),
    /// Delete a subject of a registry, or one version of it: softly, unless it is told otherwise
    Delete(Delete),
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
#[command(after_help = "Examples:
  crawl schema show quotes --form json-schema
  crawl schema show quotes-value:2 --registry http://localhost:8081
  crawl schema show 17 --registry file:schemas/

Schemas that a version refers to are named on standard error, as `register --reference` takes them.")]
pub(crate) struct Show {
    /// A spider of this project, or an .avsc file; of a registry a subject, SUBJECT:VERSION, or the id
    /// of a schema
    #[arg(value_name = "SPIDER|FILE|SUBJECT")]
    pub(crate) of: String,
    /// Which form to print
    #[arg(long, value_name = "FORM", default_value = "avsc")]
    pub(crate) form: Form,
    #[command(flatten)]
    pub(crate) at: MayBeAt,
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
#[command(after_help = "\
Examples:
  crawl schema check new.avsc old.avsc --mode FULL
  crawl schema check new.avsc quotes-value --registry http://localhost:8081
  crawl schema check quotes quotes-value:2 --registry file:schemas/
  crawl schema check trip.avsc trips-value --reference geo.City=cities-value:1

A subject or a version that is not there is an error: anything is compatible with a misspelt name. A \
build that checks before the first registration says --new-subject-ok.

Exit codes: 0 it may follow, 1 usage, or nothing there to compare with, 2 it may not follow, 3 the \
registry cannot be reached, or keeps you out.")]
pub(crate) struct Check {
    /// The new schema: an .avsc file, or a spider of this project
    #[arg(value_name = "FILE|SPIDER")]
    pub(crate) new: String,
    /// The older ones, the oldest first; or, of a registry, a subject or SUBJECT:VERSION
    #[arg(required = true, value_name = "OLD|SUBJECT")]
    pub(crate) old: Vec<PathBuf>,
    /// BACKWARD (the default), FORWARD, FULL, each also with _TRANSITIVE, or NONE; a registry has its
    /// own for each subject
    #[arg(long, value_name = "MODE", conflicts_with = "registry")]
    pub(crate) mode: Option<String>,
    /// A type that the new schema names, and the version of a subject that defines it; repeatable
    #[arg(long, value_name = "NAME=SUBJECT:VERSION")]
    pub(crate) reference: Vec<String>,
    /// Let a subject pass that the registry does not have yet
    #[arg(long)]
    pub(crate) new_subject_ok: bool,
    #[command(flatten)]
    pub(crate) at: MayBeAt,
}

/// `crawl schema list`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  crawl schema list --registry http://localhost:8081
  crawl schema list quotes --registry file:schemas/ --json
  REGISTRY_URL=https://registry.example REGISTRY_USER_INFO=me:secret crawl schema list

Exit codes: 0 done, 1 usage, or the registry refuses, 3 the registry cannot be reached, or keeps you out.")]
pub(crate) struct List {
    /// Only subjects that begin with this
    pub(crate) prefix: Option<String>,
    /// What was softly deleted too
    #[arg(long)]
    pub(crate) deleted: bool,
    /// A JSON object for each subject
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) at: At,
}

/// `crawl schema register`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  crawl schema register quotes-value quotes --registry http://localhost:8081
  crawl schema register quotes-value quote.avsc --registry file:schemas/
  crawl schema register trips-value trip.avsc --reference geo.City=cities-value:1

A schema that is there already keeps its version. One that may not follow those that are there is \
not registered.

Exit codes: 0 it is there, 1 usage, 2 it may not follow, 3 the registry cannot be reached, or keeps you out.")]
pub(crate) struct Register {
    /// The subject: TOPIC-value for the values of a topic
    pub(crate) subject: String,
    /// The schema: an .avsc file, or a spider of this project
    #[arg(value_name = "FILE|SPIDER")]
    pub(crate) schema: String,
    /// Take schemas that differ in their spelling alone as one
    #[arg(long)]
    pub(crate) normalize: bool,
    /// A type that the schema names, and the version of a subject that defines it; repeatable
    #[arg(long, value_name = "NAME=SUBJECT:VERSION")]
    pub(crate) reference: Vec<String>,
    /// Answer with a JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) at: At,
}

/// `crawl schema compat`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  crawl schema compat quotes-value --registry http://localhost:8081
  crawl schema compat quotes-value --set FULL_TRANSITIVE
  crawl schema compat --set FORWARD")]
pub(crate) struct Compat {
    /// The subject; that of all if there is none
    pub(crate) subject: Option<String>,
    /// Set it: BACKWARD, FORWARD, FULL, each also with _TRANSITIVE, or NONE
    #[arg(long, value_name = "LEVEL", conflicts_with = "unset")]
    pub(crate) set: Option<String>,
    /// Take the subject's own away, so that it has that of all
    #[arg(long)]
    pub(crate) unset: bool,
    #[command(flatten)]
    pub(crate) at: At,
}

/// `crawl schema delete`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  crawl schema delete quotes-value:3 --registry http://localhost:8081
  crawl schema delete quotes-value
  crawl schema delete quotes-value --permanent")]
pub(crate) struct Delete {
    /// The subject, or SUBJECT:VERSION
    pub(crate) subject: String,
    /// For good: what was written with it cannot be read any more. It must be softly deleted before
    #[arg(long)]
    pub(crate) permanent: bool,
    #[command(flatten)]
    pub(crate) at: At,
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
