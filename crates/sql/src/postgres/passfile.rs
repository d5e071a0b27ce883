//! `~/.pgpass`: passwords by host, port, database and user (libpq, "The Password File").

use std::path::{Path, PathBuf};

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::address::Environment;

/// The password of the first line that fits; none if there is no file, or no such line.
pub(super) fn password(
    config: &Config,
    environment: Environment<'_>,
) -> Result<Option<String>, String> {
    let named = environment("PGPASSFILE").map(PathBuf::from);
    let home = || environment("HOME").map(|home| PathBuf::from(home).join(".pgpass"));
    let Some(path) = named.or_else(home) else {
        return Ok(None);
    };
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Ok(None);
    };
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        // A server that is reached through a socket file is this machine.
        _ => "localhost".to_owned(),
    };
    let port = config
        .get_ports()
        .first()
        .copied()
        .unwrap_or(5432)
        .to_string();
    let user = config.get_user().unwrap_or_default();
    let database = config.get_dbname().unwrap_or(user);
    let found = text
        .lines()
        .find_map(|line| matching(line, [&host, &port, database, user]));
    if found.is_some() && is_open_to_others(&path) {
        return Err(format!(
            "{} can be read by others: chmod 600, or it does not count",
            path.display()
        ));
    }
    Ok(found)
}

/// The password of a line, if its other fields fit.
fn matching(line: &str, wanted: [&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let fields = fields(line);
    let [own @ .., password] = fields.as_slice() else {
        return None;
    };
    let fits = |(own, wanted): (&String, &str)| own == "*" || own == wanted;
    let all = own.len() == wanted.len() && own.iter().zip(wanted).all(fits);
    all.then(|| password.clone())
}

/// What stands between colons; a backslash takes their meaning from them.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            ':' => {
                fields.push(String::new());
                continue;
            }
            '\\' => chars.next().unwrap_or('\\'),
            c => c,
        };
        if let Some(last) = fields.last_mut() {
            last.push(c);
        }
    }
    fields
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_field_by_field() {
        let wanted = ["db.example", "5432", "shop", "me"];
        let password = |line| matching(line, wanted);
        assert_eq!(
            password("db.example:5432:shop:me:s3cret").as_deref(),
            Some("s3cret")
        );
        assert_eq!(password("*:*:*:me:a\\:b\\\\c").as_deref(), Some("a:b\\c"));
        assert_eq!(password("*:*:*:you:s3cret"), None);
        assert_eq!(password("#*:*:*:*:s3cret"), None);
        assert_eq!(password("*:*:*:me"), None);
        assert_eq!(password(""), None);
    }
}
