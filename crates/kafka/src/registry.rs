//! What the words say of a schema registry.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use huntsman_core::ExportError;
use huntsman_core::nearest::nearest_first;
use huntsman_export::Words;
use huntsman_registry::{
    Credentials, HttpSettings, Reference, Registration, Registry, Secret, Source, Strategy,
    TlsFiles, open,
};

use crate::address::Address;
use crate::properties::REGISTRY;

/// Properties of a registry, as Confluent's clients call them, and `url`.
const PROPERTIES: &[&str] = &[
    "basic.auth.user.info",
    "bearer.auth.identity.pool.id",
    "bearer.auth.logical.cluster",
    "bearer.auth.token",
    "max.retries",
    "request.timeout.ms",
    "ssl.ca.location",
    "ssl.certificate.location",
    "ssl.key.location",
    "url",
];

/// What the words say of a registry.
#[derive(Clone)]
pub(crate) struct RegistryWords {
    /// As it was written: URLs, or `file:DIR`.
    pub(crate) address: String,
    pub(crate) settings: Vec<(String, String)>,
    /// How subjects are named, and those of keys where that was said.
    pub(crate) subject: Strategy,
    pub(crate) key_subject: Option<Strategy>,
    /// Which schema items are written with.
    pub(crate) registration: Registration,
    /// Whether the schema's GUID is in a header, and not its id before each value.
    pub(crate) by_guid: bool,
}

/// The length of a GUID, with its dashes.
const GUID: usize = 36;

/// Words that have no sense without a registry.
const ONLY: [&str; 6] = [
    "key_subject",
    "normalize",
    "references",
    "schema",
    "schema_id",
    "subject",
];

impl fmt::Debug for RegistryWords {
    /// Without address and settings: a password may be in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryWords")
            .field("subject", &self.subject)
            .field("registration", &self.registration)
            .finish_non_exhaustive()
    }
}

impl RegistryWords {
    /// None without a registry.
    pub(crate) fn read(address: &Address, words: &Words) -> Result<Option<Self>, ExportError> {
        let own = address.words.iter();
        let own = own.filter_map(|(word, value)| Some((word.strip_prefix(REGISTRY)?, value)));
        let mut settings: Vec<(String, String)> = Vec::new();
        for (name, value) in own {
            if !PROPERTIES.contains(&name) {
                let near = nearest_first(name, PROPERTIES.iter().copied()).join(", ");
                return Err(ExportError::Place(format!(
                    "`{}` has the unknown word {REGISTRY}{name}: there are {near}",
                    address.place()
                )));
            }
            settings.push((name.to_owned(), value.clone()));
        }
        let url = settings.iter().find(|(name, _)| name == "url");
        let given = words.get("registry").or(url.map(|(_, url)| url.as_str()));
        let Some(given) = given.map(str::to_owned) else {
            if let Some(word) = ONLY.into_iter().find(|word| words.get(word).is_some()) {
                return Err(words.refused(word, "there is no registry: add registry=URL"));
            }
            return match settings.first() {
                None => Ok(None),
                Some((name, _)) => Err(ExportError::Place(format!(
                    "`{}` has {REGISTRY}{name}=, and no registry=URL",
                    address.place()
                ))),
            };
        };
        Ok(Some(Self {
            address: given,
            settings,
            subject: words.parse("subject")?.unwrap_or_default(),
            key_subject: words.parse("key_subject")?,
            registration: Registration {
                source: source(words)?,
                normalize: words.flag("normalize", false)?,
                references: references(words)?,
            },
            by_guid: by_guid(words)?,
        }))
    }

    fn setting(&self, name: &str) -> Option<&str> {
        let mut settings = self.settings.iter();
        let found = settings.find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The registry; a server is not asked yet.
    pub(crate) fn open(&self) -> Result<Arc<dyn Registry>, String> {
        open(&self.address, &self.http()?).map_err(|error| error.to_string())
    }

    /// How a registry behind HTTP is reached.
    fn http(&self) -> Result<HttpSettings, String> {
        let mut settings = HttpSettings::default();
        if let Some(info) = self.setting("basic.auth.user.info") {
            settings.credentials = Credentials::of_user_info(info)
                .map_err(|error| format!("registry.basic.auth.user.info: {error}"))?;
        }
        if let Some(token) = self.setting("bearer.auth.token") {
            settings.credentials = Credentials::Bearer(Secret::new(token));
        }
        for (name, header) in [
            ("bearer.auth.logical.cluster", "target-sr-cluster"),
            ("bearer.auth.identity.pool.id", "Confluent-Identity-Pool-Id"),
        ] {
            if let Some(value) = self.setting(name) {
                settings
                    .headers
                    .push((header.to_owned(), Secret::new(value)));
            }
        }
        let file = |name| self.setting(name).map(Path::new);
        let mut settings = settings
            .with_files(TlsFiles {
                ca: file("ssl.ca.location"),
                certificate: file("ssl.certificate.location"),
                key: file("ssl.key.location"),
            })
            .map_err(|error| format!("the registry: {error}"))?;
        let number = |name: &str| {
            let value = self.setting(name).map(str::parse::<u32>).transpose();
            value.map_err(|error| format!("registry.{name}: {error}"))
        };
        if let Some(retries) = number("max.retries")? {
            settings.retries = retries;
        }
        if let Some(ms) = number("request.timeout.ms")? {
            settings.timeout = std::time::Duration::from_millis(ms.into());
        }
        Ok(settings)
    }
}

fn source(words: &Words) -> Result<Source, ExportError> {
    Ok(match words.get("schema") {
        None | Some("register") => Source::Register,
        Some("look-up") => Source::LookUp,
        Some("latest") => Source::Latest,
        Some(guid) if guid.len() == GUID => Source::Guid(guid.to_owned()),
        Some(id) => Source::Id(id.parse().map_err(|_| {
            let reason = "it is register, look-up, latest, or the id or GUID of a schema";
            words.refused("schema", reason)
        })?),
    })
}

/// `NAME:SUBJECT:VERSION,…`
fn references(words: &Words) -> Result<Vec<Reference>, ExportError> {
    let read = |text: &str| {
        let (name, rest) = text.split_once(':')?;
        // A subject may have colons, its version has none.
        let (subject, version) = rest.rsplit_once(':')?;
        Some(Reference {
            name: name.to_owned(),
            subject: subject.to_owned(),
            version: version.parse().ok()?,
        })
    };
    let all: Option<Vec<_>> = words.list("references").into_iter().map(read).collect();
    all.ok_or_else(|| {
        words.refused(
            "references",
            "it is NAME:SUBJECT:VERSION, with commas between",
        )
    })
}

fn by_guid(words: &Words) -> Result<bool, ExportError> {
    match words.get("schema_id") {
        None | Some("prefix") => Ok(false),
        Some("header") => Ok(true),
        Some(_) => Err(words.refused("schema_id", "it is prefix or header")),
    }
}
