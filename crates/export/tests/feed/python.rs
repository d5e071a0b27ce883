//! Another implementation reads the same.

use std::process::Command;

use huntsman_export::Mode::Append;

use crate::sample::{Folder, Line, run};

const SCRIPT: &str = r#"
import csv, json, sys
array = json.load(open(sys.argv[1] + "/x.json", encoding="utf-8"))
lines = [json.loads(line) for line in open(sys.argv[1] + "/x.jsonl", encoding="utf-8", newline="\n")]
rows = list(csv.DictReader(open(sys.argv[1] + "/x.csv", encoding="utf-8", newline="")))
assert array == lines, "json and jsonl differ"
assert rows == [{"n": str(item["n"]), "text": item["text"]} for item in array], "csv differs"
print(json.dumps([item["text"] for item in array]))
"#;

#[tokio::test]
async fn python_reads_what_was_written() {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing");
        println!("skipped: there is no python3");
        return;
    }
    let texts = [
        "",
        " ",
        "a",
        "a,b",
        "\"",
        "\"\"",
        "a\nb",
        "a\r\nb",
        "\r",
        "\t",
        "é",
        "😀\u{200d}",
        "\u{feff}",
        "\u{2028}",
        "\u{1f}\u{7f}",
        "'",
        ";",
        "=1+1",
        "\\",
        "null",
    ];
    let items: Vec<_> = (0..)
        .zip(texts)
        .map(|(n, text)| Line {
            n,
            text: text.to_owned(),
        })
        .collect();
    let folder = Folder::new();
    for name in ["x.json", "x.jsonl", "x.csv"] {
        let batches: Vec<_> = items.chunks(3).map(<[Line]>::to_vec).collect();
        run(&folder.place(name), Append, &batches[..2])
            .await
            .unwrap();
        run(&folder.place(name), Append, &batches[2..])
            .await
            .unwrap();
    }
    let output = Command::new("python3")
        .arg("-c")
        .arg(SCRIPT)
        .arg(folder.0.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read: Vec<String> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read, texts);
}
