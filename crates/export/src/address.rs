//! Addresses with variables: `quotes-%(time)s-%(batch)05d.json`.

use std::collections::BTreeMap;

use huntsman_core::{ExportError, Opening, Timestamp};

use crate::hidden::shown;

/// Names and values that addresses may have beside those that every feed knows.
pub(crate) type Variables = BTreeMap<String, String>;

/// An address whose variables have no values yet.
#[derive(Debug)]
pub(crate) struct Address {
    given: String,
    parts: Vec<Part>,
    variables: Variables,
    /// Values have no character that would mean something in a URL.
    is_url: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// Its number, filled with zeros to this width.
    Batch(usize),
    Spider,
    Time,
    Own(String),
}

/// The addresses of all files of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) before: String,
    /// The width of the number between.
    batch: Option<usize>,
    pub(crate) after: String,
}

impl Names {
    pub(crate) fn has_number(&self) -> bool {
        self.batch.is_some()
    }

    /// The address of the file with this number.
    pub(crate) fn at(&self, number: u64) -> String {
        let (before, after) = (&self.before, &self.after);
        match self.batch {
            None => before.clone(),
            Some(width) => format!("{before}{number:0width$}{after}"),
        }
    }
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// A variable is unknown, or badly written.
    pub(crate) fn parse(given: &str, variables: &Variables) -> Result<Self, ExportError> {
        let mut address = Self {
            given: given.to_owned(),
            parts: Vec::new(),
            variables: variables.clone(),
            is_url: given.contains("://") || given.starts_with("file:"),
        };
        let mut rest = given;
        let mut text = String::new();
        while let Some(at) = rest.find("%(") {
            text.push_str(&rest[..at]);
            if let Some(plain) = text.strip_suffix('%') {
                text = plain.to_owned() + "%(";
                rest = &rest[at + 2..];
                continue;
            }
            if !text.is_empty() {
                address.parts.push(Part::Text(std::mem::take(&mut text)));
            }
            let (part, after) = address.variable(&rest[at + 2..])?;
            address.parts.push(part);
            rest = after;
        }
        text.push_str(rest);
        address.parts.push(Part::Text(text));
        let batches = address.parts.iter().filter(|part| is_batch(part)).count();
        if batches > 1 {
            return Err(address.refused("has more than one %(batch)"));
        }
        Ok(address)
    }

    /// What stands behind `%(`, and the rest.
    fn variable<'a>(&self, text: &'a str) -> Result<(Part, &'a str), ExportError> {
        let Some((name, rest)) = text.split_once(')') else {
            return Err(self.refused("has a variable without its `)`"));
        };
        let end = rest.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = rest.split_at(end.unwrap_or(rest.len()));
        let is_number = matches!(name, "batch" | "batch_id");
        let shown = name.escape_debug();
        let rest = match (rest.strip_prefix('s'), rest.strip_prefix('d')) {
            (Some(rest), _) if digits.is_empty() => rest,
            (_, Some(rest)) if is_number => rest,
            _ if is_number => return Err(self.refused(&format!("has no %({shown})05d"))),
            _ => return Err(self.refused(&format!("has no %({shown})s"))),
        };
        let part = match name {
            // Spaces would not be found again.
            "batch" | "batch_id" if !digits.is_empty() && !digits.starts_with('0') => {
                return Err(self.refused("has a number without zeros: write %(batch)05d"));
            }
            // A name cannot be longer than that anyway.
            "batch" | "batch_id" => Part::Batch(digits.parse().unwrap_or(0_usize).min(64)),
            "spider" | "name" => Part::Spider,
            "time" => Part::Time,
            own if self.variables.contains_key(own) => Part::Own(own.to_owned()),
            _ => {
                let known = ["batch", "spider", "time"].into_iter();
                let known: Vec<&str> = known
                    .chain(self.variables.keys().map(String::as_str))
                    .collect();
                return Err(self.refused(&format!(
                    "has the unknown variable `{shown}`: there are {}",
                    known.join(", ")
                )));
            }
        };
        Ok((part, rest))
    }

    /// The address of a system, even without a `//` behind its scheme.
    pub(crate) fn of_system(given: &str, variables: &Variables) -> Result<Self, ExportError> {
        let address = Self::parse(given, variables)?;
        if address.has_number() {
            return Err(
                address.refused("has a %(batch), which is a number of files: there are none here")
            );
        }
        Ok(Self {
            is_url: true,
            ..address
        })
    }

    pub(crate) fn has_number(&self) -> bool {
        self.parts.iter().any(is_batch)
    }

    /// Whether it is the same in every crawl.
    pub(crate) fn is_fixed(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// The addresses of a crawl.
    ///
    /// # Errors
    /// A value would lead out of its folder.
    pub(crate) fn names(&self, opening: &Opening) -> Result<Names, ExportError> {
        let mut texts = [String::new(), String::new()];
        let mut batch = None;
        for part in &self.parts {
            let text = &mut texts[usize::from(batch.is_some())];
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Batch(width) => batch = Some(*width),
                Part::Spider => text.push_str(self.safe("spider", &opening.spider)?),
                Part::Time => text.push_str(&text_of(opening.time)),
                Part::Own(name) => {
                    let value = self.variables.get(name).map_or("", String::as_str);
                    text.push_str(self.safe(name, value)?);
                }
            }
        }
        let [before, after] = texts;
        let names = Names {
            before,
            batch,
            after,
        };
        self.stays_inside(&names)?;
        Ok(names)
    }

    /// A value that is one part of a name.
    fn safe<'a>(&self, name: &str, value: &'a str) -> Result<&'a str, ExportError> {
        let bad = |c: char| {
            matches!(c, '/' | '\\')
                || c.is_control()
                || (self.is_url && matches!(c, '%' | '?' | '#'))
        };
        let reason = match value {
            "" => "it is empty",
            "." | ".." => "it names a folder",
            _ if value.contains(bad) => "it has a character that a name must not have",
            _ => return Ok(value),
        };
        let (name, value) = (name.escape_debug(), value.escape_debug());
        Err(self.refused(&format!("has %({name})s, which is `{value}`: {reason}")))
    }

    /// No folder above is made of values: `%(a)s%(a)s` of dots.
    fn stays_inside(&self, names: &Names) -> Result<(), ExportError> {
        let separators = ['/', std::path::MAIN_SEPARATOR];
        let above = |text: &str| {
            let mut parts = text.split(separators);
            parts.by_ref().filter(|part| *part == "..").count()
        };
        if above(&names.at(1)) > above(&self.given) {
            return Err(self.refused("has values that name the folder above"));
        }
        Ok(())
    }

    fn refused(&self, reason: &str) -> ExportError {
        ExportError::Place(format!("`{}` {reason}", shown(&self.given)))
    }
}

