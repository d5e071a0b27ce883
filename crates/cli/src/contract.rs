//! The contract of a crawl, as the settings want it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Error};
use huntsman::settings::RefineSettings;
use huntsman_avro::AvroSchema;
use huntsman_contract::policy::{ItemContract, Policy};

/// The contract that items of a crawl are held to: that of a file, or that of their own types.
pub(crate) fn contract(settings: &RefineSettings) -> Result<Arc<ItemContract>, Error> {
    let policy = policy(settings)?;
    let contract = match &settings.schema {
        None => ItemContract::derived(policy),
        Some(file) => {
            let schema = schema(Path::new(file))?;
            ItemContract::with_schema(&schema, policy).with_context(|| file.clone())?
        }
    };
    Ok(Arc::new(contract))
}

/// A schema file.
pub(crate) fn schema(path: &Path) -> Result<AvroSchema, Error> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    AvroSchema::parse(&text).with_context(|| path.display().to_string())
}

fn policy(settings: &RefineSettings) -> Result<Policy, Error> {
    let mut policy = Policy {
        invalid: settings.invalid,
        coerce: settings.coerce,
        max_keys: settings.max_keys,
        ..Policy::default()
    };
    for choice in &settings.rules {
        policy.choose(choice).context("refine.rules")?;
    }
    Ok(policy)
}
