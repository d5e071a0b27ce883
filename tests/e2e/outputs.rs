//! `-o` and `-O`: appending keeps files valid, replacing replaces, several places at once.

use serde_json::Value;

use crate::scratch::Scratch;

#[tokio::test]
async fn appending_twice_keeps_a_json_file_one_array() {
    let scratch = Scratch::new();
    for _ in 0..2 {
        let done = scratch.crawl("quotes --demo -o quotes.json").run().await;
        done.succeeded();
    }
    assert_eq!(scratch.items("quotes.json").len(), 200);
}

#[tokio::test]
async fn appending_twice_writes_one_csv_header_and_nested_values_as_json_text() {
    let scratch = Scratch::new();
    for _ in 0..2 {
        let done = scratch.crawl("quotes --demo -o quotes.csv").run().await;
        done.succeeded();
    }
    let text = scratch.read("quotes.csv");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(rows.headers().unwrap(), vec!["text", "author", "tags"]);
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 200);
    let mut with_tags = 0;
    for row in &rows {
        assert_ne!(&row[0], "text", "a second header");
        let tags: Vec<String> = serde_json::from_str(&row[2]).unwrap();
        with_tags += usize::from(tags.len() > 1);
    }
    assert!(with_tags > 50, "{with_tags}");
}

#[tokio::test]
async fn replacing_leaves_only_the_new_items() {
    let scratch = Scratch::new();
    scratch
        .crawl("quotes --demo -o quotes.json")
        .run()
        .await
        .succeeded();
    let words = "quotes --demo -a tag=life -O quotes.json";
    scratch.crawl(words).run().await.succeeded();
    assert_eq!(scratch.items("quotes.json").len(), 15);
    assert_eq!(scratch.names(), ["quotes.json"], "no file is left beside");
}

/// Appending would refuse it; replacing is what the user asked for.
#[tokio::test]
async fn replacing_takes_the_place_of_a_file_of_another_kind() {
    let scratch = Scratch::new();
    scratch.write("life.json", "a note\n");
    let words = "quotes --demo -a tag=life -O life.json";
    scratch.crawl(words).run().await.succeeded();
    assert_eq!(scratch.items("life.json").len(), 15);
}

#[tokio::test]
async fn several_places_take_the_same_items() {
    let scratch = Scratch::new();
    let words = "quotes --demo -o a.json -o b.jsonl -o c.csv -O d.json -o e.txt?format=csv -o -";
    let done = scratch.crawl(words).run().await.succeeded();
    let items = scratch.items("a.json");
    assert_eq!(items.len(), 100);
    assert_eq!(scratch.items("d.json"), items);
    assert_eq!(lines(&scratch.read("b.jsonl")), items);
    assert_eq!(lines(&done.out), items);
    assert_eq!(scratch.read("c.csv"), scratch.read("e.txt"));
    let text = scratch.read("c.csv");
    let rows = csv::Reader::from_reader(text.as_bytes())
        .into_records()
        .map(|row| row.unwrap()[0].to_owned());
    let texts = items
        .iter()
        .map(|item| item["text"].as_str().unwrap().to_owned());
    assert!(rows.eq(texts), "{text}");
}

#[tokio::test]
async fn a_dash_is_standard_output_with_json_lines_and_nothing_else() {
    let scratch = Scratch::new();
    let done = scratch.crawl("quotes --demo -o -").run().await.succeeded();
    let items = lines(&done.out);
    assert_eq!(items.len(), 100);
    assert!(items.iter().all(|item| item["author"].is_string()));
    assert_eq!(scratch.names(), [""; 0]);
}

#[tokio::test]
async fn standard_output_can_be_csv() {
    let scratch = Scratch::new();
    let words = "quotes --demo -a tag=life -o -?format=csv";
    let done = scratch.crawl(words).run().await.succeeded();
    let rows = csv::Reader::from_reader(done.out.as_bytes()).into_records();
    assert_eq!(rows.map(Result::unwrap).count(), 15);
}

/// Without `-o` a crawl still tells what it found.
#[tokio::test]
async fn a_crawl_needs_no_place() {
    let scratch = Scratch::new();
    let done = scratch.crawl("quotes --demo").run().await.succeeded();
    assert_eq!(done.out, "");
    assert!(done.err.contains("quotes: finished"), "{}", done.err);
    assert_eq!(scratch.names(), [""; 0]);
}

fn lines(text: &str) -> Vec<Value> {
    let item = |line| serde_json::from_str(line).expect("each line is JSON");
    text.lines().map(item).collect()
}
