"""Clients that users trust, each a mode of this program."""

import datetime
import decimal
import json
import os
import sys


def plain(value):
    """The form in which Huntsman writes Avro as JSON."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def everything(number):
    return {
        "text": f"no. {number}: \"é漢🦀\"\n",
        "note": None if number % 2 else f"note {number}",
        "count": number * 3_000_000_000 - 1,
        "small": -number,
        "ratio": number + 0.25,
        "yes": number % 3 == 0,
        "raw": bytes([0, 255, number % 256]),
        "sum": decimal.Decimal(number * 125 - 500).scaleb(-2),
        "day": datetime.date(2026, 11, 24) - datetime.timedelta(days=number * 400),
        "moment": datetime.datetime(2026, 11, 24, 12, 30, tzinfo=datetime.timezone.utc)
        - datetime.timedelta(days=number * 400),
        "plan": ["FREE", "PAID"][number % 2],
        "address": {"zip": f"{number:05}", "lines": ["a"] * (number % 3)},
        "facts": {"n": number},
    }


def write(servers, topic, url, schema, header):
    from confluent_kafka import Producer
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    conf = {}
    if header == "header":
        from confluent_kafka.schema_registry import header_schema_id_serializer

        conf["schema.id.serializer"] = header_schema_id_serializer
    client = SchemaRegistryClient({"url": url})
    serializer = AvroSerializer(client, open(schema).read(), conf=conf)
    producer = Producer({"bootstrap.servers": servers})
    for number in range(100):
        headers = []
        context = SerializationContext(topic, MessageField.VALUE, headers)
        value = serializer(everything(number), context)
        headers = context.headers if context.headers is not None else headers
        if isinstance(headers, dict):
            headers = list(headers.items())
        producer.produce(topic, value=value, key=f"key {number}", headers=headers)
        print(json.dumps(plain(everything(number))))
    producer.flush()


def read(servers, topic, url, count):
    from confluent_kafka import Consumer
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroDeserializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    deserializer = AvroDeserializer(SchemaRegistryClient({"url": url}))
    consumer = Consumer(
        {"bootstrap.servers": servers, "group.id": "python", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    for _ in range(int(count)):
        message = consumer.poll(60)
        assert message is not None and message.error() is None, message and message.error()
        context = SerializationContext(topic, MessageField.VALUE, message.headers())
        print(json.dumps(plain(deserializer(message.value(), context))))
    consumer.close()


def group(servers, topic, count):
    from kafka import KafkaConsumer

    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id="kafka-python",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=60_000,
        value_deserializer=json.loads,
    )
    for message in consumer:
        print(json.dumps([message.partition, message.offset, message.key.decode(), message.value]))
        count = int(count) - 1
        if count == 0:
            break
    consumer.commit()
    consumer.close()


def send(servers, topic, keys):
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=servers)
    for key in json.loads(keys):
        sent = producer.send(topic, key=key.encode(), value=b"{}").get(60)
        print(json.dumps([key, sent.partition]))
    producer.close()


def example():
    """The example that users have: kafka-python, fastavro and plain HTTP."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.append(os.path.join(here, "../../../../examples/python"))
    import kafka_python_avro

    return kafka_python_avro


def example_read(servers, topic, url, count):
    from kafka import KafkaConsumer

    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id="kafka-python",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
        consumer_timeout_ms=60_000,
        max_poll_records=1,
        value_deserializer=example().deserializer(url),
    )
    for message in consumer:
        print(json.dumps(plain(message.value)))
        count = int(count) - 1
        if count == 0:
            break
    consumer.commit()
    consumer.close()


def example_write(servers, topic, url, schema):
    from kafka import KafkaProducer

    text = open(schema).read()
    serializer = example().serializer(url, f"{topic}-value", text)
    producer = KafkaProducer(bootstrap_servers=servers, value_serializer=serializer)
    for number in range(100):
        producer.send(topic, key=f"key {number}".encode(), value=everything(number))
        print(json.dumps(plain(everything(number))))
    producer.flush()
    producer.close()


MODES = [write, read, group, send, example_read, example_write]
{mode.__name__: mode for mode in MODES}[sys.argv[1]](*sys.argv[2:])
