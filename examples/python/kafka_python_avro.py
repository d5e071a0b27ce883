"""How does kafka-python, which has no registry client, read the Avro of a crawl? And write it?

    pip install kafka-python fastavro
    python kafka_python_avro.py localhost:9092 quotes readers http://localhost:8081

The registry may be `crawl registry --dir schemas/`. Each item is printed as a line.
"""

import functools
import io
import json
import struct
import sys
import urllib.request

import fastavro


def ask(url, body=None):
    """What a registry answers."""
    headers = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
    request = urllib.request.Request(url, body and json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def deserializer(registry):
    """For `value_deserializer`: a 0, the id of the schema, high byte first, and the datum."""

    @functools.cache
    def schema(number):
        text = ask(f"{registry}/schemas/ids/{number}")["schema"]
        return fastavro.parse_schema(json.loads(text))

    def decode(value):
        if value is None:  # A tombstone.
            return None
        magic, number = struct.unpack(">BI", value[:5])
        if magic != 0:
            raise ValueError("there is no id of a schema before the value")
        return fastavro.schemaless_reader(io.BytesIO(value[5:]), schema(number))

    return decode


def serializer(registry, subject, text):
    """For `value_serializer`: the schema is registered, which an incompatible one is not."""
    number = ask(f"{registry}/subjects/{subject}/versions", {"schema": text})["id"]
    schema = fastavro.parse_schema(json.loads(text))

    def encode(item):
        out = io.BytesIO(struct.pack(">BI", 0, number))
        out.seek(0, io.SEEK_END)
        fastavro.schemaless_writer(out, schema, item)
        return out.getvalue()

    return encode


if __name__ == "__main__":
    from kafka import KafkaConsumer

    servers, topic, group, registry = sys.argv[1:]
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=group,
        auto_offset_reset="earliest",
        # A crawl with a job writes in transactions. This is not the default.
        isolation_level="read_committed",
        value_deserializer=deserializer(registry),
    )
    for message in consumer:
        print(json.dumps(message.value, ensure_ascii=False, default=str), flush=True)
