//! A real Apache Kafka for tests: one node that is broker and controller, on loopback.
//!
//! It is `org.apache.kafka:kafka_2.13` 4.4.0 of Maven Central, with its tools and dependencies
//! 54 MB, fetched once by `mvn` into a folder that all tests share, by way of a repository of its own. On two cores of 2026 its storage
//! is formatted in 1.1 s and it has started 2.2 s later; it then takes 290 MB of memory, with a heap
//! of 256 MB. Its data are in a temporary folder, which goes with it. Topics are not made by naming
//! them.

mod jars;
mod setup;

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

pub use setup::{Listener, Setup};

use crate::python::said;

/// Ends the broker at once, as `kill -9` does, when the standard input ends: so also when the tests
/// are killed, or keep it in a static. Its data go with it unless it is told to keep them. Nothing
/// but the broker keeps the standard output open. A Ctrl-C that ends the tests must not end this
/// before.
const SCRIPT: &str = r#"trap '' HUP INT QUIT TERM; "$@" 2>&1 & broker=$!
exec >/dev/null 2>&1; keep=; read -r keep; kill -9 $broker; wait
[ -n "$keep" ] || rm -rf "$FOLDER""#;

/// How its settings are filled in.
const PROPERTIES: &str = include_str!("server.properties");

/// The file with the keys of tokens.
const JWKS: &str = "jwks.json";

/// A broker that runs, with its data. It is killed when this is dropped.
///
/// ```no_run
/// use huntsman_testkit::kafka::Kafka;
///
/// # fn main() -> std::io::Result<()> {
/// // env!("CARGO_TARGET_TMPDIR") is a folder for what is fetched.
/// let Some(mut broker) = Kafka::start(std::env::temp_dir(), &[])? else {
///     return Ok(());
/// };
/// println!("{}", broker.address());
/// broker.kill()?;
/// broker.restart()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Kafka {
    process: Option<Child>,
    class_path: PathBuf,
    folder: TempDir,
    port: u16,
    /// Those beside the plain one.
    listeners: Vec<(String, u16)>,
}

impl Kafka {
    /// Starts a broker, with these properties beside its own (`message.max.bytes`); what is fetched
    /// stays in `folder`. None where Java or Maven is missing, which is said; but an error where
    /// `CI` is set.
    ///
    /// # Errors
    /// It cannot be fetched, or does not start; then the error has the end of its log.
    pub fn start(
        folder: impl AsRef<Path>,
        properties: &[(&str, &str)],
    ) -> io::Result<Option<Self>> {
        Self::start_with(
            folder,
            &Setup {
                properties,
                ..Setup::default()
            },
        )
    }

    /// The same with further listeners and users.
    ///
    /// # Errors
    /// As [`Kafka::start`].
    pub fn start_with(folder: impl AsRef<Path>, setup: &Setup<'_>) -> io::Result<Option<Self>> {
        let Some(class_path) = jars::fetched(folder.as_ref())? else {
            return Ok(None);
        };
        let mut ports = free_ports(2 + setup.listeners.len())?.into_iter();
        let (port, controller) = (ports.next(), ports.next());
        let names = setup.listeners.iter().map(|one| one.name.to_owned());
        let mut kafka = Self {
            process: None,
            class_path,
            folder: tempfile::tempdir()?,
            port: port.unwrap_or_default(),
            listeners: names.zip(ports).collect(),
        };
        kafka.write_settings(controller.unwrap_or_default(), setup)?;
        let settings = kafka.path("server.properties");
        // The id of the cluster may be any 16 bytes.
        let format = [
            "format",
            "--standalone",
            "--cluster-id",
            "aHVudHNtYW4tdGVzdHMtMQ",
            "--config",
        ];
        let mut tool = kafka.java("kafka.tools.StorageTool");
        tool.args(format).arg(settings);
        for user in setup.users {
            tool.args(["--add-scram", user]);
        }
        said(&mut tool)?;
        kafka.restart()?;
        Ok(Some(kafka))
    }

