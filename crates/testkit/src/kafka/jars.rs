//! The class path of Kafka, fetched once.

use std::io;
use std::path::{Path, PathBuf};

use crate::maven;

/// The folder with all jars, within `folder`; none where Java or Maven is missing.
pub(super) fn fetched(folder: &Path) -> io::Result<Option<PathBuf>> {
    let goal = "dependency:copy-dependencies";
    maven::fetched(folder, "kafka-jars", goal, include_str!("pom.xml"))
}
