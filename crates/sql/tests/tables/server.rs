//! A PostgreSQL server of the tests' own, on a socket file in a temporary folder.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// Whether the tests may mount file systems that only they see. A machine that does not let them
/// cannot be mended by installing anything, so the test is skipped there, in CI too.
pub(crate) fn may_mount() -> bool {
    let mut command = Command::new("unshare");
    let mount = command.args(["-m", "mount", "-t", "tmpfs", "none", "/mnt"]);
    if mount.output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    println!("skipped: no file system can be mounted");
    false
}

/// It ends when its standard input does, so also when the tests are killed; the folder goes with
/// it. Until then it runs the lines that it reads. `initdb` refuses to run as root.
const SCRIPT: &str = r#"
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
dir=$(mktemp -d /tmp/huntsman-pg.XXXXXX)
trap 'if [ -n "$SMALL" ]; then umount "$dir/small"; fi; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
as=
if [ "$(id -u)" = 0 ]; then as="setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups"; fi
printf s3cret > "$dir/password"
if [ -n "$TLS" ]; then cp "$TLS/server.crt" "$TLS/server.key" "$dir"; chmod 600 "$dir/server.key"; fi
if [ -n "$SMALL" ]; then mkdir "$dir/small"; mount -t tmpfs -o size="$SMALL" none "$dir/small"; fi
if [ -n "$as" ]; then chown -R nobody "$dir"; fi
cd "$dir"
$as "$bin/initdb" -D "$dir/data" -U owner --auth=trust --pwfile="$dir/password" \
    -E UTF8 --locale=C --no-sync > "$dir/log" 2>&1
echo "local all guest scram-sha-256
local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256" > "$dir/data/pg_hba.conf"
set -- -D "$dir/data" -k "$dir" -c fsync=off -c autovacuum=off -c listen_addresses=
if [ -n "$TLS" ]; then
    set -- "$@" -c listen_addresses=127.0.0.1 -c port="$PORT" -c ssl=on \
        -c ssl_cert_file="$dir/server.crt" -c ssl_key_file="$dir/server.key"
fi
$as "$bin/postgres" "$@" >> "$dir/log" 2>&1 &
pid=$!
until "$bin/pg_isready" -q -h "$dir" -p "$PORT"; do kill -0 "$pid"; sleep 0.1; done
echo "$dir"
while read -r line; do if eval "$line"; then echo done; else echo failed; fi; done
kill -INT "$pid"
wait "$pid" || true
"#;

pub(crate) struct Server {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    process: Child,
    pipes: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

impl Server {
    /// The server that all tests share; none where PostgreSQL is missing.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Server>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::start(None, 5432));
        shared.as_ref()
    }

    /// One more, for a test that stops it; with the folder of a certificate, it also listens on
    /// the port.
    pub(crate) fn start(tls: Option<&str>, port: u16) -> Option<Self> {
        Self::run(Command::new("sh"), tls, "", port)
    }

    /// One with a file system of this size in its folder, as `small`, which nobody else sees.
    pub(crate) fn on_small_disk(size: &str) -> Option<Self> {
        if !may_mount() {
            return None;
        }
        let mut shell = Command::new("unshare");
        shell.args(["-m", "sh"]);
        Self::run(shell, None, size, 5432)
    }

    fn run(mut shell: Command, tls: Option<&str>, small: &str, port: u16) -> Option<Self> {
        let is_there = std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|dir| dir.count() > 0)
            && Command::new("psql").arg("--version").output().is_ok();
        if !is_there {
            assert!(std::env::var_os("CI").is_none(), "postgresql is missing");
            println!("skipped: there is no PostgreSQL");
            return None;
        }
        let mut process = shell
            .args(["-c", SCRIPT])
            .env("SMALL", small)
            .env("TLS", tls.unwrap_or_default())
            .env("PORT", port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the server does not start");
        Some(Self {
            folder: line.trim_end().into(),
            port,
            pipes: Mutex::new(process.stdin.take().zip(Some(output))),
            process,
        })
    }

    pub(crate) fn stop(mut self) {
        drop(self.pipes.lock().unwrap().take());
        self.process.wait().unwrap();
    }

    /// Runs a line of shell in the server's folder, as the user that the tests are.
    pub(crate) fn within(&self, line: &str) {
        let mut pipes = self.pipes.lock().unwrap();
        let (input, output) = pipes.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert_eq!(answer, "done\n", "{line}");
    }

    /// The address of a database, with more words.
    pub(crate) fn address(&self, database: &str, words: &str) -> String {
        let folder = self.folder.display();
        format!("postgres://owner:s3cret@/{database}?host={folder}{words}")
    }

    /// What `psql` says to a statement.
    pub(crate) fn psql(&self, database: &str, statement: &str) -> String {
        let output = Command::new("psql")
            .args([
                "-X",
                "-A",
                "-t",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "owner",
            ])
            .args(["-d", database, "-c", statement, "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string()])
            .env("PGPASSWORD", "s3cret")
            .env("PGTZ", "UTC")
            .env("PGOPTIONS", "-c client_min_messages=warning")
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{statement}: {error}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    /// A new, empty database.
    pub(crate) fn database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}"));
        name
    }
}
