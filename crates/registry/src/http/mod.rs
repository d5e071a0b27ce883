//! A registry behind HTTP: the REST API that Confluent's Schema Registry has, and others share.

mod exchange;
mod settings;
mod tls;

use std::fmt;

use async_trait::async_trait;
use huntsman_avro::compat::Mode as Level;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

pub use settings::{ClientCertificate, Credentials, HttpSettings, Secret, TlsFiles};

use crate::error::{Code, RegistryError};
use crate::registry::Registry;
use crate::types::{
    Against, Association, Deleted, Found, Mode, Registered, Registering, Schema, SchemaVersion,
    SubjectVersion, Verdict, Version,
};
use exchange::{Ask, Exchange};

/// A registry behind HTTP. Requests are tried again after 408, 429, 5xx and a broken network, at each
/// server in turn and then after a growing pause; nothing else is.
pub struct HttpRegistry {
    exchange: Exchange,
}

impl HttpRegistry {
    /// The registry of these settings; nothing is sent yet.
    ///
    /// # Errors
    /// A setting is not usable.
    pub fn new(settings: HttpSettings) -> Result<Self, RegistryError> {
        let exchange = Exchange::new(settings)?;
        Ok(Self { exchange })
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &[&str]) -> Result<T, RegistryError> {
        self.exchange.ask(Ask::new(Method::GET, path)).await
    }
}

impl fmt::Debug for HttpRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpRegistry")
            .field(self.exchange.settings())
            .finish()
    }
}

/// Servers call it one thing where it is set, and another where it is asked for.
#[derive(Deserialize)]
struct LevelTold {
    #[serde(alias = "compatibilityLevel")]
    compatibility: String,
}

#[derive(Deserialize)]
struct ModeTold {
    mode: String,
}

/// Some servers answer a deletion with the level or mode alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told<T> {
    Whole(T),
    Word(String),
}

#[derive(Deserialize)]
struct IdTold {
    id: u32,
}

fn level(told: &str) -> Result<Level, RegistryError> {
    told.parse()
        .map_err(|error| wrong(format!("the level {told:?}: {error}")))
}

fn mode(told: &str) -> Result<Mode, RegistryError> {
    told.parse()
        .map_err(|error: crate::types::UnknownMode| wrong(error.to_string()))
}

fn wrong(reason: String) -> RegistryError {
    RegistryError::WrongAnswer {
        url: "the registry".to_owned(),
        reason,
    }
}

/// `config` or `mode`, of a subject or of all.
fn scope<'a>(word: &'a str, subject: Option<&'a str>) -> Vec<&'a str> {
    [Some(word), subject].into_iter().flatten().collect()
}

fn body(schema: &Schema) -> Value {
    // Members that are none are left out: some servers refuse null (Redpanda).
    let mut body = json!({"schema": schema.text});
    if schema.kind != "AVRO" {
        body["schemaType"] = json!(schema.kind);
    }
    if !schema.references.is_empty() {
        body["references"] = json!(schema.references);
    }
    if let Some(metadata) = &schema.metadata {
        body["metadata"] = metadata.clone();
    }
    if let Some(rules) = &schema.rule_set {
        body["ruleSet"] = rules.clone();
    }
    body
}

