"""How does Python read what a crawl has put into a topic?

    pip install 'confluent-kafka[avro]'
    python read_topic.py localhost:9092 quotes readers                          # JSON
    python read_topic.py localhost:9092 quotes readers http://localhost:8081    # Avro, by its schemas

Each item is printed as a line. A record may come again after a crash, since its offset is committed
behind it; the header huntsman.record_id tells whether an item was there before.
"""

import json
import sys

from confluent_kafka import Consumer, KafkaError
from confluent_kafka.serialization import MessageField, SerializationContext

servers, topic, group, *registry = sys.argv[1:]
if registry:
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroDeserializer

    # It looks into the header __value_schema_id first, then at the five bytes before the value.
    decode = AvroDeserializer(SchemaRegistryClient({"url": registry[0]}))
else:
    decode = lambda value, _: json.loads(value)

consumer = Consumer(
    {
        "bootstrap.servers": servers,
        "group.id": group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        # A crawl with a job writes in transactions: this is the default, and has to stay so.
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
    }
)
partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
ended = set()
consumer.subscribe([topic])
while len(ended) < len(partitions):
    message = consumer.poll(60)
    if message is None:
        sys.exit("nothing comes")
    if message.error():
        if message.error().code() != KafkaError._PARTITION_EOF:
            sys.exit(str(message.error()))
        ended.add(message.partition())
        continue
    context = SerializationContext(topic, MessageField.VALUE, message.headers())
    print(json.dumps(decode(message.value(), context), ensure_ascii=False, default=str))
    consumer.commit(message, asynchronous=True)
consumer.close()
