//! `/config`, `/mode` and `/v1/metadata`.

use axum::body::Bytes;
use axum::extract::{Path, State};
use huntsman_avro::compat::Mode as Level;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Served;
use super::answer::{Answer, Refusal, json};
use super::asked::{self, Query};
use crate::error::{Code, RegistryError};
use crate::types::Mode;

/// The subject of a path that may be that of all.
type Of = Option<Path<String>>;

#[derive(Deserialize)]
struct LevelSent {
    compatibility: String,
    /// What other registries keep beside it.
    #[serde(flatten)]
    further: Map<String, Value>,
}

#[derive(Deserialize)]
struct ModeSent {
    mode: String,
}

fn name(of: &Of) -> Option<&str> {
    of.as_ref().map(|Path(name)| name.as_str())
}

fn read_level(text: &str) -> Result<Level, Refusal> {
    let wrong = |_| {
        let message = "Invalid compatibility level. Valid values are none, backward, forward, full, \
                       backward_transitive, forward_transitive, and full_transitive";
        RegistryError::refused(Code::InvalidLevel, message).into()
    };
    text.parse().map_err(wrong)
}

fn read_mode(text: &str) -> Result<Mode, Refusal> {
    let wrong = |_| {
        let message =
            "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, and IMPORT";
        RegistryError::refused(Code::InvalidMode, message).into()
    };
    let mode: Result<Mode, Refusal> = text.parse().map_err(wrong);
    // Nobody forwards to this one.
    mode.and_then(|mode| match mode {
        Mode::Forward => Err(wrong(crate::types::UnknownMode(text.to_owned()))),
        mode => Ok(mode),
    })
}

pub(super) async fn level(State(registry): State<Served>, of: Of, query: Query) -> Answer {
    let level = registry.level(name(&of), query.is_inherited).await?;
    Ok(json(&json!({"compatibilityLevel": level.to_string()})))
}

pub(super) async fn set_level(State(registry): State<Served>, of: Of, body: Bytes) -> Answer {
    let sent: LevelSent = asked::body(&body)?;
    let is_set = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    if let Some((name, _)) = sent.further.iter().find(|(_, value)| is_set(value)) {
        let message =
            format!("`{name}` cannot be set here: this registry keeps `compatibility` alone");
        return Err(RegistryError::refused(Code::Other(422), message).into());
    }
    let level = read_level(&sent.compatibility)?;
    let level = registry.set_level(name(&of), level).await?;
    Ok(json(&json!({"compatibility": level.to_string()})))
}

pub(super) async fn delete_level(State(registry): State<Served>, of: Of) -> Answer {
    let level = registry.delete_level(name(&of)).await?;
    Ok(json(&json!({"compatibilityLevel": level.to_string()})))
}

pub(super) async fn mode(State(registry): State<Served>, of: Of, query: Query) -> Answer {
    let mode = registry.mode(name(&of), query.is_inherited).await?;
    Ok(json(&json!({"mode": mode})))
}

pub(super) async fn set_mode(
    State(registry): State<Served>,
    of: Of,
    query: Query,
    body: Bytes,
) -> Answer {
    let sent: ModeSent = asked::body(&body)?;
    let mode = read_mode(&sent.mode)?;
    let mode = registry.set_mode(name(&of), mode, query.force).await?;
    Ok(json(&json!({"mode": mode})))
}

pub(super) async fn delete_mode(State(registry): State<Served>, of: Of) -> Answer {
    let mode = registry.delete_mode(name(&of)).await?;
    Ok(json(&json!({"mode": mode})))
}

/// There is one cluster, of one.
pub(super) async fn cluster() -> Answer {
    let scope = json!({"path": [], "clusters": {}});
    Ok(json(&json!({"id": "huntsman", "scope": scope})))
}

/// Clients see by it what a server can.
pub(super) async fn version() -> Answer {
    let version = env!("CARGO_PKG_VERSION");
    Ok(json(&json!({"version": version, "commitId": ""})))
}
