//! `crawl tail`: a topic as JSON Lines.

use serde_json::Value;

use crate::broker::shared;
use crate::scratch::{Scratch, finished};
use crate::stop::signal;

/// A hundred quotes in a topic.
async fn quotes(scratch: &Scratch, servers: &str, topic: &str) {
    let words = format!(
        "quotes --demo -q -o kafka://{servers}/{topic}?create=true&partitions=3&key=author \
         -o quotes.json"
    );
    scratch.crawl(&words).run().await.succeeded();
}

fn lines(out: &str) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).expect("each line is JSON");
    out.lines().map(read).collect()
}

fn texts(items: &[Value]) -> Vec<String> {
    let mut texts: Vec<_> = items.iter().map(|item| item["text"].to_string()).collect();
    texts.sort();
    texts
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn a_group_reads_every_record_once() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    quotes(&scratch, &servers, "tailed").await;
    let tail = format!(
        "tail kafka://{servers}/tailed?key=author --from-beginning --exit-at-end --group readers"
    );
    let some = scratch.crawl(&format!("{tail} --max 30")).run().await;
    let mut read = lines(&some.succeeded().out);
    assert_eq!(read.len(), 30);
    read.extend(lines(&scratch.crawl(&tail).run().await.succeeded().out));
    assert_eq!(texts(&read), texts(&scratch.items("quotes.json")));
    assert_eq!(scratch.crawl(&tail).run().await.succeeded().out, "");
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn an_envelope_tells_all_of_a_record() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    quotes(&scratch, &servers, "enveloped").await;
    let words = format!(
        "tail kafka://{servers}/enveloped --from-beginning --exit-at-end --envelope --partition 0,2"
    );
    let out = scratch.crawl(&words).run().await.succeeded().out;
    let read = lines(&out);
    assert!(!read.is_empty());
    for record in &read {
        assert_eq!(record["topic"], "enveloped");
        assert!(record["partition"] == 0 || record["partition"] == 2);
        assert_eq!(record["key"], record["value"]["author"]);
        assert_eq!(record["headers"]["huntsman.spider"], "quotes");
        let timestamp = record["timestamp"].as_str().expect("it is text");
        assert!(timestamp.ends_with('Z'), "{timestamp}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test]
async fn what_is_no_json_ends_it_or_is_skipped() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    // Avro, without a word about its schema.
    let words = format!(
        "quotes --demo -q -a tag=life -o kafka://{servers}/odd?create=true&partitions=1&value=avro"
    );
    scratch.crawl(&words).run().await.succeeded();
    let tail = format!("tail kafka://{servers}/odd --from-beginning --exit-at-end");
    let line = scratch.crawl(&tail).run().await.complaint(3);
    assert!(
        line.contains("odd: partition 0, offset 0: it is no JSON"),
        "{line}"
    );
    assert!(line.contains("--skip-errors"), "{line}");
    let skipped = scratch.crawl(&format!("{tail} --skip-errors")).run().await;
    let skipped = skipped.succeeded();
    assert_eq!(skipped.out, "");
    assert!(
        skipped.err.contains("records were skipped"),
        "{}",
        skipped.err
    );
}

/// Avro that no registry knows is read by the schema that is given.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn plain_avro_and_single_objects_are_read_by_a_schema_file() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    for form in ["avro", "single-object"] {
        let topic = format!("kafka://{servers}/file-{form}?value={form}");
        let words = format!("quotes --demo -q -a tag=life -o {topic}&create=true -O life.jsonl");
        scratch.crawl(&words).run().await.succeeded();
        let schema = scratch.crawl("schema show quotes").run().await.succeeded();
        scratch.write("quote.avsc", &schema.out);
        let tail = format!("tail {topic}&schema_file=quote.avsc --from-beginning --exit-at-end");
        let read = lines(&scratch.crawl(&tail).run().await.succeeded().out);
        let written = std::fs::read_to_string(scratch.path("life.jsonl"));
        let written = lines(&written.expect("the file is there"));
        assert_eq!(texts(&read), texts(&written), "{form}");
        // By another schema nothing can be made of them: one line, or a count.
        scratch.write(
            "other.avsc",
            r#"{"type":"record","name":"Other","fields":[{"name":"ok","type":"boolean"}]}"#,
        );
        let tail = format!("tail {topic}&schema_file=other.avsc --from-beginning --exit-at-end");
        let line = scratch.crawl(&tail).run().await.complaint(3);
        let place = format!("file-{form}: partition ");
        assert!(
            line.contains(&place) && line.contains("--skip-errors"),
            "{line}"
        );
        let skipped = scratch.crawl(&format!("{tail} --skip-errors")).run().await;
        let skipped = skipped.succeeded();
        let count = format!("{} records were skipped", written.len());
        assert!(
            skipped.out.is_empty() && skipped.err.contains(&count),
            "{}",
            skipped.err
        );
    }
}

