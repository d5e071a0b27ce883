//! Records as JSON, a line each.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::error::ReadError;
use super::framed::SchemaId;
use super::record::Received;

/// Appends JSON as it is, in one line.
///
/// # Errors
/// It is no JSON: the reason.
pub(super) fn append_json(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    // Bytes between quotation marks may be no text, which is passed over unless it is asked for.
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string());
    let read = text.and_then(|text| {
        let read: Result<serde::de::IgnoredAny, _> = serde_json::from_str(text);
        read.map_err(|error| error.to_string())
    });
    if let Err(error) = read {
        let hint = match bytes {
            [0, ..] => ", and looks like Avro with the id of a schema: say registry=URL",
            [0xc3, 1, ..] => ", and looks like a single object: say value=single-object",
            _ => "",
        };
        return Err(format!("it is no JSON{hint}: {error}"));
    }
    // Within text there are none; between values they are blanks.
    out.extend(bytes.iter().map(|byte| match byte {
        b'\n' | b'\r' => b' ',
        other => *other,
    }));
    Ok(())
}

/// Text as text, other bytes as `{"base64": …}`, none as null.
pub(super) fn of_bytes(bytes: Option<&[u8]>) -> Value {
    let Some(bytes) = bytes else {
        return Value::Null;
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(_) => Value::Object(Map::from_iter([(
            "base64".to_owned(),
            STANDARD.encode(bytes).into(),
        )])),
    }
}

/// Appends a record with all that is known of it: `topic`, `partition`, `offset`, `timestamp` (ISO
/// 8601, UTC), `headers` (an object; a name that is there more than once has a list), `schema` (the id
/// of the value's schema), `key`, and `value`, which are JSON already.
///
/// ```
/// # use huntsman_kafka::read::{Received, envelope};
/// let record = Received {
///     partition: 2,
///     offset: 7,
///     timestamp: Some(1_700_000_000_250),
///     key: Some(b"k".to_vec()),
///     value: Some(b"{}".to_vec()),
///     headers: vec![("spider".to_owned(), Some(b"quotes".to_vec()))],
/// };
/// let mut line = Vec::new();
/// envelope("quotes", &record, None, br#""k""#, b"{}", &mut line)?;
/// assert_eq!(
///     String::from_utf8(line)?,
///     r#"{"topic":"quotes","partition":2,"offset":7,"timestamp":"2023-11-14T22:13:20.250Z","headers":{"spider":"quotes"},"key":"k","value":{}}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// None that a record can bring about.
pub fn envelope(
    topic: &str,
    record: &Received,
    schema: Option<SchemaId>,
    key: &[u8],
    value: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), ReadError> {
    let mut headers = BTreeMap::<&str, Vec<Value>>::new();
    for (name, value) in &record.headers {
        let value = match value.as_deref() {
            // An id of a schema, which is no text.
            Some(bytes) if name.starts_with("__") && name.ends_with("_schema_id") => {
                Value::from(id_text(bytes))
            }
            value => of_bytes(value),
        };
        headers.entry(name).or_default().push(value);
    }
    let headers = headers.into_iter().map(|(name, mut values)| {
        let one = if values.len() == 1 {
            values.pop()
        } else {
            None
        };
        (name.to_owned(), one.unwrap_or(Value::Array(values)))
    });
    let headers = Value::Object(headers.collect());
    let (partition, offset) = (record.partition, record.offset);
    let timestamp = record.timestamp.map_or(Value::Null, |at| iso(at).into());
    let schema = match schema {
        None => String::new(),
        Some(SchemaId::Id(id)) => format!(",\"schema\":{id}"),
        Some(guid @ SchemaId::Guid(_)) => format!(",\"schema\":\"{guid}\""),
    };
    let head = format!(
        "{{\"topic\":{},\"partition\":{partition},\"offset\":{offset},\"timestamp\":{timestamp},\
         \"headers\":{headers}{schema},\"key\":",
        Value::from(topic)
    );
    for part in [head.as_bytes(), key, b",\"value\":", value, b"}"] {
        out.extend_from_slice(part);
    }
    Ok(())
}

fn id_text(bytes: &[u8]) -> String {
    match bytes {
        [1, guid @ ..] if let Ok(guid) = guid.try_into() => SchemaId::Guid(guid).to_string(),
        [0, id @ ..] if let Ok(id) = id.try_into() => u32::from_be_bytes(id).to_string(),
        other => STANDARD.encode(other),
    }
}

/// A time as ISO 8601 has it, in UTC; as a number if that has none.
fn iso(millis: i64) -> String {
    let at = u64::try_from(millis).ok().map(Duration::from_millis);
    let at = at.and_then(|at| UNIX_EPOCH.checked_add(at));
    // humantime knows no years beyond.
    let at = at.filter(|_| millis < 253_402_300_800_000);
    at.map_or_else(
        || millis.to_string(),
        |at| humantime::format_rfc3339_millis(at).to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_as_it_is_in_one_line() {
        let mut out = Vec::new();
        append_json(b"{\"a\": 1.50,\r\n \"b\": \"x\\ny\"}\n", &mut out).unwrap();
        assert_eq!(out, b"{\"a\": 1.50,   \"b\": \"x\\ny\"} ");
        for (bytes, part) in [
            (&b"\0\0\0\0\x07abc"[..], "registry=URL"),
            (b"\xc3\x01abc", "value=single-object"),
            (b"{\"a\"", "EOF"),
            (b"{\"a\":\"\xff\"}", "invalid utf-8"),
            (b"", "EOF"),
        ] {
            let error = append_json(bytes, &mut out).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn bytes_are_text_or_base64() {
        assert_eq!(of_bytes(Some("ä".as_bytes())).to_string(), "\"ä\"");
        assert_eq!(of_bytes(Some(&[0xff])).to_string(), r#"{"base64":"/w=="}"#);
        assert_eq!(of_bytes(None), Value::Null);
    }

    #[test]
    fn headers_may_repeat_and_times_may_be_odd() {
        let record = Received {
            partition: 0,
            offset: 0,
            timestamp: Some(i64::MAX),
            key: None,
            value: None,
            headers: vec![
                ("a".to_owned(), Some(b"1".to_vec())),
                ("a".to_owned(), None),
                ("__value_schema_id".to_owned(), Some(vec![0, 0, 0, 0, 7])),
            ],
        };
        let mut line = Vec::new();
        envelope(
            "t",
            &record,
            Some(SchemaId::Id(7)),
            b"null",
            b"null",
            &mut line,
        )
        .unwrap();
        let line: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(line["headers"]["a"], serde_json::json!(["1", null]));
        assert_eq!(line["headers"]["__value_schema_id"], "7");
        assert_eq!(line["schema"], 7);
        assert_eq!(line["timestamp"], i64::MAX.to_string());
    }
}
