//! `crawl schema`: each of its commands, on the schema of a registration of users.

use crate::scratch::{Done, Scratch};

/// As users write it.
const USER: &str = r#"{
  "type": "record",
  "name": "UserRegistration",
  "namespace": "com.socialmedia",
  "fields": [
    {"name":"email","type":"string","logicalType":"email"},
    {"name":"password","type":"string","minLength":8},
    {"name":"age","type":"int","minimum":13}
  ]
}
"#;

/// The second of them breaks every rule.
const USERS: &str = r#"{"email":"ada@example.com","password":"long enough","age":36}
{"email":"x","password":"short","age":12}
"#;

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("user.avsc", USER);
    scratch.write("users.jsonl", USERS);
    scratch
}

async fn schema(scratch: &Scratch, words: &str) -> Done {
    scratch.crawl(&format!("schema {words}")).run().await
}

/// All that several commands print and say, one after the other.
async fn said(scratch: &Scratch, all: &[&str]) -> String {
    let mut said = String::new();
    for words in all {
        let done = schema(scratch, words).await;
        let code = done.code.unwrap_or(-1);
        said.push_str(&format!("$ {words}\n{}{}= {code}\n", done.out, done.err));
    }
    said
}

#[tokio::test]
async fn validate_has_a_line_for_each_bad_item_whatever_the_form() {
    let scratch = scratch();
    let array = format!("[{}]", USERS.trim_end().replace('\n', ",\n"));
    scratch.write("users.json", array);
    let convert = "convert users.jsonl users.avro --schema user.avsc";
    schema(&scratch, convert).await.succeeded();
    for file in ["users.jsonl", "users.json", "users.avro"] {
        let done = schema(&scratch, &format!("validate user.avsc {file}"))
            .await
            .ended(2);
        insta::allow_duplicates! {
            insta::assert_snapshot!(done.out, @r#"item 2: email: must be an e-mail address (format; it is "x"); password: must have at least 8 characters, has 5 (minLength; it is "short"); age: must be at least 13 (minimum; it is 12)"#);
        }
        assert_eq!(
            done.err,
            format!("error: {file}: 1 of 2 items do not obey\n")
        );
    }
    let good = USERS.lines().next().unwrap();
    let crawl = scratch
        .crawl("schema validate user.avsc -")
        .stdin(format!("{good}\n").repeat(3));
    let done = crawl.run().await.succeeded();
    assert_eq!((&*done.out, &*done.err), ("", "-: all of 3 items obey\n"));
}

#[tokio::test]
async fn a_schema_is_shown_in_each_of_its_forms() {
    let scratch = scratch();
    insta::assert_snapshot!(
        said(
            &scratch,
            &[
                "codegen user.avsc",
                "canonical user.avsc",
                "fingerprint user.avsc",
                "show user.avsc --form columns",
                "show user.avsc --form json-schema",
                "show quotes --form columns",
                "show qotes",
                "canonical none.avsc",
            ]
        )
        .await
    );
    let shown = schema(&scratch, "show user.avsc").await.succeeded();
    assert_eq!(shown.out, USER, "word for word");
}

/// What is shown of a spider's items is a schema that its items obey.
#[tokio::test]
async fn the_schema_of_a_spider_is_one_for_its_crawl() {
    let scratch = Scratch::new();
    let shown = schema(&scratch, "show quotes").await.succeeded();
    scratch.write("shown.avsc", shown.out);
    let words = "quotes --demo -q --schema shown.avsc -o quotes.jsonl";
    scratch.crawl(words).run().await.succeeded();
    let valid = schema(&scratch, "validate shown.avsc quotes.jsonl")
        .await
        .succeeded();
    assert_eq!(valid.err, "quotes.jsonl: all of 100 items obey\n");
    scratch
        .crawl("schema check shown.avsc shown.avsc --mode FULL")
        .run()
        .await
        .succeeded();
}

#[tokio::test]
async fn check_tells_path_and_reason_of_what_is_not_compatible() {
    let scratch = scratch();
    let wider = USER.replace(
        r#""type":"int","minimum":13}"#,
        r#""type":"long","minimum":13},{"name":"country","type":"string","default":"GB"}"#,
    );
    scratch.write("wider.avsc", wider);
    scratch.write(
        "other.avsc",
        USER.replace(r#""int","minimum":13"#, r#""string""#),
    );
    insta::assert_snapshot!(
        said(
            &scratch,
            &[
                "check wider.avsc user.avsc",
                "check wider.avsc user.avsc --mode FORWARD",
                "check wider.avsc user.avsc --mode FULL",
                "check other.avsc user.avsc",
                "check other.avsc user.avsc --mode NONE",
                "check other.avsc user.avsc other.avsc --mode BACKWARD",
                "check other.avsc user.avsc other.avsc --mode BACKWARD_TRANSITIVE",
                "check other.avsc user.avsc --mode BACKWRD",
            ]
        )
        .await
    );
}

#[tokio::test]
async fn every_form_of_avro_becomes_every_other_and_back() {
    let scratch = scratch();
    let of = |from: &str, to: &str| format!("convert {from} {to} --schema user.avsc");
    for from in ["avro", "bin", "jsonl", "so"] {
        schema(&scratch, &of("users.jsonl", &format!("in.{from}")))
            .await
            .succeeded();
        for to in ["avro", "bin", "jsonl", "so"] {
            let place = format!("out.{to}");
            let there = schema(&scratch, &of(&format!("in.{from}"), &place)).await;
            assert_eq!(there.succeeded().err, "2 records\n");
            schema(&scratch, &of(&place, "back.jsonl"))
                .await
                .succeeded();
            assert_eq!(scratch.read("back.jsonl"), USERS, "{from} to {to}");
        }
    }
    for codec in ["null", "deflate", "snappy", "zstandard"] {
        let words = format!("{} --codec {codec}", of("users.jsonl", "coded.avro"));
        schema(&scratch, &words).await.succeeded();
        let back = schema(&scratch, "convert coded.avro - --to-form json").await;
        assert_eq!(back.succeeded().out, USERS, "{codec}");
    }
}

#[tokio::test]
async fn data_of_an_older_schema_is_read_as_a_newer_one() {
    let scratch = Scratch::new();
    let old = r#"{"type": "record", "name": "Book", "fields": [
        {"name": "title", "type": "string"}, {"name": "pages", "type": "int"},
        {"name": "form", "type": {"type": "enum", "name": "Form", "symbols": ["PAPER", "TAPE"]}},
        {"name": "shelf", "type": "string"}
    ]}"#;
    let new = r#"{"type": "record", "name": "Book", "fields": [
        {"name": "name", "type": "string", "aliases": ["title"]}, {"name": "pages", "type": "double"},
        {"name": "form", "type":
            {"type": "enum", "name": "Form", "symbols": ["OTHER", "PAPER"], "default": "OTHER"}},
        {"name": "language", "type": "string", "default": "en"}
    ]}"#;
    scratch.write("old.avsc", old);
    scratch.write("new.avsc", new);
    let books = r#"{"title":"Emma","pages":474,"form":"TAPE","shelf":"A"}"#;
    scratch.write("books.jsonl", books);
    schema(&scratch, "convert books.jsonl books.avro --schema old.avsc")
        .await
        .succeeded();
    let words = "convert books.avro - --to-form json --read-as new.avsc";
    let read = schema(&scratch, words).await.succeeded().out;
    insta::assert_snapshot!(read, @r#"{"name":"Emma","pages":474.0,"form":"OTHER","language":"en"}"#);
    // The other way about, a field has neither a value nor a default.
    schema(&scratch, "convert books.avro new.avro --read-as new.avsc")
        .await
        .succeeded();
    let back = schema(&scratch, "convert new.avro old.avro --read-as old.avsc")
        .await
        .complaint(1);
    assert!(
        back.contains("pages") || back.contains("shelf") || back.contains("title"),
        "{back}"
    );
    assert!(!scratch.path("old.avro").exists());
}

