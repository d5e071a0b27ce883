//! A real S3 server, moto, in a process of its own; and boto3, which looks at what is there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use huntsman_bucket::S3;
use huntsman_export::{Mode, Output, Place, Start, Words};
use huntsman_testkit::python;
use serde_json::{Value as Json, json};

const PACKAGES: [&str; 5] = [
    "moto==5.2.5",
    "boto3==1.44.8",
    "flask==3.1.3",
    "flask-cors==6.0.5",
    "PyYAML==6.0.4",
];

/// The server; it ends when this process does, which closes its input.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    users: BTreeMap<String, (String, String)>,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    _child: Child,
}

/// The server of all tests, started once; none where there is no Python.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| Some(Server::start(&python()?)))
        .as_ref()
}

/// A Python with the packages, made once and shared.
fn python() -> Option<PathBuf> {
    python::with(env!("CARGO_TARGET_TMPDIR"), &PACKAGES).unwrap()
}

impl Server {
    fn start(python: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/server.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It tells of each request there.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let hello = read(&mut output);
        let users = hello["users"].as_object().unwrap().iter();
        let text = |value: &Json| value.as_str().unwrap().to_owned();
        Self {
            endpoint: text(&hello["endpoint"]),
            users: users
                .map(|(name, keys)| (name.clone(), (text(&keys[0]), text(&keys[1]))))
                .collect(),
            pipes: Mutex::new((input, output)),
            _child: child,
        }
    }

    /// Asks boto3.
    fn ask(&self, ask: &Json) -> Json {
        let mut pipes = self.pipes.lock().unwrap();
        writeln!(pipes.0, "{ask}").unwrap();
        read(&mut pipes.1)
    }

    /// A bucket for one test.
    pub(crate) fn bucket(&'static self, name: &'static str) -> Bucket {
        self.ask(&json!({"do": "bucket", "bucket": name}));
        Bucket { server: self, name }
    }

    /// The place with the credentials of a user.
    pub(crate) fn place(&self, user: &str) -> S3 {
        let (key, secret) = &self.users[user];
        place(key, secret)
    }

    /// The words that lead to the server.
    pub(crate) fn words(&self) -> Words {
        Words::new(
            "s3://…",
            [("endpoint", self.endpoint.as_str()), ("part_size", "5MiB")],
        )
    }
}

/// The place with these credentials.
pub(crate) fn place(key: &str, secret: &str) -> S3 {
    let variables = [
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", secret),
    ];
    S3::with_variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

fn read(output: &mut BufReader<ChildStdout>) -> Json {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    serde_json::from_str(&line).expect("the server's script failed: run it by hand to see why")
}

/// A bucket, as boto3 sees it.
#[derive(Clone, Copy)]
pub(crate) struct Bucket {
    pub(crate) server: &'static Server,
    name: &'static str,
}

impl Bucket {
    pub(crate) fn address(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// Opens an object as its owner.
    pub(crate) fn open(&self, key: &str, start: Start<'_>) -> std::io::Result<Box<dyn Output>> {
        let place = self.server.place("owner");
        place.open(&self.address(key), start, &self.server.words())
    }

    pub(crate) fn create(&self, key: &str, mode: Mode, job: Option<&str>) -> Box<dyn Output> {
        self.open(key, Start::New { mode, job }).unwrap()
    }

    pub(crate) fn put(&self, key: &str, text: &str) {
        let ask = json!({"do": "put", "bucket": self.name, "key": key, "text": text});
        self.server.ask(&ask);
    }

    /// What an object holds, if there is one.
    pub(crate) fn get(&self, key: &str) -> Option<Vec<u8>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let ask = json!({"do": "get", "bucket": self.name, "key": key, "file": path});
        let there = self.server.ask(&ask) == true;
        there.then(|| fs::read(path).unwrap())
    }

    /// All objects whose keys begin so, by the rest of those; they are small.
    pub(crate) fn folder(&self, begins: &str) -> BTreeMap<String, Vec<u8>> {
        let ask = json!({"do": "folder", "bucket": self.name, "key": begins});
        let found: BTreeMap<String, String> =
            serde_json::from_value(self.server.ask(&ask)).unwrap();
        // Each byte is a letter.
        let bytes = |text: String| text.chars().map(|letter| letter as u8).collect();
        found
            .into_iter()
            .map(|(key, text)| (key[begins.len()..].to_owned(), bytes(text)))
            .collect()
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        let keys = self.server.ask(&json!({"do": "keys", "bucket": self.name}));
        serde_json::from_value(keys).unwrap()
    }

    /// Uploads that have no end.
    pub(crate) fn uploads(&self) -> u64 {
        let uploads = self
            .server
            .ask(&json!({"do": "uploads", "bucket": self.name}));
        uploads.as_u64().unwrap()
    }

    pub(crate) fn abort_uploads(&self) {
        self.server
            .ask(&json!({"do": "abort", "bucket": self.name}));
    }
}
