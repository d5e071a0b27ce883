//! Which place an address names, and which file there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use huntsman_core::nearest::nearest_first;
use huntsman_core::{ExportError, Url};

use crate::catalog::Catalog;
use crate::connector::Connector;
use crate::hidden::hidden;
use crate::place::Place;
use crate::words::printable;

/// What an address leads to.
pub(crate) enum Scheme {
    Place(Arc<dyn Place>),
    System(Arc<dyn Connector>),
}

/// What the scheme of an address stands for; a path without one is a file.
pub(crate) fn scheme_of(catalog: &Catalog, address: &str) -> Result<Scheme, ExportError> {
    let scheme = match address.split_once(':') {
        _ if address == "-" => "-",
        Some((scheme, rest)) if rest.starts_with("//") || is_known(catalog, scheme) => scheme,
        _ => "file",
    };
    let is = |own: &&str| own.eq_ignore_ascii_case(scheme);
    let mut systems = catalog.connectors.iter();
    if let Some(system) = systems.find(|system| system.schemes().iter().any(is)) {
        return Ok(Scheme::System(Arc::clone(system)));
    }
    match catalog.place_of(scheme) {
        Some(place) => Ok(Scheme::Place(place)),
        None => {
            let known = nearest_first(scheme, catalog.schemes().filter(|known| *known != "-"));
            Err(refused(format!(
                "`{}` has the unknown scheme `{}`: there are {}, or a path without a scheme",
                printable(&hidden("place", address)),
                printable(scheme),
                known.join(", ")
            )))
        }
    }
}

fn is_known(catalog: &Catalog, scheme: &str) -> bool {
    catalog
        .schemes()
        .any(|known| known.eq_ignore_ascii_case(scheme))
}

/// The last part of an address, which is the name of a file.
pub(crate) fn file_name(address: &str) -> Result<PathBuf, ExportError> {
    let shown = printable(&hidden("place", address));
    if address.contains('\0') {
        return Err(refused(format!("`{shown}` has a NUL character")));
    }
    let path = path_of(address)?;
    let path = match (&path, address.split_once("://")) {
        (Some(path), _) => path.as_path(),
        // The host, or the bucket, is no file.
        (None, Some((_, rest))) => Path::new(rest.split_once('/').map_or("", |(_, path)| path)),
        (None, None) => Path::new(address.split_once(':').map_or("", |(_, path)| path)),
    };
    let is_folder = address.ends_with(['/', std::path::MAIN_SEPARATOR]);
    match path.file_name() {
        Some(name) if !is_folder => Ok(name.into()),
        _ => Err(refused(format!("`{shown}` names a folder: name a file"))),
    }
}

/// The path that an address names, if it names one of this machine.
pub(crate) fn path_of(address: &str) -> Result<Option<PathBuf>, ExportError> {
    let is_url = address
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("file:"));
    if !is_url {
        let is_path = !address.contains("://");
        return Ok(is_path.then(|| PathBuf::from(address)));
    }
    // `file:out.json` would silently mean `/out.json`.
    let url = Url::parse(address)
        .ok()
        .filter(|_| address[5..].starts_with('/'));
    match url.and_then(|url| url.to_file_path().ok()) {
        Some(path) => Ok(Some(path)),
        None => Err(refused(format!(
            "`{}` is not a local file URL: write file:///path/to/file",
            printable(address)
        ))),
    }
}

/// Whether an address is that of something that is neither a file nor a folder.
pub(crate) fn is_stream(address: &str) -> bool {
    let path = path_of(address).ok().flatten();
    let found = path.and_then(|path| std::fs::metadata(path).ok());
    found.is_some_and(|found| !found.is_file() && !found.is_dir())
}

/// A path as the file system has it, so that two names of one file are the same.
pub(crate) fn real(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (Some(folder), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return absolute;
    };
    std::fs::canonicalize(folder).map_or_else(|_| absolute.clone(), |folder| folder.join(name))
}

fn refused(reason: String) -> ExportError {
    ExportError::Place(reason)
}
