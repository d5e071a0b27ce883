//! Files of compressed frames.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Command;

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use huntsman_core::{Export, ExportError};
use huntsman_export::Mode::{self, Append, Replace};
use proptest::prelude::*;

use crate::sample::{Failing, Folder, Line, Odd, line, message, opened, records, run};

const ENDINGS: [&str; 2] = ["gz", "zst"];

fn packed(ending: &str, content: &[u8]) -> Vec<u8> {
    if ending == "zst" {
        return zstd::encode_all(content, 3).unwrap();
    }
    let mut member = GzEncoder::new(Vec::new(), flate2::Compression::default());
    member.write_all(content).unwrap();
    member.finish().unwrap()
}

fn unpacked(ending: &str, bytes: &[u8]) -> String {
    let mut text = String::new();
    if ending == "zst" {
        text = String::from_utf8(zstd::decode_all(bytes).unwrap()).unwrap();
    } else {
        MultiGzDecoder::new(bytes)
            .read_to_string(&mut text)
            .unwrap();
    }
    text
}

fn content(folder: &Folder, name: &str) -> String {
    let ending = name
        .trim_end_matches(".partial")
        .rsplit('.')
        .next()
        .unwrap();
    unpacked(ending, &fs::read(folder.path(name)).unwrap())
}

#[tokio::test]
async fn the_content_is_that_of_a_plain_file() {
    for format in ["json", "jsonl", "csv", "xml"] {
        for ending in ENDINGS {
            for runs in [
                vec![vec![]],
                vec![vec![vec![1, 2], vec![3]], vec![vec![4]], vec![]],
            ] {
                let folder = Folder::new();
                let (plain, name) = (format!("x.{format}"), format!("x.{format}.{ending}"));
                for batches in &runs {
                    let batches: Vec<Vec<_>> = batches
                        .iter()
                        .map(|batch: &Vec<u32>| batch.iter().map(|n| line(*n)).collect())
                        .collect();
                    run(&folder.place(&plain), Append, &batches).await.unwrap();
                    let bytes = run(&folder.place(&name), Append, &batches).await.unwrap();
                    let len = fs::metadata(folder.path(&name)).unwrap().len();
                    assert!(bytes <= len, "{bytes} of {len}");
                }
                assert_eq!(content(&folder, &name), folder.read(&plain), "{name}");
                let last = runs.last().unwrap();
                assert!(last.is_empty() || runs.len() == 1);
            }
        }
    }
}

