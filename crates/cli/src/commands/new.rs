//! `crawl new`: a project that builds and crawls.

use std::path::{Path, PathBuf};

use anyhow::{Context, Error, ensure};

use super::print;
use crate::exit::Exit;

/// The files of a new project: path, and text in which names are put in.
const FILES: [(&str, &str); 6] = [
    ("Cargo.toml", include_str!("../../templates/Cargo.toml.in")),
    ("src/main.rs", include_str!("../../templates/main.rs.in")),
    (
        "src/quotes.rs",
        include_str!("../../templates/quotes.rs.in"),
    ),
    ("crawl.toml", include_str!("../../templates/crawl.toml.in")),
    ("README.md", include_str!("../../templates/README.md.in")),
    (".gitignore", "/target\n"),
];

pub(super) fn new(name: &str) -> Result<Exit, Exit> {
    let folder = make(name).map_err(Exit::Usage)?;
    print(&format!(
        "made {}; now:\n  cd {}\n  cargo run --release -- quotes --demo -o quotes.json\n",
        folder.display(),
        folder.display()
    ))
}

fn make(name: &str) -> Result<PathBuf, Error> {
    check(name)?;
    let folder = PathBuf::from(name);
    std::fs::create_dir(&folder).with_context(|| match folder.exists() {
        true => format!("{name} is there already; choose another name"),
        false => format!("cannot make the folder {name}"),
    })?;
    for (path, text) in FILES {
        let path = folder.join(path);
        let text = text
            .replace("@NAME@", name)
            .replace("@DEPENDENCIES@", &dependencies());
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, text));
        written.with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(folder)
}

/// A name that cargo takes, too.
fn check(name: &str) -> Result<(), Error> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let rest = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    ensure!(
        first && rest,
        "{name:?} is no project name: letters, digits, - and _, a letter first"
    );
    // What its own dependencies are called, cargo would refuse.
    ensure!(
        !["huntsman", "huntsman-cli", "serde", "test", "core", "std"].contains(&name),
        "the name {name:?} is taken; choose another"
    );
    Ok(())
}

/// By version; or by path, when this program was built from a checkout that is still there.
fn dependencies() -> String {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let version = env!("CARGO_PKG_VERSION");
    match crates.filter(|crates| crates.join("engine/Cargo.toml").is_file()) {
        Some(crates) => {
            let path =
                |name: &str| serde_json::Value::from(crates.join(name).display().to_string());
            format!(
                "huntsman = {{ path = {} }}\nhuntsman-cli = {{ path = {} }}",
                path("engine"),
                path("cli")
            )
        }
        None => format!("huntsman = \"{version}\"\nhuntsman-cli = \"{version}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cargo_takes() {
        for good in ["shop", "my-shop_2"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "2shop", "a b", "../x", "é", "serde"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
