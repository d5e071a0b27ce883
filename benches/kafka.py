"""Items into a topic, ours beside what Python does and a bare producer of bytes that are ready: items
a second, and nanoseconds of CPU an item until the broker has confirmed it. Then how long single items
take, and the memory of a sink whose broker is away. Run kafka.sh. Every topic is counted at the end."""

import importlib.metadata
import itertools
import os
import random
import statistics
import subprocess
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition, libversion
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

OURS, FOLDER = sys.argv[1], sys.argv[2]
ITEMS, PYTHON_ITEMS, RUNS, PARTITIONS = 500_000, 100_000, 5, 3
# So many different ones, over and over, by all.
DIFFERENT = 1000
# What a sink sets and librdkafka has otherwise.
OUR_SETTINGS = ["linger.ms=100", "queue.buffering.max.kbytes=2050", "batch.size=400000"]


def tell(*words):
    done = subprocess.run([OURS, *map(str, words)], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def item(number):
    return dict(url=f"http://shop.example/catalogue/some-product-name_{number:06}/index.html",
                title=f"Some Product & Other Stories, no. {number}", price=number + 0.75,
                stock=number % 100, category="Poetry" if number % 4 else None, crawled_at=number)


class Lab:
    """A broker and a registry."""

    def __enter__(self):
        self.process = subprocess.Popen([OURS, "serve", FOLDER], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.broker, self.registry = self.process.stdout.readline().split()
        self.admin = AdminClient({"bootstrap.servers": self.broker})
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def topic(self, name, partitions=PARTITIONS):
        for made in self.admin.create_topics([NewTopic(name, partitions, 1)]).values():
            made.result()
        return name

    def check(self, topic, expected):
        reader = Consumer({"bootstrap.servers": self.broker, "group.id": "check"})
        ends = [reader.get_watermark_offsets(TopicPartition(topic, partition))[1]
                for partition in range(PARTITIONS)]
        reader.close()
        # A transaction ends with a marker in each partition that it wrote to.
        assert sum(ends) >= expected, f"{topic}: {sum(ends)} records, {expected} expected"
        self.admin.delete_topics([topic])[topic].result()

    def address(self, topic, words):
        return f"kafka://{self.broker}/{topic}?registry={self.registry}{words}"


def headers(number):
    """Those that a sink writes."""
    request = f"{number:032x}"
    return [("huntsman.record_id", f"{request}-0"), ("huntsman.fingerprint", request),
            ("huntsman.url", "http://shop.example/"), ("huntsman.spider", "bench"),
            ("huntsman.crawl_time", "2025-12-22T10:40:00.000Z"), ("huntsman.schema", "Price")]


def python(lab, topic, schema, with_headers):
    """A pipeline of Scrapy: `process_item` serialises and produces; the end flushes."""
    items = [item(number) for number in range(DIFFERENT)]
    serializer = AvroSerializer(SchemaRegistryClient({"url": lab.registry}), schema)
    producer = Producer({"bootstrap.servers": lab.broker, "enable.idempotence": True, "acks": "all",
                         "partitioner": "murmur2_random"})
    context = SerializationContext(topic, MessageField.VALUE)
    serializer(items[0], context)  # the schema is registered before the clock runs, as ours is
    failed = []

    def reported(error, _):
        if error is not None:
            failed.append(error)

    begun, used = time.monotonic(), time.process_time_ns()
    for number, one in enumerate(itertools.islice(itertools.cycle(items), PYTHON_ITEMS)):
        told = headers(number) if with_headers else None
        while True:
            try:
                producer.produce(topic, value=serializer(one, context), headers=told, on_delivery=reported)
                break
            except BufferError:
                producer.poll(0.02)
        producer.poll(0)
    assert producer.flush(600) == 0 and not failed, failed
    return (time.monotonic() - begun) * 1000, (time.process_time_ns() - used) / PYTHON_ITEMS


def items(lab):
    schema = tell("schema")
    names = itertools.count()

    def ours(words="", job=None):
        def run(topic):
            told = tell("sink", lab.address(topic, words), ITEMS, *([f"{job}-{topic}"] if job else []))
            return ITEMS, *map(float, told.split())
        return run

    def bare(*words):
        return lambda topic: (ITEMS, *map(float, tell("bare", lab.broker, topic, ITEMS, *words).split()))

    def pythons(with_headers):
        return lambda topic: (PYTHON_ITEMS, *python(lab, topic, schema, with_headers))

    ways = {
        "ours, no headers": ours("&headers=none"),
        "ours, all headers (the default)": ours(),
        "ours, a job: transactions": ours(job="job"),
        "confluent-kafka, AvroSerializer": pythons(False),
        "confluent-kafka, and six headers": pythons(True),
        "bare rdkafka, bytes are ready": bare(),
        "bare rdkafka, and six headers": bare("headers"),
        "bare rdkafka, our settings": bare(*OUR_SETTINGS),
        "the same, and six headers": bare("headers", *OUR_SETTINGS),
    }
    runs = {name: [] for name in ways}
    # No way always comes behind the same other one, whose topic the broker may be deleting.
    turn = random.Random(1)
    for name, way in (way for _ in range(RUNS) for way in turn.sample(list(ways.items()), len(ways))):
        topic = lab.topic(f"items-{next(names)}")
        count, milliseconds, used = way(topic)
        runs[name].append((count * 1000 / milliseconds, used))
        lab.check(topic, count)
    encoding = statistics.median(float(tell("encode", ITEMS).split()[1]) for _ in range(RUNS))
    told = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in runs.items()}
    print(f"{'':34} {'items/s':>8} {'CPU ns':>7}  of ours with the same headers")
    for name, (speed, used) in told.items():
        same = "ours, all headers (the default)" if "six headers" in name else "ours, no headers"
        ratio = "" if name.startswith("ours") else f"x {used / told[same][1]:.1f}"
        print(f"{name:34} {speed:8.0f} {used:7.0f}  {ratio}")
    print(f"{'encoding alone':34} {'':8} {encoding:7.0f}")
    for kind, bare_name in [("no headers", "bare rdkafka, bytes are ready"),
                            ("no headers", "bare rdkafka, our settings"),
                            ("all headers (the default)", "bare rdkafka, and six headers"),
                            ("all headers (the default)", "the same, and six headers")]:
        ratio = (told[f"ours, {kind}"][1] - encoding) / told[bare_name][1]
        print(f"ours, {kind}, encoding aside: {ratio:.2f} of {bare_name}")


def single(lab):
    """Before the broker has gigabytes to delete."""
    half, most, longest = tell("latency", lab.broker, lab.topic("latency", 1),
                               f"registry={lab.registry}&linger=5ms").split()
    print(f"a single item, from the sink to a reader, linger 5 ms: median {half} ms, p99 {most}, most {longest}")
    half, most, longest = tell("commits", lab.address(lab.topic("commits", 1), "")).split()
    print(f"a single item and its transaction: median {half} ms, p99 {most}, most {longest}")


def main():
    print(f"confluent-kafka {importlib.metadata.version('confluent-kafka')} (librdkafka {libversion()[0]}), "
          f"Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    with Lab() as lab:
        single(lab)
        items(lab)
    print(f"the broker is away: {tell('away', FOLDER, 2_000_000)}")


main()
