//! What is written comes back, for any schema and value.

use huntsman_avro::container::{Codec, ContainerOptions, ContainerReader};
use huntsman_avro::{Encoder, Resolver, SingleObject};
use proptest::prelude::*;

use crate::random::Random;

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// Values are compared by their bytes, where NaN is itself.
    #[test]
    fn values_come_back_from_bytes(seed: u64) {
        let mut random = Random::new(seed);
        let schema = random.schema();
        let value = random.value(&schema);
        let mut bytes = Vec::new();
        schema.encode_value(&value, &mut bytes).unwrap();
        let back = schema.decode(&bytes).unwrap();
        prop_assert_eq!(format!("{back:?}"), format!("{value:?}"));
    }

    #[test]
    fn the_plain_form_is_encoded_to_the_same_bytes(seed: u64) {
        let mut random = Random::new(seed);
        let schema = random.schema();
        let value = random.value(&schema);
        let mut bytes = Vec::new();
        schema.encode_value(&value, &mut bytes).unwrap();
        let encoder = Encoder::new(&schema);
        let mut streamed = Vec::new();
        encoder.encode(&schema.view(&value), &mut streamed).unwrap();
        prop_assert_eq!(&streamed, &bytes);
        let json = serde_json::to_value(schema.view(&value)).unwrap();
        let mut buffered = Vec::new();
        encoder.encode(&json, &mut buffered).unwrap();
        prop_assert_eq!(&buffered, &bytes);
        let erased: &dyn erased_serde::Serialize = &json;
        buffered.clear();
        encoder.encode(erased, &mut buffered).unwrap();
        prop_assert_eq!(&buffered, &bytes);
    }

    #[test]
    fn values_come_back_from_json(seed: u64) {
        let mut random = Random::new(seed);
        let schema = random.schema();
        let value = random.value(&schema);
        let text = schema.to_json(&value).unwrap();
        let back = schema.from_json(&text).unwrap();
        prop_assert_eq!(format!("{back:?}"), format!("{value:?}"), "{}", text);
    }

    #[test]
    fn values_come_back_from_containers(seed: u64, size in 0_usize..200) {
        let mut random = Random::new(seed);
        let schema = random.schema();
        let values: Vec<_> = (0..random.below(8)).map(|_| random.value(&schema)).collect();
        for codec in [Codec::Null, Codec::Deflate, Codec::Snappy, Codec::Zstandard] {
            let options = ContainerOptions::new([9; 16]).codec(codec).block_size(size);
            let mut writer = options.start(Vec::new(), &schema).unwrap();
            for value in &values {
                writer.append_value(value).unwrap();
            }
            writer.flush().unwrap();
            let written = writer.written();
            let file = writer.finish().unwrap();
            prop_assert_eq!(file.len() as u64, written);
            let mut reader = ContainerReader::new(&file[..]).unwrap();
            let read: Vec<_> = reader.by_ref().collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(format!("{read:?}"), format!("{values:?}"));
            prop_assert_eq!(reader.offset(), written);
            prop_assert_eq!(reader.schema().text(), schema.text());
        }
    }

    #[test]
    fn a_schema_reads_itself(seed: u64) {
        let mut random = Random::new(seed);
        let schema = random.schema();
        let value = random.value(&schema);
        let single = SingleObject::new(&schema);
        let mut bytes = Vec::new();
        single.encode(&schema.view(&value), &mut bytes).unwrap();
        prop_assert_eq!(format!("{:?}", single.decode(&bytes).unwrap()), format!("{value:?}"));
        let resolver = Resolver::new(&schema, &schema).unwrap();
        prop_assert_eq!(format!("{:?}", resolver.decode(&bytes[10..]).unwrap()), format!("{value:?}"));
    }

    /// Cut short, or with any byte changed: an error or another value, and no more memory than the
    /// bytes account for.
    #[test]
    fn damaged_bytes_do_no_harm(seed: u64, at: prop::sample::Index, byte: u8) {
        let mut random = Random::new(seed);
        let schema = random.schema();
        let value = random.value(&schema);
        let mut bytes = Vec::new();
        schema.encode_value(&value, &mut bytes).unwrap();
        let resolver = Resolver::new(&schema, &schema).unwrap();
        for end in 0..bytes.len() {
            prop_assert!(schema.decode(&bytes[..end]).is_err());
            prop_assert!(resolver.decode(&bytes[..end]).is_err());
        }
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let read = schema.decode(&bytes);
            let resolved = resolver.decode(&bytes);
            prop_assert_eq!(read.is_ok(), resolved.is_ok());
        }
    }

    #[test]
    fn damaged_containers_do_no_harm(seed: u64, at: prop::sample::Index, byte: u8) {
        let mut random = Random::new(seed);
        let schema = random.schema();
        let codec = [Codec::Null, Codec::Deflate, Codec::Snappy, Codec::Zstandard][random.below(4)];
        let options = ContainerOptions::new([9; 16]).codec(codec).block_size(50);
        let mut writer = options.start(Vec::new(), &schema).unwrap();
        for _ in 0..4 {
            writer.append_value(&random.value(&schema)).unwrap();
        }
        let mut file = writer.finish().unwrap();
        let cut = at.index(file.len());
        let count = |file: &[u8]| ContainerReader::new(file).map(|reader| reader.take(10_000).count());
        prop_assert!(count(&file[..cut]).is_err() || count(&file[..cut]).unwrap() <= 5);
        file[cut] = byte;
        drop(count(&file));
    }
}
