//! `--log-level`, `--log-file`, `--log-format`.

use serde_json::Value;

use crate::scratch::Scratch;
use crate::servers::nobody;

#[tokio::test]
async fn a_crawl_that_goes_well_logs_nothing_unless_asked() {
    let scratch = Scratch::new();
    let words = "quotes --demo --log-file log.txt";
    scratch.crawl(words).run().await.succeeded();
    assert_eq!(scratch.read("log.txt"), "");
}

#[tokio::test]
async fn debug_logs_each_page_to_standard_error() {
    let scratch = Scratch::new();
    let words = "quotes --demo --log-level debug -q";
    let done = scratch.crawl(words).run().await.succeeded();
    let fetched = |n: u32| {
        let url = format!("url=http://quotes.toscrape.com/page/{n}/ ");
        let of_page = |line: &&str| line.contains("DEBUG fetch: fetched") && line.contains(&url);
        done.err.lines().filter(of_page).count()
    };
    assert_eq!(
        (2..=10).map(fetched).collect::<Vec<_>>(),
        [1; 9],
        "{}",
        done.err
    );
    assert!(!done.err.contains('\u{1b}'), "no colours in a pipe");
}

#[tokio::test]
async fn the_log_can_be_a_file_of_json_lines() {
    let scratch = Scratch::new();
    let words = "quotes --demo --log-level debug --log-file log.json --log-format json -q";
    for run in 1..=2 {
        let done = scratch.crawl(words).run().await.succeeded();
        assert_eq!(done.err, "", "the log is in the file alone");
        let text = scratch.read("log.json");
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let fetched = lines
            .iter()
            .filter(|line| line["fields"]["message"] == "fetched");
        assert_eq!(fetched.count(), 10 * run, "a log is appended to");
        for line in &lines {
            assert!(
                line["timestamp"].is_string() && line["level"].is_string(),
                "{line}"
            );
        }
    }
}

#[tokio::test]
async fn a_page_that_is_given_up_is_a_warning_with_its_reason() {
    let scratch = Scratch::new();
    let resolve = format!(
        "--resolve quotes.toscrape.com={} -s fetch.retries=0 -q",
        nobody().await
    );
    let loud = scratch
        .crawl(&format!("quotes {resolve}"))
        .run()
        .await
        .ended(2);
    let warning = loud.err.lines().next().unwrap();
    let (_, told) = warning.split_once(" WARN ").unwrap();
    insta::assert_snapshot!(told, @"fetch: given up url=http://quotes.toscrape.com/ error=cannot connect: Connection refused (os error 111)");
    let off = scratch.crawl(&format!("quotes {resolve} --log-level off"));
    insta::assert_snapshot!(off.run().await.complaint(2), @"no page was fetched and parsed; the most frequent reason: connect (1)");
}

#[tokio::test]
async fn a_level_form_or_file_that_cannot_be_is_one_line() {
    let scratch = Scratch::new();
    let mut lines = Vec::new();
    for words in [
        "--log-level trce",
        "--log-level verbose",
        "--log-format jsn",
        "--log-file nowhere/log.txt",
    ] {
        let words = format!("quotes --demo {words}");
        lines.push(scratch.crawl(&words).run().await.complaint(1));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    no log level "trce"; did you mean "trace"?
    no log level "verbose"; did you mean "error"?
    invalid value 'jsn' for '--log-format <FORM>' [possible values: text, json] tip: a similar value exists: 'json'; see --help
    cannot open the log file nowhere/log.txt: No such file or directory (os error 2)
    "#);
}
