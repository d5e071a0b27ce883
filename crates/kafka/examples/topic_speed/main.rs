//! The part of ours in `benches/kafka.sh`, and the broker and the registry of all. Times are in
//! milliseconds, and CPU is that of the process, the kernel's share included.
//!
//! | `topic_speed …` | does | prints |
//! |---|---|---|
//! | `serve FOLDER` | runs a broker and a registry until its input ends | their addresses |
//! | `schema` | | the schema of the items |
//! | `sink ADDRESS ITEMS [JOB]` | items through a sink until they are confirmed | time, CPU ns an item |
//! | `encode ITEMS` | items into Avro, and no more | the same |
//! | `bare BROKER TOPIC ITEMS [headers] [NAME=VALUE…]` | bytes that are ready, by a bare producer with these properties | the same |
//! | `latency BROKER TOPIC WORDS` | single items, each until a reader has it | median, p99, most |
//! | `commits ADDRESS` | single items of a job, each with its transaction | the same |
//! | `away FOLDER ITEMS` | items while the broker is killed and comes back | what is taken and kept meanwhile |

mod away;
mod bare;
mod latency;
mod price;
mod serve;
mod sink;

use std::env;
use std::error::Error;
use std::fs;
use std::io::Write as _;

use rustix::time::{ClockId, clock_gettime};

/// The command's, for the bare producer as well.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

pub(crate) type Failed = Box<dyn Error>;

/// Nanoseconds of a clock.
fn clock(id: ClockId) -> f64 {
    let time = clock_gettime(id);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Milliseconds of a clock that only runs forward.
pub(crate) fn now() -> f64 {
    clock(ClockId::Monotonic) / 1e6
}

/// What some work takes: milliseconds, and nanoseconds of CPU.
pub(crate) struct Stopwatch {
    begun: f64,
    used: f64,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self {
            begun: now(),
            used: clock(ClockId::ProcessCPUTime),
        }
    }

    /// As it is printed, for so many items.
    pub(crate) fn told(&self, items: u32) -> String {
        let used = clock(ClockId::ProcessCPUTime) - self.used;
        format!(
            "{:.0} {:.0}",
            now() - self.begun,
            used / f64::from(items.max(1))
        )
    }
}

/// MiB of this process, now and at most: `VmRSS`, `VmHWM`.
pub(crate) fn memory(name: &str) -> Result<u64, Failed> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let line = line.ok_or("no such line")?;
    let kib: String = line.chars().filter(char::is_ascii_digit).collect();
    Ok(kib.parse::<u64>()? >> 10)
}

/// The median, the 99th percentile and the largest, as they are printed.
pub(crate) fn spread(mut times: Vec<f64>) -> Result<String, Failed> {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len().saturating_sub(1) * share / 100);
    let [half, most, all] = [50, 99, 100].map(|share| at(share).copied());
    let none = || "nothing was measured".to_owned();
    Ok(format!(
        "{:.1} {:.1} {:.1}",
        half.ok_or_else(none)?,
        most.ok_or_else(none)?,
        all.ok_or_else(none)?
    ))
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let told = match words[..] {
        ["serve", folder] => return serve::serve(folder).await,
        ["schema"] => price::schema()?,
        ["sink", address, items] => sink::sink(address, items.parse()?, None).await?,
        ["sink", address, items, job] => sink::sink(address, items.parse()?, Some(job)).await?,
        ["encode", items] => price::encode(items.parse()?)?,
        ["bare", broker, topic, items, ref words @ ..] => {
            bare::bare(broker, topic, items.parse()?, words)?
        }
        ["latency", broker, topic, words] => latency::latency(broker, topic, words).await?,
        ["commits", address] => latency::commits(address).await?,
        ["away", folder, items] => away::away(folder, items.parse()?).await?,
        _ => return Err("run benches/kafka.sh".into()),
    };
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}
