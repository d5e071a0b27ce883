//! Any registry behind the REST API of Confluent's Schema Registry.

mod answer;
mod asked;
mod connections;
mod schemas;
mod settings;
mod subjects;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{delete, get, post};
use tokio::net::TcpListener;

use crate::error::Code;
use crate::registry::Registry;
use answer::{fallback, json, refused, wrong_method};

type Served = Arc<dyn Registry>;

/// A schema has at most 16 MiB; its quotes are escaped within a request.
const MAX_BODY: usize = 40 << 20;
/// A request takes so long at most, its body and what it waits for.
const LONGEST: Duration = Duration::from_secs(60);

/// Serves a registry until `until` is done; what is under way then is finished, within five seconds.
/// Bodies have 40 MiB at most, heads 30 seconds and requests a minute, and 1,024 connections are open
/// at once.
/// The endpoints are those that producers, consumers and tools need, of Confluent's version 8; what
/// they have beside Avro (tags, exporters, encryption) is not there, and is answered with 404.
///
/// ```
/// use std::sync::Arc;
///
/// use huntsman_registry::{FolderRegistry, HttpRegistry, HttpSettings, Registering, Registry, Schema, serve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let registry = Arc::new(FolderRegistry::open(folder.path())?);
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let client = HttpRegistry::new(HttpSettings::of(&format!("http://{}", listener.local_addr()?))?)?;
/// let (done, until) = tokio::sync::oneshot::channel::<()>();
/// let server = serve(registry, listener, async { until.await.unwrap_or_default() });
/// let asked = async {
///     let schema = Schema::avro(r#""string""#);
///     let done_there = client.register("quotes-value", &schema, Registering::default()).await;
///     drop(done);
///     done_there
/// };
/// let (served, registered) = tokio::join!(server, asked);
/// served?;
/// assert_eq!(registered?.id, 1);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The listener takes no connection for a minute.
pub async fn serve(
    registry: Arc<dyn Registry>,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    connections::served(listener, router(registry), until).await
}

async fn in_time(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(LONGEST, next.run(request)).await;
    answer.unwrap_or_else(|_| refused(Code::Timeout, "Operation timed out"))
}

/// That somebody is there.
async fn alive() -> Response {
    json(&serde_json::json!({}))
}

fn router(registry: Served) -> Router {
    let versions = "/subjects/{subject}/versions";
    let version = "/subjects/{subject}/versions/{version}";
    let check = "/compatibility/subjects/{subject}/versions";
    let level = get(settings::level)
        .put(settings::set_level)
        .delete(settings::delete_level);
    let mode = get(settings::mode)
        .put(settings::set_mode)
        .delete(settings::delete_mode);
    Router::new()
        .route("/", get(alive).post(alive))
        .route("/subjects", get(subjects::all))
        .route(
            "/subjects/{subject}",
            post(subjects::look_up).delete(subjects::delete),
        )
        .route(versions, get(subjects::versions).post(subjects::register))
        .route(
            version,
            get(subjects::version).delete(subjects::delete_version),
        )
        .route(
            "/subjects/{subject}/versions/{version}/schema",
            get(subjects::text),
        )
        .route(
            "/subjects/{subject}/versions/{version}/referencedby",
            get(subjects::referenced_by),
        )
        .route("/subjects/{subject}/metadata", get(subjects::latest))
        .route("/schemas", get(schemas::all))
        .route("/schemas/types", get(async || json(&["AVRO"])))
        .route("/schemas/ids/{id}", get(schemas::of_id))
        .route("/schemas/ids/{id}/schema", get(schemas::text))
        .route("/schemas/ids/{id}/subjects", get(schemas::subjects))
        .route("/schemas/ids/{id}/versions", get(schemas::versions))
        .route("/schemas/guids/{guid}", get(schemas::of_guid))
        .route("/schemas/guids/{guid}/ids", get(schemas::ids))
        .route(check, post(schemas::check_all))
        .route(
            "/compatibility/subjects/{subject}/versions/{version}",
            post(schemas::check),
        )
        .route("/config", level.clone())
        .route("/config/{subject}", level)
        .route("/mode", mode.clone())
        .route("/mode/{subject}", mode)
        .route("/contexts", get(async || json(&["."])))
        .route("/contexts/{context}", delete(fallback))
        .route("/v1/metadata/id", get(settings::cluster))
        .route("/v1/metadata/version", get(settings::version))
        .fallback(fallback)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(in_time))
        .with_state(registry)
}
