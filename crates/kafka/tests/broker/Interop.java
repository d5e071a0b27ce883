import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericData;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroDeserializationSchema;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroSerializationSchema;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Clients that users of Java have, each a mode of this program. */
class Interop {
    static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "read" -> read(args[1], args[2], args[3], Integer.parseInt(args[4]));
            case "write" -> write(args[1], args[2], args[3], Path.of(args[4]));
            case "send" -> send(args[1], args[2], args[3]);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** Reads so many records as a member of a group, and commits no more than them. */
    static void read(String servers, String topic, String url, int count) throws Exception {
        var client = new CachedSchemaRegistryClient(url, 100);
        var latest = client.getLatestSchemaMetadata(topic + "-value");
        var reading = new Schema.Parser().parse(latest.getSchema());
        var decode = ConfluentRegistryAvroDeserializationSchema.forGeneric(reading, url);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", servers,
                "group.id", "java",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", false,
                "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(
                settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (count > 0) {
                var records = consumer.poll(Duration.ofSeconds(60));
                if (records.isEmpty()) {
                    throw new IllegalStateException("nothing comes");
                }
                for (var record : records) {
                    if (count == 0) {
                        break;
                    }
                    count -= 1;
                    var value = plain(decode.deserialize(record.value()), reading);
                    say(List.of(record.partition(), record.key(), value));
                    var at = new TopicPartition(topic, record.partition());
                    consumer.commitSync(Map.of(at, new OffsetAndMetadata(record.offset() + 1)));
                }
            }
        }
    }

    /** Writes items by the serializer of Flink, which registers the schema. */
    static void write(String servers, String topic, String url, Path schema) throws Exception {
        var writing = new Schema.Parser().parse(Files.readString(schema));
        var encode = ConfluentRegistryAvroSerializationSchema.forGeneric(topic + "-value", writing, url);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new StringSerializer(), new ByteArraySerializer())) {
            for (int number = 0; number < 100; number++) {
                var item = everything(number, writing);
                producer.send(new ProducerRecord<>(topic, "key " + number, encode.serialize(item))).get();
                say(plain(item, writing));
            }
        }
    }

    /** Sends these keys: to which partition each went. */
    static void send(String servers, String topic, String keys) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            for (var key : JSON.readValue(keys, String[].class)) {
                var sent = producer.send(new ProducerRecord<>(topic, key, "{}")).get();
                say(List.of(sent.partition(), key));
            }
        }
    }

    static void say(Object value) throws Exception {
        System.out.write((JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }

    static GenericRecord everything(int number, Schema schema) {
        var day = LocalDate.of(2026, 11, 24).minusDays(number * 400L);
        var moment = Instant.parse("2026-11-24T12:30:00Z").minus(Duration.ofDays(number * 400L));
        var plan = schema.getField("plan").schema();
        var address = new GenericData.Record(schema.getField("address").schema());
        address.put("zip", String.format("%05d", number));
        address.put("lines", Collections.nCopies(number % 3, "a"));
        var item = new GenericData.Record(schema);
        item.put("text", "no. " + number + ": \"é漢🦀\"\n");
        item.put("note", number % 2 == 0 ? "note " + number : null);
        item.put("count", number * 3_000_000_000L - 1);
        item.put("small", -number);
        item.put("ratio", number + 0.25);
        item.put("yes", number % 3 == 0);
        item.put("raw", ByteBuffer.wrap(new byte[] {0, -1, (byte) number}));
        item.put("sum", ByteBuffer.wrap(BigInteger.valueOf(number * 125L - 500).toByteArray()));
        item.put("day", (int) day.toEpochDay());
        item.put("moment", moment.toEpochMilli());
        item.put("plan", new GenericData.EnumSymbol(plan, plan.getEnumSymbols().get(number % 2)));
        item.put("address", address);
        item.put("facts", Map.of("n", (long) number));
        return item;
    }

    /** The form in which Huntsman writes Avro as JSON. */
    static Object plain(Object value, Schema schema) {
        if (schema.getType() == Schema.Type.UNION) {
            int branch = GenericData.get().resolveUnion(schema, value);
            return plain(value, schema.getTypes().get(branch));
        }
        var logical = schema.getLogicalType();
        if (value instanceof GenericRecord record) {
            var all = new LinkedHashMap<String, Object>();
            for (var field : schema.getFields()) {
                all.put(field.name(), plain(record.get(field.pos()), field.schema()));
            }
            return all;
        } else if (value instanceof Map<?, ?> map) {
            var all = new LinkedHashMap<String, Object>();
            map.forEach((name, one) -> all.put(name.toString(), plain(one, schema.getValueType())));
            return all;
        } else if (value instanceof Collection<?> list) {
            var all = new ArrayList<Object>();
            list.forEach(one -> all.add(plain(one, schema.getElementType())));
            return all;
        } else if (value instanceof ByteBuffer buffer) {
            var bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return logical instanceof LogicalTypes.Decimal decimal
                    ? new BigDecimal(new BigInteger(bytes), decimal.getScale()).toPlainString()
                    : new String(bytes, StandardCharsets.ISO_8859_1);
        } else if (logical instanceof LogicalTypes.Date) {
            return LocalDate.ofEpochDay((Integer) value).toString();
        } else if (logical instanceof LogicalTypes.TimestampMillis) {
            return Instant.ofEpochMilli((Long) value).toString();
        }
        return schema.getType() == Schema.Type.STRING || schema.getType() == Schema.Type.ENUM
                ? value.toString()
                : value;
    }
}