#[tokio::test]
async fn files_of_others_are_gone_on_with() {
    let big = format!("[{}{{}}]", "{\"n\":0},\n".repeat(200_000));
    for ending in ENDINGS {
        for (format, parts, count) in [
            ("json", vec!["[{},", "{}]"], 2),
            ("json", vec!["[", "{},{}", " ", "]\n", "\n"], 2),
            ("json", vec!["[]"], 0),
            ("json", vec![""], 0),
            ("json", vec![&big], 200_001),
            ("jsonl", vec!["{}\n{}"], 2),
            ("jsonl", vec!["{", "}\n"], 1),
            ("csv", vec!["n,text\n1,a\n"], 1),
        ] {
            let name = format!("x.{format}.{ending}");
            let folder = Folder::new();
            let old: Vec<_> = parts
                .iter()
                .flat_map(|part| packed(ending, part.as_bytes()))
                .collect();
            fs::write(folder.path(&name), &old).unwrap();
            run::<Line>(&folder.place(&name), Append, &[])
                .await
                .unwrap();
            assert_eq!(fs::read(folder.path(&name)).unwrap(), old);
            run(
                &folder.place(&name),
                Append,
                &[vec![line(7)], vec![line(8)]],
            )
            .await
            .unwrap();
            let text = content(&folder, &name);
            let found = match format {
                "json" => serde_json::from_str::<Vec<serde_json::Value>>(&text)
                    .unwrap()
                    .len(),
                "csv" => text.lines().count() - 1,
                _ => text.lines().count(),
            };
            assert_eq!(found, count + 2, "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_not_whole_is_refused() {
    for ending in ENDINGS {
        let name = format!("x.jsonl.{ending}");
        let one = packed(ending, b"{\"n\":1}\n");
        let two = [&one[..], &one].concat();
        let mut cases: Vec<Vec<u8>> = (1..one.len())
            .map(|len| two[..one.len() + len].to_vec())
            .collect();
        cases.extend((1..one.len()).map(|len| one[..len].to_vec()));
        cases.push([&one[..], b"garbage that is long enough"].concat());
        cases.push(b"{\"n\":1}\n".to_vec());
        for bytes in cases {
            let folder = Folder::new();
            fs::write(folder.path(&name), &bytes).unwrap();
            let error = opened::<Line>(&folder.place(&name), Append)
                .await
                .unwrap_err();
            assert!(
                matches!(error, ExportError::NotOurs { .. }),
                "{bytes:?}: {error}"
            );
            message(&error);
            assert_eq!(fs::read(folder.path(&name)).unwrap(), bytes);
        }
        let folder = Folder::new();
        fs::write(folder.path(&name), packed(ending, b"<html>")).unwrap();
        let error = opened::<Line>(&folder.place(&name), Append)
            .await
            .unwrap_err();
        assert!(message(&error).contains("begins with `<`"), "{error}");
    }
}

#[tokio::test]
async fn a_frame_that_is_too_big_is_not_written_anew() {
    let old = packed(
        "gz",
        format!("[{}{{}}]", "{\"n\":0},\n".repeat(1_100_000)).as_bytes(),
    );
    let folder = Folder::new();
    fs::write(folder.path("x.json.gz"), &old).unwrap();
    let error = opened::<Line>(&folder.place("x.json.gz"), Append)
        .await
        .unwrap_err();
    assert!(message(&error).contains("decompress it"), "{error}");
    assert_eq!(fs::read(folder.path("x.json.gz")).unwrap(), old);
}

async fn fails(folder: &Folder, name: &str, mode: Mode, before: u32, big: bool) {
    let feed = opened::<Odd>(&folder.place(name), mode).await.unwrap();
    for n in 0..before {
        feed.export(records([Odd::Line(line(n))])).await.unwrap();
    }
    // More than a frame is written before it fails.
    let text = if big {
        "x".repeat(400_000)
    } else {
        String::new()
    };
    let many = (0..3).map(|n| {
        Odd::Line(Line {
            n,
            text: text.clone(),
        })
    });
    let failing = Odd::Failing(Failing { n: 9, panics: true });
    feed.export(records(many.chain([failing])))
        .await
        .unwrap_err();
}

#[tokio::test]
async fn what_was_delivered_is_set_aside_and_the_old_file_is_as_it_was() {
    for ending in ENDINGS {
        for format in ["json", "jsonl", "csv"] {
            for (mode, before) in [(Append, 2), (Append, 0), (Replace, 2), (Replace, 0)] {
                for (existing, big) in [(true, true), (false, true), (true, false), (false, false)]
                {
                    let name = format!("x.{format}.{ending}");
                    let folder = Folder::new();
                    let old = match format {
                        "json" => packed(ending, b" [{\"n\":0}\n ] \n\n"),
                        "jsonl" => packed(ending, b"{\"n\":0}"),
                        _ => packed(ending, b"n,text,panics\n0,a,"),
                    };
                    if existing {
                        fs::write(folder.path(&name), &old).unwrap();
                    }
                    fails(&folder, &name, mode, before, big).await;
                    let partial = format!("{name}.partial");
                    let mut names = vec![name.clone(), partial.clone()];
                    names.retain(|is| *is == name && existing || *is == partial && before > 0);
                    assert_eq!(folder.names(), names);
                    if existing {
                        assert_eq!(fs::read(folder.path(&name)).unwrap(), old);
                    }
                    if before > 0 {
                        let plain = Folder::new();
                        let lines = (0..before).map(|n| vec![Odd::Line(line(n))]);
                        let feed = opened::<Odd>(&plain.place(&format!("x.{format}")), Append)
                            .await
                            .unwrap();
                        for batch in lines {
                            feed.export(records(batch)).await.unwrap();
                        }
                        feed.close().await.unwrap();
                        assert_eq!(
                            content(&folder, &partial),
                            plain.read(&format!("x.{format}"))
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn an_item_of_fifty_megabytes() {
    let text = "é".repeat(25_000_000);
    for name in ["x.json", "x.csv.zst"] {
        let folder = Folder::new();
        let big = Line {
            n: 1,
            text: text.clone(),
        };
        run(
            &folder.place(name),
            Append,
            &[vec![line(0)], vec![big, line(2)]],
        )
        .await
        .unwrap();
        run(&folder.place(name), Append, &[vec![line(3)]])
            .await
            .unwrap();
        let content = match name {
            "x.json" => folder.read(name),
            _ => content(&folder, name),
        };
        assert!(content.len() > text.len());
        assert!(content.contains("line 2") && content.contains("line 3"));
    }
}

const SCRIPT: &str = "import gzip, json, sys
print(len([json.loads(line) for line in gzip.open(sys.argv[1], 'rt', encoding='utf-8')]))";

#[tokio::test]
async fn python_reads_gzip() {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing");
        println!("skipped: there is no python3");
        return;
    }
    let folder = Folder::new();
    let place = folder.place("x.jsonl.gz");
    for _ in 0..2 {
        run(&place, Append, &[vec![line(1)], vec![line(2), line(3)]])
            .await
            .unwrap();
    }
    let output = Command::new("python3")
        .args(["-c", SCRIPT, &place])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "6",
        "{output:?}"
    );
}

fn check(ending: &str, runs: &[Vec<Vec<u32>>]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let folder = Folder::new();
    let (plain, name) = ("x.json".to_owned(), format!("x.json.{ending}"));
    for batches in runs {
        let batches: Vec<Vec<_>> = batches
            .iter()
            .map(|batch| batch.iter().map(|n| line(*n)).collect())
            .collect();
        for name in [&plain, &name] {
            runtime
                .block_on(run(&folder.place(name), Append, &batches))
                .unwrap();
        }
    }
    assert_eq!(content(&folder, &name), folder.read(&plain));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..Default::default() })]
    #[test]
    fn runs_of_any_batches(runs in proptest::collection::vec(proptest::collection::vec(proptest::collection::vec(any::<u32>(), 0..3), 0..3), 1..4)) {
        for ending in ENDINGS {
            check(ending, &runs);
        }
    }
}
