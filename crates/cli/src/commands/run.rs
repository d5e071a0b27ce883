//! `crawl SPIDER`: the crawl itself.

use std::convert::Infallible;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Error, anyhow};
use huntsman::{CrawlError, ExportError, Finish, Frontier, LastRun, Report, Settings, Stop};
use huntsman_export::Catalog;
use huntsman_http::{Cookies, Http, HttpSettings};
use huntsman_store::{Again, Store};
use indicatif::ProgressBar;

use super::runtime;
use super::settings::layers;
use crate::entry::{Entry, Equipment, Launch};
use crate::exit::{Exit, usage};
use crate::feeds::Feeds;
use crate::flags::{self, Run};
use crate::job::Job;
use crate::progress::{self, Progress};
use crate::record::{self, Recording};
use crate::transport::{self, Transport};
use crate::words::find;
use crate::{contract, demo, feeds, logs, report, signals, style};
use huntsman::settings::Origin;

/// `archive` is what is replayed; without it, sites are asked.
pub(super) fn run(
    spiders: &[Entry],
    catalog: &Catalog,
    flags: &Run,
    archive: Option<&Path>,
) -> Result<Exit, Exit> {
    let entry = find(spiders, &flags.spider).map_err(Exit::Usage)?;
    let spider = entry
        .make(&flags.argument)
        .with_context(|| flags.spider.clone())
        .map_err(usage)?;
    let settings = settled(&*spider, flags, archive.is_some())?;
    let record = record::place(flags).map_err(Exit::Usage)?;
    let feeds = feeds::feeds(catalog, &settings, flags).map_err(Exit::Usage)?;
    let contract = contract::contract(&settings.refine).map_err(Exit::Usage)?;
    let last = last_run(&settings, flags)?;
    let report_file = flags
        .report
        .as_deref()
        .map(writable)
        .transpose()
        .map_err(Exit::Usage)?;
    let bar = progress::bar(flags.quiet);
    logs::start(&flags.log, &bar).map_err(Exit::Usage)?;
    let runtime = runtime()?;
    let equipment = Equipment {
        cookies: settings.fetch.cookies.then(Cookies::new),
        recorder: None,
        settings,
        feeds,
        contract,
        frontier: None,
        last,
        progress: Progress::new(bar.clone()),
        seeds: None,
    };
    let job = flags.job.clone().map(|dir| Job {
        dir,
        spider: flags.spider.clone(),
        version: entry.version,
        take_over: flags.take_over,
        arguments: flags.argument.clone(),
        schemas: (entry.schemas)(),
        again: again(flags, &equipment.feeds),
    });
    let place = Place {
        with_demo: flags.web.demo,
        archive,
        record: record.as_deref(),
        spider: &flags.spider,
        seeds: flags.seeds.as_deref(),
    };
    let result = told(|| runtime.block_on(crawl(spider, equipment, job, place, &bar)));
    // A page that is still being parsed after an abort must not hold up the end.
    runtime.shutdown_background();
    bar.finish_and_clear();
    let report = result?;
    if !flags.quiet {
        style::say(report::text(&report).trim_end());
    }
    if let Some(file) = report_file {
        write_report(file, &report)
            .context("cannot write the report")
            .map_err(Exit::Sink)?;
    }
    Ok(end(&report, flags.seeds.is_some()))
}

/// Has a panic outside of a spider told like any error: its usual print is for spiders switched off.
fn told<T>(work: impl FnOnce() -> Result<T, Exit>) -> Result<T, Exit> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(Exit::Failed(anyhow!(
            "a fault of the command itself: it panicked: {}; `--log-level debug` says where",
            text.unwrap_or("without a message")
        )))
    })
}

/// How a finished job is to be crawled again, if it is.
fn again(flags: &Run, feeds: &Feeds) -> Option<Again> {
    let replaced = feeds.items.iter().filter(|feed| feed.replaces());
    Some(Again {
        only_new: flags.again? == flags::Again::New,
        replaced: replaced.map(|feed| feed.name().to_owned()).collect(),
    })
}

