//! Addresses as libpq reads them, with what it takes from the environment.

use std::path::PathBuf;
use std::time::Duration;

use huntsman_core::ExportError;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::passfile;
use super::tls::{Roots, Trust};

/// How a server is reached.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) trust: Trust,
    /// What messages call it: without a password.
    pub(super) shown: String,
}

/// Reads the environment.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The address with what the environment adds. Words of the feed are left out.
pub(super) fn read(
    given: &str,
    words: &[&str],
    environment: Environment<'_>,
) -> Result<Address, ExportError> {
    let scheme = given.split(':').next().unwrap_or_default().escape_debug();
    let wrong = |reason: &str| ExportError::Place(format!("the address `{scheme}://…`: {reason}"));
    let (front, query) = given.split_once('?').unwrap_or((given, ""));
    let mut said = Said::default();
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (word, value) = pair.split_once('=').unwrap_or((pair, ""));
        match word {
            "sslmode" => said.mode = Some(value.to_owned()),
            "ssl" if value == "true" => said.mode = Some("require".to_owned()),
            "sslrootcert" => said.roots = Some(value.replace("%2F", "/").replace("%2f", "/")),
            word if words.contains(&word) => {}
            // An `@` would end a user's name.
            _ => kept.push(pair.replace('@', "%40")),
        }
    }
    let mut text = with_port(front, environment);
    if !kept.is_empty() {
        text = format!("{text}?{}", kept.join("&"));
    }
    let mut config: Config = text.parse().map_err(|error| wrong(&reason(&error)))?;
    complete(&mut config, environment).map_err(|reason| wrong(&reason))?;
    let trust = said
        .trust(&mut config, environment)
        .map_err(|reason| wrong(&reason))?;
    let shown = shown(&config);
    Ok(Address {
        config,
        trust,
        shown,
    })
}

/// What is said of TLS.
#[derive(Default)]
struct Said {
    mode: Option<String>,
    roots: Option<String>,
}

impl Said {
    fn trust(self, config: &mut Config, environment: Environment<'_>) -> Result<Trust, String> {
        let mode = self.mode.or_else(|| environment("PGSSLMODE"));
        let roots = self.roots.or_else(|| environment("PGSSLROOTCERT"));
        let home = environment("HOME").map(|home| PathBuf::from(home).join(".postgresql/root.crt"));
        let roots = match roots.as_deref() {
            Some("system") => Some(Roots::System),
            Some(path) => Some(Roots::File(path.into())),
            None => home.filter(|path| path.is_file()).map(Roots::File),
        };
        let (mode, trust) = match mode.as_deref().unwrap_or("prefer") {
            "disable" => (SslMode::Disable, Trust::Any),
            "prefer" => (SslMode::Prefer, Trust::Any),
            // libpq verifies the chain too where it finds roots.
            "require" => (SslMode::Require, roots.map_or(Trust::Any, Trust::Chain)),
            "verify-ca" => (
                SslMode::Require,
                Trust::Chain(roots.unwrap_or(Roots::System)),
            ),
            "verify-full" => (
                SslMode::Require,
                Trust::Full(roots.unwrap_or(Roots::System)),
            ),
            other => {
                return Err(format!(
                    "sslmode={} is none of disable, prefer, require, verify-ca and verify-full",
                    other.escape_debug()
                ));
            }
        };
        let through_file = |host: &Host| !matches!(host, Host::Tcp(_));
        let is_local =
            config.get_hostaddrs().is_empty() && config.get_hosts().iter().all(through_file);
        config.ssl_mode(if is_local { SslMode::Disable } else { mode });
        Ok(trust)
    }
}

/// The part before the query, with PGPORT at hosts that have no port of their own.
fn with_port(front: &str, environment: Environment<'_>) -> String {
    let (Some(port), Some((scheme, rest))) = (environment("PGPORT"), front.split_once("://"))
    else {
        return front.to_owned();
    };
    let (user, rest) = rest
        .split_once('@')
        .map_or(("", rest), |(user, rest)| (user, rest));
    let (hosts, path) = rest
        .split_once('/')
        .map_or((rest, None), |(hosts, path)| (hosts, Some(path)));
    let has_port = |host: &str| host.rsplit(']').next().is_some_and(|end| end.contains(':'));
    let hosts: Vec<String> = hosts
        .split(',')
        .map(|host| match host {
            "" => String::new(),
            host if has_port(host) => host.to_owned(),
            host => format!("{host}:{port}"),
        })
        .collect();
    let user = if user.is_empty() {
        String::new()
    } else {
        format!("{user}@")
    };
    let path = path.map(|path| format!("/{path}")).unwrap_or_default();
    format!("{scheme}://{user}{}{path}", hosts.join(","))
}

/// Adds what the address does not say.
fn complete(config: &mut Config, environment: Environment<'_>) -> Result<(), String> {
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        match environment("PGHOST").filter(|hosts| !hosts.is_empty()) {
            Some(hosts) => hosts.split(',').for_each(|host| {
                config.host(host);
            }),
            None => {
                config.host(default_host());
            }
        }
        if let (true, Some(port)) = (config.get_ports().is_empty(), environment("PGPORT")) {
            let port = port.parse().map_err(|_| "PGPORT is no port".to_owned())?;
            config.port(port);
        }
    }
    let unset = |value: Option<&str>| value.is_none_or(str::is_empty);
    if unset(config.get_user())
        && let Some(user) = environment("PGUSER").or_else(|| environment("USER"))
    {
        config.user(user);
    }
    if unset(config.get_dbname())
        && let Some(name) = environment("PGDATABASE")
    {
        config.dbname(name);
    }
    if config.get_password().is_none() {
        match environment("PGPASSWORD") {
            Some(password) => {
                config.password(password);
            }
            None => {
                if let Some(password) = passfile::password(config, environment)? {
                    config.password(password);
                }
            }
        }
    }
    if config.get_application_name().is_none() {
        config.application_name("huntsman");
    }
    if config.get_connect_timeout().is_none() {
        let seconds = environment("PGCONNECT_TIMEOUT").and_then(|text| text.parse().ok());
        config.connect_timeout(Duration::from_secs(seconds.unwrap_or(10)));
    }
    // A server that is gone without a word is noticed within minutes, not hours.
    config.keepalives_idle(Duration::from_secs(60));
    config.keepalives_interval(Duration::from_secs(10));
    config.keepalives_retries(6);
    Ok(())
}

