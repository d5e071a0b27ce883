//! The verdict on a run: which of its gates it passed.

use std::collections::BTreeMap;

use huntsman_core::contract::{Coverage, share};
use serde::{Deserialize, Serialize};

use super::report::Report;
use crate::settings::GateSettings;

/// One gate of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Gate {
    /// The setting, and for coverage the path: `gates.min_items`, `gates.coverage author`.
    pub name: String,
    /// Whether the run passed it.
    pub passed: bool,
    /// What was wanted and what was found.
    pub found: String,
}

/// What a run is compared with: a part of an earlier report.
///
/// ```
/// let report = r#"{"spider": "quotes", "items": 100, "pages": 10, "findings": null}"#;
/// let last: huntsman::LastRun = serde_json::from_str(report).unwrap();
/// assert_eq!((last.items, last.pages), (100, 10));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct LastRun {
    /// Items that were committed.
    pub items: u64,
    /// Pages that the spider parsed.
    pub pages: u64,
    /// What the contract found.
    #[serde(default)]
    pub findings: Option<LastFindings>,
}

/// What a contract found in an earlier run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct LastFindings {
    /// By type of item, how many fields had a value.
    #[serde(default)]
    pub coverage: BTreeMap<String, Coverage>,
}

/// All gates that are set, in the order of their names.
pub(crate) fn judge(report: &Report, gates: &GateSettings, last: Option<&LastRun>) -> Vec<Gate> {
    let mut judged = coverage(report, gates);
    if let (Some(most), Some(last)) = (gates.max_change, last) {
        judged.extend(changes(report, last, most));
    }
    let failed: u64 = report.failed.values().sum::<u64>() + report.parse_failed;
    let rejected: u64 = report.rejected.values().sum();
    judged.extend(gates.max_errors.map(|most| {
        let share = share(failed, report.pages + report.unchanged + failed);
        at_most("gates.max_errors", share, most, "of all pages failed")
    }));
    judged.extend(gates.max_rejected.map(|most| {
        let share = share(rejected, report.items_yielded.max(rejected));
        at_most("gates.max_rejected", share, most, "of all items rejected")
    }));
    // What has not changed was fetched, and is good.
    let pages = report.pages + report.unchanged;
    let least = [
        ("gates.min_items", gates.min_items, report.items, "items"),
        ("gates.min_pages", gates.min_pages, pages, "pages"),
    ];
    for (name, wanted, found, what) in least {
        judged.extend(wanted.map(|wanted| Gate {
            name: name.to_owned(),
            passed: found >= wanted,
            found: format!("{found} {what}, at least {wanted} wanted"),
        }));
    }
    judged
}

fn at_most(name: &str, found: f64, most: f64, what: &str) -> Gate {
    Gate {
        name: name.to_owned(),
        passed: found <= most,
        found: format!(
            "{} {what}, at most {} allowed",
            percent(found),
            percent(most)
        ),
    }
}

/// Field coverage. A path may begin with a type's name; without one, it is looked for in every
/// type that has it, and the worst counts.
fn coverage(report: &Report, gates: &GateSettings) -> Vec<Gate> {
    let gate = |(path, wanted): (&str, f64)| {
        let found = found_coverage(report, path);
        let (passed, what) = match found {
            Some(share) => (share >= wanted, percent(share)),
            None => (false, "no item with such a field".to_owned()),
        };
        Gate {
            name: format!("gates.coverage {path}"),
            passed,
            found: format!("{what}, at least {} wanted", percent(wanted)),
        }
    };
    let rows = gates.coverage().unwrap_or_default();
    rows.into_iter().map(gate).collect()
}

fn found_coverage(report: &Report, path: &str) -> Option<f64> {
    let findings = report.findings.as_ref()?;
    let of_type = |name: &str, path: &str| {
        let coverage = findings.coverage.get(name)?;
        let with = coverage.fields.get(path)?;
        Some(share(*with, coverage.items))
    };
    let named = path
        .split_once('.')
        .and_then(|(name, rest)| of_type(name, rest));
    let anywhere = findings
        .coverage
        .keys()
        .filter_map(|name| of_type(name, path));
    named.or_else(|| anywhere.min_by(f64::total_cmp))
}