/// The settings of this run: all layers, and what its flags stand for.
fn settled(spider: &dyn Launch, flags: &Run, is_replay: bool) -> Result<Settings, Exit> {
    let mut layers = layers(Some(spider), &flags.setting, Some(&flags.web)).map_err(Exit::Usage)?;
    if let Some(file) = &flags.schema {
        layers
            .set("refine.schema", file, Origin::CommandLine)
            .map_err(usage)?;
    }
    if is_replay {
        transport::at_once(&mut layers).map_err(Exit::Usage)?;
    }
    let mut settings = layers.settings().clone();
    settings
        .fetch
        .resolve
        .extend(flags.web.resolve.iter().cloned());
    Ok(settings)
}

/// Opens the file of the report before the first request, so that a mistake is known at once;
/// what is in it stays until there is a report.
fn writable(path: &Path) -> Result<File, Error> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path);
    file.with_context(|| format!("cannot write the report to {}", path.display()))
}

fn write_report(mut file: File, report: &Report) -> Result<(), Error> {
    let json = serde_json::to_vec_pretty(report)?;
    // A device has no length to set.
    if file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    file.write_all(&json)?;
    file.write_all(b"\n")?;
    Ok(())
}

/// The run that this one is to be compared with. There is none before the first.
fn last_run(settings: &Settings, flags: &Run) -> Result<Option<LastRun>, Exit> {
    let gates = &settings.gates;
    let named = gates.last_report.as_deref().map(Path::new);
    let (Some(_), Some(path)) = (gates.max_change, named.or(flags.report.as_deref())) else {
        return Ok(None);
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) if text.is_empty() && named.is_none() => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => return Ok(None),
        read => read,
    };
    let last = text
        .map_err(Error::from)
        .and_then(|text| Ok(serde_json::from_str(&text)?));
    last.with_context(|| format!("{} is not the report of a run", path.display()))
        .map(Some)
        .map_err(Exit::Usage)
}

/// What is asked, and what is kept of the answers.
struct Place<'a> {
    with_demo: bool,
    archive: Option<&'a Path>,
    record: Option<&'a Path>,
    spider: &'a str,
    seeds: Option<&'a str>,
}

async fn crawl(
    spider: Box<dyn Launch>,
    mut equipment: Equipment,
    job: Option<Job>,
    place: Place<'_>,
    bar: &ProgressBar,
) -> Result<Report, Exit> {
    let server = if place.with_demo {
        let settings = &mut equipment.settings;
        Some(demo::start(settings).await.map_err(Exit::Usage)?)
    } else {
        None
    };
    let store = match job {
        Some(job) => {
            let store = job.open(&equipment.settings).await;
            let store = store.context("--job").map_err(Exit::Usage)?;
            equipment.frontier = Some(Arc::clone(&store) as Arc<dyn Frontier>);
            Some(store)
        }
        None => None,
    };
    if let Some(topic) = place.seeds {
        equipment.seeds = Some(crate::topics::seeds(topic).await?);
    }
    let stop = Stop::new();
    let begun = transport(&mut equipment, &place, &stop);
    let (transport, recording) = begun.map_err(Exit::Usage)?;
    let report = tokio::select! {
        report = spider.crawl(equipment, transport, &stop) => report,
        never = answer(store.as_deref()) => match never {},
        () = signals::pass_on(&stop, bar) => Err(CrawlError::Start("was interrupted".to_owned())),
    };
    if let Some(server) = server {
        server.stop().await;
    }
    if let Some(store) = store {
        let closed = store.close().await.context("--job");
        closed.map_err(Exit::Failed)?;
    }
    if let Some(recording) = recording {
        recording.end().map_err(Exit::Sink)?;
    }
    report.map_err(failed)
}

/// Answers `crawl why` of other processes, as long as there is a job.
async fn answer(store: Option<&Store>) -> Infallible {
    match store {
        Some(store) => store.answer().await,
        None => std::future::pending().await,
    }
}

/// What a crawl fetches with, and the recording of it, if any.
fn transport(
    equipment: &mut Equipment,
    place: &Place<'_>,
    stop: &Stop,
) -> Result<(Transport, Option<Recording>), Error> {
    let settings = &equipment.settings;
    if let Some(archive) = place.archive {
        let archive = transport::archive(archive, settings)?;
        return Ok((Transport::Archive(archive), None));
    }
    let Some(record) = place.record else {
        return Ok((Transport::Http(Box::new(http(settings)?)), None));
    };
    let http = Http::new(HttpSettings {
        decompress: false,
        ..http_settings(settings)?
    })?;
    let recording = Recording::begin(record, place.spider)?;
    let recorder = recording.layer(settings, http.default_headers(), stop);
    equipment.recorder = Some(recorder);
    Ok((Transport::Http(Box::new(http)), Some(recording)))
}

