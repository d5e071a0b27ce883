//! What it costs to record a page and to read it again: `record_speed PAGES BYTES`.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use huntsman_core::{Fetch as _, HeaderMap, RawResponse, Request, Timestamp, Url};
use huntsman_warc::{Archive, Exchange, Options, Replay};

const WORDS: [&str; 16] = [
    "<p>",
    "</p>",
    "<a href=",
    "/catalogue/",
    "the",
    "light",
    "in",
    "attic",
    "price",
    "class=",
    "\"row\"",
    "</a>",
    "of",
    "stock",
    "<li>",
    "a",
];

/// Text that shrinks as a page does: words in a random order (xorshift).
fn page(number: u64, bytes: usize) -> String {
    let mut random = number * 2 + 1;
    let mut text = String::with_capacity(bytes + 16);
    while text.len() < bytes {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        text.push_str(WORDS[usize::try_from(random % 16).unwrap_or(0)]);
        text.push(char::from(
            b'a' + u8::try_from(random >> 8 & 7).unwrap_or(0),
        ));
        text.push(' ');
    }
    text
}

/// Microseconds of CPU that this process took, all threads together, in ticks of 10 ms.
fn cpu() -> Result<u64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(ticks * 10_000)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(|word| word.parse::<usize>());
    let pages = arguments.next().unwrap_or(Ok(10_000))?;
    let bytes = arguments.next().unwrap_or(Ok(8_600))?;
    let place = std::env::temp_dir().join(format!("record-speed-{}", std::process::id()));
    let measured = measure(&place, pages, bytes).await;
    std::fs::remove_dir_all(&place)?;
    measured
}

async fn measure(place: &Path, pages: usize, bytes: usize) -> Result<(), Box<dyn Error>> {
    let url = |number: usize| Url::parse(&format!("http://a.example/page/{number}"));
    let made: Vec<String> = (0..64).map(|number| page(number, bytes)).collect();
    let archive = Archive::open(place, Options::new("speed", || Timestamp(0)))?;
    let before = cpu()?;
    for number in 0..pages {
        archive.keep(&Exchange {
            request: Request::get(url(number)?),
            sent: HeaderMap::new(),
            response: RawResponse::ok(url(number)?, made[number % made.len()].clone()),
            at: Timestamp(0),
        })?;
    }
    let kept = cpu()?;
    drop(archive);
    let size: u64 = std::fs::read_dir(place)?
        .map(|entry| Ok(entry?.metadata()?.len()))
        .sum::<std::io::Result<u64>>()?;
    let replay = Replay::open(place, 1 << 23)?;
    let indexed = cpu()?;
    for number in 0..pages {
        replay.fetch(Request::get(url(number)?)).await?;
    }
    let read = cpu()?;
    let a_page = |from: u64, to: u64| (to - from) as f64 / pages as f64;
    let told = format!(
        "{pages} pages of {bytes} bytes: {} bytes each in the archive; CPU µs a page: recorded {:.0}, indexed {:.0}, read {:.0}",
        size / pages as u64,
        a_page(before, kept),
        a_page(kept, indexed),
        a_page(indexed, read),
    );
    Ok(writeln!(std::io::stdout(), "{told}")?)
}
