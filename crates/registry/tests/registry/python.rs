//! Confluent's own client for Python, against a served folder.

use std::process::Command;

use huntsman_registry::{Registry, Version};
use huntsman_testkit::python;

use crate::served::Served;

const SCRIPT: &str = r#"
import sys
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.schema_registry import header_schema_id_serializer
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

client = SchemaRegistryClient({"url": sys.argv[1]})
text = '{"type":"record","name":"Quote","fields":[{"name":"text","type":"string"},{"name":"likes","type":["null","int"],"default":null}]}'
context = SerializationContext("quotes", MessageField.VALUE, [])
serialize = AvroSerializer(client, text)
items = [{"text": "é", "likes": None}, {"text": "", "likes": -1}]
for item in items:
    data = serialize(item, context)
    assert data[:5] == b"\0\0\0\0\1", data
    assert AvroDeserializer(client)(data, context) == item
by_header = AvroSerializer(client, text, conf={"schema.id.serializer": header_schema_id_serializer})
headers = []
context = SerializationContext("quotes", MessageField.VALUE, headers)
# It takes five bytes for too few, also where the id is in a header.
items[0]["text"] = "what is longer"
data = by_header(items[0], context)
assert headers and headers[0][0] == "__value_schema_id" and headers[0][1][0] == 1, headers
assert AvroDeserializer(client)(data, context) == items[0]

assert client.get_subjects() == ["quotes-value"]
found = client.get_latest_version("quotes-value")
assert (found.version, found.schema_id) == (1, 1), found
assert client.lookup_schema("quotes-value", Schema(text, "AVRO")).version == 1
wrong = Schema(text.replace('"string"', '"int"'), "AVRO")
assert not client.test_compatibility("quotes-value", wrong)
try:
    client.register_schema("quotes-value", wrong)
    raise SystemExit("it was registered")
except SchemaRegistryError as error:
    assert error.http_status_code == 409, error
try:
    client.get_latest_version("none")
    raise SystemExit("it was found")
except SchemaRegistryError as error:
    assert error.error_code == 40401, error
client.set_compatibility("quotes-value", "NONE")
assert client.get_compatibility("quotes-value") == "NONE"
assert client.register_schema("quotes-value", wrong) == 2
assert client.get_versions("quotes-value") == [1, 2]
assert client.delete_version("quotes-value", 2) == 2
assert client.delete_subject("quotes-value") == [1]
assert client.delete_subject("quotes-value", True) == [1, 2]
print("done")
"#;

#[tokio::test]
async fn confluents_client_writes_and_reads() {
    let packages = ["confluent-kafka[avro,schemaregistry]==2.16.1"];
    let Some(python) = python::with(env!("CARGO_TARGET_TMPDIR"), &packages).unwrap() else {
        return;
    };
    let served = Served::new().await;
    let mut script = Command::new(python);
    script.args(["-c", SCRIPT, &served.address]);
    let said = tokio::task::spawn_blocking(move || python::said(&mut script));
    assert_eq!(said.await.unwrap().unwrap().trim(), "done");
    let client = served.client();
    assert!(
        client
            .version("quotes-value", Version::Latest, true)
            .await
            .is_err()
    );
    assert!(served.folder.path().join("ids.txt").exists());
    served.end().await;
}
