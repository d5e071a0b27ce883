//! `crawl diff`: two files of items, compared by key.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::scratch::Scratch;

const OLD: &str = r#"{"id": 1, "title": "A", "price": 1, "at": {"shelf": 3, "row": 1}}
{"id": 2, "title": "B", "price": 2.5, "at": null}
{"id": 3, "title": "C", "price": 3, "at": null}
"#;
const NEW: &str = r#"[{"title": "A", "id": 1, "price": 1.0, "at": {"row": 2, "shelf": 3}},
{"id": 4, "title": "D", "price": 4, "at": null},
{"id": 3, "title": "C", "price": 3}]"#;

fn folder() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("old.jsonl", OLD);
    scratch.write("new.json", NEW);
    scratch
}

#[tokio::test]
async fn what_differs_is_shown_by_key_field_by_field() {
    let scratch = folder();
    let done = scratch
        .crawl("diff old.jsonl new.json --key id")
        .run()
        .await
        .ended(2);
    insta::assert_snapshot!(done.out, @r#"
    - {"id":2,"title":"B","price":2.5,"at":null}
    + {"id":4,"title":"D","price":4,"at":null}
    ~ id=1
        at.row: 1 → 2
    ~ id=3
        at: null → (none)
    0 the same, 1 removed, 1 added, 2 changed
    "#);
    assert_eq!(done.err, "");
    let words = "diff old.jsonl new.json --key id --ignore at --json";
    let done = scratch.crawl(words).run().await.ended(2);
    let found: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(
        (&found["same"], &found["changed"]["count"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(
        found["added"]["shown"][0],
        json!({"id": 4, "title": "D", "price": 4})
    );
    let words = "diff old.jsonl new.json --key id --ignore at.row --json";
    let done = scratch.crawl(words).run().await.ended(2);
    let found: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(
        found["changed"]["shown"],
        json!([{"key": {"id": 3}, "fields": {"at": {"old": null}}, "items": [1, 1]}])
    );
}

#[tokio::test]
async fn without_a_key_items_are_compared_whole() {
    let scratch = Scratch::new();
    scratch.write("a.jsonl", "{\"n\": 1}\n{\"n\": 1}\n{\"n\": 2}\n");
    scratch.write("b.jsonl", "{\"n\": 2}\n{\"n\": 1.0}\n");
    let done = scratch.crawl("diff a.jsonl b.jsonl").run().await.ended(2);
    assert_eq!(
        done.out,
        "- {\"n\":1}\n2 the same, 1 removed, 0 added, 0 changed\n"
    );
    scratch.write("b.jsonl", "{\"n\": 2}\n{\"n\": 1.0}\n{\"n\": 1}\n");
    let done = scratch
        .crawl("diff a.jsonl b.jsonl")
        .run()
        .await
        .succeeded();
    assert_eq!(done.out, "3 the same, 0 removed, 0 added, 0 changed\n");
}

#[tokio::test]
async fn duplicates_and_items_without_the_key_are_told() {
    let scratch = Scratch::new();
    scratch.write(
        "a.jsonl",
        "{\"k\": 1, \"v\": 1}\n{\"k\": 1, \"v\": 2}\n{\"v\": 3}\n{\"k\": null, \"v\": 4}\n",
    );
    scratch.write("b.jsonl", "{\"k\": 1, \"v\": 1}\n{\"v\": 3}\n{\"v\": 5}\n");
    let done = scratch
        .crawl("diff a.jsonl b.jsonl --key k")
        .run()
        .await
        .ended(2);
    insta::assert_snapshot!(done.out, @r#"
    - {"k":null,"v":4}
    + {"v":5}
    ~ k=1
        items of this key: 2 → 1
    a.jsonl: 2 of 4 items lack the key; they are compared whole
    a.jsonl: 1 item has the key of an earlier one, as k=1
    b.jsonl: 2 of 3 items lack the key; they are compared whole
    1 the same, 1 removed, 1 added, 1 changed
    "#);
    // In another order, they are the same.
    scratch.write(
        "b.jsonl",
        "{\"k\": 1, \"v\": 2}\n{\"v\": 3}\n{\"k\": null, \"v\": 4}\n{\"k\": 1, \"v\": 1}\n",
    );
    let done = scratch
        .crawl("diff a.jsonl b.jsonl --key k")
        .run()
        .await
        .succeeded();
    assert!(
        done.out
            .ends_with("3 the same, 0 removed, 0 added, 0 changed\n"),
        "{}",
        done.out
    );
}

/// The same items in every form that a crawl writes, and compressed.
#[tokio::test]
async fn forms_of_the_same_items_are_the_same() {
    let scratch = Scratch::new();
    let places = "-o b.jsonl -o b.json.gz -o b.csv -o b.avro -o b.csv.zst";
    scratch
        .crawl(&format!("books --demo -q {places}"))
        .run()
        .await
        .succeeded();
    for other in ["b.json.gz", "b.csv", "b.avro", "b.csv.zst"] {
        let done = scratch
            .crawl(&format!("diff b.jsonl {other} --key upc"))
            .run()
            .await;
        let done = done.succeeded();
        assert_eq!(
            done.out, "1000 the same, 0 removed, 0 added, 0 changed\n",
            "{other}"
        );
    }
    let done = scratch.crawl("diff b.avro b.csv").run().await.succeeded();
    assert!(done.out.starts_with("1000 the same"), "{}", done.out);
}

#[tokio::test]
async fn beside_csv_all_is_text() {
    let scratch = Scratch::new();
    scratch.write(
        "a.csv",
        "k,n,b,list,text,none\n1,1.50,true,\"[1,2]\",007,\n2,x,,,,\n",
    );
    scratch.write(
        "b.jsonl",
        "{\"k\": \"1\", \"n\": 1.5, \"b\": true, \"list\": [1, 2], \"text\": \"007\", \"none\": null}\n{\"k\": 2, \"n\": \"y\"}\n",
    );
    let done = scratch
        .crawl("diff a.csv b.jsonl --key k")
        .run()
        .await
        .ended(2);
    assert_eq!(
        done.out,
        "~ k=2\n    n: \"x\" → \"y\"\n1 the same, 0 removed, 0 added, 1 changed\n"
    );
}

#[tokio::test]
async fn what_is_shown_is_limited_and_what_is_counted_is_not() {
    let scratch = Scratch::new();
    let lines = |from: u32, price: u32| -> String {
        let line = |n| format!("{{\"id\": {n}, \"price\": {price}}}\n");
        (from..from + 100).map(line).collect()
    };
    scratch.write("a.jsonl", lines(0, 1));
    scratch.write("b.jsonl", lines(50, 2));
    let words = "diff a.jsonl b.jsonl --key id --limit 3";
    let done = scratch.crawl(words).run().await.ended(2);
    for part in [
        "  … and 47 more removed (--limit)\n",
        "  … and 47 more added (--limit)\n",
        "  … and 47 more changed (--limit)\n",
        "\n0 the same, 50 removed, 50 added, 50 changed\n",
    ] {
        assert!(done.out.contains(part), "{part}: {}", done.out);
    }
    assert_eq!(done.out.matches("    price: 1 → 2\n").count(), 3);
    assert!(!done.out.contains('\u{1b}'), "no terminal, no colours");
    let words = "diff a.jsonl b.jsonl --key id --limit 0";
    let done = scratch.crawl(words).run().await.ended(2);
    assert_eq!(done.out, "0 the same, 50 removed, 50 added, 50 changed\n");
}

#[tokio::test]
async fn bad_input_gets_one_line() {
    let scratch = folder();
    scratch.write("bad.jsonl", "{\"id\": 1}\n{\"id\":\n");
    scratch.write("bad.csv", "a,b\n1,2\n1\n");
    scratch.write("bad.avro", "text");
    scratch.write("bad.xml", "<a/>");
    scratch.write("empty.csv", "");
    let mut cut = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    cut.write_all(OLD.as_bytes()).unwrap();
    let cut = cut.finish().unwrap();
    scratch.write("cut.jsonl.gz", &cut[..cut.len() - 9]);
    let mut said = Vec::new();
    for words in [
        "diff old.jsonl none.jsonl",
        "diff old.jsonl bad.jsonl",
        "diff old.jsonl bad.csv",
        "diff old.jsonl bad.avro",
        "diff old.jsonl bad.xml",
        "diff cut.jsonl.gz old.jsonl",
        "diff old.jsonl -",
        "diff old.jsonl new.json --key upc",
        "diff old.jsonl",
    ] {
        let line = scratch.crawl(words).run().await.complaint(1);
        said.push(format!("{words}\n  {line}"));
    }
    insta::assert_snapshot!(said.join("\n"));
    let done = scratch
        .crawl("diff empty.csv empty.csv --key id")
        .run()
        .await
        .succeeded();
    assert_eq!(done.out, "0 the same, 0 removed, 0 added, 0 changed\n");
}
