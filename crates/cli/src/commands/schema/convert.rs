//! `crawl schema convert`: from one of Avro's forms to another.

use std::collections::hash_map::RandomState;
use std::ffi::OsStr;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, anyhow};
use huntsman_avro::container::{Codec, ContainerOptions, ContainerReader, ContainerWriter};
use huntsman_avro::single_object::parts;
use huntsman_avro::{AvroSchema, Resolver, SingleObject, Value};

use super::{open, read};
use crate::exit::{Exit, usage};
use crate::flags::schema::{Convert, DataForm};

type Values = Box<dyn Iterator<Item = Result<Value, Error>>>;

pub(super) fn convert(flags: &Convert) -> Result<Exit, Exit> {
    let from = form(&flags.from, flags.from_form, "--from-form")?;
    let to = form(&flags.to, flags.to_form, "--to-form")?;
    let codec = flags.codec.parse().map_err(usage)?;
    let schema = flags.schema.as_deref().map(read).transpose()?;
    let read_as = flags.read_as.as_deref().map(read).transpose()?;
    let input = open(&flags.from)?;
    let named = |error: Error| Exit::Usage(error.context(flags.from.display().to_string()));
    let (writer, values) = values(input, from, schema).map_err(named)?;
    let resolver = read_as
        .as_ref()
        .map(|reader| Resolver::new(&writer, reader))
        .transpose()
        .map_err(usage)?;
    let schema = read_as.as_ref().unwrap_or(&writer);
    let output = Output::to(&flags.to, to, schema, codec).map_err(Exit::Sink)?;
    let part = output.place.as_ref().map(|(beside, _)| beside.clone());
    let values = values.map(|value| resolved(value?, &writer, resolver.as_ref()));
    let written = write(values, output, schema, named);
    if let (Err(_), Some(part)) = (&written, part) {
        // What is half written is of no use.
        std::fs::remove_file(part).unwrap_or_default();
    }
    let count = written?;
    let plural = if count == 1 { "" } else { "s" };
    crate::style::say(&format!("{count} record{plural}"));
    Ok(Exit::Done)
}

/// Writes all of it, and counts.
fn write(
    values: impl Iterator<Item = Result<Value, Error>>,
    mut output: Output,
    schema: &AvroSchema,
    named: impl Fn(Error) -> Exit,
) -> Result<u64, Exit> {
    let mut count = 0_u64;
    for value in values {
        count += 1;
        let which = || format!("record {count}");
        let value = value.with_context(which).map_err(&named)?;
        let put = output.put(schema, &value).with_context(which);
        put.map_err(Exit::Sink)?;
    }
    output.finish().map_err(Exit::Sink)?;
    Ok(count)
}

/// The form that a flag names, or a file's ending.
fn form(path: &Path, named: Option<DataForm>, flag: &str) -> Result<DataForm, Exit> {
    let ending = path.extension().and_then(OsStr::to_str);
    named
        .or(match ending {
            Some("avro") => Some(DataForm::Container),
            Some("bin") => Some(DataForm::Binary),
            Some("json" | "jsonl") => Some(DataForm::Json),
            Some("so") => Some(DataForm::SingleObject),
            _ => None,
        })
        .ok_or_else(|| {
            Exit::Usage(anyhow!(
                "{}: the ending is none of .avro, .bin, .json, .jsonl, .so; name the form with {flag}",
                path.display()
            ))
        })
}

/// The schema that the input was written with, and its values.
fn values(
    mut input: Box<dyn BufRead>,
    form: DataForm,
    schema: Option<AvroSchema>,
) -> Result<(AvroSchema, Values), Error> {
    if form == DataForm::Container {
        let reader = ContainerReader::new(input)?;
        let values = reader.writer_schema().clone();
        return Ok((values, Box::new(reader.map(|value| Ok(value?)))));
    }
    let schema = schema
        .ok_or_else(|| anyhow!("only a container file brings its schema; name it with --schema"))?;
    let own = schema.clone();
    if form == DataForm::Json {
        let lines = input
            .lines()
            .filter(|line| !matches!(line, Ok(line) if line.trim().is_empty()));
        return Ok((
            schema,
            Box::new(lines.map(move |line| Ok(own.from_json(&line?)?))),
        ));
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let mut at = 0;
    let fingerprint = schema.crc_64_avro();
    let next = move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let first = first(rest, form, &own, fingerprint);
        // After an error nobody knows where the next one begins.
        at = first
            .as_ref()
            .map_or(bytes.len(), |(_, length)| at + length);
        Some(first.map(|(value, _)| value))
    };
    Ok((schema, Box::new(std::iter::from_fn(next))))
}

