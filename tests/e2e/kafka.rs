//! Items in topics of a real broker.

use serde_json::Value;

use crate::broker::{Read, read, shared};
use crate::scratch::Scratch;
use crate::servers::{practice, resolved};

/// What a topic holds, in order of the text.
fn items(read: &[Read]) -> Vec<String> {
    let mut items: Vec<String> = read.iter().map(|read| read.json().to_string()).collect();
    items.sort();
    items
}

/// What the same crawl leaves in a file.
async fn expected(words: &str) -> Vec<String> {
    let scratch = Scratch::new();
    let words = format!("{words} -q -o items.json");
    scratch.crawl(&words).run().await.succeeded();
    let mut items: Vec<_> = scratch
        .items("items.json")
        .iter()
        .map(Value::to_string)
        .collect();
    items.sort();
    items
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn quotes_are_in_a_topic_with_keys_and_headers() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let scratch = Scratch::new();
    let words = format!(
        "quotes --demo -q -o kafka://{servers}/quotes?create=true&key=author --report report.json"
    );
    scratch.crawl(&words).run().await.succeeded();
    let found = read(&servers, "quotes").expect("the topic is there");
    assert_eq!(items(&found), expected("quotes --demo").await);
    for message in &found {
        let author = message.json()["author"].clone();
        assert_eq!(message.key.as_deref(), author.as_str().map(str::as_bytes));
        assert!(
            message
                .header("huntsman.url")
                .starts_with("http://quotes.toscrape.com/")
        );
        assert_eq!(message.header("huntsman.spider"), "quotes");
    }
    let report = scratch.json("report.json");
    let sink = &report["sinks"][0];
    assert_eq!(sink["records"], 100, "{report}");
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn items_too_large_for_the_topic_are_in_the_quarantine() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let mut tool = broker.java("org.apache.kafka.tools.TopicCommand");
    tool.args(["--bootstrap-server", &servers, "--create", "--topic"]);
    tool.args(["small", "--config", "max.message.bytes=550"]);
    huntsman_testkit::python::said(&mut tool).unwrap();
    let scratch = Scratch::new();
    let words = format!("quotes --demo -q -o kafka://{servers}/small -o all.jsonl");
    scratch.crawl(&words).run().await.succeeded();
    let found = read(&servers, "small").expect("the topic is there");
    let rejected = scratch.read("quotes.quarantine.jsonl");
    let rejected: Vec<Value> = rejected
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(!found.is_empty() && !rejected.is_empty());
    assert_eq!(found.len() + rejected.len(), 100);
    // The feeds of a crawl have the same items.
    assert_eq!(scratch.read("all.jsonl").lines().count(), found.len());
    for one in rejected {
        let broken = &one["violations"][0];
        assert_eq!(broken["rule"], "max.message.bytes", "{one}");
        let message = broken["message"].as_str().unwrap();
        assert!(message.contains("small takes 550"), "{message}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn what_cannot_be_is_refused_before_the_first_request() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let scratch = Scratch::new();
    let server = practice().await;
    for (place, code, part) in [
        (
            "/nowhere",
            3,
            "there is no topic nowhere: make it, or add create=true",
        ),
        ("/t?create=true&linger.mss=1", 1, "librdkafka has linger.ms"),
        ("/t?create=true&key=authr", 1, "Quote has no field authr"),
        ("/t?create=true&key=this.authr", 1, "did you mean `author`?"),
        (
            "/t?create=true&tombstone=size(this.text)&key=text",
            1,
            "instead of true or false",
        ),
        ("/t?create=true&schema=latest", 1, "add registry=URL"),
    ] {
        let words = format!("quotes -o kafka://{servers}{place} {}", resolved(&server));
        let line = scratch.crawl(&words).run().await.complaint(code);
        assert!(line.contains(part), "{line}");
    }
    assert_eq!(server.requests(), 0);
}

/// A registry of a folder: the first crawl registers; a schema that may not follow ends the next one.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn an_incompatible_schema_ends_the_crawl_before_its_first_request() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("schemas")).expect("the folder can be made");
    let place =
        |topic: &str| format!("kafka://{servers}/{topic}?create=true&registry=file:schemas");
    let words = format!("quotes --demo -q -o {}", place("agreed"));
    scratch.crawl(&words).run().await.succeeded();
    let found = read(&servers, "agreed").expect("the topic is there");
    assert_eq!(found.len(), 100);
    for message in &found {
        let value = message.value.as_deref().expect("it has a value");
        assert_eq!(value[0], 0, "Confluent's wire format");
        assert_eq!(
            value[1..5],
            found[0].value.as_deref().expect("a value")[1..5]
        );
    }
    let server = practice().await;
    // Fewer fields may follow; a field without a default may not.
    let words = format!(
        "quotes -o {}&fields=author,text:said {}",
        place("agreed"),
        resolved(&server)
    );
    let line = scratch.crawl(&words).run().await.complaint(3);
    assert!(
        line.contains("agreed-value") && line.contains("409"),
        "{line}"
    );
    let words = format!(
        "quotes -o {}&schema=look-up {}",
        place("unknown"),
        resolved(&server)
    );
    let line = scratch.crawl(&words).run().await.complaint(3);
    assert!(line.contains("40401"), "{line}");
    assert_eq!(server.requests(), 0);
}

/// The same words in a table and in an address; a password is in no output.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn properties_stand_in_a_table_and_secrets_are_hidden() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let scratch = Scratch::new();
    scratch.write("password", "open sesame\n");
    let table = format!(
        "[deliver.quotes]\nplace = 'kafka://{servers}/table'\ncreate = true\nkey = \"this.author + '!'\"\n\
         [deliver.quotes.kafka]\nlinger.ms = 20\nsasl.password = '${{file:password}}'\n\
         'client.id' = '${{CLIENT}}'\n"
    );
    scratch.write("crawl.toml", table);
    let run = |words: &str| scratch.crawl(words).env("CLIENT", "crawler-7");
    run("quotes --demo -q").run().await.succeeded();
    let found = read(&servers, "table").expect("the topic is there");
    assert_eq!(found.len(), 100);
    assert!(
        found
            .iter()
            .all(|read| read.key.as_deref().is_some_and(|key| key.ends_with(b"!")))
    );
    let shown = run("settings").run().await.succeeded().out;
    assert!(shown.contains("kafka.sasl.password = \"***\""), "{shown}");
    assert!(shown.contains("kafka.linger.ms = \"20\""), "{shown}");
    let wrong = "quotes --demo -s deliver.quotes.kafka.security.protocol=sasl_plaintext \
                 -s deliver.quotes.kafka.sasl.mechanism=PLAIN -s deliver.quotes.kafka.sasl.username=me \
                 -s deliver.quotes.kafka.compression.type=zip";
    let line = run(wrong).run().await.complaint(1);
    assert!(
        line.contains("compression.type") && !line.contains("sesame"),
        "{line}"
    );
}

