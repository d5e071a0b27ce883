//! `crawl quarantine`: rejected items are looked at, and come out after a fix.

use crate::contract::{STRICT, broken, lines};
use crate::scratch::Scratch;

/// A folder with a quarantine of 88 quotations.
async fn quarantined() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("strict.avsc", STRICT);
    let words = "quotes --demo -q --log-level off --schema strict.avsc";
    scratch.crawl(words).run().await.succeeded();
    scratch
}

const FILE: &str = "quotes.quarantine.jsonl";

#[tokio::test]
async fn show_counts_by_rule_with_examples() {
    let scratch = quarantined().await;
    let done = scratch
        .crawl(&format!("quarantine show {FILE}"))
        .run()
        .await;
    let out = done.succeeded().out;
    assert!(out.starts_with("88 items\n"), "{out}");
    for row in ["      88  Quote\n", "      84  Quote.tags minItems\n"] {
        assert!(out.contains(row), "{out}");
    }
    assert_eq!(out.matches("author: must match").count(), 2, "{out}");
}

#[tokio::test]
async fn after_a_fix_what_passes_comes_out_and_the_rest_stays() {
    let scratch = quarantined().await;
    let fixed = STRICT.replace(r#""minItems": 3"#, r#""minItems": 1"#);
    scratch.write("fixed.avsc", fixed);
    let before = scratch.read(FILE);
    let retry = format!("quarantine retry {FILE} --schema fixed.avsc -o out.jsonl");
    let done = scratch
        .crawl(&format!("{retry} --dry-run"))
        .run()
        .await
        .ended(2);
    assert_eq!(scratch.read(FILE), before, "{done:?}");
    assert!(!scratch.path("out.jsonl").exists());

    scratch.crawl(&retry).run().await.ended(2);
    let (out, kept) = (
        lines(&scratch.read("out.jsonl")),
        lines(&scratch.read(FILE)),
    );
    let (passed, stay): (Vec<_>, Vec<_>) = lines(&before)
        .into_iter()
        .map(|line| line["item"].clone())
        .partition(|item| broken(item) == ["minItems"]);
    assert_eq!(out, passed);
    assert_eq!(
        kept.iter().map(|line| &line["item"]).collect::<Vec<_>>(),
        stay.iter().collect::<Vec<_>>()
    );
    assert!(!out.is_empty() && !kept.is_empty());
    for line in &kept {
        let violations = line["violations"].as_array().unwrap();
        assert!(!violations.is_empty(), "{line}");
        assert!(
            violations
                .iter()
                .all(|violation| violation["rule"] != "minItems"),
            "{line}"
        );
    }
    // Again: nothing more comes out, and nothing changes.
    scratch.crawl(&retry).run().await.ended(2);
    assert_eq!(lines(&scratch.read("out.jsonl")), out);
    assert_eq!(lines(&scratch.read(FILE)), kept);
}

/// Their own type's rules, which all of them obey.
#[tokio::test]
async fn without_a_schema_items_are_held_to_the_type_of_their_spider() {
    let scratch = quarantined().await;
    let done = scratch
        .crawl(&format!("quarantine retry {FILE}"))
        .run()
        .await;
    let done = done.succeeded();
    assert_eq!(lines(&done.out).len(), 88, "standard output takes them");
    assert_eq!(done.err, "88 items pass, 0 stay rejected\n");
    assert_eq!(scratch.read(FILE), "");
}

#[tokio::test]
async fn a_quarantine_that_is_none_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    scratch.write("junk.jsonl", "junk\n");
    scratch.write("other.jsonl", "{\"text\": \"a\"}\n");
    let mut said = Vec::new();
    for words in [
        "quarantine show junk.jsonl",
        "quarantine retry junk.jsonl",
        "quarantine show other.jsonl",
        "quarantine show none.jsonl",
    ] {
        said.push(scratch.crawl(words).run().await.complaint(1));
    }
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(scratch.read("junk.jsonl"), "junk\n");
}

/// It cannot be gone on with, and is known to be so before anything is asked for.
#[tokio::test]
async fn a_crawl_does_not_append_to_a_broken_quarantine() {
    let scratch = Scratch::new();
    scratch.write("strict.avsc", STRICT);
    scratch.write(FILE, "junk");
    let words = "quotes --demo -q --log-level off --schema strict.avsc";
    scratch.crawl(words).run().await.complaint(3);
    assert_eq!(scratch.read(FILE), "junk");
}

/// Else one would be written over the other.
#[tokio::test]
async fn rejected_items_need_a_file_of_their_own() {
    let scratch = Scratch::new();
    for taken in ["-o", "-O", "--report"] {
        let words = format!("quotes --demo -q -s refine.quarantine=q.jsonl {taken} q.jsonl");
        let said = scratch.crawl(&words).run().await.complaint(1);
        assert!(
            said.starts_with("refine.quarantine: q.jsonl is named"),
            "{said}"
        );
    }
    assert_eq!(scratch.names(), [""; 0]);
}
