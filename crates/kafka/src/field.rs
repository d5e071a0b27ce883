//! One field of an item, without a value for the others.

use huntsman_core::AnyItem;
use huntsman_core::visit::{NotVisited, Visit, Visited};
use serde_json::{Map, Value};

/// The value of a field; none if there is no such.
pub(crate) fn pick(item: &dyn AnyItem, field: &str) -> Result<Option<Value>, String> {
    let mut pick = Pick { field, found: None };
    // It stops at the field; where it does not come to it, the item is looked at as JSON.
    let all = item.visit(&mut pick);
    if pick.found.is_some() || all.is_ok() {
        return Ok(pick.found);
    }
    let mut json = Vec::new();
    item.json(&mut json).map_err(|error| error.to_string())?;
    pick_json(&json, field)
}

/// Takes one field, and stops.
struct Pick<'a> {
    field: &'a str,
    found: Option<Value>,
}

impl Pick<'_> {
    fn take(&mut self, field: &str, value: impl Into<Value>) -> Visited {
        if field != self.field {
            return Ok(());
        }
        self.found = Some(value.into());
        Err(NotVisited)
    }

    /// A value that JSON has in its own way.
    fn pass(&self, field: &str) -> Visited {
        match field == self.field {
            true => Err(NotVisited),
            false => Ok(()),
        }
    }
}

impl Visit for Pick<'_> {
    fn null(&mut self, field: &'static str) -> Visited {
        self.take(field, Value::Null)
    }
    fn bool(&mut self, field: &'static str, value: bool) -> Visited {
        self.take(field, value)
    }
    fn int(&mut self, field: &'static str, value: i64) -> Visited {
        self.take(field, value)
    }
    fn uint(&mut self, field: &'static str, value: u64) -> Visited {
        self.take(field, value)
    }
    fn f32(&mut self, field: &'static str, _: f32) -> Visited {
        self.pass(field)
    }
    fn f64(&mut self, field: &'static str, value: f64) -> Visited {
        self.take(field, value)
    }
    fn text(&mut self, field: &'static str, value: &str) -> Visited {
        self.pass(field).or_else(|_| self.take(field, value))
    }
    fn bytes(&mut self, field: &'static str, _: &[u8]) -> Visited {
        self.pass(field)
    }
    fn other(&mut self, field: &'static str, _: &dyn erased_serde::Serialize) -> Visited {
        self.pass(field)
    }
}

/// The value of a field of a JSON object.
fn pick_json(json: &[u8], field: &str) -> Result<Option<Value>, String> {
    let all: Result<Map<String, Value>, _> = serde_json::from_slice(json);
    all.map(|mut all| all.remove(field))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use huntsman_core::{Item, Schema};
    use huntsman_testkit::Sample;
    use serde_json::json;

    use super::*;

    #[test]
    fn one_field_is_picked() {
        let json = br#"{"a":{"b":1},"b":[2],"c\"":null}"#;
        assert_eq!(pick_json(json, "b"), Ok(Some(json!([2]))));
        assert_eq!(pick_json(json, "c\""), Ok(Some(Value::Null)));
        assert_eq!(pick_json(json, "d"), Ok(None));
        assert!(pick_json(b"[1]", "a").is_err());
    }

    /// What `#[derive(Item)]` does.
    struct Derived(Sample);

    impl Item for Derived {
        fn schemas() -> &'static [&'static Schema] {
            Sample::schemas()
        }

        fn schema(&self) -> &'static Schema {
            Item::schema(&self.0)
        }

        fn fields(&self) -> &dyn erased_serde::Serialize {
            &self.0
        }

        fn visit(&self, visit: &mut dyn Visit) -> Visited {
            huntsman_core::visit::fields(&self.0, visit)
        }
    }

    #[test]
    fn every_field_of_an_item_is_as_in_its_json() {
        let item = Sample::numbered(1);
        let Value::Object(fields) = serde_json::to_value(&item).unwrap() else {
            panic!("an item is an object")
        };
        for (name, value) in fields {
            assert_eq!(pick(&item, &name), Ok(Some(value.clone())), "{name}");
            let derived = Derived(item.clone());
            assert_eq!(pick(&derived, &name), Ok(Some(value)), "{name}");
        }
        assert_eq!(pick(&item, "none"), Ok(None));
    }
}
