//! `crawl schema check` where a registry is asked.

use anyhow::{Context, anyhow};
use huntsman::nearest::meant;
use huntsman_avro::AvroSchema;
use huntsman_avro::compat::Mode as Level;
use huntsman_registry::{
    Against, Code, Deleted, Registry, RegistryError, Schema, Verdict, Version, resolved, verdict,
};

use super::asked::subject_version;
use super::opened::{Folder, ask};
use super::sent::sent;
use crate::commands::print;
use crate::entry::Entry;
use crate::exit::Exit;
use crate::flags::registry::At;
use crate::flags::schema::Check;

/// What a schema is to follow.
struct Older<'a> {
    subject: &'a str,
    version: Option<Version>,
    may_be_new: bool,
    /// What messages call the registry.
    place: &'static str,
}

enum Answer {
    NoSubject {
        near: Option<String>,
    },
    NoVersion {
        wanted: u32,
        there: Vec<u32>,
    },
    New,
    Told {
        verdict: Verdict,
        /// Where the registry tells it.
        level: Option<Level>,
        /// The version that was asked for, or the latest.
        number: u32,
    },
}

pub(crate) fn check(at: &At, spiders: &[Entry], flags: &Check) -> Result<Exit, Exit> {
    let [of] = flags.old.as_slice() else {
        return Err(Exit::Usage(anyhow!(
            "with --registry, there is one subject to check against: check NEW SUBJECT"
        )));
    };
    let of = of.to_string_lossy();
    let (subject, version) = subject_version(&of);
    let older = Older {
        subject,
        version,
        may_be_new: flags.new_subject_ok,
        place: match flags.at.registry {
            Some(_) => "the registry",
            None => "the registry of REGISTRY_URL",
        },
    };
    let schema = sent(spiders, &flags.new, &flags.reference)?;
    if schema.references.is_empty() {
        // Its file is named, which the registry does not know.
        AvroSchema::parse(&schema.text)
            .with_context(|| flags.new.clone())
            .map_err(Exit::Usage)?;
    }
    let answer = ask(at, Folder::IsThere, |registry| {
        let older = &older;
        async move { older.asked(&*registry, &schema).await }
    })?;
    older.told(&flags.new, answer)
}

impl Older<'_> {
    async fn asked(
        &self,
        registry: &dyn Registry,
        schema: &Schema,
    ) -> Result<Answer, RegistryError> {
        // To what is not there registries say yes, or no such subject.
        let there = match registry.versions(self.subject, Deleted::Hidden).await {
            Err(error) if error.code() == Some(Code::SubjectNotFound) => Vec::new(),
            there => there?,
        };
        let number = match (self.version, there.iter().max()) {
            (None, None) if self.may_be_new => {
                // Nobody else reads it.
                resolved(registry, schema).await?;
                return Ok(Answer::New);
            }
            (_, None) => {
                let known = registry.subjects(Deleted::Hidden).await.unwrap_or_default();
                let near = meant(self.subject, known.iter().map(String::as_str));
                return Ok(Answer::NoSubject {
                    near: near.map(str::to_owned),
                });
            }
            (Some(Version::Number(wanted)), _) if !there.contains(&wanted) => {
                return Ok(Answer::NoVersion { wanted, there });
            }
            (Some(Version::Number(number)), _) => number,
            (_, Some(latest)) => *latest,
        };
        let verdict = match self.version {
            Some(version) => {
                let against = Against::Version(version);
                registry.check(self.subject, against, schema, false).await?
            }
            None => verdict(registry, self.subject, schema, false).await?,
        };
        Ok(Answer::Told {
            verdict,
            // Who may ask for the one may not for the other.
            level: registry.level(Some(self.subject), true).await.ok(),
            number,
        })
    }

    fn told(&self, new: &str, answer: Answer) -> Result<Exit, Exit> {
        let subject = self.subject;
        match answer {
            Answer::NoSubject { near } => Err(Exit::Usage(self.missing(near.as_deref()))),
            Answer::NoVersion { wanted, there } => {
                let there: Vec<_> = there.iter().map(u32::to_string).collect();
                Err(Exit::Usage(anyhow!(
                    "{subject} has no version {wanted}; there are {}",
                    there.join(", ")
                )))
            }
            Answer::New => print(&format!(
                "{subject} is new: there is nothing to be compatible with\n"
            )),
            Answer::Told {
                verdict,
                level,
                number,
            } => {
                let mut lines = verdict.messages;
                if verdict.is_compatible {
                    lines.push(self.follows(level, number));
                }
                let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
                let printed = print(&lines)?;
                let older = match self.version {
                    _ if verdict.is_compatible => return Ok(printed),
                    Some(_) => format!("version {number} of {subject}"),
                    None => format!("what {subject} has"),
                };
                Err(Exit::Failed(anyhow!("{new} may not follow {older}")))
            }
        }
    }

    fn missing(&self, near: Option<&str>) -> anyhow::Error {
        let mut line = format!("{} has no subject {:?}", self.place, self.subject);
        if let Some(near) = near {
            line.push_str(&format!("; did you mean {near:?}?"));
        }
        if self.version.is_none() {
            let one = near.map_or("; one", |_| " One");
            line.push_str(one);
            line.push_str(" that is still to be registered passes with --new-subject-ok");
        }
        anyhow!(line)
    }

    /// What it is compatible with. Some servers are asked about the latest alone, so that of all
    /// versions nothing is said.
    fn follows(&self, level: Option<Level>, number: u32) -> String {
        let subject = self.subject;
        let one = matches!(level, Some(Level::Backward | Level::Forward | Level::Full));
        let by = level.map(|level| format!(" ({level})")).unwrap_or_default();
        match level {
            Some(Level::None) => format!("{subject} takes any schema{by}"),
            _ if one || self.version.is_some() => {
                format!("compatible with version {number} of {subject}{by}")
            }
            _ => format!("compatible with {subject}{by}"),
        }
    }
}
