//! How buckets are reached.

use super::*;

fn variables(list: &[(&str, &str)]) -> Variables {
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "hunter2"),
    ];
    let all = keys.iter().chain(list);
    Variables::new(all.map(|&(name, value)| (name.to_owned(), value.to_owned())))
}

fn settings(words: &[(&str, &str)], list: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let words = Words::new("s3://bucket/key", words.iter().copied());
    Settings::new("bucket", &words, &variables(list))
}

fn reached(words: &[(&str, &str)], list: &[(&str, &str)]) -> (Option<String>, String, bool) {
    let settings = settings(words, list).unwrap();
    let endpoint = settings.bucket_endpoint();
    settings.connect(&variables(list)).unwrap();
    (endpoint, settings.region, settings.path_style)
}

fn refused(words: &[(&str, &str)]) -> String {
    settings(words, &[]).unwrap_err().to_string()
}

#[test]
fn without_words_it_is_amazons() {
    assert_eq!(reached(&[], &[]), (None, "us-east-1".to_owned(), false));
    let words = Words::new("s3://a.b/key", []);
    assert!(
        Settings::new("a.b", &words, &variables(&[]))
            .unwrap()
            .path_style
    );
}

#[test]
fn words_win_over_the_environment() {
    let list = [
        ("AWS_ENDPOINT_URL", "https://one.example/"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ];
    let one = Some("https://one.example".to_owned());
    assert_eq!(reached(&[], &list), (one, "eu-west-1".to_owned(), true));
    let list = [
        ("AWS_ENDPOINT_URL", "https://one.example/"),
        ("AWS_ENDPOINT_URL_S3", "https://two.example/"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_REGION", "eu-west-2"),
    ];
    let two = Some("https://two.example".to_owned());
    assert_eq!(reached(&[], &list), (two, "eu-west-2".to_owned(), true));
    let words = [
        ("endpoint", "http://127.0.0.1:9000"),
        ("region", "eu-central-1"),
    ];
    let three = Some("http://127.0.0.1:9000".to_owned());
    assert_eq!(
        reached(&words, &list),
        (three, "eu-central-1".to_owned(), true)
    );
}

#[test]
fn the_bucket_may_be_in_the_name_of_the_host() {
    let words = [
        ("endpoint", "https://store.example:8443"),
        ("path_style", "false"),
    ];
    let host = Some("https://bucket.store.example:8443".to_owned());
    assert_eq!(reached(&words, &[]), (host, "us-east-1".to_owned(), false));
    let words = [("endpoint", "https://10.0.0.1"), ("path_style", "false")];
    assert!(refused(&words).contains("path_style"));
}

#[test]
fn http_is_for_this_machine_or_said() {
    for local in [
        "http://localhost:1",
        "http://s3.localhost",
        "http://[::1]:9",
        "http://127.3.2.1",
    ] {
        assert!(settings(&[("endpoint", local)], &[]).is_ok(), "{local}");
    }
    let far = ("endpoint", "http://store.example");
    assert!(refused(&[far]).contains("allow_http"));
    assert!(settings(&[far, ("allow_http", "true")], &[]).is_ok());
}

#[test]
fn words_without_sense_are_refused() {
    for word in [
        ("endpoint", "store.example"),
        ("endpoint", "ftp://store.example"),
        ("endpoint", "https://store.example?a=b"),
        ("endpoint", ""),
        ("region", ""),
        ("region", "eu west"),
        ("path_style", "maybe"),
        ("part_size", "4MiB"),
        ("part_size", "6GiB"),
        ("part_size", "much"),
        ("retries", "-1"),
        ("retries", "21"),
        ("timeout", "0s"),
        ("timeout", "1h"),
        ("timeout", "60"),
    ] {
        assert!(settings(&[word], &[]).is_err(), "{word:?}");
    }
    let words = [("part_size", "64MiB"), ("retries", "0"), ("timeout", "30s")];
    assert_eq!(settings(&words, &[]).unwrap().part_size, 64 << 20);
}

#[test]
fn secrets_are_not_shown() {
    let error = refused(&[("endpoint", "https://AKIA:hunter2@store.example")]);
    assert!(
        !error.contains("hunter2") && error.contains("AWS_ACCESS_KEY_ID"),
        "{error}"
    );
    let shown = format!("{:?}", crate::S3::with_variables(variables(&[]).0));
    assert!(
        !shown.contains("hunter2") && shown.contains("AWS_SECRET_ACCESS_KEY"),
        "{shown}"
    );
}

#[test]
fn credentials_are_demanded_before_anything_is_asked() {
    let words = Words::new("s3://bucket/key", []);
    let refused = |list: &[(&str, &str)]| {
        let all = list
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let error = Settings::new("bucket", &words, &Variables::new(all)).err()?;
        Some(error.to_string())
    };
    assert!(refused(&[]).unwrap().contains("set AWS_ACCESS_KEY_ID"));
    assert!(
        refused(&[("AWS_PROFILE", "me")])
            .unwrap()
            .contains("export-credentials")
    );
    let half = refused(&[("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "")]);
    assert_eq!(
        half.unwrap(),
        "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"
    );
    let role = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
        ("AWS_ROLE_ARN", "arn:x"),
    ];
    assert_eq!(refused(&role), None);
    assert_eq!(
        refused(&[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x")]),
        None
    );
}

#[test]
fn variables_that_weaken_it_are_not_read() {
    let list = [
        ("AWS_SKIP_SIGNATURE", "true"),
        ("AWS_ALLOW_INVALID_CERTIFICATES", "true"),
    ];
    assert_eq!(variables(&list), variables(&[]));
}