/// `crawl tail … | head` ends quietly.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn whoever_reads_may_have_enough() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    quotes(&scratch, &servers, "piped").await;
    let mut tail = scratch
        .crawl(&format!("tail kafka://{servers}/piped --from-beginning"))
        .start();
    drop(tail.stdout.take());
    let done = finished(tail, "").await.succeeded();
    assert_eq!(done.err, "");
}

/// Ctrl-C commits what was written.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn ctrl_c_ends_it_and_nothing_comes_twice() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    quotes(&scratch, &servers, "stopped").await;
    let tail = format!("tail kafka://{servers}/stopped --from-beginning --group stopped");
    let mut child = scratch.crawl(&tail).start();
    let mut out = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
    for _ in 0..100 {
        let line = out.next_line().await.expect("it is text");
        line.expect("a hundred lines come");
    }
    signal("INT", &child);
    finished(child, "").await.ended(130);
    let rest = scratch.crawl(&format!("{tail} --exit-at-end")).run().await;
    assert_eq!(rest.succeeded().out, "");
}

#[tokio::test]
async fn mistakes_get_one_line() {
    let scratch = Scratch::new();
    for (words, part) in [
        ("tail kafka://h", "names no topic"),
        ("tail kafka://h/t?gruop=a", "there are group"),
        ("tail kafka://h/t --max x", "--max <N>': it is a number"),
        ("tail kafka://h/t --max -1", "--max <N>': it is a number"),
        ("tail kafka://h/t --max", "--max <N>' but none"),
        ("tail kafka://h/t --partition -1", "-1 is not in 0..=65535"),
        (
            "tail kafka://h/t?registry=file:typo",
            "there is no folder typo",
        ),
        (
            "tail kafka://h/t?linger.ms=5&registry.url=file%3A%2F%2Fno+such",
            "there is no folder no+such",
        ),
        (
            "quotes --seeds kafka://h/t?group=a&registry=file:typo",
            "there is no folder typo",
        ),
        ("tail kafka://h/t?value=avro", "registry=URL"),
        ("quotes --seeds kafka://h/t", "add group=NAME"),
        ("quotes --seeds urls.txt", "is no address of a topic"),
    ] {
        let done = scratch.crawl(words).run().await.ended(1);
        assert!(done.err.contains(part), "{words}: {}", done.err);
    }
    assert_eq!(scratch.names(), [""; 0]);
    let nobody = "tail kafka://127.0.0.1:9/t";
    let line = scratch.crawl(nobody).run().await.complaint(3);
    assert!(line.contains("no broker can be reached"), "{line}");
}

#[tokio::test]
async fn the_help_teaches() {
    let help = Scratch::new().crawl("tail --help").run().await.succeeded();
    insta::assert_snapshot!("tail_help", help.out);
}

/// Lines and nothing else go to standard output.
#[huntsman_testkit::needs_java]
#[tokio::test]
async fn the_topic_of_a_sink_is_read_from_its_own_address() {
    let Some(broker) = shared() else { return };
    let (servers, scratch) = (broker.address(), Scratch::new());
    let topic = format!("kafka://{servers}/same?create=true&key=author&linger.ms=1");
    scratch
        .crawl(&format!(
            "quotes --demo -q -a tag=life -o {topic} -o life.json"
        ))
        .run()
        .await
        .succeeded();
    let tail = format!("tail {topic} --from-beginning --exit-at-end");
    let done = scratch.crawl(&tail).run().await.succeeded();
    assert_eq!(texts(&lines(&done.out)), texts(&scratch.items("life.json")));
}
