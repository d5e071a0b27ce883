//! `--schema`: what obeys leaves, and what does not is kept with its reason.

use std::collections::HashSet;

use serde_json::Value;

use crate::scratch::Scratch;
use crate::servers::{folder, practice, resolved};

/// All quotations obey it.
pub(crate) const LENIENT: &str = r#"{"type": "record", "name": "Quote", "fields": [
    {"name": "text", "type": "string", "minLength": 1},
    {"name": "author", "type": "string", "minLength": 1},
    {"name": "tags", "type": {"type": "array", "items": "string"}}
]}"#;

/// Some quotations break a rule of it, some two.
pub(crate) const STRICT: &str = r#"{"type": "record", "name": "Quote", "fields": [
    {"name": "text", "type": "string", "maxLength": 100},
    {"name": "author", "type": "string", "pattern": "^[A-Z][a-z]+ [A-Z]"},
    {"name": "tags", "type": {"type": "array", "items": "string"}, "minItems": 3}
]}"#;

/// A folder with both.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("lenient.avsc", LENIENT);
    scratch.write("strict.avsc", STRICT);
    scratch
}

pub(crate) fn lines(text: &str) -> Vec<Value> {
    let item = |line| serde_json::from_str(line).expect("each line is JSON");
    text.lines().map(item).collect()
}

/// Whether a quotation obeys the strict schema, in the test's own words.
fn obeys(quote: &Value) -> bool {
    broken(quote).is_empty()
}

/// The rules that a quotation breaks, sorted.
pub(crate) fn broken(quote: &Value) -> Vec<&'static str> {
    let text = quote["text"].as_str().expect("a text");
    let author: Vec<char> = quote["author"]
        .as_str()
        .expect("an author")
        .chars()
        .collect();
    let small = author[1..].iter().take_while(|c| c.is_ascii_lowercase());
    let end = 1 + small.count();
    let is_name = end > 1
        && author.get(end) == Some(&' ')
        && author.get(end + 1).is_some_and(char::is_ascii_uppercase);
    let mut rules = Vec::new();
    if !is_name {
        rules.push("pattern");
    }
    if quote["tags"].as_array().expect("tags").len() < 3 {
        rules.push("minItems");
    }
    if text.chars().count() > 100 {
        rules.push("maxLength");
    }
    rules.sort_unstable();
    rules
}

#[tokio::test]
async fn items_that_obey_a_schema_leave_as_without_it() {
    let scratch = scratch();
    let words = "quotes --demo --schema lenient.avsc -o quotes.json --report report.json";
    scratch.crawl(words).run().await.succeeded();
    assert_eq!(scratch.items("quotes.json").len(), 100);
    let report = scratch.json("report.json");
    assert_eq!(report["findings"]["checked"], 100);
    assert_eq!(report["rejected"], serde_json::json!({}));
    let names = ["lenient.avsc", "quotes.json", "report.json", "strict.avsc"];
    assert_eq!(scratch.names(), names, "nothing rejected, no quarantine");
}

#[tokio::test]
async fn what_breaks_a_rule_is_in_quarantine_with_every_reason() {
    let scratch = scratch();
    let words = "quotes --demo -q --schema strict.avsc -o quotes.jsonl";
    scratch.crawl(words).run().await.succeeded();
    let kept = lines(&scratch.read("quotes.jsonl"));
    let rejected = lines(&scratch.read("quotes.quarantine.jsonl"));
    assert_eq!((kept.len(), rejected.len()), (12, 88));
    assert!(kept.iter().all(obeys));
    let all = kept.iter().chain(rejected.iter().map(|line| &line["item"]));
    let texts: HashSet<_> = all.map(|quote| quote["text"].to_string()).collect();
    assert_eq!(texts.len(), 100, "each quotation is in one of both");
    for line in &rejected {
        let violations = line["violations"].as_array().unwrap();
        let mut rules: Vec<_> = violations
            .iter()
            .map(|violation| violation["rule"].as_str().unwrap())
            .collect();
        rules.sort_unstable();
        assert_eq!(rules, broken(&line["item"]), "{line}");
        for violation in violations {
            let path = match violation["rule"].as_str().unwrap() {
                "maxLength" => "text",
                "pattern" => "author",
                _ => "tags",
            };
            assert_eq!(violation["path"], path, "{line}");
            let told = |field: &str| !violation[field].as_str().unwrap().is_empty();
            assert!(told("message") && told("value"), "{line}");
        }
        assert_eq!(
            (&line["kind"], &line["spider"]),
            (&"Quote".into(), &"quotes".into())
        );
        let url = line["url"].as_str().unwrap();
        assert!(url.starts_with("http://quotes.toscrape.com/"), "{url}");
        assert_eq!(line["request"].as_str().unwrap().len(), 32, "{line}");
        assert!(line["time"].as_u64().unwrap() > 1_600_000_000_000, "{line}");
        assert_eq!(line["schema"], rejected[0]["schema"]);
        assert_eq!(line["schema"].as_str().unwrap().len(), 16);
    }
}

