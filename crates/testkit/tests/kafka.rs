//! The broker starts, ends and starts again.

use std::net::TcpStream;

use huntsman_testkit::kafka::Kafka;

#[huntsman_testkit::needs_java]
#[test]
fn a_broker_is_killed_and_comes_back_with_its_data() {
    let Some(mut broker) = Kafka::start(env!("CARGO_TARGET_TMPDIR"), &[]).unwrap() else {
        return;
    };
    let topics = |broker: &Kafka, words: &[&str]| {
        let mut tool = broker.java("org.apache.kafka.tools.TopicCommand");
        let command = tool
            .args(["--bootstrap-server", &broker.address()])
            .args(words);
        huntsman_testkit::python::said(command).unwrap()
    };
    topics(
        &broker,
        &["--create", "--topic", "kept", "--partitions", "2"],
    );
    broker.kill().unwrap();
    assert!(TcpStream::connect(broker.address()).is_err());
    broker.restart().unwrap();
    assert!(
        topics(&broker, &["--list"])
            .lines()
            .any(|topic| topic == "kept")
    );
}