    fn write_settings(&self, controller: u16, setup: &Setup<'_>) -> io::Result<()> {
        let mut settings = PROPERTIES
            .replace("@BROKER@", &self.port.to_string())
            .replace("@CONTROLLER@", &controller.to_string())
            .replace("@FOLDER@", &self.folder.path().to_string_lossy());
        let ports = self.listeners.iter().map(|(_, port)| *port);
        settings += &setup.text(self.port, controller, ports);
        if let Some(keys) = setup.jwks {
            fs::write(self.path(JWKS), keys)?;
            settings += &format!("sasl.oauthbearer.jwks.endpoint.url={}\n", self.jwks());
        }
        fs::write(self.path("server.properties"), settings)?;
        fs::write(
            self.path("log4j2.properties"),
            include_str!("log4j2.properties"),
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where it has the keys of tokens.
    fn jwks(&self) -> String {
        format!("file://{}", self.path(JWKS).display())
    }

    /// A command that runs a class of Kafka; tools of Kafka take [`Kafka::address`].
    #[must_use]
    pub fn java(&self, class: &str) -> Command {
        let mut command = Command::new("java");
        let log = format!(
            "-Dlog4j2.configurationFile={}",
            self.path("log4j2.properties").display()
        );
        command.args([
            "-Xms64m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
        ]);
        command
            .arg(log)
            // It asks nobody else for keys.
            .arg(format!(
                "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={}",
                self.jwks()
            ))
            .arg("-cp")
            .arg(self.class_path.join("*"))
            .arg(class);
        command
    }

    /// Where it listens, without TLS or login: `127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Where a further listener is; none of that name is nowhere.
    #[must_use]
    pub fn address_of(&self, listener: &str) -> Option<String> {
        let mut known = self.listeners.iter();
        let found = known.find(|(name, _)| name == listener);
        found.map(|(_, port)| format!("127.0.0.1:{port}"))
    }

    /// The folder of a partition's log: `00000000000000000000.log` has its first batches, as producers
    /// sent them.
    #[must_use]
    pub fn log_of(&self, topic: &str, partition: i32) -> PathBuf {
        self.path("data").join(format!("{topic}-{partition}"))
    }

    /// Kills it as `kill -9` does; its data stay.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn kill(&mut self) -> io::Result<()> {
        if let Some(mut process) = self.process.take() {
            if let Some(mut input) = process.stdin.take() {
                input.write_all(b"keep\n")?;
            }
            process.wait()?;
        }
        Ok(())
    }

    /// Starts it, after [`Kafka::kill`], on the same data and the same port, and waits until it
    /// serves.
    ///
    /// # Errors
    /// It does not start; the error has the end of its log.
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill()?;
        let settings = self.path("server.properties");
        let java = self.java("kafka.Kafka");
        let mut process = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .env("FOLDER", self.folder.path())
            .arg(java.get_program())
            .args(java.get_args())
            .arg(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take();
        self.process = Some(process);
        let mut output = BufReader::new(output.ok_or_else(|| io::Error::other("no output"))?);
        let mut log = fs::File::create(self.path("log"))?;
        started(&mut output, &mut log)?;
        // Until the broker ends, so that it never waits for a reader.
        std::thread::spawn(move || io::copy(&mut output, &mut log));
        Ok(())
    }

    /// What it logged since it was started last.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn log(&self) -> io::Result<String> {
        fs::read_to_string(self.path("log"))
    }
}

/// Ports of loopback that nobody has; all of them at once, so that they differ.
fn free_ports(count: usize) -> io::Result<Vec<u16>> {
    let held: io::Result<Vec<_>> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect();
    held?
        .iter()
        .map(|one| one.local_addr().map(|at| at.port()))
        .collect()
}

/// Reads its log until it says that it has started.
fn started(output: &mut impl BufRead, log: &mut impl Write) -> io::Result<()> {
    let mut last = Vec::new();
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        log.write_all(line.as_bytes())?;
        if line.contains("Kafka Server started") {
            return Ok(());
        }
        if last.len() == 20 {
            last.remove(0);
        }
        last.push(std::mem::take(&mut line));
    }
    Err(io::Error::other(format!(
        "Kafka does not start: {}",
        last.concat()
    )))
}

impl Drop for Kafka {
    fn drop(&mut self) {
        // What is wrong with it now, nobody can mend.
        self.kill().unwrap_or_default();
    }
}
