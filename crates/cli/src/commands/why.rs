//! `crawl why`: what became of a URL in a job, and by which pages it was found.

use std::fmt::Write;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context as _, Error, anyhow};
use huntsman::core::admit::{MaxLength, Scope, WebOnly};
use huntsman::core::{Admit, Fingerprint, Refusal, Request, Timestamp, Url};
use huntsman_store::{Attempt, Link, Question, QueuedAs, Standing, Why, why};
use serde::Serialize;

use super::settings::layers;
use super::{print, runtime};
use crate::entry::Entry;
use crate::exit::{Exit, usage};
use crate::flags;
use crate::style::bold;

/// Bytes of a digest that people get to see.
const SHORT: usize = 16;

/// What is known, and what the settings say to it.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    why: &'a Why,
    /// The rule of the present settings that would refuse the URL, for one that the job has not
    /// seen.
    would_refuse: Option<WouldRefuse>,
}

#[derive(Serialize)]
struct WouldRefuse {
    rule: &'static str,
    reason: String,
}

pub(super) fn run(spiders: &[Entry], flags: &flags::Why) -> Result<Exit, Exit> {
    let question = question(flags).map_err(Exit::Usage)?;
    let why = runtime()?.block_on(why(&flags.job, question));
    let why = why.map_err(usage)?;
    let would_refuse = if why.standing == Standing::Unknown {
        would_refuse(spiders, flags, &why).map_err(Exit::Usage)?
    } else {
        None
    };
    let told = Told {
        why: &why,
        would_refuse,
    };
    if flags.json {
        let json = serde_json::to_string_pretty(&told).map_err(usage)?;
        print(&(json + "\n"))?;
    } else {
        print(&text(&told))?;
    }
    match why.standing {
        Standing::Unknown => Err(usage(anyhow!(
            "the job in {} has never seen {}",
            flags.job.display(),
            asked(flags, &why)
        ))),
        _ => Ok(Exit::Done),
    }
}

fn asked<'a>(flags: &'a flags::Why, why: &'a Why) -> &'a str {
    flags.item.as_deref().unwrap_or(&why.url)
}

fn question(flags: &flags::Why) -> Result<Question, Error> {
    if let Some(id) = &flags.item {
        let hex = id.split('-').next().unwrap_or_default();
        let request = (hex.len() == 32)
            .then(|| u128::from_str_radix(hex, 16).ok())
            .flatten();
        let request = request.with_context(|| {
            format!("{id:?} is no record's id: 32 hexadecimal digits, a hyphen and a number")
        })?;
        return Ok(Question::request(Fingerprint(request)));
    }
    Question::url(flags.url.as_deref().unwrap_or_default()).map_err(Error::msg)
}

/// What the settings of the spider have against the URL, as far as that is known without a crawl.
fn would_refuse(
    spiders: &[Entry],
    flags: &flags::Why,
    why: &Why,
) -> Result<Option<WouldRefuse>, Error> {
    let spider = spiders.iter().find(|spider| spider.name == why.spider);
    let spider = spider.and_then(|spider| spider.make(&[]).ok());
    let settings = layers(spider.as_deref(), &flags.setting, None)?;
    let admit = &settings.settings().admit;
    let Ok(url) = Url::parse(&why.url) else {
        return Ok(None);
    };
    let request = Request::get(url);
    let mut rules: Vec<Box<dyn Admit>> = vec![Box::new(WebOnly)];
    rules.push(Box::new(MaxLength(admit.max_url_length)));
    if !admit.hosts.is_empty() {
        rules.push(Box::new(Scope::new(&admit.hosts)));
    }
    let refused = rules.iter().find_map(|rule| rule.admit(&request).err());
    Ok(refused.map(|Refusal { rule, reason }| WouldRefuse {
        rule,
        reason: reason.into_owned(),
    }))
}