/// The value at the start of `bytes`, and how many bytes it takes.
fn first(
    bytes: &[u8],
    form: DataForm,
    schema: &AvroSchema,
    fingerprint: u64,
) -> Result<(Value, usize), Error> {
    if form == DataForm::Binary {
        return Ok(schema.decode_first(bytes)?);
    }
    let (found, datum) = parts(bytes)?;
    if found != fingerprint {
        return Err(anyhow!(
            "written with another schema: fingerprint {found:016x}, not {fingerprint:016x}"
        ));
    }
    let (value, length) = schema.decode_first(datum)?;
    Ok((value, bytes.len() - datum.len() + length))
}

/// A value as the reader's schema has it.
fn resolved(
    value: Value,
    writer: &AvroSchema,
    resolver: Option<&Resolver>,
) -> Result<Value, Error> {
    let Some(resolver) = resolver else {
        return Ok(value);
    };
    let mut bytes = Vec::new();
    writer.encode_value(&value, &mut bytes)?;
    Ok(resolver.decode(&bytes)?)
}

/// Where converted records go: a file that is put in place once it is whole, or standard output.
struct Output {
    kind: Kind,
    place: Option<(PathBuf, PathBuf)>,
}

enum Kind {
    Container(Box<ContainerWriter<Box<dyn Write>>>),
    Plain(Box<dyn Write>, Option<SingleObject>, DataForm),
}

impl Output {
    fn to(path: &Path, form: DataForm, schema: &AvroSchema, codec: Codec) -> Result<Self, Error> {
        let (sink, place): (Box<dyn Write>, _) = if path == Path::new("-") {
            (Box::new(BufWriter::new(std::io::stdout())), None)
        } else {
            let mut beside = path.as_os_str().to_owned();
            beside.push(".part");
            let beside = PathBuf::from(beside);
            let file = File::create(&beside)
                .with_context(|| format!("cannot write {}", beside.display()))?;
            let place = Some((beside, path.to_owned()));
            (Box::new(BufWriter::new(file)), place)
        };
        let kind = match form {
            DataForm::Container => {
                let options = ContainerOptions::new(marker()).codec(codec);
                Kind::Container(Box::new(options.start(sink, schema)?))
            }
            DataForm::SingleObject => Kind::Plain(sink, Some(SingleObject::new(schema)), form),
            DataForm::Binary | DataForm::Json => Kind::Plain(sink, None, form),
        };
        Ok(Self { kind, place })
    }

    fn put(&mut self, schema: &AvroSchema, value: &Value) -> Result<(), Error> {
        match &mut self.kind {
            Kind::Container(writer) => writer.append_value(value)?,
            Kind::Plain(sink, _, DataForm::Json) => writeln!(sink, "{}", schema.to_json(value)?)?,
            Kind::Plain(sink, single, _) => {
                let mut bytes = Vec::new();
                if let Some(single) = single {
                    bytes.extend_from_slice(&single.header());
                }
                schema.encode_value(value, &mut bytes)?;
                sink.write_all(&bytes)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Error> {
        let mut sink = match self.kind {
            Kind::Container(writer) => writer.finish()?,
            Kind::Plain(sink, ..) => sink,
        };
        sink.flush()?;
        drop(sink);
        if let Some((beside, path)) = self.place {
            std::fs::rename(&beside, &path)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// A random marker: each hasher of the standard library has its own random keys.
fn marker() -> [u8; 16] {
    let half = || RandomState::new().build_hasher().finish().to_le_bytes();
    let mut marker = [0; 16];
    marker[..8].copy_from_slice(&half());
    marker[8..].copy_from_slice(&half());
    marker
}
