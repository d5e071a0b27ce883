//! Feeds: many at once, each with its own items, fields, batches and compression; the same words
//! behind a place and in a table.

use std::io::Read;

use serde_json::Value;

use crate::scratch::{Done, Scratch};
use crate::servers::{practice, resolved};

/// The content of a file that may be compressed.
fn content(scratch: &Scratch, name: &str) -> String {
    let bytes = std::fs::read(scratch.path(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
    let mut text = String::new();
    if name.ends_with(".gz") {
        let mut members = flate2::read::MultiGzDecoder::new(&*bytes);
        members.read_to_string(&mut text).expect("it is gzip");
    } else if name.ends_with(".zst") {
        let raw = zstd::decode_all(&*bytes).expect("it is zstd");
        text = String::from_utf8(raw).expect("it is text");
    } else {
        text = String::from_utf8(bytes).expect("it is text");
    }
    text
}

fn lines(text: &str) -> Vec<Value> {
    let item = |line| serde_json::from_str(line).expect("each line is JSON");
    text.lines().map(item).collect()
}

/// The feeds of these tests by flags.
async fn by_flags() -> Scratch {
    let by_flags = Scratch::new();
    let crawl = by_flags.crawl("quotes --demo -q --report report.json -a tag=life");
    let crawl = [
        "by.jsonl.zst?fields=author:by,text",
        "life-%(batch)03d-%(tag)s.csv.gz?batch_items=4",
    ]
    .iter()
    .fold(crawl, |crawl, place| crawl.word("-o").word(place));
    let crawl = crawl.word("-O").word(
        "%(spider)s.json?filter=this.author.startsWith('A') && this.tags.size() > 1&fields=tags,author",
    );
    crawl.run().await.succeeded();
    by_flags
}

/// The same feeds by tables.
async fn by_tables() -> Scratch {
    let by_tables = Scratch::new();
    by_tables.write(
        "crawl.toml",
        r#"
[deliver.by]
place = "by.jsonl.zst"
fields = ["author:by", "text"]
[deliver.life]
place = "life-%(batch)03d-%(tag)s.csv.gz"
batch_items = 4
[deliver.some]
place = "%(spider)s.json"
overwrite = true
filter = "this.author.startsWith('A') && this.tags.size() > 1"
fields = "tags, author"
"#,
    );
    let words = "quotes --demo -q --report report.json -a tag=life";
    by_tables.crawl(words).run().await.succeeded();
    by_tables
}

const FILES: [&str; 6] = [
    "by.jsonl.zst",
    "life-001-life.csv.gz",
    "life-002-life.csv.gz",
    "life-003-life.csv.gz",
    "life-004-life.csv.gz",
    "quotes.json",
];

#[tokio::test]
async fn addresses_and_tables_with_the_same_words_make_the_same_files() {
    let (by_flags, by_tables) = (by_flags().await, by_tables().await);
    let mut names = [&FILES[..], &["report.json"]].concat();
    assert_eq!(by_flags.names(), names);
    names.insert(1, "crawl.toml");
    assert_eq!(by_tables.names(), names);
    for file in FILES {
        assert_eq!(
            content(&by_flags, file),
            content(&by_tables, file),
            "{file}"
        );
    }

    let by = lines(&content(&by_flags, "by.jsonl.zst"));
    assert_eq!(by.len(), 15);
    for quote in &by {
        let fields: Vec<_> = quote.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["by", "text"]);
    }
    let rows = |name: &str| content(&by_flags, name).matches("\r\n").count();
    let counts: Vec<_> = FILES[1..5].iter().map(|name| rows(name)).collect();
    assert_eq!(counts, [5, 5, 5, 4], "a header, and so many items");
    let some = by_flags.items("quotes.json");
    let of_a = by
        .iter()
        .filter(|quote| quote["by"].as_str().unwrap().starts_with('A'));
    assert!(!some.is_empty() && some.len() <= of_a.count(), "{some:?}");
    for quote in &some {
        let fields: Vec<_> = quote.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["tags", "author"]);
        assert!(
            quote["author"].as_str().unwrap().starts_with('A'),
            "{quote}"
        );
        assert!(quote["tags"].as_array().unwrap().len() > 1, "{quote}");
    }

    reported(&by_tables, some.len() as u64);
}

/// What the report says of these feeds.
fn reported(by_tables: &Scratch, kept: u64) {
    let report = by_tables.json("report.json");
    for (sink, (name, records)) in report["sinks"]
        .as_array()
        .expect("the report has it")
        .iter()
        .zip([
            ("by (by.jsonl.zst)", 15),
            ("life (life-%(batch)03d-%(tag)s.csv.gz)", 15),
            ("some (%(spider)s.json)", kept),
        ])
    {
        assert_eq!(sink["name"], name);
        assert_eq!(
            (&sink["records"], &sink["skipped"]),
            (&records.into(), &(15 - records).into())
        );
        assert!(
            sink["guarantee"]
                .as_str()
                .expect("the report has it")
                .starts_with("exactly once"),
            "{sink}"
        );
        assert!(
            sink["bytes"].as_u64().expect("the report has it") > 0,
            "{sink}"
        );
    }
}