/// The transport as the settings want it.
pub(super) fn http(settings: &Settings) -> Result<Http, Error> {
    Ok(Http::new(http_settings(settings)?)?)
}

fn http_settings(settings: &Settings) -> Result<HttpSettings, Error> {
    let fetch = &settings.fetch;
    let resolve = fetch.resolve.iter().map(|text| {
        text.parse()
            .with_context(|| format!("{text:?} is no HOST=ADDR:PORT"))
    });
    Ok(HttpSettings {
        timeout: fetch.timeout,
        connect_timeout: fetch.connect_timeout,
        max_body: fetch.max_body,
        idle_per_host: fetch.concurrency,
        user_agent: fetch.user_agent.clone(),
        resolve: resolve.collect::<Result<_, Error>>()?,
        allow_private: fetch.allow_private.clone(),
        ..HttpSettings::default()
    })
}

fn failed(error: CrawlError) -> Exit {
    match error {
        // A word that has no sense is the user's; what is there, or is not, is the sink's.
        CrawlError::Sink {
            source: ExportError::Place(_),
            ..
        } => Exit::Usage(error.into()),
        CrawlError::Sink { .. } => Exit::Sink(error.into()),
        CrawlError::Frontier(_) => Exit::Failed(error.into()),
        CrawlError::Stopped => {
            style::say(&error.to_string());
            Exit::Stopped
        }
        CrawlError::JobFinished(_) => {
            style::say(&error.to_string());
            Exit::Done
        }
        _ => Exit::Usage(error.into()),
    }
}

/// A topic of start URLs may have had nothing new.
fn end(report: &Report, has_seeds: bool) -> Exit {
    match &report.finish {
        Finish::Stopped => Exit::Stopped,
        Finish::SinkFailed { sink, reason } => {
            Exit::Sink(anyhow!("{reason}").context(format!("the sink {sink} failed")))
        }
        Finish::Rejected { .. } => Exit::Failed(
            anyhow!("{}", report.finish).context("too many items break their contract"),
        ),
        Finish::SeedsFailed { reason } => {
            Exit::Sink(anyhow!("{reason}").context("the source of start URLs failed"))
        }
        _ if report.pages + report.unchanged == 0 && !(has_seeds && report.failed.is_empty()) => {
            Exit::Failed(anyhow!("no page was fetched and parsed; {}", why(report)))
        }
        _ => match report
            .sinks
            .iter()
            .find_map(|sink| Some((sink, sink.error.as_ref()?)))
        {
            // One that the crawl could do without.
            Some((sink, reason)) => {
                let context = format!("the sink {} failed", sink.name);
                Exit::Sink(anyhow!("{reason}").context(context))
            }
            None => gates(report),
        },
    }
}

/// Every gate that was not passed, by name.
fn gates(report: &Report) -> Exit {
    let failed = report.gates.iter().filter(|gate| !gate.passed);
    let lines: Vec<String> = failed
        .map(|gate| format!("{}: {}", gate.name, gate.found))
        .collect();
    if lines.is_empty() {
        return Exit::Done;
    }
    Exit::Failed(anyhow!("{}", lines.join("; ")).context("gates not passed"))
}

fn why(report: &Report) -> String {
    let losses = [&report.failed, &report.parse_failures, &report.refused];
    let most = losses
        .into_iter()
        .flatten()
        .max_by_key(|(_, count)| **count);
    match most {
        _ if matches!(report.finish, Finish::Limit(_)) => format!("it {}", report.finish),
        Some((reason, count)) => format!("the most frequent reason: {reason} ({count})"),
        None => "the start URLs led nowhere".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transport_alone_has_the_same_bounds_as_in_a_crawl() {
        let (settings, alone) = (Settings::default().fetch, HttpSettings::default());
        assert_eq!(settings.timeout, alone.timeout);
        assert_eq!(settings.connect_timeout, alone.connect_timeout);
        assert_eq!(settings.max_body, alone.max_body);
        assert_eq!(settings.user_agent, alone.user_agent);
    }
}