#[tokio::test]
async fn the_report_counts_by_rule_with_examples() {
    let scratch = scratch();
    let words = "quotes --demo -q --schema strict.avsc --report report.json";
    scratch.crawl(words).run().await.succeeded();
    let rejected = lines(&scratch.read("quotes.quarantine.jsonl"));
    let report = scratch.json("report.json");
    assert_eq!(
        (
            &report["items"],
            &report["quarantined"],
            &report["findings"]["quarantined"]
        ),
        (&12.into(), &88.into(), &88.into())
    );
    let counted = |rule: &str| {
        let is_broken = |line: &&Value| broken(&line["item"]).contains(&rule);
        rejected.iter().filter(is_broken).count()
    };
    let rules = &report["findings"]["rules"];
    for (name, rule) in [
        ("Quote.text maxLength", "maxLength"),
        ("Quote.author pattern", "pattern"),
        ("Quote.tags minItems", "minItems"),
    ] {
        assert_eq!(rules[name]["items"], counted(rule), "{rules}");
        let examples = rules[name]["examples"].as_array().unwrap();
        assert!((1..=3).contains(&examples.len()), "{rules}");
    }
    let total = report["rejected"].as_object().unwrap().values();
    let total: u64 = total.map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(total, 88, "an item is counted under one rule");
    assert_eq!(
        report["findings"]["coverage"]["Quote"]["fields"]["author"],
        100
    );
}

#[tokio::test]
async fn a_person_reads_what_was_rejected_and_why() {
    let scratch = scratch();
    let words = "quotes --demo --schema strict.avsc -o quotes.json --log-level error";
    let said = scratch.crawl(words).run().await.succeeded().err;
    let (_, rest) = said.split_once('\n').unwrap();
    insta::assert_snapshot!(rest);
}

#[tokio::test]
async fn an_outcome_is_chosen_for_all_rules() {
    for (outcome, left, marked) in [("drop", 12, 0), ("warn", 100, 0), ("mark", 100, 88)] {
        let scratch = scratch();
        let words = format!(
            "quotes --demo -q --schema strict.avsc -s refine.invalid={outcome} -o quotes.jsonl \
             -o quotes.csv --report report.json"
        );
        scratch.crawl(&words).run().await.succeeded();
        let items = lines(&scratch.read("quotes.jsonl"));
        assert_eq!(items.len(), left, "{outcome}");
        let column = |item: &&Value| {
            item["_violations"]
                .as_array()
                .is_some_and(|v| !v.is_empty())
        };
        assert_eq!(items.iter().filter(column).count(), marked, "{outcome}");
        let text = scratch.read("quotes.csv");
        let header = csv::Reader::from_reader(text.as_bytes())
            .headers()
            .unwrap()
            .clone();
        let last = if marked > 0 { "_violations" } else { "tags" };
        assert_eq!(&header[header.len() - 1], last, "{outcome}");
        assert!(!scratch.path("quotes.quarantine.jsonl").exists());
        let findings = &scratch.json("report.json")["findings"];
        let dropped = if outcome == "drop" { 88 } else { 0 };
        assert_eq!(findings["dropped"], dropped, "{outcome}");
        assert_eq!(findings["warned"], 88 - dropped, "{outcome}");
    }
}

#[tokio::test]
async fn an_outcome_is_chosen_for_one_rule() {
    let scratch = scratch();
    let words =
        "quotes --demo -q --schema strict.avsc -s refine.rules=minItems=warn -o quotes.jsonl";
    scratch.crawl(words).run().await.succeeded();
    let rejected = lines(&scratch.read("quotes.quarantine.jsonl"));
    let kept = lines(&scratch.read("quotes.jsonl"));
    assert_eq!(kept.len() + rejected.len(), 100);
    assert!(
        kept.iter()
            .all(|item| matches!(broken(item)[..], [] | ["minItems"]))
    );
    assert!(kept.iter().any(|item| !obeys(item)));
    let hard = |line: &Value| broken(&line["item"]).iter().any(|rule| *rule != "minItems");
    assert!(rejected.iter().all(hard));
}

#[tokio::test]
async fn without_a_quarantine_bad_items_are_dropped_and_counted() {
    let scratch = scratch();
    let words = "quotes --demo -q --schema strict.avsc -s refine.quarantine=none -o quotes.jsonl \
                 --report report.json";
    scratch.crawl(words).run().await.succeeded();
    assert_eq!(lines(&scratch.read("quotes.jsonl")).len(), 12);
    let report = scratch.json("report.json");
    assert_eq!(report["quarantined"], 0);
    let total = report["rejected"].as_object().unwrap().values();
    assert_eq!(total.map(|count| count.as_u64().unwrap()).sum::<u64>(), 88);
    assert!(!scratch.names().iter().any(|name| name.contains("none")));
}

