//! Bytes that mean harm: a clear error, and no more memory than the bytes account for.

use huntsman_avro::container::{ContainerReader, Limits};
use huntsman_avro::{AvroSchema, Resolver};

use crate::{record, refusal, schema};

/// The error, which is the same when the bytes are resolved to the same schema.
fn error(schema: &AvroSchema, bytes: &[u8]) -> String {
    let error = schema.decode(bytes).unwrap_err().to_string();
    let resolver = Resolver::new(schema, schema).unwrap();
    assert_eq!(resolver.decode(bytes).unwrap_err().to_string(), error);
    error
}

#[test]
fn faults_are_told_with_their_place() {
    let array = schema(r#"{"type": "array", "items": "int"}"#);
    for (kind, bytes, message) in [
        (
            r#""int""#,
            &[][..],
            "byte 0: the data end within a number: 1 more bytes are needed",
        ),
        (
            r#""int""#,
            &[0x80, 0x80],
            "byte 0: the data end within a number: 1 more bytes are needed",
        ),
        (
            r#""int""#,
            &[0x80, 0x80, 0x80, 0x80, 0x10],
            "byte 0: 2147483648 is no int: it has more than 32 bits",
        ),
        (
            r#""long""#,
            &[0xff; 11],
            "byte 0: a number of more than 64 bits",
        ),
        (
            r#""long""#,
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
            "byte 0: a number of more than 64 bits",
        ),
        (r#""boolean""#, &[2], "byte 0: 2 is no boolean: 0 and 1 are"),
        (
            r#""boolean""#,
            &[],
            "byte 0: the data end within a boolean: 1 more bytes are needed",
        ),
        (
            r#""double""#,
            &[0; 5],
            "byte 0: the data end within a double: 3 more bytes are needed",
        ),
        (r#""string""#, &[1, 0], "byte 0: a string of length -1"),
        (
            r#""string""#,
            &[4, 0xc3, 0x28],
            "byte 0: a string is not UTF-8",
        ),
        (
            r#""string""#,
            &[20, b'a'],
            "byte 1: the data end within a string: 9 more bytes are needed",
        ),
        (
            r#""null""#,
            &[0, 0],
            "byte 0: 2 bytes are left after the value",
        ),
        (
            r#"["null", "int"]"#,
            &[4],
            "byte 0: the union has 2 branches, and none has the number 2",
        ),
        (
            r#"["null", "int"]"#,
            &[1],
            "byte 0: the union has 2 branches, and none has the number -1",
        ),
    ] {
        assert_eq!(error(&schema(kind), bytes), message, "{kind}");
    }
    let symbol = schema(r#"{"type": "enum", "name": "n.E", "symbols": ["A"]}"#);
    assert_eq!(
        error(&symbol, &[2]),
        "byte 0: the enum `n.E` has 1 symbols, and none has the number 1"
    );
    assert_eq!(
        error(&array, &[3, 2, 2, 2, 0]),
        "byte 2: a block of 1 bytes has its items in 2"
    );
}

#[test]
fn lengths_beyond_the_data_make_no_room() {
    let huge = [
        0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0,
    ];
    for kind in [
        r#""string""#,
        r#""bytes""#,
        r#"{"type": "array", "items": "int"}"#,
        r#"{"type": "map", "values": "int"}"#,
    ] {
        assert!(
            error(&schema(kind), &huge).contains("the data end within"),
            "{kind}"
        );
    }
}

#[test]
fn values_without_bytes_are_counted() {
    let bomb = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let min = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0,
    ];
    let refused = "so few bytes stand for more than 262144 values: refused";
    for items in [
        r#""null""#,
        r#"{"type": "fixed", "name": "F", "size": 0}"#,
        r#"{"type": "record", "name": "Empty", "fields": [{"name": "n", "type": "null"}]}"#,
    ] {
        let array = schema(&format!(r#"{{"type": "array", "items": {items}}}"#));
        assert!(error(&array, &bomb).ends_with(refused));
        assert!(error(&array, &min).ends_with(refused));
        // Read over, too.
        let writer = record(&format!(
            r#"{{"name": "a", "type": {{"type": "array", "items": {items}}}}}"#
        ));
        let reader = record("");
        let resolver = Resolver::new(&writer, &reader).unwrap();
        assert!(
            resolver
                .decode(&bomb)
                .unwrap_err()
                .to_string()
                .ends_with(refused)
        );
    }
    // Nor do defaults stand for any number of values.
    let writer =
        schema(r#"{"type": "array", "items": {"type": "record", "name": "R", "fields": []}}"#);
    let list = vec!["0"; 1000].join(",");
    let reader = schema(&format!(
        r#"{{"type": "array", "items": {{"type": "record", "name": "R", "fields": [
        {{"name": "d", "type": {{"type": "array", "items": "int"}}, "default": [{list}]}},
        {{"name": "s", "type": "string", "default": "{}"}}]}}}}"#,
        "x".repeat(100_000)
    ));
    let resolver = Resolver::new(&writer, &reader).unwrap();
    assert!(
        resolver
            .decode(&bomb)
            .unwrap_err()
            .to_string()
            .ends_with(refused)
    );
}

#[test]
fn depth_is_bounded() {
    let list = record(r#"{"name": "next", "type": ["null", "R"]}"#);
    assert!(error(&list, &[2; 100_000]).ends_with("more than 128 deep within each other"));
    let tree = record(r#"{"name": "c", "type": {"type": "array", "items": "R"}}"#);
    assert!(error(&tree, &[2; 100_000]).ends_with("more than 128 deep within each other"));
    let same = record("");
    let within = record(r#"{"name": "r", "type": "R"}"#);
    assert!(error(&within, &[]).ends_with("more than 128 deep within each other"));
    assert!(same.decode(&[]).is_ok());
}

/// A chain of types, each defined beside the others: deeper than any stack.
#[test]
fn chains_of_types_are_bounded() {
    let mut branches = vec![r#"{"type": "record", "name": "R0", "fields": []}"#.to_owned()];
    for n in 1..2_000 {
        branches.push(format!(
            r#"{{"type": "record", "name": "R{n}", "fields": [{{"name": "f", "type": "R{}"}}]}}"#,
            n - 1
        ));
    }
    let chain = schema(&format!("[{}]", branches.join(",")));
    let text = r#"{"type": "record", "name": "W", "fields": [{"name": "x", "type": "R1999"}]}"#;
    let last = AvroSchema::parse_with(text, &[chain]).unwrap();
    let error = Resolver::new(&last, &last).unwrap_err().to_string();
    assert!(
        error.ends_with("types stand more than 256 deep within each other"),
        "{error}"
    );
    assert!(last.decode(&[]).is_err());
    assert!(refusal(&last, &serde_json::json!({"x": {"f": {}}})).ends_with("has no default"));
}

/// A container of this header and block.
fn container(schema: &str, codec: &str, block: &[u8]) -> Vec<u8> {
    let mut file = b"Obj\x01\x04".to_vec();
    for part in ["avro.schema", schema, "avro.codec", codec] {
        assert!(part.len() < 64);
        file.push(u8::try_from(part.len() * 2).unwrap());
        file.extend(part.as_bytes());
    }
    file.push(0);
    file.extend([7; 16]);
    file.extend(block);
    file
}

fn container_error(file: &[u8]) -> String {
    match ContainerReader::new(file) {
        Err(error) => error.to_string(),
        Ok(reader) => {
            let last = reader.take(1_000_000).last();
            last.unwrap().unwrap_err().to_string()
        }
    }
}

#[test]
fn containers_are_not_trusted() {
    assert_eq!(
        container_error(b"PK\x03\x04"),
        "byte 0: no Avro container file: it does not start with `Obj` and 1"
    );
    assert_eq!(
        container_error(b"O"),
        "byte 0: no Avro container file: it does not start with `Obj` and 1"
    );
    assert_eq!(
        container_error(&container("\"int\"", "bzip2", &[])),
        "byte 4: there is no codec `bzip2` here: null, deflate, snappy and zstandard are known"
    );
    assert!(container_error(&container("\"nit\"", "null", &[])).contains("there is no type `nit`"));
    let start = container("\"int\"", "null", &[]).len();
    for (block, fault) in [
        (&[2][..], "the file ends within a block"),
        (&[2, 2], "the file ends within a block"),
        (
            &[2, 2, 2],
            "the file ends within the sync marker after a block",
        ),
        (&[1, 2], "the number of values in a block is out of range"),
        (&[2, 1], "a block is out of range"),
    ] {
        let file = container("\"int\"", "null", block);
        assert_eq!(container_error(&file), format!("byte {start}: {fault}"));
    }
    let mut block = vec![2, 2, 2];
    block.extend([8; 16]);
    assert!(
        container_error(&container("\"int\"", "null", &block)).ends_with("the file is damaged")
    );
    let mut block = vec![2, 4, 2, 2];
    block.extend([7; 16]);
    assert!(
        container_error(&container("\"int\"", "null", &block))
            .ends_with("goes on for 1 bytes after its last value")
    );
    let mut block = vec![4, 2, 2];
    block.extend([7; 16]);
    assert_eq!(
        container_error(&container("\"int\"", "null", &block)),
        format!(
            "byte {start}: value 1 of the block, byte 1: the data end within a number: 1 more bytes are needed"
        )
    );
    // A header without an end, and one of nothing but entries.
    assert!(container_error(b"Obj\x01\x04\x02a").ends_with("the file ends within the header"));
    assert!(container_error(b"Obj\x01\x00").ends_with("the sync marker of the header"));
    assert!(
        container_error(&[b"Obj\x01\x00".as_slice(), &[7; 16]].concat())
            .ends_with("has no `avro.schema`")
    );
    let mut entries = b"Obj\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01".to_vec();
    entries.resize(4_000_000, 0);
    assert!(container_error(&entries).contains("the header has more than 33554432 bytes"));
}

#[test]
fn bombs_do_not_go_off() {
    use huntsman_avro::container::{Codec, ContainerOptions};
    let text = schema(r#""string""#);
    let limits = Limits {
        plain: 1 << 20,
        ..Limits::default()
    };
    for codec in [Codec::Deflate, Codec::Snappy, Codec::Zstandard] {
        let mut writer = ContainerOptions::new([7; 16])
            .codec(codec)
            .start(Vec::new(), &text)
            .unwrap();
        writer.append(&"0".repeat(4 << 20)).unwrap();
        let file = writer.finish().unwrap();
        let mut reader = ContainerReader::with_limits(&file[..], limits).unwrap();
        let error = reader.next().unwrap().unwrap_err().to_string();
        assert!(
            error.contains("a decompressed block has more than 1048576 bytes"),
            "{codec}: {error}"
        );
        assert!(reader.next().is_none());
    }
    // Any number of values in no bytes.
    let mut block = vec![
        0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0,
    ];
    block.extend([7; 16]);
    let error = container_error(&container("\"null\"", "null", &block));
    assert!(
        error.ends_with("a block of 0 bytes is said to have 9223372036854775807 values: refused"),
        "{error}"
    );
    // A snappy block that says it is large.
    let mut block = vec![2, 20, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 0, 0];
    block.extend([7; 16]);
    assert!(container_error(&container("\"null\"", "snappy", &block)).contains("no snappy data"));
}
