//! The report as a person reads it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use huntsman::Report;
use huntsman::core::contract::share;

use crate::style::{bold, red};

/// Broken rules that get a line each.
const RULES: usize = 5;
/// Incomplete fields that are named.
const FIELDS: usize = 8;
/// Hosts that get a line each.
const HOSTS: usize = 10;

/// The report as lines.
pub(crate) fn text(report: &Report) -> String {
    let mut out = String::new();
    let time = match report.seconds {
        short if short < 10.0 => format!("{:.0} ms", short * 1000.0),
        long => indicatif::HumanDuration(Duration::from_secs_f64(long)).to_string(),
    };
    let end = format!("{}: {}", report.spider, report.finish);
    let runs = match report.runs {
        0 | 1 => String::new(),
        runs => format!(", {runs} runs"),
    };
    line(&mut out, &format!("{} in {time}{runs}", bold(&end)));
    row(&mut out, "pages", &pages(report));
    row(
        &mut out,
        "items",
        &with_reasons(report.items, "dropped", &report.dropped),
    );
    contract(&mut out, report);
    row(&mut out, "links", &links(report));
    losses(&mut out, report);
    hosts(&mut out, report);
    for sink in &report.sinks {
        let what = match &sink.error {
            Some(error) => red(error),
            None => format!(
                "{} records{}, {} ({})",
                sink.records,
                left_out(sink.skipped),
                bytes(sink.bytes),
                sink.guarantee
            ),
        };
        row(&mut out, "→", &format!("{}: {what}", sink.name));
    }
    for gate in &report.gates {
        let (verdict, text) = (if gate.passed { "passed" } else { "failed" }, &gate.found);
        let line = format!("{} {verdict}: {text}", gate.name);
        row(
            &mut out,
            "gate",
            &if gate.passed { line } else { red(&line) },
        );
    }
    out
}

/// What the contract found: rejected items, the rules that they broke, incomplete fields.
fn contract(out: &mut String, report: &Report) {
    let rejected = total(&report.rejected);
    if rejected > 0 {
        let counts = with_reasons(rejected, "", &report.rejected);
        let text = format!("{counts}, {} of them in quarantine", report.quarantined);
        row(out, "rejected", &red(&text));
    }
    let Some(findings) = &report.findings else {
        return;
    };
    if findings.warned + findings.coerced > 0 {
        let text = format!(
            "{} kept although they break a rule, {} mended",
            findings.warned, findings.coerced
        );
        row(out, "flawed", &text);
    }
    let mut rules: Vec<_> = findings.rules.iter().collect();
    rules.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.items));
    for (name, rule) in rules.iter().take(RULES) {
        let example = rule.examples.first().map_or("", String::as_str);
        row(
            out,
            "rule",
            &format!("{name} × {}, as {example}", rule.items),
        );
    }
    if rules.len() > RULES {
        let more = rules.len() - RULES;
        row(
            out,
            "",
            &format!("and {more} rules more (--report has them)"),
        );
    }
    for (kind, coverage) in &findings.coverage {
        let incomplete = coverage
            .fields
            .iter()
            .filter(|(_, with)| **with < coverage.items);
        let shown: Vec<String> = incomplete
            .take(FIELDS)
            .map(|(path, with)| format!("{path} {:.0} %", share(*with, coverage.items) * 100.0))
            .collect();
        if !shown.is_empty() {
            row(out, "coverage", &format!("{kind}: {}", shown.join(", ")));
        }
    }
}

fn pages(report: &Report) -> String {
    let statuses: Vec<String> = report
        .statuses
        .iter()
        .map(|(status, count)| format!("{status} × {count}"))
        .collect();
    let answers = if statuses.is_empty() {
        "no response".to_owned()
    } else {
        statuses.join(", ")
    };
    let unchanged = match report.unchanged {
        0 => String::new(),
        count => format!(", {count} unchanged"),
    };
    let size = bytes(report.bytes);
    format!("{}{unchanged} ({answers}; {size})", report.pages)
}

