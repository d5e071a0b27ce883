import java.util.List;
import java.util.Map;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SubjectVersion;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;

/** Confluent's own client for Java, which Flink has under a name of its own. */
class Client {
    static final String SUBJECT = "quotes-value";

    interface Asking {
        Object ask() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        var first = quote("string", "");
        var second = quote("string", ",{\"name\":\"likes\",\"type\":[\"null\",\"int\"],\"default\":null}");
        var wrong = quote("int", "");
        try (var client = client(args[0])) {
            registers(client, first, second);
            judges(client, second, wrong);
            deletes(client, wrong);
        }
        System.out.println("done");
    }

    /** One that has nothing in its cache. */
    static SchemaRegistryClient client(String url) {
        return new CachedSchemaRegistryClient(List.of(url), 100);
    }

    static AvroSchema quote(String text, String more) {
        return new AvroSchema(
                "{\"type\":\"record\",\"name\":\"Quote\",\"fields\":"
                        + "[{\"name\":\"text\",\"type\":\"" + text + "\"}" + more + "]}");
    }

    static void registers(SchemaRegistryClient client, AvroSchema first, AvroSchema second)
            throws Exception {
        is(client.register(SUBJECT, first), 1);
        is(client.register(SUBJECT, second), 2);
        // What its cache knows, it does not ask for.
        client.reset();
        is(client.register(SUBJECT, first), 1);
        is(client.register(SUBJECT, second, true), 2);
        is(client.register("others-value", second), 2);
        client.reset();
        is(client.getId(SUBJECT, first), 1);
        is(client.getId(SUBJECT, second, true), 2);
        is(client.getVersion(SUBJECT, second), 2);
        is(client.getAllVersions(SUBJECT), List.of(1, 2));
        is(client.getAllSubjects(), List.of("others-value", SUBJECT));
        is(client.getAllSubjectsByPrefix("quotes"), List.of(SUBJECT));
        client.reset();
        is(client.getSchemaById(1), first);
        is(client.getSchemaById(2), second);
        is(client.getSchemaBySubjectAndId(SUBJECT, 2), second);
        is(client.getSchemas(SUBJECT, false, true), List.of(second));
        is(List.copyOf(client.getAllSubjectsById(2)), List.of("others-value", SUBJECT));
        is(
                List.copyOf(client.getAllVersionsById(2)),
                List.of(new SubjectVersion("others-value", 1), new SubjectVersion(SUBJECT, 2)));
        var latest = client.getLatestSchemaMetadata(SUBJECT);
        is(List.of(latest.getId(), latest.getVersion(), latest.getSchemaType()), List.of(2, 2, "AVRO"));
        is(new AvroSchema(latest.getSchema()), second);
        is(new AvroSchema(client.getSchemaMetadata(SUBJECT, 1).getSchema()), first);
    }

    static void judges(SchemaRegistryClient client, AvroSchema second, AvroSchema wrong)
            throws Exception {
        is(client.testCompatibility(SUBJECT, second), true);
        is(client.testCompatibility(SUBJECT, wrong), false);
        is(client.testCompatibilityVerbose(SUBJECT, second), List.of());
        var reasons = client.testCompatibilityVerbose(SUBJECT, wrong).toString();
        is(reasons.contains("field `text`: int does not read string"), true);
        refused(409, 409, () -> client.register(SUBJECT, wrong));
        refused(404, 40401, () -> client.getLatestSchemaMetadata("none"));
        refused(404, 40402, () -> client.getSchemaMetadata(SUBJECT, 9));
        refused(404, 40403, () -> client.getSchemaById(77));
        refused(404, 40403, () -> client.getId(SUBJECT, wrong));
        refused(404, 40408, () -> client.getCompatibility(SUBJECT));
        is(client.getCompatibility(null), "BACKWARD");
        is(client.updateCompatibility(SUBJECT, "NONE"), "NONE");
        is(client.getCompatibility(SUBJECT), "NONE");
        is(client.register(SUBJECT, wrong), 3);
        client.deleteCompatibility(SUBJECT);
        refused(404, 40408, () -> client.getCompatibility(SUBJECT));
        is(client.getMode(), "READWRITE");
    }

    static void deletes(SchemaRegistryClient client, AvroSchema wrong) throws Exception {
        is(client.deleteSchemaVersion(SUBJECT, "3"), 3);
        is(client.getAllVersions(SUBJECT), List.of(1, 2));
        is(client.getAllVersions(SUBJECT, true), List.of(1, 2, 3));
        // What was written with it is read.
        client.reset();
        is(client.getSchemaById(3), wrong);
        is(client.deleteSubject(SUBJECT), List.of(1, 2));
        refused(404, 40401, () -> client.getAllVersions(SUBJECT));
        is(client.deleteSubject(Map.of(), SUBJECT, true), List.of(1, 2, 3));
        is(client.getAllSubjects(true), List.of("others-value"));
        client.reset();
        refused(404, 40403, () -> client.getSchemaById(1));
    }

    static void is(Object told, Object expected) {
        if (!expected.equals(told)) {
            throw new AssertionError("told " + told + ", expected " + expected);
        }
    }

    static void refused(int status, int code, Asking asking) throws Exception {
        Object told;
        try {
            told = asking.ask();
        } catch (RestClientException error) {
            is(List.of(error.getStatus(), error.getErrorCode()), List.of(status, code));
            return;
        }
        throw new AssertionError("told " + told + ", expected " + code);
    }
}