#[tokio::test]
async fn a_container_file_that_is_cut_off_is_told_and_leaves_nothing() {
    let scratch = scratch();
    schema(
        &scratch,
        "convert users.jsonl users.avro --codec null --schema user.avsc",
    )
    .await
    .succeeded();
    let whole = std::fs::read(scratch.path("users.avro")).unwrap();
    scratch.write("head.avro", &whole[..150]);
    scratch.write("block.avro", &whole[..whole.len() - 5]);
    let mut said = Vec::new();
    for words in [
        "validate user.avsc head.avro",
        "validate user.avsc block.avro",
        "convert block.avro out.jsonl",
        "convert users.jsonl out.txt",
        "convert users.jsonl out.avro",
    ] {
        said.push(schema(&scratch, words).await.complaint(1));
    }
    insta::assert_snapshot!(said.join("\n"));
    let names = [
        "block.avro",
        "head.avro",
        "user.avsc",
        "users.avro",
        "users.jsonl",
    ];
    assert_eq!(scratch.names(), names, "nothing half written is left");
}

#[tokio::test]
async fn odd_text_has_a_line_each_and_the_items_behind_it_are_read() {
    let scratch = scratch();
    let item = |password: &str, age: &str| {
        format!(r#"{{"email":"a@b.example","password":"{password}","age":{age}}}"#)
    };
    let odd = [
        item(r"\ud800 and more", "20"),
        item(r"\u0000 and more", "20"),
        item("long enough", "NaN"),
        item("long enough", "2147483648"),
        item("long enough", "20"),
    ];
    scratch.write("odd.jsonl", odd.join("\n"));
    insta::assert_snapshot!(said(&scratch, &["validate user.avsc odd.jsonl"]).await);
}

#[tokio::test]
async fn an_item_of_50_mb_is_validated_and_shown_shortened() {
    let scratch = scratch();
    let long = "x".repeat(50_000_000);
    let item = format!(r#"{{"email":"{long}","password":"{long}","age":20}}"#);
    scratch.write("long.jsonl", item);
    let done = schema(&scratch, "validate user.avsc long.jsonl")
        .await
        .ended(2);
    assert!(
        done.out
            .starts_with("item 1: email: must be an e-mail address"),
        "{done:?}"
    );
    assert!(done.out.len() < 400, "{}", done.out.len());
}

#[tokio::test]
async fn a_schema_of_10_mb_is_read() {
    let scratch = Scratch::new();
    let doc = "x".repeat(10_000_000);
    let big = format!(
        r#"{{"type":"record","name":"Big","doc":"{doc}","fields":[{{"name":"a","type":"int"}}]}}"#
    );
    scratch.write("big.avsc", big);
    let done = schema(&scratch, "canonical big.avsc").await.succeeded();
    insta::assert_snapshot!(done.out, @r#"{"name":"Big","type":"record","fields":[{"name":"a","type":"int"}]}"#);
}

#[tokio::test]
async fn lint_tells_what_is_tighter() {
    let scratch = scratch();
    scratch.write("tight.avsc", USER.replace(":8", ":12"));
    insta::assert_snapshot!(
        said(
            &scratch,
            &[
                "lint user.avsc tight.avsc",
                "lint tight.avsc user.avsc",
                "check tight.avsc user.avsc",
            ]
        )
        .await
    );
}