fn text(told: &Told<'_>) -> String {
    let why = told.why;
    let mut out = String::new();
    line(&mut out, &bold(&why.url));
    if let Some(same) = &why.same_as {
        row(&mut out, "same as", &format!("{same}, in another spelling"));
    }
    standing(&mut out, why);
    for attempt in &why.attempts {
        row(&mut out, &time(attempt.at), &attempt_text(attempt));
    }
    for refused in &why.refused {
        let what = format!(
            "refused by {}: {}; linked on {}",
            refused.rule, refused.reason, refused.page
        );
        row(&mut out, &time(refused.at), &what);
    }
    if let Some(WouldRefuse { rule, reason }) = &told.would_refuse {
        let what = format!("the settings would refuse it by {rule}: {reason}");
        row(&mut out, "settings", &what);
    }
    for (at, link) in why.chain.iter().enumerate() {
        row(
            &mut out,
            if at == 0 { "found by" } else { "→" },
            &link_text(link),
        );
    }
    out
}

fn standing(out: &mut String, why: &Why) {
    let what = match why.standing {
        Standing::Parsed => "fetched and parsed",
        Standing::Unchanged => "fetched; it has not changed since the last round",
        Standing::NotParsed => "fetched, and not parsed",
        Standing::Redirected => "redirected",
        Standing::Refused => "refused",
        Standing::Failed => "given up",
        Standing::Queued => "queued",
        Standing::Leased => "under way",
        Standing::Unknown => "never seen",
    };
    let mut what = what.to_owned();
    if let Some(since) = why.leased {
        what.push_str(&format!(" since {}", time(since)));
    } else if let Some(queued) = &why.queued {
        what.push_str(&queued_text(queued));
    }
    row(out, "now", &what);
}

fn queued_text(queued: &QueuedAs) -> String {
    let mut text = match queued.ahead {
        None => ", to be tried again".to_owned(),
        Some(0) => ", the next of its host".to_owned(),
        Some(ahead) => format!(", {ahead} of its host before it"),
    };
    if queued.priority != 0 {
        text.push_str(&format!(", priority {}", queued.priority));
    }
    if queued.tried > 0 {
        text.push_str(&format!(", tried {} times", queued.tried));
    }
    if queued.not_before > Timestamp(0) {
        text.push_str(&format!(", not before {}", time(queued.not_before)));
    }
    text
}

fn attempt_text(attempt: &Attempt) -> String {
    let mut parts = vec![attempt.end.replace('_', " ")];
    parts.extend(
        attempt
            .rule
            .as_ref()
            .map(|rule| format!("by the rule {rule}")),
    );
    parts.extend(attempt.reason.clone());
    parts.extend(attempt.to.as_ref().map(|to| format!("to {to}")));
    if let (Some(status), Some(length)) = (attempt.status, attempt.length) {
        parts.push(format!("status {status}, {length} bytes"));
    }
    if let Some(first) = attempt.first_record {
        let (count, last) = (attempt.records, first + attempt.records - 1);
        parts.push(match count {
            1 => format!("record {first}"),
            _ => format!("{count} records, {first} to {last}"),
        });
    }
    if attempt.tried > 0 {
        parts.push(format!("try {}", attempt.tried + 1));
    }
    if attempt.round > 1 {
        parts.push(format!("round {}", attempt.round));
    }
    let digest = attempt
        .digest
        .as_ref()
        .and_then(|digest| digest.get(..SHORT));
    parts.extend(digest.map(|digest| format!("sha256 {digest}…")));
    parts.join(", ")
}

fn link_text(link: &Link) -> String {
    if link.redirects.is_empty() {
        return link.url.clone();
    }
    format!(
        "{}, redirected from {}",
        link.url,
        link.redirects.join(", ")
    )
}

/// As people and other programs read it, in UTC.
fn time(time: Timestamp) -> String {
    let time = UNIX_EPOCH.checked_add(Duration::from_millis(time.0));
    time.map_or_else(String::new, |time| {
        humantime::format_rfc3339_seconds(time).to_string()
    })
}

fn row(out: &mut String, name: &str, text: &str) {
    line(out, &format!("  {name:<20}  {text}"));
}

fn line(out: &mut String, text: &str) {
    // Writing to a String does not fail.
    writeln!(out, "{text}").unwrap_or_default();
}
