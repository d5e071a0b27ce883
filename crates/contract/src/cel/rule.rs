//! One rule: read, compiled once, and tried on values.

use std::sync::{Arc, LazyLock};

use cel::extractors::This;
use cel::{Context, Env, Program, ResolveResult, Value, extensions};
use huntsman_core::violation::shortened;
use serde_json::Value as Json;

use crate::format::Format;
use crate::words::CheckError;

/// A rule of `confluent:rules`.
#[derive(Clone)]
pub struct Rule {
    name: String,
    doc: String,
    expression: String,
    program: Arc<Program>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule")
            .field("name", &self.name)
            .field("expression", &self.expression)
            .finish_non_exhaustive()
    }
}

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    for extension in [extensions::strings, extensions::lists, extensions::math] {
        // They declare different names: nothing is declared twice.
        drop(env.add_extension(extension));
    }
    Arc::new(env)
});

/// What all expressions share: making it for each value would cost more than most rules do.
static CONTEXT: LazyLock<Context<'static, 'static>> = LazyLock::new(|| {
    let mut context = Context::with_env(ENV.clone());
    functions(&mut context);
    context
});

impl Rule {
    /// Reads the rules of one place of a schema.
    ///
    /// # Errors
    /// No list of objects with an `expr`, or an expression that cannot be compiled.
    pub fn read(rules: &Json, place: &str) -> Result<Vec<Self>, CheckError> {
        let wrong = || CheckError::Value {
            place: place.to_owned(),
            word: "confluent:rules",
            must: "a list of {\"name\": …, \"expr\": …}",
            value: shortened(&rules.to_string()),
        };
        let rules = rules.as_array().ok_or_else(wrong)?;
        let mut found = Vec::new();
        for rule in rules {
            let text = |word| rule.get(word).and_then(Json::as_str);
            // A rule in SQL alone is for others.
            if text("expr").is_none() && text("sql").is_some() {
                continue;
            }
            found.push(Self::new(
                text("name").unwrap_or("confluent:rules"),
                text("doc").unwrap_or_default(),
                text("expr").ok_or_else(wrong)?,
                place,
            )?);
        }
        Ok(found)
    }

    /// Compiles one rule.
    pub(super) fn new(
        name: &str,
        doc: &str,
        expression: &str,
        place: &str,
    ) -> Result<Self, CheckError> {
        let program = ENV.compile(expression);
        let program = program.map_err(|error| CheckError::Rule {
            place: place.to_owned(),
            rule: name.to_owned(),
            reason: shortened(error.to_string().lines().next().unwrap_or_default()),
        })?;
        Ok(Self {
            name: name.to_owned(),
            doc: doc.to_owned(),
            expression: expression.to_owned(),
            program: Arc::new(program),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its expression.
    #[must_use]
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Tries it on a value.
    ///
    /// # Errors
    /// What is wrong with the value, for a person.
    pub(crate) fn check(&self, this: &Value) -> Result<(), String> {
        match self.yields(this) {
            Ok(Value::Bool(true)) => Ok(()),
            Ok(Value::Bool(false)) if self.doc.is_empty() => {
                Err(format!("must obey {}", shortened(&self.expression)))
            }
            Ok(Value::Bool(false)) => Err(self.doc.clone()),
            Ok(Value::String(text)) if text.is_empty() => Ok(()),
            Ok(Value::String(text)) => Err(text.to_string()),
            Ok(other) => Err(format!(
                "the rule yields {} instead of a boolean or a text",
                other.type_of()
            )),
            Err(error) => Err(format!("the rule fails: {}", shortened(&error.to_string()))),
        }
    }

    /// What the expression yields for a value.
    pub(super) fn yields(&self, this: &Value) -> ResolveResult {
        let mut context = CONTEXT.new_inner_scope();
        context.add_variable_from_value("this", this);
        self.program.execute(&context)
    }

    pub(super) fn program(&self) -> &Program {
        &self.program
    }
}

/// Adds the forms of text.
fn functions(context: &mut Context<'_, '_>) {
    for (name, format) in [
        ("isEmail", Format::Email),
        ("isHostname", Format::Hostname),
        ("isUri", Format::Uri),
        ("isUuid", Format::Uuid),
        ("isIpv4", Format::Ipv4),
        ("isIpv6", Format::Ipv6),
    ] {
        let fits = move |This(text): This<Arc<String>>| format.fits(&text);
        // Their names are none of the standard's.
        drop(context.add_function(name, fits));
    }
}