/// What changed since the last run: items, pages, and each field's coverage.
fn changes(report: &Report, last: &LastRun, most: f64) -> Vec<Gate> {
    let counts = [
        ("items", report.items, last.items),
        ("pages", report.pages, last.pages),
    ];
    let counts = counts.into_iter().map(|(what, now, before)| {
        let change = share(now.abs_diff(before), before.max(1));
        changed(what, change, most, &format!("{before} → {now}"))
    });
    let coverage = last.findings.iter().flat_map(|findings| &findings.coverage);
    let fields = coverage.flat_map(|(name, before)| {
        before.fields.iter().filter_map(move |(path, with)| {
            let before = share(*with, before.items);
            let now = found_coverage(report, &format!("{name}.{path}")).unwrap_or(0.0);
            // A field without a single value before cannot lose any.
            let shown = format!("{} → {}", percent(before), percent(now));
            let what = format!("{name}.{path}");
            let gate = changed(&what, (now - before).abs(), most, &shown);
            (!gate.passed).then_some(gate)
        })
    });
    counts.chain(fields).collect()
}

fn changed(what: &str, change: f64, most: f64, shown: &str) -> Gate {
    Gate {
        name: format!("gates.max_change {what}"),
        passed: change <= most,
        found: format!(
            "{shown}, a change of {}, at most {} allowed",
            percent(change),
            percent(most)
        ),
    }
}

fn percent(share: f64) -> String {
    let number = format!("{:.1}", share * 100.0);
    format!("{} %", number.trim_end_matches(".0"))
}

#[cfg(test)]
mod tests {
    use huntsman_core::Findings;

    use super::*;

    fn report() -> Report {
        let mut report = Report::default();
        (report.items, report.pages, report.items_yielded) = (90, 9, 100);
        report.parse_failed = 1;
        report.rejected = BTreeMap::from([("minLength".to_owned(), 10)]);
        let mut coverage = Coverage::default();
        coverage.items = 100;
        coverage.fields = BTreeMap::from([("author".to_owned(), 80), ("at.city".to_owned(), 100)]);
        let mut findings = Findings::default();
        findings.coverage = BTreeMap::from([("Quote".to_owned(), coverage)]);
        report.findings = Some(findings);
        report
    }

    fn lines(gates: &GateSettings, last: Option<&LastRun>) -> Vec<String> {
        let shown = |gate: Gate| {
            let verdict = if gate.passed { "passed" } else { "failed" };
            format!("{verdict} {}: {}", gate.name, gate.found)
        };
        judge(&report(), gates, last)
            .into_iter()
            .map(shown)
            .collect()
    }

    #[test]
    fn each_gate_says_what_it_wanted_and_found() {
        let gates = GateSettings {
            min_items: Some(91),
            min_pages: Some(9),
            max_errors: Some(0.1),
            max_rejected: Some(0.05),
            coverage: ["author=0.9", "at.city=1", "Quote.author=0.8", "price=0.1"]
                .map(str::to_owned)
                .to_vec(),
            ..GateSettings::default()
        };
        assert_eq!(
            lines(&gates, None),
            [
                "failed gates.coverage author: 80 %, at least 90 % wanted",
                "passed gates.coverage at.city: 100 %, at least 100 % wanted",
                "passed gates.coverage Quote.author: 80 %, at least 80 % wanted",
                "failed gates.coverage price: no item with such a field, at least 10 % wanted",
                "passed gates.max_errors: 10 % of all pages failed, at most 10 % allowed",
                "failed gates.max_rejected: 10 % of all items rejected, at most 5 % allowed",
                "failed gates.min_items: 90 items, at least 91 wanted",
                "passed gates.min_pages: 9 pages, at least 9 wanted",
            ]
        );
    }

    #[test]
    fn a_run_is_compared_with_the_last() {
        let gates = GateSettings {
            max_change: Some(0.1),
            ..GateSettings::default()
        };
        assert!(
            lines(&gates, None).is_empty(),
            "there is nothing to compare with"
        );
        let last = r#"{"items": 100, "pages": 20, "findings": {"coverage":
            {"Quote": {"items": 10, "fields": {"author": 10, "at.city": 10}}}}}"#;
        let last: LastRun = serde_json::from_str(last).unwrap();
        assert_eq!(
            lines(&gates, Some(&last)),
            [
                "passed gates.max_change items: 100 → 90, a change of 10 %, at most 10 % allowed",
                "failed gates.max_change pages: 20 → 9, a change of 55 %, at most 10 % allowed",
                "failed gates.max_change Quote.author: 100 % → 80 %, a change of 20 %, at most 10 % allowed",
            ]
        );
    }
}
