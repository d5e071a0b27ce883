//! Topics of a real broker, read with a group and without one.

use std::collections::BTreeMap;
use std::time::Duration;

use huntsman_kafka::read::{Decoder, Polled, ReadError, Reader, Received, Source};
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::topic::{fresh, own, shared};

/// A topic with so many partitions.
async fn topic(servers: &str, partitions: i32) -> String {
    use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
    use rdkafka::client::DefaultClientContext;
    let name = format!("read-{}", fresh());
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .create()
        .unwrap();
    let new = NewTopic::new(&name, partitions, TopicReplication::Fixed(1));
    let made = admin.create_topics([&new], &AdminOptions::new()).await;
    made.unwrap().pop().unwrap().unwrap();
    name
}

/// Gives a topic more partitions, so many in all, and waits until they have leaders.
async fn grow(servers: &str, topic: &str, partitions: usize) {
    use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions};
    use rdkafka::client::DefaultClientContext;
    let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
        .set("bootstrap.servers", servers)
        .create()
        .unwrap();
    let more = NewPartitions::new(topic, partitions);
    let made = admin.create_partitions([&more], &AdminOptions::new()).await;
    made.unwrap().pop().unwrap().unwrap();
    let (client, topic) = (producer(servers), topic.to_owned());
    let known = move || {
        let found = client
            .client()
            .fetch_metadata(Some(&topic), Duration::from_secs(30));
        let found = found.unwrap();
        let all = found.topics()[0].partitions();
        all.iter().filter(|one| one.leader() >= 0).count()
    };
    let waited = tokio::task::spawn_blocking(move || while known() < partitions {});
    waited.await.unwrap();
}

fn producer(servers: &str) -> BaseProducer {
    ClientConfig::new()
        .set("bootstrap.servers", servers)
        .create()
        .unwrap()
}

/// Sends values to a partition each.
pub(crate) async fn send(
    servers: &str,
    topic: &str,
    values: impl IntoIterator<Item = (i32, Vec<u8>)>,
) {
    let (servers, topic) = (servers.to_owned(), topic.to_owned());
    let values: Vec<_> = values.into_iter().collect();
    tokio::task::spawn_blocking(move || {
        let producer = producer(&servers);
        for (partition, value) in &values {
            let record = BaseRecord::<(), [u8]>::to(&topic).partition(*partition);
            producer.send(record.payload(value)).unwrap();
        }
        producer.flush(Duration::from_secs(60)).unwrap();
    })
    .await
    .unwrap();
}

fn number(number: usize) -> Vec<u8> {
    number.to_string().into_bytes()
}

fn source(servers: &str, topic: &str, words: &str) -> Source {
    Source::read(&format!("kafka://{servers}/{topic}?{words}")).unwrap()
}

/// The next record, one by one.
struct Each(Reader, std::vec::IntoIter<Received>);

impl Each {
    async fn open(source: &Source) -> Self {
        Self(Reader::open(source).await.unwrap(), Vec::new().into_iter())
    }

    async fn next(&mut self) -> Option<Received> {
        loop {
            if let Some(record) = self.1.next() {
                return Some(record);
            }
            match self.0.next().await.unwrap() {
                Polled::Records(records) => self.1 = records.into_iter(),
                Polled::End => return None,
            }
        }
    }

    /// Partition and offset of the next one, which comes soon.
    async fn place(&mut self) -> (i32, i64) {
        let next = tokio::time::timeout(Duration::from_secs(60), self.next()).await;
        let next = next.expect("a record comes").unwrap();
        (next.partition, next.offset)
    }

    async fn rest(&mut self) -> BTreeMap<i32, Vec<i64>> {
        let mut offsets = BTreeMap::<i32, Vec<i64>>::new();
        while let Some(record) = self.next().await {
            offsets
                .entry(record.partition)
                .or_default()
                .push(record.offset);
        }
        offsets
    }
}

fn up_to(end: i64) -> Vec<i64> {
    (0..end).collect()
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn a_group_goes_on_where_it_has_committed() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 3).await;
    send(
        &servers,
        &topic,
        (0..3000).map(|n| (n % 3, number(n as usize))),
    )
    .await;
    let source = source(&servers, &topic, "group=a&from=beginning&until=end");

    let mut each = Each::open(&source).await;
    let mut read = BTreeMap::<i32, i64>::new();
    for _ in 0..1000 {
        let record = each.next().await.unwrap();
        each.0.done([(record.partition, record.offset)]);
        *read.entry(record.partition).or_default() += 1;
    }
    each.0.close().await.unwrap();

    let mut each = Each::open(&source).await;
    for (partition, offsets) in each.rest().await {
        let before = read.get(&partition).copied().unwrap_or_default();
        assert_eq!(offsets, (before..1000).collect::<Vec<_>>(), "{partition}");
    }
    // Nothing was done of it.
    each.0.close().await.unwrap();
    let mut each = Each::open(&source).await;
    let left: usize = each.rest().await.values().map(Vec::len).sum();
    assert_eq!(left, 2000);
    each.0.done((0..3).map(|partition| (partition, 999)));
    each.0.close().await.unwrap();
    let mut each = Each::open(&source).await;
    assert_eq!(each.next().await, None);
    each.0.close().await.unwrap();
}

