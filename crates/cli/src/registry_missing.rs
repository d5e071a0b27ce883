//! What asks a Schema Registry, in a command that is built without it.

use anyhow::anyhow;
use huntsman_avro::AvroSchema;

use crate::entry::Entry;
use crate::exit::Exit;
use crate::flags::registry::{At, Registry};
use crate::flags::schema::{Check, Compat, Delete, List, Register};

pub(crate) fn serve(_: &Registry) -> Result<Exit, Exit> {
    Err(missing())
}

pub(crate) fn schema(_: &At, _: &str) -> Result<(AvroSchema, Vec<String>), Exit> {
    Err(missing())
}

pub(crate) fn check(_: &At, _: &[Entry], _: &Check) -> Result<Exit, Exit> {
    Err(missing())
}

pub(crate) fn list(_: &List) -> Result<Exit, Exit> {
    Err(missing())
}

pub(crate) fn register(_: &[Entry], _: &Register) -> Result<Exit, Exit> {
    Err(missing())
}

pub(crate) fn compat(_: &Compat) -> Result<Exit, Exit> {
    Err(missing())
}

pub(crate) fn delete(_: &Delete) -> Result<Exit, Exit> {
    Err(missing())
}

fn missing() -> Exit {
    Exit::Usage(anyhow!(
        "this command is built without Schema Registries: build it with the feature `registry`"
    ))
}
