//! What every sink promises.

use huntsman_core::Export;
use huntsman_testkit::export_suite::{ExportSuite, Trial};

use crate::topic::{fresh, numbers, shared, sink};

fn trial(servers: &str, words: &'static str) -> Trial<Box<dyn Export>> {
    let topic = fresh();
    let (address, place, name) = (servers.to_owned(), servers.to_owned(), topic.clone());
    let open = move || Box::new(sink(&address, &topic, words)) as Box<dyn Export>;
    let (loser, lost) = (servers.to_owned(), name.clone());
    Trial::new(open, move || numbers(&place, &name)).loses("the topic is deleted", move || {
        let broker = shared().unwrap();
        assert_eq!(broker.address(), loser);
        let mut tool = broker.java("org.apache.kafka.tools.TopicCommand");
        tool.args(["--bootstrap-server", &loser, "--delete", "--topic", &lost]);
        huntsman_testkit::python::said(&mut tool).unwrap();
    })
}

/// A run of the suite opens, commits and cuts without a pause: what librdkafka tries again, and its first
/// connection, come sooner.
const SOON: &str = "&retry.backoff.ms=10&reconnect.backoff.ms=10";

/// A cut after every step of a run, and readers of committed records see each once.
#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_topic_keeps_every_promise() {
    if let Some(broker) = shared() {
        let servers = broker.address();
        let suite = ExportSuite::new(|| trial(&servers, SOON));
        suite.appends().resumes().run().await;
    }
}
