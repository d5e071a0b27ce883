//! The folder of a registry, for those who only read it: the library makes one that is missing.

use std::path::Path;

use anyhow::{Error, anyhow};

/// That the folder of `file:DIR` is there; of other addresses nothing.
pub(crate) fn demand(registry: &str) -> Result<(), Error> {
    let dir = registry.strip_prefix("file:").unwrap_or_default();
    let dir = dir.strip_prefix("//").unwrap_or(dir);
    if dir.is_empty() || Path::new(dir).exists() {
        return Ok(());
    }
    Err(anyhow!(
        "the registry {registry}: there is no folder {dir}; `crawl schema register` makes it"
    ))
}
