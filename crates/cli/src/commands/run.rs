//! `crawl SPIDER`: the crawl itself.

use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Error, anyhow};
use huntsman::{CrawlError, Export, Finish, Report, Settings, Stop};
use huntsman_export::{Feed, Mode};
use huntsman_http::{Cookies, Http, HttpSettings};
use indicatif::ProgressBar;

use super::runtime;
use super::settings::layers;
use crate::entry::{Entry, Equipment, Launch};
use crate::exit::{Exit, usage};
use crate::flags::Run;
use crate::progress::{self, Progress};
use crate::words::find;
use crate::{demo, logs, report, signals, style};

pub(super) fn run(spiders: &[Entry], flags: &Run) -> Result<Exit, Exit> {
    let entry = find(spiders, &flags.spider).map_err(Exit::Usage)?;
    let spider = entry
        .make(&flags.argument)
        .with_context(|| flags.spider.clone())
        .map_err(usage)?;
    let mut settings = layers(Some(&*spider), &flags.setting, Some(&flags.web))
        .map_err(Exit::Usage)?
        .settings()
        .clone();
    settings
        .fetch
        .resolve
        .extend(flags.web.resolve.iter().cloned());
    let sinks = sinks(flags)?;
    let report_file = flags
        .report
        .as_deref()
        .map(writable)
        .transpose()
        .map_err(Exit::Usage)?;
    let bar = progress::bar(flags.quiet);
    logs::start(&flags.log, &bar).map_err(Exit::Usage)?;
    let runtime = runtime()?;
    let result = runtime.block_on(crawl(spider, settings, sinks, flags.web.demo, &bar));
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
    Ok(end(&report))
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

type Sinks = Vec<(String, Box<dyn Export>)>;

fn sinks(flags: &Run) -> Result<Sinks, Exit> {
    let append = flags.output.iter().map(|place| (place, Mode::Append));
    let replace = flags
        .overwrite_output
        .iter()
        .map(|place| (place, Mode::Replace));
    let mut sinks: Sinks = Vec::new();
    let mut places = HashSet::new();
    for (place, mode) in append.chain(replace) {
        if flags
            .report
            .as_deref()
            .is_some_and(|report| report == Path::new(place))
        {
            return Err(Exit::Usage(anyhow!(
                "{place} cannot take both the items and the report"
            )));
        }
        if !places.insert(place) {
            return Err(Exit::Usage(anyhow!(
                "{place} is named twice; each place takes the items once"
            )));
        }
        let feed = Feed::new(place, mode).map_err(usage)?;
        sinks.push((place.clone(), Box::new(feed)));
    }
    Ok(sinks)
}

async fn crawl(
    spider: Box<dyn Launch>,
    mut settings: Settings,
    sinks: Sinks,
    with_demo: bool,
    bar: &ProgressBar,
) -> Result<Report, Exit> {
    let server = if with_demo {
        Some(demo::start(&mut settings).await.map_err(Exit::Usage)?)
    } else {
        None
    };
    let http = http(&settings).map_err(Exit::Usage)?;
    let equipment = Equipment {
        cookies: settings.fetch.cookies.then(Cookies::new),
        settings,
        http,
        sinks,
        progress: Progress::new(bar.clone()),
    };
    let stop = Stop::new();
    let report = tokio::select! {
        report = spider.crawl(equipment, &stop) => report,
        () = signals::pass_on(&stop, bar) => Err(CrawlError::Start("was interrupted".to_owned())),
    };
    if let Some(server) = server {
        server.stop().await;
    }
    report.map_err(failed)
}

/// The transport as the settings want it.
pub(super) fn http(settings: &Settings) -> Result<Http, Error> {
    let fetch = &settings.fetch;
    let resolve = fetch.resolve.iter().map(|text| {
        text.parse()
            .with_context(|| format!("{text:?} is no HOST=ADDR:PORT"))
    });
    Ok(Http::new(HttpSettings {
        timeout: fetch.timeout,
        connect_timeout: fetch.connect_timeout,
        max_body: fetch.max_body,
        idle_per_host: fetch.concurrency,
        user_agent: fetch.user_agent.clone(),
        resolve: resolve.collect::<Result<_, Error>>()?,
        allow_private: fetch.allow_private.clone(),
        ..HttpSettings::default()
    })?)
}

fn failed(error: CrawlError) -> Exit {
    match error {
        CrawlError::Sink { .. } => Exit::Sink(error.into()),
        CrawlError::Frontier(_) => Exit::Nothing(error.into()),
        _ => Exit::Usage(error.into()),
    }
}

fn end(report: &Report) -> Exit {
    match &report.finish {
        Finish::Stopped => Exit::Stopped,
        Finish::SinkFailed { sink, reason } => {
            Exit::Sink(anyhow!("{reason}").context(format!("the sink {sink} failed")))
        }
        _ if report.pages == 0 => {
            Exit::Nothing(anyhow!("no page was fetched and parsed; {}", why(report)))
        }
        _ => Exit::Done,
    }
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
