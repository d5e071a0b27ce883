//! Layers, origins and the completeness of the table of keys.

use super::*;

fn leaves(prefix: &str, value: &serde_json::Value, out: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (name, value) in map {
                let path = if prefix.is_empty() {
                    name.clone()
                } else {
                    format!("{prefix}.{name}")
                };
                leaves(&path, value, out);
            }
        }
        _ => out.push(prefix.to_owned()),
    }
}

#[test]
fn every_key_is_documented_and_exists() {
    let mut keys = Vec::new();
    leaves(
        "",
        &serde_json::to_value(Settings::default()).unwrap(),
        &mut keys,
    );
    keys.sort();
    let documented: Vec<_> = KEYS.iter().map(|key| key.name.to_owned()).collect();
    assert_eq!(documented, keys);
    assert!(KEYS.iter().all(|key| key.doc.len() > 10));
}

#[test]
fn the_defaults_are_valid() {
    assert_eq!(Settings::default().problems(), []);
}

#[test]
fn later_layers_win_and_are_named() {
    let mut layers = Layers::default();
    layers
        .file(
            "crawl.toml",
            "[fetch]\ntimeout = '7s'\nretries = 5\n[admit]\nhosts = ['a.example']\n",
        )
        .unwrap();
    layers
        .environment([
            ("CRAWL_FETCH_RETRIES".to_owned(), "6".to_owned()),
            ("HOME".to_owned(), "x".to_owned()),
        ])
        .unwrap();
    layers.spider(|settings| settings.lease.per_host = 3);
    layers
        .set("lease.max_pages", "10", Origin::CommandLine)
        .unwrap();
    let settings = layers.settings();
    assert_eq!(settings.fetch.timeout.as_secs(), 7);
    assert_eq!((settings.fetch.retries, settings.lease.per_host), (6, 3));
    assert_eq!(
        (settings.lease.max_pages, settings.admit.hosts.len()),
        (Some(10), 1)
    );
    let origin = |key: &str| {
        let table = layers.table();
        table.iter().find(|row| row.0 == key).unwrap().2.to_string()
    };
    assert_eq!(origin("fetch.timeout"), "crawl.toml");
    assert_eq!(origin("fetch.retries"), "CRAWL_FETCH_RETRIES");
    assert_eq!(origin("lease.per_host"), "spider");
    assert_eq!(origin("lease.max_pages"), "command line");
    assert_eq!(origin("lease.jitter"), "built-in");
}

#[test]
fn all_problems_of_a_file_are_told() {
    let mut layers = Layers::default();
    let errors = layers
        .file(
            "crawl.toml",
            "timeout = '7s'\n[fetch]\ntimeot = '7s'\nretries = 'many'\nmax_body = '9 parsecs'\n",
        )
        .unwrap_err();
    let text: Vec<_> = errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
    fetch.max_body = 9 parsecs (crawl.toml): "9 parsecs" is no size like 64 KiB, 10 MB or 4096
    fetch.retries = many (crawl.toml): invalid type: string "many", expected u32
    no setting "fetch.timeot" (crawl.toml); did you mean "fetch.timeout"?
    no setting "timeout" (crawl.toml); did you mean "fetch.timeout"?
    "#);
    assert_eq!(layers.settings(), &Settings::default());
}

#[test]
fn text_becomes_the_right_kind() {
    let mut layers = Layers::default();
    let mut set = |key: &str, text: &str| layers.set(key, text, Origin::CommandLine);
    set("admit.hosts", "a.example, b.example").unwrap();
    set("admit.max_depth", "3").unwrap();
    set("lease.delay", "0").unwrap();
    set("lease.jitter", "0.25").unwrap();
    set("admit.robots", "false").unwrap();
    set("fetch.max_body", "2 MiB").unwrap();
    set("fetch.user_agent", "42bot").unwrap();
    set("parse.statuses", "200-299,404").unwrap();
    assert!(set("admit.robots", "maybe").is_err());
    assert!(set("admit.max_depth", "-1").is_err());
    assert!(set("fetch.timeout", "20").is_err());
    assert!(set("parse.statuses", "99").is_err());
    let settings = layers.settings().clone();
    assert_eq!(settings.admit.hosts, ["a.example", "b.example"]);
    assert_eq!(settings.lease.delay, Some(std::time::Duration::ZERO));
    assert_eq!(
        (settings.fetch.max_body, settings.admit.robots),
        (2 << 20, false)
    );
    assert_eq!(
        layers.check().unwrap_err().len(),
        1,
        "the user agent has no product name"
    );
    layers
        .set("admit.max_depth", "none", Origin::CommandLine)
        .unwrap();
    assert_eq!(layers.settings().admit.max_depth, None);
}

#[test]
fn a_value_written_is_the_value_read() {
    let mut layers = Layers::default();
    layers
        .set("fetch.max_body", "1234567", Origin::CommandLine)
        .unwrap();
    for (key, value, _) in layers.clone().table() {
        layers.set(key, &value, Origin::CommandLine).unwrap();
    }
    assert_eq!(layers.settings().fetch.max_body, 1_234_567);
}
