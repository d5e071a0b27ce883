//! The registry that the flags name, with the secrets of the environment.

use std::future::Future;
use std::sync::Arc;

use anyhow::Context;
use huntsman_registry::{
    Code, Credentials, HttpSettings, Registry, RegistryError, Secret, TlsFiles, open,
};

use crate::commands::runtime;
use crate::exit::{Exit, usage};
use crate::flags::registry::At;

/// Opens the registry, and asks it.
pub(super) fn ask<T, F: Future<Output = Result<T, RegistryError>>>(
    at: &At,
    question: impl FnOnce(Arc<dyn Registry>) -> F,
) -> Result<T, Exit> {
    let registry = opened(at).map_err(Exit::Usage)?;
    let answer = runtime()?.block_on(question(registry));
    answer.map_err(|error| match error.code() {
        // It was asked, and says no.
        Some(Code::Incompatible) => Exit::Failed(error.into()),
        _ => usage(error),
    })
}

fn opened(at: &At) -> Result<Arc<dyn Registry>, anyhow::Error> {
    let mut settings = HttpSettings::default().with_files(TlsFiles {
        ca: at.tls.ca.as_deref(),
        certificate: at.tls.certificate.as_deref(),
        key: at.tls.key.as_deref(),
    })?;
    login(&mut settings)?;
    Ok(open(&at.registry, &settings)?)
}

fn login(settings: &mut HttpSettings) -> Result<(), anyhow::Error> {
    let said = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(token) = said("REGISTRY_TOKEN") {
        settings.credentials = Credentials::Bearer(Secret::new(token));
    }
    if let Some(info) = said("REGISTRY_USER_INFO") {
        settings.credentials = Credentials::of_user_info(&info).context("REGISTRY_USER_INFO")?;
    }
    Ok(())
}
