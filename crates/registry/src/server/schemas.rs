//! `/schemas` and `/compatibility`.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::Served;
use super::answer::{Answer, json, text as plain};
use super::asked::{self, Query, Sent};
use crate::error::RegistryError;
use crate::types::{Against, SubjectVersion, Verdict, Version};

pub(super) async fn all(State(registry): State<Served>, query: Query) -> Answer {
    let mut found = Vec::new();
    let deleted = query.deleted();
    for subject in registry.subjects(deleted).await? {
        if !query.has_prefix(&subject) {
            continue;
        }
        let versions = match registry.versions(&subject, deleted).await {
            Ok(versions) => versions,
            // It was deleted meanwhile.
            Err(error) if error.is_not_found() => continue,
            Err(error) => return Err(error.into()),
        };
        let first = match query.latest_only {
            true => versions.len().saturating_sub(1),
            false => 0,
        };
        for number in versions.into_iter().skip(first) {
            let version = Version::Number(number);
            found.push(
                registry
                    .version(&subject, version, query.shows_deleted())
                    .await?,
            );
        }
    }
    Ok(json(&query.page(found)))
}

pub(super) async fn of_id(State(registry): State<Served>, Path(id): Path<String>) -> Answer {
    let mut found = registry.schema_by_id(asked::id(&id)?).await?;
    // The answer to an id need not say it.
    found.id = None;
    Ok(json(&found))
}

pub(super) async fn text(State(registry): State<Served>, Path(id): Path<String>) -> Answer {
    Ok(plain(
        registry.schema_by_id(asked::id(&id)?).await?.schema.text,
    ))
}

async fn uses(
    registry: &Served,
    id: &str,
    query: &Query,
) -> Result<Vec<SubjectVersion>, RegistryError> {
    let id = id.parse().unwrap_or_default();
    let mut found = registry.uses(id, query.shows_deleted()).await?;
    if let Some(subject) = &query.subject {
        found.retain(|used| used.subject == *subject);
    }
    Ok(query.page(found))
}

pub(super) async fn subjects(
    State(registry): State<Served>,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    let mut names: Vec<_> = uses(&registry, &id, &query)
        .await?
        .into_iter()
        .map(|used| used.subject)
        .collect();
    names.dedup();
    Ok(json(&names))
}

pub(super) async fn versions(
    State(registry): State<Served>,
    Path(id): Path<String>,
    query: Query,
) -> Answer {
    Ok(json(&uses(&registry, &id, &query).await?))
}

pub(super) async fn of_guid(State(registry): State<Served>, Path(guid): Path<String>) -> Answer {
    Ok(json(&registry.schema_by_guid(&guid).await?))
}

pub(super) async fn ids(State(registry): State<Served>, Path(guid): Path<String>) -> Answer {
    let ids = registry.ids_of_guid(&guid).await?;
    let told: Vec<_> = ids
        .into_iter()
        .map(|id| json!({"context": ".", "id": id}))
        .collect();
    Ok(json(&told))
}

pub(super) async fn check_all(
    State(registry): State<Served>,
    Path(subject): Path<String>,
    query: Query,
    body: Bytes,
) -> Answer {
    verdict(&registry, &subject, Against::All, &query, &body).await
}

pub(super) async fn check(
    State(registry): State<Served>,
    Path((subject, version)): Path<(String, String)>,
    query: Query,
    body: Bytes,
) -> Answer {
    let against = Against::Version(asked::version(&version)?);
    verdict(&registry, &subject, against, &query, &body).await
}

async fn verdict(
    registry: &Served,
    subject: &str,
    against: Against,
    query: &Query,
    body: &Bytes,
) -> Answer {
    let sent: Sent = asked::body(body)?;
    let verdict = registry.check(subject, against, &sent.schema, query.normalize);
    Ok(told(&verdict.await?, query.verbose))
}

fn told(verdict: &Verdict, verbose: bool) -> Response {
    match verbose {
        true => json(verdict),
        false => json(&json!({"is_compatible": verdict.is_compatible})),
    }
}
