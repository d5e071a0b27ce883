//! The schemas that items are written with, known before the first request.

use huntsman_avro::AvroSchema;
use huntsman_contract::field_schema;
use huntsman_core::{ExportError, Opening, Schema};
use huntsman_registry::Part;

use crate::agreed::Agreed;
use crate::frame::{Frame, Framed, Schemas};
use crate::key::is_field;
use crate::wanted::{Form, Wanted};

/// Those of each type of the opening, in order. With a registry, it has each of them by now.
///
/// # Errors
/// A type cannot be written so, or the registry has something against it.
pub(crate) async fn schemas(
    wanted: &Wanted,
    opening: &Opening,
) -> Result<Vec<Schemas>, ExportError> {
    let agreed = match &wanted.registry {
        Some(words) => Some(Agreed::open(words, wanted).await?),
        None => None,
    };
    let mut all = Vec::with_capacity(opening.schemas.len());
    for schema in opening.schemas {
        let mut made = Schemas::default();
        if let Some(avro) = value(wanted, schema)? {
            made.value = Some(match (&agreed, wanted.form) {
                (Some(agreed), _) => agreed.framed(Part::Value, avro).await?,
                (None, Form::SingleObject) => Framed {
                    frame: Frame::single_object(&avro),
                    schema: avro,
                    registered: Vec::new(),
                },
                (None, _) => plain(avro),
            });
        }
        if let Some(avro) = key(wanted, schema)? {
            made.key = Some(match &agreed {
                Some(agreed) => agreed.framed(Part::Key, avro).await?,
                None => plain(avro),
            });
        }
        all.push(made);
    }
    Ok(all)
}

fn plain(schema: AvroSchema) -> Framed {
    Framed {
        schema,
        frame: Frame::default(),
        registered: Vec::new(),
    }
}

fn value(wanted: &Wanted, schema: &'static Schema) -> Result<Option<AvroSchema>, ExportError> {
    match wanted.form {
        Form::Json => Ok(None),
        Form::Avro | Form::SingleObject => own(wanted, schema).map(Some),
    }
}

fn own(wanted: &Wanted, schema: &'static Schema) -> Result<AvroSchema, ExportError> {
    huntsman_contract::avro_schema(schema).map_err(|reason| {
        refused(
            wanted,
            &format!("the items cannot be written as Avro: {reason}"),
        )
    })
}

/// The schema of the key, if it is one of Avro: that of its field, or of text.
fn key(wanted: &Wanted, schema: &'static Schema) -> Result<Option<AvroSchema>, ExportError> {
    let Some(key) = wanted.key.as_deref().filter(|_| wanted.is_key_avro) else {
        return Ok(None);
    };
    let made = if is_field(key) {
        let item = own(wanted, schema)?;
        let missing = || refused(wanted, &format!("key: {} has no field {key}", schema.name));
        field_schema(&item, key).ok_or_else(missing)?
    } else {
        AvroSchema::parse(r#""string""#)
    };
    made.map(Some).map_err(|reason| {
        refused(
            wanted,
            &format!("the key cannot be written as Avro: {reason}"),
        )
    })
}

fn refused(wanted: &Wanted, reason: &str) -> ExportError {
    ExportError::Place(format!("`{}`: {reason}", wanted.place))
}