fn losses(out: &mut String, report: &Report) {
    if report.redirects + total(&report.retries) > 0 {
        let retries = with_reasons(total(&report.retries), "", &report.retries);
        row(
            out,
            "also",
            &format!("{} redirects, {retries} retries", report.redirects),
        );
    }
    let failed = total(&report.failed);
    if failed > 0 {
        row(
            out,
            "failed",
            &red(&with_reasons(failed, "", &report.failed)),
        );
    }
    if report.parse_failed > 0 {
        row(
            out,
            "unparsed",
            &red(&with_reasons(
                report.parse_failed,
                "",
                &report.parse_failures,
            )),
        );
    }
    if report.left > 0 {
        row(
            out,
            "left",
            &format!("{} requests were still to be fetched", report.left),
        );
    }
}

fn links(report: &Report) -> String {
    let refused = with_reasons(total(&report.refused), "", &report.refused);
    format!(
        "{} new, {} known already, {refused} refused, {} unreadable",
        report.admitted, report.duplicates, report.bad_links
    )
}

fn hosts(out: &mut String, report: &Report) {
    if report.hosts.len() < 2 {
        return;
    }
    let mut hosts: Vec<_> = report.hosts.iter().collect();
    hosts.sort_by_key(|(_, host)| std::cmp::Reverse(host.responses));
    for (name, host) in hosts.iter().take(HOSTS) {
        let mean = if host.responses == 0 {
            0.0
        } else {
            host.latency_ms / host.responses as f64
        };
        let text = format!(
            "{name}: {} pages of {} responses, {}, {mean:.0} ms each, {} failed",
            host.pages,
            host.responses,
            bytes(host.bytes),
            host.failed + host.parse_failed
        );
        row(out, "host", &text);
    }
    if hosts.len() > HOSTS {
        row(
            out,
            "",
            &format!("and {} hosts more (--report has them)", hosts.len() - HOSTS),
        );
    }
}

fn total(counts: &BTreeMap<String, u64>) -> u64 {
    counts.values().sum()
}

/// `12 (scope 8, robots 4)`, the most frequent first.
fn with_reasons(total: u64, verb: &str, reasons: &BTreeMap<String, u64>) -> String {
    let mut reasons: Vec<_> = reasons.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let parts: Vec<String> = reasons
        .iter()
        .take(5)
        .map(|(reason, count)| format!("{reason} {count}"))
        .collect();
    let verb = if verb.is_empty() {
        String::new()
    } else {
        format!("{verb}: ")
    };
    if parts.is_empty() {
        total.to_string()
    } else {
        format!("{total} ({verb}{})", parts.join(", "))
    }
}

/// Of a sink that does not want all.
fn left_out(skipped: u64) -> String {
    match skipped {
        0 => String::new(),
        skipped => format!(", {skipped} skipped"),
    }
}

/// In the unit that people read.
fn bytes(count: u64) -> String {
    indicatif::HumanBytes(count).to_string()
}

fn row(out: &mut String, name: &str, text: &str) {
    line(out, &format!("  {name:<9}{text}"));
}

fn line(out: &mut String, text: &str) {
    // Writing to a String does not fail.
    writeln!(out, "{text}").unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loss_has_its_line() {
        let mut report = Report::default();
        report.spider = "quotes".to_owned();
        report.seconds = 1.25;
        (report.pages, report.bytes, report.items) = (12, 20_480, 100);
        report.statuses = BTreeMap::from([(200, 12), (404, 1)]);
        report.admitted = 14;
        report.refused = BTreeMap::from([("robots".to_owned(), 1), ("scope".to_owned(), 3)]);
        report.failed = BTreeMap::from([("status 404".to_owned(), 1)]);
        report.parse_failed = 1;
        report.parse_failures = BTreeMap::from([("panicked: no price".to_owned(), 1)]);
        report.dropped = BTreeMap::from([("too short".to_owned(), 2)]);
        report.left = 5;
        insta::assert_snapshot!(text(&report));
    }
}