const STRICT: &str = r#"{"type": "record", "name": "Quote", "fields": [
    {"name": "text", "type": "string"},
    {"name": "author", "type": "string"},
    {"name": "tags", "type": {"type": "array", "items": "string"}, "minItems": 2}
]}"#;

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn rejected_items_are_dead_letters_with_what_is_wrong() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let scratch = Scratch::new();
    scratch.write("strict.avsc", STRICT);
    let words = format!(
        "quotes --demo -q --log-level off --schema strict.avsc -o kafka://{servers}/good?create=true \
         -s refine.quarantine=kafka://{servers}/dead?create=true"
    );
    scratch.crawl(&words).run().await.succeeded();
    let good = read(&servers, "good").expect("the topic is there");
    let dead = read(&servers, "dead").expect("the topic is there");
    assert_eq!(good.len() + dead.len(), 100);
    assert!(!dead.is_empty());
    let all = [good, dead.clone()].concat();
    assert_eq!(
        items(&all),
        expected("quotes --demo").await,
        "items are as they were"
    );
    for letter in dead {
        assert_eq!(letter.header("huntsman.rules"), "tags:minItems");
        assert!(letter.header("huntsman.error").starts_with("tags: "));
        assert_eq!(letter.header("huntsman.schema"), "Quote");
        assert_eq!(letter.header("huntsman.schema_fingerprint").len(), 16);
        assert!(letter.header("huntsman.record_id").len() > 16);
    }
}

/// Twice the same is a mistake.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn two_feeds_of_a_topic_have_different_words() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    let place = format!("kafka://{servers}/two?create=true");
    let crawl = format!("quotes --demo -q --job job -o {place}&key=author");
    let line = format!("{crawl} -o {place}&linger.ms=7&key=author");
    let line = scratch.crawl(&line).run().await.complaint(1);
    assert!(line.contains("is named twice"), "{line}");
    scratch
        .crawl(&format!("{crawl} -o {place}&headers=none"))
        .run()
        .await
        .succeeded();
    let found = read(&servers, "two").expect("the topic is there");
    let keyed = found.iter().filter(|read| read.key.is_some()).count();
    assert_eq!((found.len(), keyed), (200, 100));
}

/// The command stays as it was written for another topic, and nobody would look.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_topic_that_is_there_with_other_counts_is_told_once() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    for (log, words, expected) in [
        ("made", "&partitions=2&replication=1", &[][..]),
        ("same", "&partitions=2&replication=1", &[]),
        ("silent", "", &[]),
        (
            "other",
            "&partitions=6&replication=3",
            &[
                "is there with partitions=2, and is left as it is: partitions=6 is for one that is made",
                "is there with replication=1, and is left as it is: replication=3 is for one that is made",
            ],
        ),
    ] {
        let place = format!("kafka://{servers}/counted?create=true{words}");
        let words = format!("quotes --demo -q --log-file {log} -o {place}");
        scratch.crawl(&words).run().await.succeeded();
        let text = scratch.read(log);
        let told: Vec<_> = text
            .lines()
            .filter(|line| line.contains("is left as"))
            .collect();
        assert_eq!(told.len(), expected.len(), "{text}");
        for (line, part) in told.iter().zip(expected) {
            assert!(line.contains("WARN") && line.contains(part), "{line}");
        }
    }
    let found = read(&servers, "counted").expect("the topic is there");
    assert_eq!(found.len(), 400);
    assert!(found.iter().all(|read| read.partition < 2));
}
