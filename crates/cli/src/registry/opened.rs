//! The registry that the flags name, with the secrets of the environment.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use huntsman_registry::{
    Code, Credentials, HttpSettings, Registry, RegistryError, Secret, TlsFiles, open,
};
use tokio::time::timeout;

use crate::commands::runtime;
use crate::exit::{Exit, usage};
use crate::flags::registry::At;
use crate::style;

/// After so long without an answer somebody is told what they wait for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a folder has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folder {
    /// Who only asks makes none: a misspelt one would look empty.
    IsThere,
    MayBeMade,
}

/// Opens the registry, and asks it.
pub(super) fn ask<T, F: Future<Output = Result<T, RegistryError>>>(
    at: &At,
    folder: Folder,
    question: impl FnOnce(Arc<dyn Registry>) -> F,
) -> Result<T, Exit> {
    if folder == Folder::IsThere {
        crate::folder::demand(&at.registry).map_err(Exit::Usage)?;
    }
    let registry = opened(at).map_err(Exit::Usage)?;
    let answer = runtime()?.block_on(async {
        let mut answer = pin!(question(registry));
        match timeout(PATIENCE, &mut answer).await {
            Ok(answer) => answer,
            Err(_) => {
                style::say("waiting for the registry, which is asked again if it fails …");
                answer.await
            }
        }
    });
    answer.map_err(|error| match error.code() {
        // It was asked, and says no.
        Some(Code::Incompatible) => Exit::Failed(error.into()),
        _ if error.is_transient() || keeps_out(&error) => Exit::Sink(error.into()),
        _ => usage(error),
    })
}

/// Whether it would not even listen: one side does not trust the other. A feed ends in the same way.
fn keeps_out(error: &RegistryError) -> bool {
    use RegistryError as Error;
    matches!(
        error,
        Error::Tls { .. } | Error::Unauthorized { .. } | Error::Forbidden { .. }
    )
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
