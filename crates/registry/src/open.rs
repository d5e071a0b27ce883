//! A registry by its address: URLs, or a folder.

use std::sync::Arc;

use crate::cached::Cached;
use crate::error::RegistryError;
use crate::folder::FolderRegistry;
use crate::http::{Credentials, HttpRegistry, HttpSettings};
use crate::registry::Registry;

/// The registry at an address: `http://host:8081` or `https://…`, several of them separated by
/// commas, asked as `settings` say and through a [`Cached`]; or `file:DIR` for one in a folder. The
/// address takes the place of the URLs of `settings`; a login in it counts where they have none. A
/// folder is looked through; a server is not asked yet.
///
/// ```
/// use huntsman_registry::{HttpSettings, open};
///
/// let settings = HttpSettings::default();
/// assert!(open("http://a:8081,http://b:8081", &settings).is_ok());
/// let error = open("schemas/", &settings).unwrap_err();
/// assert!(error.to_string().contains("file:DIR"));
/// ```
///
/// # Errors
/// It is no address, a setting is not usable, or the folder is damaged.
pub fn open(address: &str, settings: &HttpSettings) -> Result<Arc<dyn Registry>, RegistryError> {
    if let Some(dir) = address.strip_prefix("file:") {
        // As browsers write it, too: file:///srv/schemas.
        let dir = dir.strip_prefix("//").unwrap_or(dir);
        if dir.is_empty() {
            return Err(RegistryError::Setting(
                "the registry `file:` names no folder: write file:schemas/".to_owned(),
            ));
        }
        return Ok(Arc::new(FolderRegistry::open(dir)?));
    }
    let told = HttpSettings::of(address)?;
    let mut settings = settings.clone();
    settings.urls = told.urls;
    if settings.credentials == Credentials::None {
        settings.credentials = told.credentials;
    }
    Ok(Arc::new(Cached::new(HttpRegistry::new(settings)?)))
}