/// A member that is taken for dead would be waited for as long as its session lasts.
#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn who_has_closed_its_reader_is_waited_for_no_longer() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 1).await;
    send(&servers, &topic, [(0, number(0))].into_iter()).await;
    let words = "group=a&from=beginning&until=end&session.timeout.ms=300000";
    let source = source(&servers, &topic, words);

    let mut first = Each::open(&source).await;
    assert!(first.next().await.is_some());
    first.0.close().await.unwrap();
    let mut second = Each::open(&source).await;
    let next = tokio::time::timeout(Duration::from_secs(100), second.next());
    assert!(next.await.expect("the first has left").is_some());
    second.0.close().await.unwrap();
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_group_all_or_chosen_partitions_are_read() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 3).await;
    send(
        &servers,
        &topic,
        (0..30).map(|n| (n % 3, number(n as usize))),
    )
    .await;
    let all = source(&servers, &topic, "from=beginning&until=end");
    for _ in 0..2 {
        let mut each = Each::open(&all).await;
        let expected = (0..3).map(|partition| (partition, up_to(10)));
        assert_eq!(each.rest().await, expected.collect());
        // There is no group that would keep it.
        each.0.done([(0, 9)]);
        each.0.close().await.unwrap();
    }
    let chosen = source(&servers, &topic, "from=beginning&until=end&partition=0,2");
    let expected = [(0, up_to(10)), (2, up_to(10))];
    assert_eq!(Each::open(&chosen).await.rest().await, expected.into());
    let chosen = source(
        &servers,
        &topic,
        "from=beginning&until=end&partition=1&group=b",
    );
    let mut each = Each::open(&chosen).await;
    assert_eq!(each.rest().await, [(1, up_to(10))].into());
    each.0.done([(1, 4)]);
    each.0.close().await.unwrap();
    let mut each = Each::open(&chosen).await;
    assert_eq!(each.rest().await, [(1, (5..10).collect())].into());
    let end = source(&servers, &topic, "until=end");
    assert_eq!(Each::open(&end).await.next().await, None);
}