#[tokio::test]
async fn tables_run_beside_flags_and_the_report_says_what_was_left_out() {
    let scratch = Scratch::new();
    scratch.write(
        "crawl.toml",
        "[deliver.none]\nplace = 'none.csv'\nfilter = 'false'\nstore_empty = false\n",
    );
    let words = "quotes --demo -o all.json -s deliver.more.place=more.jsonl";
    let done = scratch.crawl(words).run().await.succeeded();
    assert_eq!(scratch.items("all.json").len(), 100);
    assert_eq!(lines(&scratch.read("more.jsonl")).len(), 100);
    assert_eq!(scratch.names(), ["all.json", "crawl.toml", "more.jsonl"]);
    let shown: Vec<_> = done.err.lines().filter(|line| line.contains('→')).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    →        all.json: 100 records, 14.02 KiB (exactly once while the process lives)
    →        more (more.jsonl): 100 records, 13.92 KiB (exactly once while the process lives)
    →        none (none.csv): 0 records, 100 skipped, 0 B (exactly once while the process lives)
    ");
}

/// Runs a crawl with these places and this settings file; it is refused before its first request.
async fn refused(file: &str, places: &[&str]) -> Done {
    let scratch = Scratch::new();
    let server = practice().await;
    scratch.write("crawl.toml", file);
    let words = format!("quotes -s lease.delay=0s {}", resolved(&server));
    let crawl = places.iter().fold(scratch.crawl(&words), |crawl, place| {
        crawl.word("-o").word(place)
    });
    let done = crawl.run().await;
    assert_eq!(server.requests(), 0, "{places:?}");
    assert_eq!(scratch.names(), ["crawl.toml"], "{places:?}");
    done
}

/// A complaint with the first of the known names, which is the nearest, in place of all.
pub(crate) fn nearest_alone(line: &str) -> String {
    match line.split_once("there are ") {
        Some((before, known)) => {
            let first = known.split(',').next().unwrap_or_default();
            format!("{before}there are {first}, …")
        }
        None => line.to_owned(),
    }
}