/// The folder of the server's socket file, as Debian or PostgreSQL itself has it, or else this
/// machine.
fn default_host() -> &'static str {
    let folders = ["/var/run/postgresql", "/tmp"];
    let has_socket = |folder: &&str| {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return false;
        };
        let mut names = entries.flatten().map(|entry| entry.file_name());
        names.any(|name| name.to_string_lossy().starts_with(".s.PGSQL."))
    };
    folders.into_iter().find(has_socket).unwrap_or("localhost")
}

/// The address without what is secret.
fn shown(config: &Config) -> String {
    let user = config
        .get_user()
        .map(|user| format!("{user}@"))
        .unwrap_or_default();
    let ports = config.get_ports();
    let (mut hosts, mut folder) = (Vec::new(), String::new());
    for (index, host) in config.get_hosts().iter().enumerate() {
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        match host {
            Host::Tcp(host) if port == 5432 => hosts.push(host.clone()),
            Host::Tcp(host) => hosts.push(format!("{host}:{port}")),
            #[cfg(unix)]
            Host::Unix(path) => folder = format!("?host={}", path.display()),
        }
    }
    if hosts.is_empty() {
        hosts.extend(config.get_hostaddrs().iter().map(ToString::to_string));
    }
    let database = config
        .get_dbname()
        .or(config.get_user())
        .unwrap_or_default();
    format!("postgres://{user}{}/{database}{folder}", hosts.join(","))
}

/// What the client says is wrong, in one line.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    if let Some(told) = error.as_db_error() {
        let parts = [
            Some(told.message()),
            told.detail(),
            told.hint(),
            told.where_(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        return parts.join("; ").replace('\n', " ");
    }
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !reason.contains(&text) {
            reason = format!("{reason}: {text}");
        }
        source = cause.source();
    }
    reason.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(address: &str, variables: &[(&str, &str)]) -> Result<Address, String> {
        let environment = |name: &str| {
            let mut variables = variables.iter();
            let found = variables.find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        read(address, &["table", "key"], &environment).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (address, shown) in [
            (
                "postgres://me:s3cret@db.example:5433/shop",
                "postgres://me@db.example:5433/shop",
            ),
            (
                "postgresql://me:s3cret@db.example/shop?table=x",
                "postgres://me@db.example/shop",
            ),
            (
                "postgres://me@a,b:5434/shop?password=s3cret",
                "postgres://me@a,b:5434/shop",
            ),
            (
                "postgres:///shop?host=/run/postgresql&user=me&password=s3cret",
                "postgres://me@/shop?host=/run/postgresql",
            ),
        ] {
            let address = given(address, &[]).unwrap();
            assert_eq!(address.shown, shown);
            assert!(!format!("{:?}", address.config).contains("s3cret"));
        }
    }

    #[test]
    fn an_address_without_sense_is_refused_without_its_password() {
        for address in [
            "postgres://me:s3cret@db.example:port/shop",
            "postgres://me:s3cret@db.example/shop?sslmode=perhaps",
            "postgres://me:s3cret@db.example/shop?sslcert=me.pem",
            "postgres://me:s3cret@db.example/shop?nothing",
        ] {
            let error = given(address, &[]).unwrap_err();
            assert!(error.starts_with("the address `postgres://…`: "), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn the_environment_says_what_the_address_does_not() {
        let variables = [
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGUSER", "me"),
            ("PGPASSWORD", "s3cret"),
            ("PGDATABASE", "shop"),
        ];
        let found = given("postgres://", &variables).unwrap();
        assert_eq!(found.shown, "postgres://me@db.example:5433/shop");
        assert_eq!(found.config.get_password(), Some(&b"s3cret"[..]));
        let found = given("postgres://you:other@[::1]/books", &variables).unwrap();
        assert_eq!(found.shown, "postgres://you@::1:5433/books");
        assert_eq!(found.config.get_password(), Some(&b"other"[..]));
    }

    #[test]
    fn sslmode_says_what_is_verified() {
        let trust = |query: &str| {
            let found = given(&format!("postgres://h/d?{query}"), &[]).unwrap();
            (found.config.get_ssl_mode(), found.trust)
        };
        let file = || Roots::File("ca.pem".into());
        assert_eq!(trust(""), (SslMode::Prefer, Trust::Any));
        assert_eq!(trust("sslmode=disable"), (SslMode::Disable, Trust::Any));
        assert_eq!(trust("sslmode=require"), (SslMode::Require, Trust::Any));
        assert_eq!(
            trust("sslmode=require&sslrootcert=ca.pem"),
            (SslMode::Require, Trust::Chain(file()))
        );
        assert_eq!(
            trust("sslmode=verify-ca&sslrootcert=ca.pem"),
            (SslMode::Require, Trust::Chain(file()))
        );
        assert_eq!(
            trust("sslmode=verify-full"),
            (SslMode::Require, Trust::Full(Roots::System))
        );
    }
}
