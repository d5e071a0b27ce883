//! How is something put around every request? With a `Layer`, which calls on with `next`, here
//! twice when a token has run out: `cargo run -p huntsman-examples --example own_layer`

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use huntsman::prelude::*;
use huntsman::{HeaderValue, Layer, Next, RawResponse, Request, StatusCode};
use huntsman_export::{Feed, Mode};
use huntsman_testkit::{Answer, FakeWeb};

/// Sends a token along, and takes the next one when the site no longer accepts it.
#[derive(Default)]
struct Token {
    number: AtomicU64,
}

impl Token {
    fn sign(&self, mut request: Request) -> Result<Request, FetchError> {
        let text = format!("Bearer {}", self.number.load(Ordering::Relaxed));
        let value = HeaderValue::try_from(text);
        let value = value.map_err(|error| FetchError::Other(error.to_string()))?;
        request.headers.insert("authorization", value);
        Ok(request)
    }
}

#[async_trait]
impl Layer for Token {
    async fn around(&self, request: Request, next: Next<'_>) -> Result<RawResponse, FetchError> {
        let response = next.run(self.sign(request.clone())?).await?;
        if response.status != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        self.number.fetch_add(1, Ordering::Relaxed);
        next.run(self.sign(request)?).await
    }
}

struct Account;

#[derive(Serialize, Item)]
struct Balance {
    text: String,
}

impl Spider for Account {
    type Page = ();
    type Item = Balance;
    const NAME: &'static str = "account";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://bank.example/", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        let text = page.css("b::text")?.get().ok_or("no balance")?;
        out.item(Balance { text });
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let answers = [Answer::status(401), Answer::html("<b>12.50</b>")];
    let web = FakeWeb::new().page("http://bank.example/", answers);
    let visits = web.visits();
    Crawl::new(Account, web)
        .layer(Token::default())
        .export("-", Feed::new("-", Mode::Append)?)
        .run(&Stop::new())
        .await?;
    let visits = visits.all();
    let sent = visits.last().ok_or("nothing was sent")?;
    assert_eq!(sent.request.headers["authorization"], "Bearer 1");
    Ok(())
}
