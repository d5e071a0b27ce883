//! A folder of files as a site.

use std::io;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::routing::any;
use tower_http::services::ServeDir;

use crate::SiteError;
use crate::page::not_found;

/// The site of `folder`. Every path is looked up below it: `..`, encoded or not, is a 404.
pub(crate) fn router(folder: PathBuf) -> Result<Router, SiteError> {
    if let Err(reason) = readable(&folder) {
        return Err(SiteError::Folder { folder, reason });
    }
    let missing = any(not_found).with_state::<()>(());
    Ok(Router::new().fallback_service(ServeDir::new(folder).fallback(missing)))
}

fn readable(folder: &Path) -> io::Result<()> {
    std::fs::read_dir(folder).map(drop)
}
