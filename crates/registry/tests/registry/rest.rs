//! What a served folder answers, request by request: status, type and body.

use huntsman_registry::{Registering, Registry, Schema};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::served::Served;

const TYPE: &str = "application/vnd.schemaregistry.v1+json";

async fn filled() -> Served {
    let served = Served::new().await;
    let client = served.client();
    for (subject, text) in [
        ("a/b", r#""int""#),
        ("a/b", r#""long""#),
        ("quotes-value", r#""int""#),
        ("gone", r#""bytes""#),
    ] {
        let how = Registering::default();
        client
            .register(subject, &Schema::avro(text), how)
            .await
            .unwrap();
    }
    client.delete_subject("gone", false).await.unwrap();
    served
}

async fn asked(
    served: &Served,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    // Another test may have been first.
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().unwrap_or_default();
    let mut request = Client::new().request(method, format!("{}{path}", served.address));
    if let Some(body) = body {
        request = request.header("Content-Type", TYPE).body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], TYPE, "{path}");
    let status = answer.status();
    #[expect(clippy::disallowed_methods, reason = "the server is our own")]
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn what_is_asked_for_is_told() {
    let served = filled().await;
    for (path, expected) in [
        ("/", json!({})),
        ("/contexts", json!(["."])),
        ("/schemas/types", json!(["AVRO"])),
        ("/subjects", json!(["a/b", "quotes-value"])),
        (
            "/subjects?deleted=true",
            json!(["a/b", "gone", "quotes-value"]),
        ),
        ("/subjects?deletedOnly=true", json!(["gone"])),
        ("/subjects?subjectPrefix=quotes", json!(["quotes-value"])),
        ("/subjects?subjectPrefix=:*:a", json!(["a/b"])),
        ("/subjects?offset=1&limit=1", json!(["quotes-value"])),
        (
            "/subjects?limit=-1&unknown=1",
            json!(["a/b", "quotes-value"]),
        ),
        ("/subjects/a%2Fb/versions", json!([1, 2])),
        ("/subjects/a%2Fb/versions/-1/schema", json!("long")),
        ("/subjects/a%2Fb/versions/latest/schema", json!("long")),
        ("/subjects/a%2Fb/versions/1/referencedby", json!([])),
        ("/subjects/gone/versions?deleted=true", json!([1])),
        ("/schemas/ids/1/schema", json!("int")),
        ("/schemas/ids/1/subjects", json!(["a/b", "quotes-value"])),
        (
            "/schemas/ids/1/versions?subject=a/b",
            json!([{"subject": "a/b", "version": 1}]),
        ),
        ("/config", json!({"compatibilityLevel": "BACKWARD"})),
        (
            "/config/a%2Fb?defaultToGlobal=true",
            json!({"compatibilityLevel": "BACKWARD"}),
        ),
        ("/mode", json!({"mode": "READWRITE"})),
    ] {
        let (status, told) = asked(&served, Method::GET, path, None).await;
        assert_eq!((status, &told), (StatusCode::OK, &expected), "{path}");
    }
    // Some ask by this whether anybody is there.
    let alive = asked(&served, Method::POST, "/", Some(json!({"a": "b"}))).await;
    assert_eq!(alive, (StatusCode::OK, json!({})));
    let (_, all) = asked(&served, Method::GET, "/schemas?latestOnly=true", None).await;
    let told: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(told, [2, 1]);
    let (_, version) = asked(&served, Method::GET, "/v1/metadata/version", None).await;
    assert!(version["version"].is_string());
    served.end().await;
}

#[tokio::test]
async fn verdicts_have_reasons_where_they_are_asked_for() {
    let served = filled().await;
    let body = || Some(json!({"schema": "\"string\""}));
    for path in [
        "/compatibility/subjects/a%2Fb/versions",
        "/compatibility/subjects/a%2Fb/versions/latest",
        "/compatibility/subjects/a%2Fb/versions/1",
    ] {
        let (_, told) = asked(&served, Method::POST, path, body()).await;
        assert_eq!(told, json!({"is_compatible": false}));
        let path = format!("{path}?verbose=true");
        let (_, told) = asked(&served, Method::POST, &path, body()).await;
        assert!(!told["messages"].as_array().unwrap().is_empty());
    }
    served.end().await;
}

#[tokio::test]
async fn each_refusal_has_its_code() {
    let served = filled().await;
    let schema = |text: &str| Some(json!({"schema": text}));
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let normalized = |normalize: bool| {
        Some(json!({"compatibility": "FULL", "normalize": normalize, "alias": null}))
    };
    for (method, path, body, code) in [
        (&get, "/subjects/none/versions", None, 40401),
        (&get, "/subjects/a%2Fb/versions/9", None, 40402),
        (&get, "/schemas/ids/77", None, 40403),
        (&get, "/schemas/ids/x", None, 40403),
        (&get, "/config/a%2Fb", None, 40408),
        (&get, "/mode/a%2Fb", None, 40409),
        (&get, "/subjects/a%2Fb/versions/0", None, 42202),
        (&get, "/subjects?deleted=maybe", None, 400),
        (&get, "/nothing", None, 404),
        (&put, "/subjects", None, 405),
        (&post, "/subjects/a%2Fb/versions", schema("\"string\""), 409),
        (&post, "/subjects/a%2Fb/versions", schema("\"none\""), 42201),
        (&post, "/subjects/a%0Ab/versions", schema("\"int\""), 42208),
        (&post, "/subjects/a%2Fb/versions", Some(json!({})), 422),
        (&put, "/config", Some(json!({"compatibility": "UP"})), 42203),
        (&put, "/config", normalized(true), 422),
        (&put, "/mode", Some(json!({"mode": "FORWARD"})), 42204),
        (&put, "/mode", Some(json!({"mode": "IMPORT"})), 42205),
    ] {
        let (status, told) = asked(&served, method.clone(), path, body).await;
        assert_eq!(told["error_code"], code, "{path}: {told}");
        assert!(told["message"].is_string(), "{path}");
        let class = code.to_string()[..3].parse::<u16>().unwrap();
        assert_eq!(status.as_u16(), class, "{path}");
    }
    // What says nothing is none.
    let (status, told) = asked(&served, put, "/config", normalized(false)).await;
    assert_eq!(
        (status.as_u16(), &told["compatibility"]),
        (200, &json!("FULL"))
    );
    served.end().await;
}
