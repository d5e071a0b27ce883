//! What is written, for each format and mode.

use std::collections::BTreeMap;

use huntsman_export::Mode::{Append, Replace};

use crate::sample::{Either, Folder, Line, Wide, line, run};

async fn content(name: &str, batches: &[Vec<Either>]) -> String {
    let folder = Folder::new();
    let bytes = run(&folder.place(name), Append, batches).await.unwrap();
    let appended = folder.read(name);
    assert_eq!(bytes, appended.len() as u64);
    let folder = Folder::with(name, "anything");
    run(&folder.place(name), Replace, batches).await.unwrap();
    assert_eq!(folder.read(name), appended, "both modes write the same");
    assert_eq!(folder.names(), [name]);
    appended
}

fn wide() -> Wide {
    Wide {
        text: Some("é😀 \u{1}\"\\".into()),
        float: 1.5,
        tags: vec!["a,b".into(), "\r\n".into()],
        size: BTreeMap::from([("k".into(), 1)]),
        yes: true,
    }
}

fn mixed() -> Vec<Vec<Either>> {
    let nothing = Wide {
        float: f64::NAN,
        ..Wide::default()
    };
    vec![
        vec![
            Either::Line(Line {
                n: 1,
                text: "say \"a\",\nb".into(),
            }),
            Either::Wide(wide()),
        ],
        vec![],
        vec![Either::Wide(nothing)],
    ]
}

#[tokio::test]
async fn an_empty_crawl_leaves_a_valid_file() {
    assert_eq!(content("x.json", &[]).await, "[]\n");
    assert_eq!(content("x.jsonl", &[vec![]]).await, "");
    assert_eq!(
        content("x.csv", &[]).await,
        "n,text,float,tags,size,yes\r\n"
    );
}

#[tokio::test]
async fn one_item() {
    let one = [vec![Either::Line(line(1))]];
    assert_eq!(
        content("x.json", &one).await,
        "[\n{\"n\":1,\"text\":\"line 1\"}\n]\n"
    );
    assert_eq!(
        content("x.jl", &one).await,
        "{\"n\":1,\"text\":\"line 1\"}\n"
    );
    let csv = "n,text,float,tags,size,yes\r\n1,line 1,,,,\r\n";
    assert_eq!(content("x.csv", &one).await, csv);
}

const LINE: &str = r#"{"n":1,"text":"say \"a\",\nb"}"#;
const WIDE: &str =
    r#"{"text":"é😀 \u0001\"\\","float":1.5,"tags":["a,b","\r\n"],"size":{"k":1},"yes":true}"#;
const NOTHING: &str = r#"{"text":null,"float":null,"tags":[],"size":{},"yes":false}"#;

#[tokio::test]
async fn two_item_types_in_several_batches() {
    let json = format!("[\n{LINE},\n{WIDE},\n{NOTHING}\n]\n");
    assert_eq!(content("x.json", &mixed()).await, json);
    assert_eq!(
        content("x.jsonl", &mixed()).await,
        format!("{LINE}\n{WIDE}\n{NOTHING}\n")
    );
    let csv = [
        "n,text,float,tags,size,yes",
        "1,\"say \"\"a\"\",\nb\",,,,",
        ",\"é😀 \u{1}\"\"\\\",1.5,\"[\"\"a,b\"\",\"\"\\r\\n\"\"]\",\"{\"\"k\"\":1}\",true",
        ",,NaN,[],{},false",
        "",
    ];
    assert_eq!(content("x.csv", &mixed()).await, csv.join("\r\n"));
}

#[tokio::test]
async fn a_field_of_ten_megabytes() {
    let text = "x\"é".repeat(2_500_000);
    let big = [vec![
        Either::Line(Line {
            n: 1,
            text: text.clone(),
        }),
        Either::Line(line(2)),
    ]];
    let json: serde_json::Value = serde_json::from_str(&content("x.json", &big).await).unwrap();
    assert_eq!(json[0]["text"], text);
    assert_eq!(json[1]["n"], 2);
    let csv = content("x.csv", &big).await;
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!((&rows[0][1], &rows[1][1]), (&*text, "line 2"));
}
