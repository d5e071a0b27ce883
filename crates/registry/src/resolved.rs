//! A schema with those that it refers to.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use huntsman_avro::AvroSchema;

use crate::error::RegistryError;
use crate::registry::Registry;
use crate::types::{Reference, Schema, Version};

/// References may lead from schema to schema so far.
const DEEPEST: usize = 32;

/// Those that were asked for, by subject and version.
type Known = HashMap<(String, i32), AvroSchema>;

/// The Avro schema of what a registry has. The schemas that it refers to are asked for, each once.
///
/// ```
/// use huntsman_registry::{FolderRegistry, Schema, resolved};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let registry = FolderRegistry::open(folder.path())?;
/// let schema = resolved(&registry, &Schema::avro(r#""string""#)).await?;
/// assert_eq!(schema.text(), r#""string""#);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// It, or one that it refers to, is no Avro schema or not there.
pub async fn resolved(
    registry: &dyn Registry,
    schema: &Schema,
) -> Result<AvroSchema, RegistryError> {
    parsed(registry, "the schema", schema, &mut Known::new(), DEEPEST).await
}

type Parsed<'a> = Pin<Box<dyn Future<Output = Result<AvroSchema, RegistryError>> + Send + 'a>>;

fn parsed<'a>(
    registry: &'a dyn Registry,
    what: &'a str,
    schema: &'a Schema,
    known: &'a mut Known,
    deepest: usize,
) -> Parsed<'a> {
    Box::pin(async move {
        let wrong = |reason: String| RegistryError::Schema {
            what: what.to_owned(),
            reason,
        };
        if schema.kind != "AVRO" {
            return Err(wrong(format!(
                "it is of the type {}, not AVRO",
                schema.kind
            )));
        }
        if deepest == 0 {
            return Err(wrong("its references lead too deep".to_owned()));
        }
        let mut references = Vec::with_capacity(schema.references.len());
        for to in &schema.references {
            references.push(referred(registry, to, known, deepest - 1).await?);
        }
        AvroSchema::parse_with(&schema.text, &references).map_err(|error| wrong(error.to_string()))
    })
}

async fn referred(
    registry: &dyn Registry,
    to: &Reference,
    known: &mut Known,
    deepest: usize,
) -> Result<AvroSchema, RegistryError> {
    let key = (to.subject.clone(), to.version);
    if let Some(schema) = known.get(&key) {
        return Ok(schema.clone());
    }
    let version = u32::try_from(to.version).map_or(Version::Latest, Version::Number);
    let found = registry.version(&to.subject, version, true).await?;
    let what = format!("{} of {}", to.name, to.subject);
    let schema = parsed(registry, &what, &found.schema, known, deepest).await?;
    known.insert(key, schema.clone());
    Ok(schema)
}
