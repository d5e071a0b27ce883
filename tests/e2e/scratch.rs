//! A folder for one test, and the `crawl` command run in it: with a time-out, without the
//! environment of whoever runs the test, and without a terminal.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::binary;

/// No command of a test takes longer; most take a second.
const LIMIT: Duration = Duration::from_secs(60);

/// A folder that vanishes with the test.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("there is room for a folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(path, content).expect("the file can be written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        let text = self.read(name);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"))
    }

    /// The objects of a file that is a JSON array.
    pub(crate) fn items(&self, name: &str) -> Vec<Value> {
        match self.json(name) {
            Value::Array(items) => items,
            other => panic!("{name} is no array: {other}"),
        }
    }

    /// What lies in the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the folder can be read");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            let name = entry.expect("the entry can be read").file_name();
            name.into_string().expect("tests choose UTF-8 names")
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }

    /// `crawl` with these words, none of which has a space.
    pub(crate) fn crawl(&self, words: &str) -> Crawl {
        self.program(binary::crawl(), words)
    }

    /// The same, with the signal of a closed terminal as a shell hands it on: who runs the tests may
    /// ignore it, as `nohup` does.
    pub(crate) fn crawl_on_terminal(&self, words: &str) -> Crawl {
        let crawl = binary::crawl().display();
        let words = format!("--default-signal=HUP {crawl} {words}");
        self.program(Path::new("/usr/bin/env"), &words)
    }

    /// The same of another project.
    pub(crate) fn program(&self, program: &Path, words: &str) -> Crawl {
        let mut command = Command::new(program);
        command
            .args(words.split_whitespace())
            .current_dir(self.0.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Crawl {
            command,
            stdin: None,
            folder: self.0.path().display().to_string(),
        }
    }
}

/// A command that is about to run.
pub(crate) struct Crawl {
    command: Command,
    stdin: Option<Vec<u8>>,
    folder: String,
}

impl Crawl {
    /// One more word, spaces and all.
    pub(crate) fn word(mut self, word: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(word);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn inside(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self.command.stdin(Stdio::piped());
        self
    }

    pub(crate) fn start(mut self) -> Child {
        self.command.spawn().expect("the binary runs")
    }

    pub(crate) async fn run(mut self) -> Done {
        let stdin = self.stdin.take();
        let folder = std::mem::take(&mut self.folder);
        let mut child = self.start();
        if let (Some(bytes), Some(mut pipe)) = (stdin, child.stdin.take()) {
            // A command that does not read to the end is judged by what it says.
            pipe.write_all(&bytes).await.unwrap_or_default();
        }
        finished(child, &folder).await
    }
}

/// Waits for the end, within the limit; past it the child is killed and the test fails.
pub(crate) async fn finished(child: Child, folder: &str) -> Done {
    let ended = timeout(LIMIT, child.wait_with_output()).await;
    let output = ended
        .expect("the command ended in time")
        .expect("the output can be read");
    Done {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        folder: folder.to_owned(),
    }
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    folder: String,
}

impl Done {
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        self.ended(0)
    }

    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// The one line on standard error, of a command that ended with `code` and printed nothing;
    /// the folder of the test is left out.
    #[track_caller]
    pub(crate) fn complaint(self, code: i32) -> String {
        let done = self.ended(code);
        assert_eq!(done.out, "", "{done:#?}");
        assert_eq!(done.err.lines().count(), 1, "{done:#?}");
        let line = done.err.trim_end().strip_prefix("error: ");
        let line = line.unwrap_or_else(|| panic!("no complaint: {done:#?}"));
        if done.folder.is_empty() {
            return line.to_owned();
        }
        line.replace(&done.folder, "[folder]")
    }
}
