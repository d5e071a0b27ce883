//! Marked items: what is wrong with an item, in a column of its own.

use std::sync::Arc;

use huntsman_core::{AnyItem, Field, FieldType as _, Item, Kind, Schema, Stream, Violation};
use serde::ser::{Error as _, Impossible, Serialize, SerializeMap, SerializeStruct, Serializer};
use serde_json::{Value, json};

/// The column's name.
pub(crate) const COLUMN: &str = "_violations";

/// An item with the column. Made where the policy may mark, for every item, so that a sink sees
/// one shape.
pub(crate) struct Marked {
    item: Arc<dyn AnyItem>,
    schema: &'static Schema,
    violations: Vec<String>,
}

impl Marked {
    /// `item` with the column, in the shape that [`schema`] made of its own.
    pub(crate) fn new(
        item: Arc<dyn AnyItem>,
        schema: &'static Schema,
        violations: &[Violation],
    ) -> Self {
        Self {
            item,
            schema,
            violations: violations.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Item for Marked {
    fn schemas() -> &'static [&'static Schema] {
        // They are made when a crawl starts; `schema` says which one an item has.
        &[]
    }

    fn schema(&self) -> &'static Schema {
        self.schema
    }

    fn fields(&self) -> &dyn erased_serde::Serialize {
        self
    }

    fn check(&self, found: &mut Vec<Violation>) {
        self.item.check(found);
    }

    fn stream(&self) -> Stream {
        self.item.stream()
    }
}

impl Serialize for Marked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let with_column = WithColumn {
            serializer,
            violations: &self.violations,
        };
        erased_serde::serialize(self.item.fields(), with_column)
    }
}

/// `schema` with the column; it lives as long as the program does, as schemas do.
///
/// # Errors
/// There is such a column already.
pub(crate) fn schema(schema: &'static Schema) -> Result<&'static Schema, String> {
    if schema.fields.iter().any(|field| field.name == COLUMN) {
        return Err(format!(
            "`{}` has a field `{COLUMN}`, where `mark` puts what is wrong with an item: rename it, \
             or choose another outcome than `mark`",
            schema.name
        ));
    }
    let mut column = Field::new(COLUMN, Kind::List(&String::KIND));
    column.doc = "What is wrong with the item.";
    column.default = Some("[]");
    let own = schema.fields.iter().map(|field| Field { ..*field });
    let fields: Vec<Field> = own.chain([column]).collect();
    let avro = schema.avro.and_then(with_field);
    Ok(Box::leak(Box::new(Schema {
        fields: Vec::leak(fields),
        avro: avro.map(|text| &*String::leak(text)),
        ..*schema
    })))
}

/// The text of a record's schema with the column in it.
fn with_field(avro: &str) -> Option<String> {
    let mut schema: Value = serde_json::from_str(avro).ok()?;
    schema.get_mut("fields")?.as_array_mut()?.push(json!({
        "name": COLUMN,
        "type": {"type": "array", "items": "string"},
        "default": [],
        "doc": "What is wrong with the item.",
    }));
    Some(schema.to_string())
}

/// A serializer that adds the column to the struct that it is given.
struct WithColumn<'a, S> {
    serializer: S,
    violations: &'a [String],
}

/// A struct, or a map, that gets the column at its end.
struct Columns<'a, S> {
    columns: S,
    violations: &'a [String],
}

macro_rules! not_an_item {
    ($($method:ident($($type:ty),*);)+) => {
        $(fn $method(self, $(_: $type),*) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom(NOT_FIELDS))
        })+
    };
}

const NOT_FIELDS: &str = "an item has to serialize as a struct, to be marked";

impl<'a, S: Serializer> Serializer for WithColumn<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Columns<'a, S::SerializeMap>;
    type SerializeStruct = Columns<'a, S::SerializeStruct>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    not_an_item! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn is_human_readable(&self) -> bool {
        self.serializer.is_human_readable()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom(NOT_FIELDS))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Err(S::Error::custom(NOT_FIELDS))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, S::Error> {
        Err(S::Error::custom(NOT_FIELDS))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        Err(S::Error::custom(NOT_FIELDS))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        Err(S::Error::custom(NOT_FIELDS))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Ok(Columns {
            columns: self.serializer.serialize_map(len.map(|len| len + 1))?,
            violations: self.violations,
        })
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Columns {
            columns: self.serializer.serialize_struct(name, len + 1)?,
            violations: self.violations,
        })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        Err(S::Error::custom(NOT_FIELDS))
    }
}

impl<S: SerializeStruct> SerializeStruct for Columns<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.columns.serialize_field(key, value)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        self.columns.skip_field(key)
    }

    fn end(mut self) -> Result<S::Ok, S::Error> {
        self.columns.serialize_field(COLUMN, self.violations)?;
        self.columns.end()
    }
}

