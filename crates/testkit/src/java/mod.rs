//! Java's clients as a judge of what was written: Kafka's own, Confluent's for a schema registry, and
//! the Avro of Flink, which has both.
//!
//! Confluent's jars are not on Maven Central; `org.apache.flink:flink-sql-avro-confluent-registry`
//! 2.3.0 has its client within. All are 46 MB, fetched once by `mvn` into a folder that all tests
//! share.

use std::io;
use std::path::Path;
use std::process::Command;

use crate::maven;

/// A command that runs a program of one source file (`Client.java`) with these clients; what is fetched
/// stays in `folder`. None where Java, its compiler or Maven is missing, which is said; but an error
/// where `CI` is set.
///
/// ```no_run
/// use huntsman_testkit::{java, python};
///
/// # fn main() -> std::io::Result<()> {
/// // env!("CARGO_TARGET_TMPDIR") is a folder for what is fetched.
/// let Some(mut program) = java::program(std::env::temp_dir(), "Client.java")? else {
///     return Ok(());
/// };
/// println!("{}", python::said(program.arg("http://127.0.0.1:8081"))?);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// They cannot be fetched.
pub fn program(folder: impl AsRef<Path>, source: impl AsRef<Path>) -> io::Result<Option<Command>> {
    if maven::is_missing("javac")? {
        return Ok(None);
    }
    let goal = "dependency:copy-dependencies";
    let project = include_str!("pom.xml");
    let jars = maven::fetched(folder.as_ref(), "java-clients", goal, project)?;
    Ok(jars.map(|jars| {
        let mut command = Command::new("java");
        command
            .args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
            .arg("-cp")
            .arg(jars.join("*"))
            .arg(source.as_ref());
        command
    }))
}
