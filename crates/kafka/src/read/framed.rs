//! Which schema a key or value was written with: a header tells, or what stands before it.
//!
//! Source of the wire formats: Confluent's `SchemaId` and `DualSchemaIdDeserializer`, which looks at
//! the header first.

use std::fmt;

use super::record::Received;
use huntsman_registry::Part;

use crate::frame::header_of;

/// What a registry knows a schema by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SchemaId {
    /// The number in this registry.
    Id(u32),
    /// The number in every registry.
    Guid([u8; 16]),
}

impl fmt::Display for SchemaId {
    /// As registries write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Guid(guid) => {
                for (at, byte) in guid.iter().enumerate() {
                    let hyphen = if matches!(at, 4 | 6 | 8 | 10) {
                        "-"
                    } else {
                        ""
                    };
                    write!(f, "{hyphen}{byte:02x}")?;
                }
                Ok(())
            }
        }
    }
}

/// The schema of a part, and the bytes that it wrote.
///
/// # Errors
/// Nothing tells the schema.
pub(super) fn framed<'a>(
    record: &Received,
    part: Part,
    bytes: &'a [u8],
) -> Result<(SchemaId, &'a [u8]), String> {
    let header = header_of(part);
    if let Some(id) = record.header(header) {
        return match id {
            [1, guid @ ..] if let Ok(guid) = guid.try_into() => Ok((SchemaId::Guid(guid), bytes)),
            [0, id @ ..] if let Ok(id) = id.try_into() => {
                Ok((SchemaId::Id(u32::from_be_bytes(id)), bytes))
            }
            other => Err(format!(
                "its header {header} has {} bytes that are no id of a schema",
                other.len()
            )),
        };
    }
    match bytes {
        [0, a, b, c, d, rest @ ..] => {
            Ok((SchemaId::Id(u32::from_be_bytes([*a, *b, *c, *d])), rest))
        }
        [b'{' | b'[' | b'"', ..] => Err(
            "it has no id of a schema before it, and looks like JSON: say value=json".to_owned(),
        ),
        [0xc3, 1, ..] => Err(
            "it has no id of a schema before it, and looks like a single object: say \
             value=single-object"
                .to_owned(),
        ),
        _ => Err(format!(
            "it has no id of a schema: neither a header {header}, nor a 0 and four bytes before it"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(header: Option<&[u8]>) -> Received {
        let header = header.map(|value| (header_of(Part::Value).to_owned(), Some(value.to_vec())));
        Received {
            partition: 0,
            offset: 0,
            timestamp: None,
            key: None,
            value: None,
            headers: header.into_iter().collect(),
        }
    }

    #[test]
    fn the_header_comes_first_then_what_stands_before() {
        let plain = record(None);
        let read = |record: &Received, bytes| {
            framed(record, Part::Value, bytes).map(|(id, rest)| (id.to_string(), rest.to_vec()))
        };
        assert_eq!(
            read(&plain, &[0, 0, 0, 1, 2, 9]),
            Ok(("258".to_owned(), vec![9]))
        );
        let guid = [
            1, 0xf8, 0x1d, 0x4f, 0xae, 0x7d, 0xec, 0x11, 0xd0, 0xa7, 0x65, 0, 0xa0, 0xc9, 0x1e,
            0x6b, 0xf6,
        ];
        assert_eq!(
            read(&record(Some(&guid)), &[0, 0, 0, 1, 2]),
            Ok((
                "f81d4fae-7dec-11d0-a765-00a0c91e6bf6".to_owned(),
                vec![0, 0, 0, 1, 2]
            ))
        );
        assert_eq!(
            read(&record(Some(&[0, 0, 0, 0, 5])), &[9]),
            Ok(("5".to_owned(), vec![9]))
        );
    }

    #[test]
    fn what_tells_no_schema_is_said() {
        for (header, bytes, part) in [
            (None, &b"{}"[..], "value=json"),
            (None, &b"\xc3\x01"[..], "value=single-object"),
            (None, &[0, 0, 0, 1][..], "neither a header"),
            (None, &[][..], "neither a header"),
            (Some(&[1, 2, 3][..]), &[][..], "3 bytes that are no id"),
            (Some(&[][..]), &[][..], "0 bytes"),
        ] {
            let error = framed(&record(header), Part::Value, bytes).unwrap_err();
            assert!(error.contains(part), "{bytes:?}: {error}");
        }
    }
}