impl<S: SerializeMap> SerializeMap for Columns<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.columns.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.columns.serialize_value(value)
    }

    fn end(mut self) -> Result<S::Ok, S::Error> {
        self.columns.serialize_entry(COLUMN, self.violations)?;
        self.columns.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use huntsman_core::Schema;

    use super::*;

    #[derive(serde::Serialize)]
    struct Quote {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        likes: Option<u32>,
    }

    static QUOTE: Schema = Schema {
        avro: Some(
            r#"{"type":"record","name":"Quote","fields":[{"name":"text","type":"string"}],"x":1}"#,
        ),
        ..Schema::new("Quote", &[Field::new("text", String::KIND)])
    };

    static SCHEMAS: &[&Schema] = &[&QUOTE];

    impl Item for Quote {
        fn schemas() -> &'static [&'static Schema] {
            SCHEMAS
        }
        fn schema(&self) -> &'static Schema {
            &QUOTE
        }
        fn fields(&self) -> &dyn erased_serde::Serialize {
            self
        }
    }

    fn quote(likes: Option<u32>) -> Arc<dyn AnyItem> {
        Arc::new(Quote {
            text: "to be".to_owned(),
            likes,
        })
    }

    fn violation(path: &str) -> Violation {
        Violation {
            path: path.to_owned(),
            rule: "minLength".to_owned(),
            message: "is short".to_owned(),
            value: "\"x\"".to_owned(),
        }
    }

    #[test]
    fn the_column_is_the_last_one_in_json() {
        let schema = schema(&QUOTE).unwrap();
        let marked = Marked::new(quote(Some(3)), schema, &[violation("text"), violation("")]);
        assert_eq!(
            serde_json::to_string(&AnyItem::fields(&marked)).unwrap(),
            r#"{"text":"to be","likes":3,"_violations":["text: is short (minLength; it is \"x\")","the item: is short (minLength; it is \"x\")"]}"#
        );
        let clean = Marked::new(quote(None), schema, &[]);
        assert_eq!(
            serde_json::to_string_pretty(&AnyItem::fields(&clean)).unwrap(),
            "{\n  \"text\": \"to be\",\n  \"_violations\": []\n}"
        );
    }

    #[test]
    fn the_column_is_there_in_csv() {
        // The crate knows no lists of several: one violation is one cell.
        let marked = Marked::new(
            quote(Some(3)),
            schema(&QUOTE).unwrap(),
            &[violation("text")],
        );
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.serialize(AnyItem::fields(&marked)).unwrap_err();
        let mut writer = csv::WriterBuilder::new()
            .has_headers(false)
            .from_writer(Vec::new());
        writer.serialize(AnyItem::fields(&marked)).unwrap();
        assert_eq!(
            String::from_utf8(writer.into_inner().unwrap()).unwrap(),
            "to be,3,\"text: is short (minLength; it is \"\"x\"\")\"\n"
        );
    }

    #[test]
    fn the_schema_has_the_column_in_all_its_forms() {
        let schema = schema(&QUOTE).unwrap();
        let names: Vec<_> = schema.fields.iter().map(|field| field.name).collect();
        assert_eq!((schema.name, names), ("Quote", vec!["text", COLUMN]));
        assert_eq!(schema.fields[1].kind, Kind::List(&Kind::Text));
        assert_eq!(
            schema.avro.unwrap(),
            r#"{"type":"record","name":"Quote","fields":[{"name":"text","type":"string"},{"name":"_violations","type":{"type":"array","items":"string"},"default":[],"doc":"What is wrong with the item."}],"x":1}"#
        );
    }

    #[test]
    fn a_field_of_the_column_s_name_is_refused() {
        static TAKEN: Schema = Schema::new("Taken", &[Field::new(COLUMN, String::KIND)]);
        assert_eq!(
            schema(&TAKEN).unwrap_err(),
            "`Taken` has a field `_violations`, where `mark` puts what is wrong with an item: \
             rename it, or choose another outcome than `mark`"
        );
    }

    #[test]
    fn maps_get_the_column_and_other_values_are_refused() {
        struct Loose(serde_json::Value);
        impl Item for Loose {
            fn schemas() -> &'static [&'static Schema] {
                SCHEMAS
            }
            fn schema(&self) -> &'static Schema {
                &QUOTE
            }
            fn fields(&self) -> &dyn erased_serde::Serialize {
                &self.0
            }
        }
        let written = |value: serde_json::Value| {
            let marked = Marked::new(Arc::new(Loose(value)), &QUOTE, &[]);
            serde_json::to_string(&AnyItem::fields(&marked)).map_err(|error| error.to_string())
        };
        assert_eq!(
            written(serde_json::json!({"a": 1})).unwrap(),
            r#"{"a":1,"_violations":[]}"#
        );
        for value in [
            serde_json::json!([1]),
            serde_json::json!("x"),
            serde_json::json!(1),
        ] {
            assert_eq!(written(value).unwrap_err(), NOT_FIELDS);
        }
        let some = Some(BTreeMap::from([("a", 1)]));
        let column = WithColumn {
            serializer: serde_json::value::Serializer,
            violations: &[],
        };
        assert_eq!(
            some.serialize(column).unwrap(),
            serde_json::json!({"a": 1, "_violations": []})
        );
    }
}
