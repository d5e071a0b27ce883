//! `crawl schema`: a command a file.

mod check;
mod convert;
mod show;
mod validate;

pub(crate) use show::{of_spider, text};
pub(in crate::commands) use validate::open;

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use huntsman_avro::{Algorithm, AvroSchema, codegen};

use super::print;
use crate::contract::schema;
use crate::entry::Entry;
use crate::exit::{Exit, usage};
use crate::flags::schema::Schema;
use crate::registry;

pub(super) fn run(spiders: &[Entry], command: &Schema) -> Result<Exit, Exit> {
    match command {
        Schema::Show(flags) => show::show(spiders, flags),
        Schema::Check(flags) => check::check(spiders, flags),
        Schema::List(flags) => registry::list(flags),
        Schema::Register(flags) => registry::register(spiders, flags),
        Schema::Compat(flags) => registry::compat(flags),
        Schema::Delete(flags) => registry::delete(flags),
        Schema::Lint(flags) => check::lint(flags),
        Schema::Validate(flags) => validate::validate(flags),
        Schema::Convert(flags) => convert::convert(flags),
        Schema::Codegen(flags) => {
            let options = codegen::Options {
                made_from: flags
                    .schema
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
                ..codegen::Options::default()
            };
            let source = codegen::rust(&read(&flags.schema)?, &options)
                .with_context(|| flags.schema.display().to_string());
            print(&source.map_err(usage)?)
        }
        Schema::Canonical(flags) => {
            let canonical = read(&flags.schema)?.canonical_form();
            print(&format!("{canonical}\n"))
        }
        Schema::Fingerprint(flags) => print(&fingerprints(&read(&flags.schema)?)),
    }
}

/// A schema file.
pub(crate) fn read(path: &Path) -> Result<AvroSchema, Exit> {
    schema(path).map_err(Exit::Usage)
}

/// Each fingerprint of the canonical form, and that of the whole text, which constraints count in.
fn fingerprints(schema: &AvroSchema) -> String {
    let mut out = String::new();
    let algorithms = [Algorithm::Crc64Avro, Algorithm::Md5, Algorithm::Sha256];
    for algorithm in algorithms {
        let (name, print) = (algorithm.to_string(), schema.fingerprint(algorithm));
        writeln!(out, "{name:<12} {print}").unwrap_or_default();
    }
    writeln!(out, "{:<12} {}", "version", schema.version()).unwrap_or_default();
    out
}
