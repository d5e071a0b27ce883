//! `--again`: a finished job is crawled once more, and only what has changed counts.

use std::fs::File;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::scratch::{Scratch, finished};
use crate::servers;

/// The most runs until a round is done.
const RUNS: u64 = 60;

/// Writes a page whose modification shows, however fast the test is.
fn page(scratch: &Scratch, name: &str, body: &str, version: u64) {
    scratch.write(name, body);
    let file = File::options().write(true).open(scratch.path(name));
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + version * 60);
    let changed = file.and_then(|file| file.set_modified(time));
    changed.expect("its time can be set");
}

fn pages_of(scratch: &Scratch, name: &str) -> Vec<String> {
    let text = scratch.read(name);
    let lines = text.lines().map(|line| {
        let item: Value = serde_json::from_str(line).expect("JSON");
        item["title"].as_str().unwrap_or_default().to_owned()
    });
    let mut titles: Vec<String> = lines.collect();
    titles.sort();
    titles
}

#[tokio::test]
async fn only_changed_pages_are_parsed_and_sinks_go_on_or_begin_anew() {
    let scratch = Scratch::new();
    let links = "<title>index</title><a href=a.html>a</a><a href=b.html>b</a>\
                 <a href=http://elsewhere.test/x>x</a>";
    page(&scratch, "www/index.html", links, 0);
    page(&scratch, "www/a.html", "<title>a1</title>", 0);
    page(&scratch, "www/b.html", "<title>b</title>one", 0);
    let server = servers::folder(&scratch, "www").await;
    let crawl = format!(
        "site -a start=http://{}/index.html --job job -o all.json -O last.jsonl --report report.json",
        server.addr()
    );
    scratch.crawl(&crawl).run().await.succeeded();
    assert_eq!(scratch.items("all.json").len(), 3);
    let done = scratch.crawl(&crawl).run().await.succeeded();
    assert!(done.err.contains("is finished"), "{}", done.err);
    assert!(done.err.contains("--again"), "{}", done.err);
    let refused = scratch
        .crawl("why http://elsewhere.test/x --job job")
        .run()
        .await;
    let refused = refused.succeeded().out;
    assert!(refused.contains("refused by scope"), "{refused}");

    page(&scratch, "www/a.html", "<title>a2</title>", 1);
    let again = format!("{crawl} --again");
    let done = scratch.crawl(&again).run().await.succeeded();
    assert!(done.err.contains("1, 2 unchanged"), "{}", done.err);
    let report = scratch.json("report.json");
    assert_eq!(
        (&report["pages"], &report["unchanged"]),
        (&1.into(), &2.into())
    );
    assert_eq!(report["statuses"]["304"], 2, "{report}");
    let all = scratch.items("all.json");
    assert_eq!((all.len(), &all[3]["title"]), (4, &"a2".into()));
    assert_eq!(pages_of(&scratch, "last.jsonl"), ["a2"]);

    // The page has changed, and what the spider makes of it has not.
    page(&scratch, "www/b.html", "<title>b</title>two", 2);
    page(&scratch, "www/c.html", "<title>c</title>", 2);
    let more = links.replace("index", "index2") + "<a href=c.html>c</a>";
    page(&scratch, "www/index.html", &more, 2);
    let new = format!("{crawl} --again=new");
    scratch.crawl(&new).run().await.succeeded();
    let report = scratch.json("report.json");
    assert_eq!(report["dropped"]["delivered by an earlier round"], 1);
    assert_eq!(
        (&report["pages"], &report["unchanged"]),
        (&3.into(), &1.into())
    );
    assert_eq!(pages_of(&scratch, "last.jsonl"), ["c", "index2"]);
    assert_eq!(scratch.items("all.json").len(), 6);
    let shown = scratch.crawl("job show job --json").run().await.succeeded();
    let facts: Value = serde_json::from_str(&shown.out).expect("JSON");
    assert_eq!(facts["round"], 3);
    scratch.crawl("job check job").run().await.succeeded();
    server.stop().await;
}

#[tokio::test]
async fn a_killed_round_goes_on_and_every_item_of_it_is_there_once() {
    const PAGES: u64 = 120;
    let scratch = Scratch::new();
    let links: String = (0..PAGES)
        .map(|n| format!("<a href=p{n}.html>{n}</a>"))
        .collect();
    let write = |version: u64| {
        page(&scratch, "www/index.html", &links, version);
        for n in 0..PAGES {
            let body = format!("<title>{n:03} in {version}</title>");
            page(&scratch, &format!("www/p{n}.html"), &body, version);
        }
    };
    write(0);
    let server = servers::folder(&scratch, "www").await;
    let crawl = format!(
        "site -q -a start=http://{}/index.html --job job -o all.jsonl -s deliver.commit=20ms",
        server.addr()
    );
    scratch.crawl(&crawl).run().await.succeeded();
    write(1);
    let again = format!("{crawl} --again");
    let mut kills = 0;
    for run in 0..RUNS {
        let mut child = scratch.crawl(&again).start();
        let moment = Duration::from_millis(60 + run * 37 % 200 + run * run);
        if tokio::time::timeout(moment, child.wait()).await.is_err() {
            child.kill().await.expect("it can be killed");
            kills += 1;
        } else {
            finished(child, "").await.succeeded();
            break;
        }
    }
    assert!(kills >= 1, "it was never killed");
    if kills == RUNS {
        // A busy machine had no time for the rest.
        scratch.crawl(&again).run().await.succeeded();
    }
    let shown = scratch.crawl("job show job --json").run().await.succeeded();
    let facts: Value = serde_json::from_str(&shown.out).expect("JSON");
    // A kill may come when all is done: the run behind it is a round of its own, which finds nothing new.
    let rounds = facts["round"].as_u64().unwrap();
    assert!(rounds >= 2 && facts["queued"] == 0, "{facts}");
    let mut wanted: Vec<String> = (0..PAGES)
        .flat_map(|n| [0, 1].map(|version| format!("{n:03} in {version}")))
        .collect();
    // The index has no title, and has not changed but for its time.
    wanted.push(String::new());
    wanted.sort();
    assert_eq!(pages_of(&scratch, "all.jsonl"), wanted);
    server.stop().await;
}