#[tokio::test]
async fn words_that_have_no_sense_are_refused_before_the_first_request() {
    let mut said = Vec::new();
    for places in [
        &["q.json?feilds=text"][..],
        &["q.json?fields=text&fields=author"],
        &["q.json?fields=txet"],
        &["q.json?fields=text,author:text"],
        &["q.json?fields=tags.name"],
        &["q.json?types=Qoute"],
        &["q.json?filter=this.autor == ''"],
        &["q.json?filter=this.author ="],
        &["q.json?filter=author == ''"],
        &["q.json?filter=this.tags > 3"],
        &["q.json?on_error=ignore"],
        &["q.json?overwrite=perhaps"],
        &["q.json?batch_items=10"],
        &["q.json.gz?level=99"],
        &["a.json", "./a.json"],
        &["a.json?fields=text", "a.json"],
        &["-", "-?format=csv"],
        &["ok.json", "fiel://me:opensesame@host/db"],
    ] {
        let line = refused("", places).await.complaint(1);
        assert!(!line.contains("opensesame"), "{line}");
        said.push(nearest_alone(&line));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[tokio::test]
async fn tables_that_have_no_sense_are_refused_before_the_first_request() {
    let mut said = Vec::new();
    for (file, places) in [
        ("[deliver.a]\nfields = ['text']\n", &[][..]),
        ("[deliver.a]\nplace = 'a.json'\nfeilds = ['text']\n", &[]),
        (
            "[deliver.a]\nplace = 'a.json'\nfilter = 'this.txt == 1'\n",
            &[],
        ),
        (
            "[deliver.a]\nplace = 'a.json'\nfields = { text = 'x' }\n",
            &[],
        ),
        ("[deliver.a]\nplace = 'a.jsno'\n", &[]),
        ("[deliver.a]\nplace = 'a.json'\n", &["a.json"]),
        (
            "[deliver.a]\nplace = 'x.json'\n[deliver.b]\nplace = './x.json'\n",
            &[],
        ),
        ("[deliver.'a b']\nplace = 'a.json'\n", &[]),
        ("[deliver.a]\nplace = 'fiel://me:opensesame@host/x'\n", &[]),
    ] {
        let line = refused(file, places).await.complaint(1);
        assert!(!line.contains("opensesame"), "{line}");
        said.push(nearest_alone(&line));
    }
    insta::assert_snapshot!(said.join("\n"));
}

/// A feed without which the crawl can do ends alone; the others are whole.
#[tokio::test]
async fn a_feed_that_fails_and_may_be_skipped_lets_the_others_finish() {
    let scratch = Scratch::new();
    let words = "quotes --demo -q --report report.json -o /dev/full?format=jsonl&on_error=skip -o kept.json";
    let done = scratch.crawl(words).run().await.ended(3);
    let told = done.err.lines().last().unwrap_or_default();
    insta::assert_snapshot!(told, @"error: the sink /dev/full?format=jsonl&on_error=skip failed: cannot write /dev/full: No space left on device (os error 28); no item was written");
    assert_eq!(scratch.items("kept.json").len(), 100);
    let report = scratch.json("report.json");
    assert_eq!(report["finish"], "finished", "{report}");
    assert_eq!(report["pages"], 10);
    let sinks = &report["sinks"];
    assert!(
        sinks[0]["error"]
            .as_str()
            .unwrap()
            .contains("No space left"),
        "{sinks}"
    );
    assert_eq!(
        (&sinks[1]["error"], &sinks[1]["records"]),
        (&Value::Null, &100.into())
    );
}

/// It ends with the first one that it cannot do without.
#[tokio::test]
async fn a_feed_that_fails_stops_the_crawl_unless_it_may_be_skipped() {
    let scratch = Scratch::new();
    let words = "quotes --demo -q --report report.json -o /dev/full?format=jsonl -o kept.json";
    scratch.crawl(words).run().await.ended(3);
    let report = scratch.json("report.json");
    assert!(report["finish"]["sink_failed"].is_object(), "{report}");
}

/// More than the system lets a program have open at once: one line, and nothing is left.
#[cfg(unix)]
#[tokio::test]
async fn ten_thousand_feeds_are_refused_where_so_many_files_cannot_be_open() {
    let scratch = Scratch::new();
    let mut file = String::new();
    for number in 0..10_000 {
        file.push_str(&format!(
            "[deliver.f{number:04}]\nplace = 'f{number:04}.jsonl'\n"
        ));
    }
    scratch.write("crawl.toml", file);
    let shell = std::path::Path::new("/bin/sh");
    let limited = scratch
        .program(shell, "-c")
        .word("ulimit -n 250 && exec \"$0\" quotes --demo -q")
        .word(crate::binary::crawl());
    let line = limited.run().await.complaint(3);
    assert!(line.starts_with("cannot write f0"), "{line}");
    assert!(line.contains(".jsonl: Too many open files"), "{line}");
    assert_eq!(scratch.names(), ["crawl.toml"]);
}

#[tokio::test]
async fn many_feeds_take_what_each_wants() {
    let scratch = Scratch::new();
    let mut file = String::from("[lease]\nmax_pages = 1\n");
    for number in 0..200 {
        let fields = if number % 2 == 0 {
            "author"
        } else {
            "text:t,author"
        };
        let filter = format!("this.tags.size() >= {}", number % 7);
        file.push_str(&format!(
            "[deliver.f{number}]\nplace = 'f{number}.jsonl'\nfields = '{fields}'\nfilter = '{filter}'\n"
        ));
    }
    scratch.write("crawl.toml", file);
    let words = "quotes --demo -q -o all.json --report report.json";
    scratch.crawl(words).run().await.succeeded();
    let all = scratch.items("all.json");
    for number in 0..200 {
        let least = number % 7;
        let wanted = all
            .iter()
            .filter(|quote| quote["tags"].as_array().unwrap().len() >= least);
        let authors: Vec<_> = wanted.map(|quote| quote["author"].clone()).collect();
        let found = lines(&scratch.read(&format!("f{number}.jsonl")));
        let found: Vec<_> = found.iter().map(|quote| quote["author"].clone()).collect();
        assert_eq!(found, authors, "{number}");
    }
    assert_eq!(
        scratch.json("report.json")["sinks"]
            .as_array()
            .unwrap()
            .len(),
        201
    );
}

#[tokio::test]
async fn settings_show_feeds_with_their_origins_and_without_secrets() {
    let scratch = Scratch::new();
    scratch.write(
        "crawl.toml",
        "[deliver]\nbatch = 5\n[deliver.db]\nplace = 'postgres://me:opensesame@host/db?password=hush'\n\
         key = ['a', 'b']\npassword = 'x'\n[deliver.csv]\nplace = 'a.csv'\nbatch_items = 10\n",
    );
    let words = "settings -s deliver.csv.fields=text,author:by";
    let shown = scratch.crawl(words).run().await.succeeded().out;
    let from = shown.find("[deliver]").unwrap();
    let to = shown.find("\n[fetch]").unwrap();
    insta::assert_snapshot!(&shown[from..to]);
    let _valid: toml::Table = shown.parse().unwrap();
}
