//! Whatever the items are, and however they come: the same file, and it reads back equal.

use huntsman_export::Mode::Append;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, to_value};

use crate::sample::{Either, Folder, Line, Wide, run};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a,\"\r\n ]{0,6}", any::<String>()]
}

fn either() -> impl Strategy<Value = Either> {
    let line = (any::<u32>(), text()).prop_map(|(n, text)| Either::Line(Line { n, text }));
    let wide = (
        proptest::option::of(text()),
        any::<f64>(),
        vec(text(), 0..3),
        btree_map(text(), any::<u8>(), 0..3),
        any::<bool>(),
    );
    let wide = wide.prop_map(|(text, float, tags, size, yes)| {
        Either::Wide(Wide {
            text,
            float,
            tags,
            size,
            yes,
        })
    });
    prop_oneof![line, wide]
}

/// Runs of batches of items.
fn runs() -> impl Strategy<Value = Vec<Vec<Vec<Either>>>> {
    vec(vec(vec(either(), 0..3), 0..3), 1..4)
}

fn value(item: &Either) -> Value {
    match item {
        Either::Line(line) => to_value(line).unwrap(),
        Either::Wide(wide) => to_value(wide).unwrap(),
    }
}

/// What a cell has to hold for a value.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn check(runs: &[Vec<Vec<Either>>]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let all: Vec<Either> = runs.iter().flatten().flatten().cloned().collect();
    let folder = Folder::new();
    for name in ["x.json", "x.jsonl", "x.csv"] {
        for batches in runs {
            runtime
                .block_on(run(&folder.place(name), Append, batches))
                .unwrap();
        }
        let single = format!("single-{name}");
        runtime
            .block_on(run(
                &folder.place(&single),
                Append,
                std::slice::from_ref(&all),
            ))
            .unwrap();
        assert_eq!(folder.read(name), folder.read(&single));
    }
    let values: Vec<Value> = all.iter().map(value).collect();
    assert_eq!(
        serde_json::from_str::<Vec<Value>>(&folder.read("x.json")).unwrap(),
        values
    );
    let lines = folder.read("x.jsonl");
    let lines: Vec<Value> = lines
        .split_terminator('\n')
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, values);
    let mut rows = csv::Reader::from_path(folder.path("x.csv")).unwrap();
    let columns = rows.headers().unwrap().clone();
    assert_eq!(columns, vec!["n", "text", "float", "tags", "size", "yes"]);
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), values.len());
    for (row, item) in rows.iter().zip(&all) {
        // Through text and back, as the cells are: floats keep their digits.
        for (column, found) in columns.iter().zip(row) {
            assert_eq!(found, cell(&value(item)[column]), "{column}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]
    #[test]
    fn files_read_back_equal(runs in runs()) {
        check(&runs);
    }
}