fn shown(ask: Ask<'_>, deleted: Deleted) -> Ask<'_> {
    match deleted {
        Deleted::Hidden => ask,
        Deleted::Shown => ask.said("deleted", true),
        Deleted::Only => ask.said("deletedOnly", true),
    }
}

#[async_trait]
impl Registry for HttpRegistry {
    async fn subjects(&self, deleted: Deleted) -> Result<Vec<String>, RegistryError> {
        let ask = shown(Ask::new(Method::GET, &["subjects"]), deleted);
        let mut subjects: Vec<String> = self.exchange.ask(ask).await?;
        subjects.sort();
        Ok(subjects)
    }

    async fn versions(&self, subject: &str, deleted: Deleted) -> Result<Vec<u32>, RegistryError> {
        let path = ["subjects", subject, "versions"];
        self.exchange
            .ask(shown(Ask::new(Method::GET, &path), deleted))
            .await
    }

    async fn version(
        &self,
        subject: &str,
        version: Version,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError> {
        let path = ["subjects", subject, "versions", &version.to_string()];
        let ask = Ask::new(Method::GET, &path).said("deleted", deleted);
        self.exchange.ask(ask).await
    }

    async fn register(
        &self,
        subject: &str,
        schema: &Schema,
        how: Registering,
    ) -> Result<Registered, RegistryError> {
        let mut body = body(schema);
        if let Some(id) = how.id {
            body["id"] = json!(id);
        }
        if let Some(version) = how.version {
            body["version"] = json!(version);
        }
        let path = ["subjects", subject, "versions"];
        let ask = Ask::new(Method::POST, &path).said("normalize", how.normalize);
        self.exchange.ask(ask.body(body)).await
    }

    async fn look_up(
        &self,
        subject: &str,
        schema: &Schema,
        normalize: bool,
        deleted: bool,
    ) -> Result<SchemaVersion, RegistryError> {
        let path = ["subjects", subject];
        let ask = Ask::new(Method::POST, &path)
            .said("normalize", normalize)
            .said("deleted", deleted)
            .body(body(schema));
        self.exchange.ask(ask).await
    }

    async fn schema_by_id(&self, id: u32) -> Result<Found, RegistryError> {
        let found: Found = self.get(&["schemas", "ids", &id.to_string()]).await?;
        Ok(Found {
            id: Some(id),
            ..found
        })
    }

    async fn schema_by_guid(&self, guid: &str) -> Result<Found, RegistryError> {
        let found: Found = self.get(&["schemas", "guids", guid]).await?;
        Ok(Found {
            guid: Some(guid.to_owned()),
            ..found
        })
    }

    async fn ids_of_guid(&self, guid: &str) -> Result<Vec<u32>, RegistryError> {
        let ids: Vec<IdTold> = self.get(&["schemas", "guids", guid, "ids"]).await?;
        Ok(ids.into_iter().map(|told| told.id).collect())
    }

    async fn uses(&self, id: u32, deleted: bool) -> Result<Vec<SubjectVersion>, RegistryError> {
        let id = id.to_string();
        let path = ["schemas", "ids", &id, "versions"];
        let ask = Ask::new(Method::GET, &path).said("deleted", deleted);
        self.exchange.ask(ask).await
    }

    async fn referenced_by(
        &self,
        subject: &str,
        version: Version,
    ) -> Result<Vec<u32>, RegistryError> {
        let version = version.to_string();
        self.get(&["subjects", subject, "versions", &version, "referencedby"])
            .await
    }

    async fn delete_subject(
        &self,
        subject: &str,
        permanent: bool,
    ) -> Result<Vec<u32>, RegistryError> {
        let path = ["subjects", subject];
        let ask = Ask::new(Method::DELETE, &path).said("permanent", permanent);
        self.exchange.ask(ask).await
    }

    async fn delete_version(
        &self,
        subject: &str,
        version: Version,
        permanent: bool,
    ) -> Result<u32, RegistryError> {
        let path = ["subjects", subject, "versions", &version.to_string()];
        let ask = Ask::new(Method::DELETE, &path).said("permanent", permanent);
        self.exchange.ask(ask).await
    }

    async fn check(
        &self,
        subject: &str,
        against: Against,
        schema: &Schema,
        normalize: bool,
    ) -> Result<Verdict, RegistryError> {
        let version = match against {
            Against::Version(version) => Some(version.to_string()),
            Against::All => None,
        };
        let mut path = vec!["compatibility", "subjects", subject, "versions"];
        path.extend(version.as_deref());
        let ask = Ask::new(Method::POST, &path)
            .said("verbose", true)
            .said("normalize", normalize)
            .body(body(schema));
        self.exchange.ask(ask).await
    }

    async fn level(&self, subject: Option<&str>, inherited: bool) -> Result<Level, RegistryError> {
        let path = scope("config", subject);
        let ask =
            Ask::new(Method::GET, &path).said("defaultToGlobal", inherited && subject.is_some());
        match self.exchange.ask::<LevelTold>(ask).await {
            Ok(told) => level(&told.compatibility),
            // Older servers ignore the word, and tell it this way or the other.
            Err(error) if inherited && subject.is_some() && unset(&error) => {
                let told: LevelTold = self.get(&["config"]).await?;
                level(&told.compatibility)
            }
            Err(error) => Err(error),
        }
    }

    async fn set_level(&self, subject: Option<&str>, new: Level) -> Result<Level, RegistryError> {
        let path = scope("config", subject);
        let ask = Ask::new(Method::PUT, &path).body(json!({"compatibility": new.to_string()}));
        let told: LevelTold = self.exchange.ask(ask).await?;
        level(&told.compatibility)
    }

    async fn delete_level(&self, subject: Option<&str>) -> Result<Level, RegistryError> {
        let path = scope("config", subject);
        let ask = Ask::new(Method::DELETE, &path);
        match self.exchange.ask::<Told<LevelTold>>(ask).await? {
            Told::Whole(told) => level(&told.compatibility),
            Told::Word(word) => level(&word),
        }
    }

    async fn mode(&self, subject: Option<&str>, inherited: bool) -> Result<Mode, RegistryError> {
        let path = scope("mode", subject);
        let ask =
            Ask::new(Method::GET, &path).said("defaultToGlobal", inherited && subject.is_some());
        let told: ModeTold = match self.exchange.ask(ask).await {
            Err(error) if inherited && subject.is_some() && unset(&error) => {
                self.get(&["mode"]).await?
            }
            told => told?,
        };
        mode(&told.mode)
    }

    async fn set_mode(
        &self,
        subject: Option<&str>,
        new: Mode,
        force: bool,
    ) -> Result<Mode, RegistryError> {
        let path = scope("mode", subject);
        let ask = Ask::new(Method::PUT, &path)
            .said("force", force)
            .body(json!({"mode": new}));
        let told: ModeTold = self.exchange.ask(ask).await?;
        mode(&told.mode)
    }

    async fn delete_mode(&self, subject: Option<&str>) -> Result<Mode, RegistryError> {
        let path = scope("mode", subject);
        let ask = Ask::new(Method::DELETE, &path);
        match self.exchange.ask::<Told<ModeTold>>(ask).await? {
            Told::Whole(told) => mode(&told.mode),
            Told::Word(word) => mode(&word),
        }
    }

    async fn associations(
        &self,
        namespace: &str,
        topic: &str,
    ) -> Result<Vec<Association>, RegistryError> {
        self.get(&["associations", "resources", namespace, topic])
            .await
    }
}

fn unset(error: &RegistryError) -> bool {
    matches!(
        error.code(),
        Some(Code::NoOwnLevel | Code::NoOwnMode | Code::SubjectNotFound)
    )
}
