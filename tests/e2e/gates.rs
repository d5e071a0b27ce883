//! The gates: the verdict on a run, by `-s` and in `crawl.toml`.

use crate::contract::{LENIENT, STRICT};
use crate::scratch::Scratch;
use crate::servers::{practice, resolved};

#[tokio::test]
async fn each_gate_passes_or_is_named_and_fails_the_run() {
    let scratch = Scratch::new();
    scratch.write("lenient.avsc", LENIENT);
    scratch.write("strict.avsc", STRICT);
    let mut said = Vec::new();
    for (gate, failing, passing) in [
        ("min_items", "101", "100"),
        ("min_pages", "11", "10"),
        ("max_rejected", "0.5", "0.9"),
        ("coverage", "isbn=0.1", "author=1"),
    ] {
        let schema = if gate == "max_rejected" {
            "strict"
        } else {
            "lenient"
        };
        let crawl = format!("quotes --demo -q --schema {schema}.avsc --log-level error");
        let passed = format!("{crawl} -s gates.{gate}={passing} --report report.json");
        scratch.crawl(&passed).run().await.succeeded();
        let gates = &scratch.json("report.json")["gates"];
        assert_eq!(gates[0]["passed"], true, "{gates}");
        let failed = format!("{crawl} -s gates.{gate}={failing}");
        said.push(scratch.crawl(&failed).run().await.complaint(2));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[tokio::test]
async fn gates_stand_in_the_file_of_settings_too() {
    let scratch = Scratch::new();
    scratch.write("crawl.toml", "[gates]\nmin_items = 101\nmin_pages = 3\n");
    let words = "quotes --demo -o quotes.json --report report.json -q";
    let said = scratch.crawl(words).run().await.complaint(2);
    insta::assert_snapshot!(said, @"gates not passed: gates.min_items: 100 items, at least 101 wanted");
    assert_eq!(
        scratch.items("quotes.json").len(),
        100,
        "a verdict on it, no loss"
    );
    let gates = &scratch.json("report.json")["gates"];
    let passed: Vec<_> = gates
        .as_array()
        .unwrap()
        .iter()
        .map(|gate| &gate["passed"])
        .collect();
    assert_eq!(passed, [false, true]);
}

#[tokio::test]
async fn pages_that_fail_are_an_error_share() {
    let scratch = Scratch::new();
    let server = practice().await;
    let words = format!(
        "site -a start=http://faulty.test/ -q --log-level off -s lease.delay=0s -s fetch.timeout=3s \
         -s fetch.retries=0 {}",
        resolved(&server)
    );
    for (most, code) in [("0.01", 2), ("0.9", 0)] {
        let words = format!("{words} -s gates.max_errors={most}");
        let done = scratch.crawl(&words).run().await.ended(code);
        assert_eq!(
            done.err.contains("gates.max_errors: "),
            code == 2,
            "{done:?}"
        );
    }
}

#[tokio::test]
async fn a_run_is_compared_with_the_report_of_the_last() {
    let scratch = Scratch::new();
    let words = "quotes --demo -q --report report.json -s gates.max_change=0.1";
    for _ in ["there is none to compare with", "the same again"] {
        scratch.crawl(words).run().await.succeeded();
    }
    let changed = format!("{words} -a tag=life");
    let said = scratch.crawl(&changed).run().await.complaint(2);
    insta::assert_snapshot!(said, @"gates not passed: gates.max_change items: 100 → 15, a change of 85 %, at most 10 % allowed; gates.max_change pages: 10 → 2, a change of 80 %, at most 10 % allowed");
}
