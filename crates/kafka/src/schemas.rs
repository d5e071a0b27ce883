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
    // What is wrong is told before anything is registered.
    let mut own = Vec::with_capacity(opening.schemas.len());
    for schema in opening.schemas {
        let value = named(agreed.as_ref(), Part::Value, value(wanted, schema)?).await?;
        let key = named(agreed.as_ref(), Part::Key, key(wanted, schema)?).await?;
        own.push((value, key));
    }
    let mut all = Vec::with_capacity(own.len());
    for (value, key) in own {
        all.push(Schemas {
            value: framed(agreed.as_ref(), wanted.form, value).await?,
            key: framed(agreed.as_ref(), Form::Avro, key).await?,
        });
    }
    Ok(all)
}

/// The schema of a part of messages, if it is one of Avro, and the subject that it has in a registry.
struct Named {
    part: Part,
    schema: AvroSchema,
    subject: Option<String>,
}

async fn named(
    agreed: Option<&Agreed<'_>>,
    part: Part,
    schema: Option<AvroSchema>,
) -> Result<Option<Named>, ExportError> {
    let Some(schema) = schema else {
        return Ok(None);
    };
    let subject = match agreed {
        Some(agreed) => Some(agreed.subject(part, &schema).await?),
        None => None,
    };
    Ok(Some(Named {
        part,
        schema,
        subject,
    }))
}

async fn framed(
    agreed: Option<&Agreed<'_>>,
    form: Form,
    named: Option<Named>,
) -> Result<Option<Framed>, ExportError> {
    let Some(Named {
        part,
        schema,
        subject,
    }) = named
    else {
        return Ok(None);
    };
    if let (Some(agreed), Some(subject)) = (agreed, subject) {
        return agreed.framed(part, subject, schema).await.map(Some);
    }
    let frame = match form {
        Form::SingleObject => Frame::single_object(&schema),
        Form::Json | Form::Avro => Frame::default(),
    };
    Ok(Some(Framed {
        schema,
        frame,
        registered: Vec::new(),
    }))
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
