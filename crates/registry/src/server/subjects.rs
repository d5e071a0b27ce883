//! `/subjects`.

use axum::body::Bytes;
use axum::extract::{Path, State};
use serde_json::json;

use super::Served;
use super::answer::{Answer, json, text as plain};
use super::asked::{self, Query, Sent};
use crate::types::Version;

pub(super) async fn all(State(registry): State<Served>, query: Query) -> Answer {
    let all = registry.subjects(query.deleted()).await?;
    Ok(json(&query.page(
        all.into_iter().filter(|name| query.has_prefix(name)),
    )))
}

pub(super) async fn look_up(
    State(registry): State<Served>,
    Path(subject): Path<String>,
    query: Query,
    body: Bytes,
) -> Answer {
    let sent: Sent = asked::body(&body)?;
    let deleted = query.shows_deleted();
    let found = registry.look_up(&subject, &sent.schema, query.normalize, deleted);
    Ok(json(&found.await?))
}

pub(super) async fn delete(
    State(registry): State<Served>,
    Path(subject): Path<String>,
    query: Query,
) -> Answer {
    Ok(json(
        &registry.delete_subject(&subject, query.permanent).await?,
    ))
}

pub(super) async fn versions(
    State(registry): State<Served>,
    Path(subject): Path<String>,
    query: Query,
) -> Answer {
    let all = registry.versions(&subject, query.deleted()).await?;
    Ok(json(&query.page(all)))
}

pub(super) async fn register(
    State(registry): State<Served>,
    Path(subject): Path<String>,
    query: Query,
    body: Bytes,
) -> Answer {
    let sent: Sent = asked::body(&body)?;
    let how = sent.how(&query);
    let done = registry.register(&subject, &sent.schema, how).await?;
    // Beside the id, newer servers tell the schema.
    let schema = &sent.schema;
    let mut told = json!({"id": done.id, "schemaType": schema.kind, "schema": schema.text});
    told["version"] = json!(done.version);
    told["guid"] = json!(done.guid);
    if !schema.references.is_empty() {
        told["references"] = json!(schema.references);
    }
    Ok(json(&told))
}

pub(super) async fn version(
    State(registry): State<Served>,
    Path((subject, version)): Path<(String, String)>,
    query: Query,
) -> Answer {
    let version = asked::version(&version)?;
    let found = registry.version(&subject, version, query.shows_deleted());
    Ok(json(&found.await?))
}

pub(super) async fn latest(State(registry): State<Served>, Path(subject): Path<String>) -> Answer {
    Ok(json(
        &registry.version(&subject, Version::Latest, false).await?,
    ))
}

pub(super) async fn text(
    State(registry): State<Served>,
    Path((subject, version)): Path<(String, String)>,
    query: Query,
) -> Answer {
    let version = asked::version(&version)?;
    let found = registry.version(&subject, version, query.shows_deleted());
    Ok(plain(found.await?.schema.text))
}

pub(super) async fn delete_version(
    State(registry): State<Served>,
    Path((subject, version)): Path<(String, String)>,
    query: Query,
) -> Answer {
    let version = asked::version(&version)?;
    let gone = registry.delete_version(&subject, version, query.permanent);
    Ok(json(&gone.await?))
}

pub(super) async fn referenced_by(
    State(registry): State<Served>,
    Path((subject, version)): Path<(String, String)>,
    query: Query,
) -> Answer {
    let version = asked::version(&version)?;
    let ids = registry.referenced_by(&subject, version).await?;
    Ok(json(&query.page(ids)))
}