/// The old file is better than one whose items are mostly missing.
#[tokio::test]
async fn too_many_rejected_items_stop_the_crawl_and_replace_nothing() {
    let scratch = scratch();
    scratch.write("quotes.json", "[]\n");
    let words = "quotes --demo -q --log-level error --schema strict.avsc \
                 -s refine.max_rejected=0.1 -O quotes.json";
    let said = scratch.crawl(words).run().await.complaint(2);
    insta::assert_snapshot!(said, @"too many items break their contract: stopped at refine.max_rejected, 88 of 100 items rejected");
    assert_eq!(scratch.read("quotes.json"), "[]\n");
}

/// Numbers in text become numbers, and are counted.
#[tokio::test]
async fn coercion_mends_what_it_can() {
    let scratch = Scratch::new();
    scratch.write("site/index.html", "<title> 42 </title><a href=b.html>b</a>");
    scratch.write("site/b.html", "<title>no number</title>");
    let shown = scratch
        .crawl("schema show site")
        .run()
        .await
        .succeeded()
        .out;
    let mut schema: Value = serde_json::from_str(&shown).unwrap();
    for field in schema["fields"].as_array_mut().unwrap() {
        if field["name"] == "title" {
            field["type"] = serde_json::json!(["null", "int"]);
        }
    }
    scratch.write("number.avsc", schema.to_string());
    let server = folder(&scratch, "site").await;
    let words = format!(
        "site -a start=http://{}/ -q --log-level off --schema number.avsc -o pages.jsonl \
         --report report.json",
        server.addr()
    );
    let refused = scratch.crawl(&words).run().await.complaint(1);
    assert!(refused.contains("coerce"), "{refused}");
    let words = format!("{words} -s refine.coerce=true");
    scratch.crawl(&words).run().await.succeeded();
    let pages = lines(&scratch.read("pages.jsonl"));
    assert_eq!(
        pages.iter().map(|page| &page["title"]).collect::<Vec<_>>(),
        [42]
    );
    let rejected = lines(&scratch.read("site.quarantine.jsonl"));
    assert_eq!(rejected[0]["item"]["title"], "no number");
    let findings = &scratch.json("report.json")["findings"];
    assert_eq!(
        (&findings["coerced"], &findings["quarantined"]),
        (&1.into(), &1.into())
    );
}

/// What it says about a schema file, before it asks for anything.
async fn refused(schemas: &[&str], flags: &str) -> String {
    let server = practice().await;
    let mut said = Vec::new();
    for schema in schemas {
        let scratch = Scratch::new();
        scratch.write("bad.avsc", schema);
        let words = format!("quotes -q --schema bad.avsc {flags} {}", resolved(&server));
        let done = scratch.crawl(&words).run().await;
        assert_eq!(done.code, Some(1), "{done:#?}");
        said.push(done.complaint(1));
    }
    assert_eq!(server.requests(), 0);
    said.join("\n")
}

#[tokio::test]
async fn a_schema_that_is_none_is_refused_before_the_first_request() {
    let said = refused(
        &[
            r#"{"type":"#,
            "[1]",
            r#"{"type":"record","name":"Quote","fields":[{"name":"text","type":"string","default":1}]}"#,
            r#"{"type":"record","name":"Quo-te","fields":[]}"#,
            r#"{"type":"record","name":"Quote","fields":[{"name":"te xt","type":"string"}]}"#,
            &r#"{"type":"array","items":"#.repeat(100_000),
            &LENIENT.replacen("string", "int", 1),
        ],
        "",
    )
    .await;
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn an_unknown_outcome_or_rule_is_refused_before_the_first_request() {
    let mut said = Vec::new();
    for choice in [
        "refine.rules=maxLenght=warn",
        "refine.rules=maxLength=wran",
        "refine.rules=maxLength",
        "refine.invalid=wran",
        "gates.coverage=author",
    ] {
        said.push(refused(&[STRICT], &format!("-s {choice}")).await);
    }
    let scratch = Scratch::new();
    said.push(
        scratch
            .crawl("quotes --demo --schema none.avsc")
            .run()
            .await
            .complaint(1),
    );
    insta::assert_snapshot!(said.join("\n"));
}

/// A schema may carry words of others, so it is no error.
#[tokio::test]
async fn an_unknown_constraint_is_a_warning_with_the_nearest() {
    let scratch = Scratch::new();
    scratch.write("odd.avsc", LENIENT.replacen("minLength", "minLenght", 1));
    let done = scratch
        .crawl("quotes --demo -q --schema odd.avsc")
        .run()
        .await;
    let said = done.succeeded().err;
    let warning = r#"fields[0] has the word "minLenght"; did you mean "minLength"?"#;
    assert!(said.contains(warning), "{said}");
}
