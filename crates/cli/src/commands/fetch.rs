//! `crawl fetch`: one URL, redirects followed, its body to standard output.

use std::io::Write;

use anyhow::{Context, Error, anyhow};
use huntsman::core::redirect::redirected;
use huntsman::core::{Layer, Next};
use huntsman::{Fetch, RawResponse, Request, Settings, Url};
use huntsman_http::Cookies;

use super::run::http;
use super::runtime;
use super::settings::layers;
use crate::exit::{Exit, read, usage};
use crate::flags::{self, SettingFlags, Web};
use crate::{demo, style};

pub(super) fn fetch(flags: &flags::Fetch) -> Result<Exit, Exit> {
    let response = get(&flags.url, &flags.setting, &flags.web)?;
    if flags.headers {
        style::say(&format!("{:?} {}", response.version, response.status));
        for (name, value) in &response.headers {
            style::say(&format!(
                "{name}: {}",
                String::from_utf8_lossy(value.as_bytes())
            ));
        }
    }
    let mut stdout = std::io::stdout().lock();
    let written = stdout
        .write_all(&response.body)
        .and_then(|()| stdout.flush());
    read(written)?;
    if response.status.is_success() {
        return Ok(Exit::Done);
    }
    Err(Exit::Failed(anyhow!(
        "{} answered {}",
        response.url,
        response.status
    )))
}

/// Fetches one URL as a crawl would, robots.txt aside: the user asked for just this.
pub(super) fn get(url: &str, setting: &SettingFlags, web: &Web) -> Result<RawResponse, Exit> {
    let url = Url::parse(url)
        .with_context(|| format!("{url:?} is no absolute URL"))
        .map_err(usage)?;
    let mut settings = layers(None, setting, Some(web))
        .map_err(Exit::Usage)?
        .settings()
        .clone();
    settings.fetch.resolve.extend(web.resolve.iter().cloned());
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        let server = if web.demo {
            Some(demo::start(&mut settings).await.map_err(Exit::Usage)?)
        } else {
            None
        };
        let response = follow(url, &settings).await;
        if let Some(server) = server {
            server.stop().await;
        }
        response
    });
    runtime.shutdown_background();
    result
}

async fn follow(url: Url, settings: &Settings) -> Result<RawResponse, Exit> {
    let http = http(settings).map_err(Exit::Usage)?;
    let cookies: [std::sync::Arc<dyn Layer>; 1] = [std::sync::Arc::new(Cookies::new())];
    let mut request = Request::get(url);
    loop {
        let next = Next::new(&cookies, &http as &dyn Fetch);
        let response = next.run(request.clone()).await;
        let response = response
            .with_context(|| request.url.to_string())
            .map_err(nothing)?;
        let limit = settings.fetch.max_redirects;
        let target = redirected(&request, response.status, &response.headers, limit);
        match target.map_err(|reason| Exit::Failed(anyhow!("{}: {reason}", request.url)))? {
            Some(next) => request = next,
            None => return Ok(response),
        }
    }
}

fn nothing(error: Error) -> Exit {
    Exit::Failed(error)
}
