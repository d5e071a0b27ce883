//! A schema registry that is not ours, for tests: Apicurio Registry, on loopback.
//!
//! It is `io.apicurio:apicurio-registry-app` 3.0.9 of Maven Central, 109 MB, fetched once by `mvn`
//! into a folder that all tests share; 3.3 wants Java 21. Its schemas are in memory. On two cores
//! of 2026, both busy otherwise, it has started after 29 s, of which it computes 8, and takes 160 MB.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::maven;

/// Ends the registry when the standard input ends: so also when the tests are killed, or keep it in a
/// static. A Ctrl-C that ends the tests must not end this before. Nothing but the registry keeps the
/// standard output open.
const SCRIPT: &str = r#"trap '' HUP INT QUIT TERM; "$@" 2>&1 & registry=$!
exec >/dev/null 2>&1; read -r end; kill -9 $registry; wait; rm -rf "$FOLDER""#;

/// Its log says so where it has started, with its address behind it.
const STARTED: &str = "Listening on: ";

/// A registry that runs. It is killed when this is dropped.
///
/// ```no_run
/// use huntsman_testkit::apicurio::Apicurio;
///
/// # fn main() -> std::io::Result<()> {
/// // env!("CARGO_TARGET_TMPDIR") is a folder for what is fetched.
/// let Some(registry) = Apicurio::start(std::env::temp_dir())? else {
///     return Ok(());
/// };
/// println!("{}", registry.url());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Apicurio {
    process: Child,
    url: String,
    _folder: TempDir,
}

impl Apicurio {
    /// Starts a registry without schemas; what is fetched stays in `folder`. None where Java or Maven
    /// is missing, which is said; but an error where `CI` is set.
    ///
    /// # Errors
    /// It cannot be fetched, or does not start; then the error has the end of its log.
    pub fn start(folder: impl AsRef<Path>) -> io::Result<Option<Self>> {
        let goal = "dependency:unpack";
        let project = include_str!("pom.xml");
        let files = maven::fetched(folder.as_ref(), "apicurio", goal, project)?;
        let Some(files) = files else {
            return Ok(None);
        };
        let scratch = tempfile::tempdir()?;
        let mut process = Command::new("sh")
            .args(["-c", SCRIPT, "sh", "java"])
            .args(["-Xms64m", "-Xmx256m", "-XX:+UseSerialGC"])
            .args(["-XX:TieredStopAtLevel=1", "-Dquarkus.http.host=127.0.0.1"])
            .args(["-Dquarkus.http.port=0", "-Dapicurio.storage.kind=sql"])
            .args(["-Dapicurio.storage.sql.kind=h2"])
            .arg("-Dquarkus.http.access-log.enabled=false")
            .arg("-Dquarkus.log.category.\"io.quarkus\".level=INFO")
            .arg(format!("-Djava.io.tmpdir={}", scratch.path().display()))
            .arg("-jar")
            .arg(files.join("apicurio-registry-app-3.0.9-runner.jar"))
            .env("FOLDER", scratch.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take();
        let mut registry = Self {
            process,
            url: String::new(),
            _folder: scratch,
        };
        let mut output = BufReader::new(output.ok_or_else(|| io::Error::other("no output"))?);
        registry.url = started(&mut output)? + "/apis/ccompat/v7";
        // Until it ends, so that it never waits for a reader.
        std::thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        Ok(Some(registry))
    }

    fn kill(&mut self) -> io::Result<()> {
        drop(self.process.stdin.take());
        self.process.wait()?;
        Ok(())
    }

    /// Where it has the API of Confluent's Schema Registry.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Reads its log until it tells the address.
fn started(output: &mut impl BufRead) -> io::Result<String> {
    let mut last = Vec::new();
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        if let Some((_, url)) = line.split_once(STARTED) {
            return Ok(url.trim().to_owned());
        }
        if last.len() == 20 {
            last.remove(0);
        }
        last.push(std::mem::take(&mut line));
    }
    Err(io::Error::other(format!(
        "Apicurio does not start: {}",
        last.concat()
    )))
}

impl Drop for Apicurio {
    fn drop(&mut self) {
        // What is wrong with it now, nobody can mend.
        self.kill().unwrap_or_default();
    }
}
