//! The examples that read a topic, run on a real broker.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use huntsman::{Export, Item};
use huntsman_export::{Catalog, Mode};
use huntsman_testkit::kafka::Kafka;
use huntsman_testkit::{Sample, python, sample_records};
use serde_json::Value;

fn numbers(out: &str) -> Vec<Option<u64>> {
    let number = |line: &str| {
        let item: Value = serde_json::from_str(line).expect("each line is JSON");
        item["number"].as_u64()
    };
    let mut numbers: Vec<_> = out.lines().map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// Cargo builds examples beside their tests.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let profile = test.ancestors().nth(2).expect("it lies in PROFILE/deps");
    profile.join("examples").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_examples_read_all_once() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let Some(broker) = Kafka::start(folder, &[])? else {
        return Ok(());
    };
    let servers = broker.address();
    let catalog = huntsman_kafka::connect(Catalog::default());
    let topic = format!("kafka://{servers}/samples");
    let address = format!("{topic}?create=true&partitions=3");
    let sink = catalog.feed(&address, Mode::Append, &BTreeMap::new())?;
    let opening = huntsman::core::Opening::new(Sample::schemas());
    sink.open(opening).await?;
    sink.export(sample_records(0..50)).await?;
    sink.close().await?;
    let all: Vec<_> = (0..50).map(Some).collect();

    let mut rust = Command::new(example("read_topic"));
    rust.env("TOPIC", format!("{topic}?group=rust"));
    assert_eq!(numbers(&python::said(&mut rust)?), all);
    assert_eq!(python::said(&mut rust)?, "", "the group has read them");

    let packages = ["confluent-kafka[avro]==2.16.1", "kafka-python==3.0.12"];
    let Some(python) = python::with(folder, &packages)? else {
        return Ok(());
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/read_topic.py");
    let mut command = Command::new(python);
    command.arg(script).args([&servers, "samples", "python"]);
    assert_eq!(numbers(&python::said(&mut command)?), all);
    assert_eq!(python::said(&mut command)?, "", "the group has read them");
    Ok(())
}