fn is_batch(part: &Part) -> bool {
    matches!(part, Part::Batch(_))
}

/// `2026-11-24T21-39-27`, in UTC. The calendar is Howard Hinnant's `civil_from_days`.
fn text_of(time: Timestamp) -> String {
    let seconds = time.0 / 1000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years begin in March, so that a leap day is their last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let leaps = day_of_era / 1_460 + day_of_era / 146_096 - day_of_era / 36_524;
    let year_of_era = (day_of_era - leaps) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: &str, values: &[(&str, &str)]) -> Result<Names, ExportError> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables = values.iter().map(own).collect();
        let opening = Opening::new(&[]).of("quotes", Timestamp(1_795_556_367_999));
        Address::parse(given, &variables)?.names(&opening)
    }

    #[test]
    fn variables_have_their_values() {
        for (given, second) in [
            ("x.json", "x.json"),
            ("x-%(batch)05d.json", "x-00002.json"),
            ("x-%(batch_id)d.json", "x-2.json"),
            ("x-%(batch)s.json", "x-2.json"),
            ("%(batch)03d", "002"),
            ("%(spider)s-%(name)s", "quotes-quotes"),
            ("%(time)s.csv", "2026-11-24T21-39-27.csv"),
            ("a/%(tag)s/x", "a/t.1/x"),
            ("100%.json", "100%.json"),
            ("%%(tag)s", "%(tag)s"),
            ("../%(tag)s", "../t.1"),
        ] {
            assert_eq!(names(given, &[("tag", "t.1")]).unwrap().at(2), second);
        }
    }

    #[test]
    fn times_are_in_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00-00-00"),
            (951_782_399, "2000-02-28T23-59-59"),
            (951_782_400, "2000-02-29T00-00-00"),
            (4_107_542_400, "2100-03-01T00-00-00"),
            (1_709_251_199, "2024-02-29T23-59-59"),
        ] {
            assert_eq!(text_of(Timestamp(seconds * 1000)), text);
        }
    }

    #[test]
    fn what_has_no_sense_is_refused() {
        for (given, reason) in [
            (
                "%(tga)s.json",
                "unknown variable `tga`: there are batch, spider, time, tag",
            ),
            ("%(tag.json", "without its `)`"),
            ("%(tag)d", "has no %(tag)s"),
            ("%(tag)", "has no %(tag)s"),
            ("%(batch)x", "has no %(batch)05d"),
            ("%(batch)3d", "write %(batch)05d"),
            ("%(batch)d-%(batch)d", "more than one"),
        ] {
            let error = names(given, &[("tag", "t")]).unwrap_err().to_string();
            assert!(error.contains(reason), "{given}: {error}");
        }
    }

    #[test]
    fn values_do_not_lead_out_of_the_folder() {
        for value in ["", ".", "..", "a/b", "/etc", "..\\x", "a\0b", "a\nb"] {
            let error = names("%(tag)s/x", &[("tag", value)])
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("%(tag)s") && !error.contains(['\0', '\n']),
                "{error}"
            );
        }
        assert!(names(".%(tag)s/x", &[("tag", ".x")]).is_ok());
        for given in [".%(tag)s/x", "%(tag)s%(tag)s/x", "a/%(tag)s."] {
            let error = names(given, &[("tag", ".")]).unwrap_err().to_string();
            assert!(error.contains("names a folder"), "{error}");
        }
        assert!(names("file:///tmp/%(tag)s", &[("tag", "%2e%2e%2fx")]).is_err());
        assert!(names("s3://b/%(tag)s", &[("tag", "a?b")]).is_err());
        assert!(names("/tmp/%(tag)s", &[("tag", "50%")]).is_ok());
    }
}