/// From their beginning, wherever the reader itself began; and it goes on where it was in the others.
#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_group_partitions_that_come_later_are_read() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    for (words, before) in [("from=beginning", 3), ("from=end", 0)] {
        let topic = topic(&servers, 1).await;
        send(&servers, &topic, (0..3).map(|n| (0, number(n)))).await;
        let soon = "statistics.interval.ms=100&topic.metadata.refresh.interval.ms=100";
        let mut each = Each::open(&source(&servers, &topic, &format!("{words}&{soon}"))).await;
        let mut got = Vec::new();
        while got.len() < before {
            got.push(each.place().await);
        }
        grow(&servers, &topic, 3).await;
        let later = [1, 1, 2, 2].into_iter().enumerate();
        send(&servers, &topic, later.map(|(n, at)| (at, number(n)))).await;
        while got.len() < before + 4 {
            got.push(each.place().await);
        }
        send(&servers, &topic, [(0, number(3))]).await;
        got.push(each.place().await);
        got.sort_unstable();
        let mut expected = [(0, 0), (0, 1), (0, 2)][..before].to_vec();
        expected.extend([(0, 3), (1, 0), (1, 1), (2, 0), (2, 1)]);
        assert_eq!(got, expected, "{words}");
        each.0.close().await.unwrap();
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn members_share_partitions_and_take_over() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 2).await;
    send(
        &servers,
        &topic,
        (0..100).map(|n| (n % 2, number(n as usize))),
    )
    .await;
    let source = source(&servers, &topic, "group=c&from=beginning");
    let mut first = Each::open(&source).await;
    for _ in 0..100 {
        let record = first.next().await.unwrap();
        first.0.done([(record.partition, record.offset)]);
    }
    let mut second = Each::open(&source).await;
    // Each has a partition once both have read something new.
    let (mut of_first, mut of_second) = (0, 0);
    while of_first == 0 || of_second == 0 {
        send(&servers, &topic, [(0, number(7)), (1, number(7))]).await;
        let more = Duration::from_millis(500);
        while let Ok(Some(record)) = tokio::time::timeout(more, first.next()).await {
            first.0.done([(record.partition, record.offset)]);
            of_first += 1;
        }
        while let Ok(Some(record)) = tokio::time::timeout(more, second.next()).await {
            second.0.done([(record.partition, record.offset)]);
            of_second += 1;
        }
    }
    first.0.close().await.unwrap();
    // The second one has all now.
    send(&servers, &topic, [(0, number(9)), (1, number(9))]).await;
    let mut last = BTreeMap::new();
    while last.len() < 2 {
        let record = second.next().await.unwrap();
        if record.value.as_deref() == Some(b"9") {
            last.insert(record.partition, record.offset);
        }
    }
    second.0.close().await.unwrap();
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn who_reads_slowly_keeps_its_partitions() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 1).await;
    send(&servers, &topic, (0..5000).map(|n| (0, number(n)))).await;
    let words = "group=slow&from=beginning&until=end&max.poll.interval.ms=6000\
                 &session.timeout.ms=6000";
    let source = source(&servers, &topic, words);
    let mut each = Each::open(&source).await;
    let first = each.next().await.unwrap();
    assert_eq!(first.offset, 0);
    // Longer than a member may be silent.
    tokio::time::sleep(Duration::from_secs(9)).await;
    assert_eq!(each.rest().await, [(0, (1..5000).collect())].into());
    each.0.done([(0, 4999)]);
    each.0.close().await.unwrap();
    assert_eq!(Each::open(&source).await.next().await, None);
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn records_of_aborted_transactions_are_not_read() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 1).await;
    let (at, into) = (servers.clone(), topic.clone());
    tokio::task::spawn_blocking(move || {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", &at)
            .set("transactional.id", &into)
            .create()
            .unwrap();
        let patience = Duration::from_secs(60);
        producer.init_transactions(patience).unwrap();
        for (value, commit) in [("1", true), ("2", false), ("3", true)] {
            producer.begin_transaction().unwrap();
            let record = BaseRecord::<(), str>::to(&into).payload(value);
            producer.send(record).unwrap();
            producer.flush(patience).unwrap();
            match commit {
                true => producer.commit_transaction(patience).unwrap(),
                false => producer.abort_transaction(patience).unwrap(),
            }
        }
    })
    .await
    .unwrap();
    for (isolation, expected) in [
        ("", &["1", "3"][..]),
        ("&isolation.level=read_uncommitted", &["1", "2", "3"][..]),
    ] {
        let words = format!("from=beginning&until=end{isolation}");
        let mut each = Each::open(&source(&servers, &topic, &words)).await;
        let mut values = Vec::new();
        while let Some(record) = each.next().await {
            values.push(String::from_utf8(record.value.unwrap()).unwrap());
        }
        assert_eq!(values, expected, "{isolation}");
    }
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 2).await;
    for (topic, words, part) in [
        ("no-such-topic", "", "there is no topic no-such-topic"),
        (&topic, "partition=2", "no partition 2: it has 0 to 1"),
        (
            &topic,
            "sesion.timeout.ms=6",
            "unknown property sesion.timeout.ms",
        ),
    ] {
        let opened = Reader::open(&source(&servers, topic, words)).await;
        let error = opened.unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let nobody = Source::read("kafka://127.0.0.1:9/t").unwrap();
    let error = Reader::open(&nobody).await.unwrap_err().to_string();
    assert!(error.contains("no broker can be reached"), "{error}");
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_killed_comes_back_and_nothing_is_lost() {
    let Some(mut broker) = own() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 1).await;
    send(&servers, &topic, (0..2000).map(|n| (0, number(n)))).await;
    let source = source(&servers, &topic, "group=d&from=beginning");
    let mut each = Each::open(&source).await;
    for offset in 0..10 {
        assert_eq!(each.next().await.unwrap().offset, offset);
    }
    each.0.done([(0, 9)]);
    broker.kill().unwrap();
    broker.restart().unwrap();
    send(&servers, &topic, (2000..2100).map(|n| (0, number(n)))).await;
    for offset in 10..2100 {
        assert_eq!(each.next().await.unwrap().offset, offset);
    }
    each.0.done([(0, 2099)]);
    each.0.close().await.unwrap();
    send(&servers, &topic, [(0, number(2100))]).await;
    assert_eq!(Each::open(&source).await.next().await.unwrap().offset, 2100);
}

#[huntsman_testkit::needs_java]
#[tokio::test(flavor = "multi_thread")]
async fn values_are_json_or_said_to_be_none() {
    let Some(broker) = shared() else { return };
    let servers = broker.address();
    let topic = topic(&servers, 1).await;
    let values = [&b"{\"a\":\n1}"[..], b"\0\0\0\0\x01x", b"\xff\xfe"];
    send(&servers, &topic, values.map(|value| (0, value.to_vec()))).await;
    let json = source(&servers, &topic, "from=beginning&until=end");
    let bytes = source(&servers, &topic, "from=beginning&until=end&value=bytes");
    let mut decoders = [
        Decoder::open(&json).await.unwrap(),
        Decoder::open(&bytes).await.unwrap(),
    ];
    let mut each = Each::open(&json).await;
    let mut told = Vec::new();
    while let Some(record) = each.next().await {
        for decoder in &mut decoders {
            let mut out = Vec::new();
            told.push(match decoder.value(&record, &mut out).await {
                Ok(_) => String::from_utf8(out).unwrap(),
                Err(ReadError::Record(error)) => error.to_string(),
                Err(error) => panic!("{error}"),
            });
        }
    }
    assert_eq!(told[0], "{\"a\": 1}");
    assert_eq!(told[1], "\"{\\\"a\\\":\\n1}\"");
    assert!(told[2].starts_with("partition 0, offset 1: it is no JSON, and looks like Avro"));
    assert!(told[4].starts_with("partition 0, offset 2: it is no JSON"));
    assert_eq!(told[5], r#"{"base64":"//4="}"#);
}
