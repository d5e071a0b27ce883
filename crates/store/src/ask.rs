//! Questions to a job that runs: its database is its process's alone, so that answers it.
//!
//! A question is a file in the job's folder, and so is the answer. The process looks for questions
//! now and then, and answers from what was last committed, while the crawl goes on.

use std::convert::Infallible;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::check;
use crate::error::StoreError;
use crate::store::Store;
use crate::why::{Question, Why};

const QUESTION: &str = "question-";
const ANSWER: &str = "answer-";

/// Between two looks for questions, or for the answer.
const EVERY: Duration = Duration::from_millis(100);

/// How long an answer is waited for: longer than a scan of a long history takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a process that runs the job may take to notice a question.
const NOTICED: Duration = Duration::from_secs(5);

#[derive(Serialize, Deserialize)]
enum Answer {
    Why(Box<Why>),
    Failed(String),
}

/// What became of a request of the job in this folder, also while it runs: then its process is
/// asked ([`Store::answer`]), and answers from the last commit.
///
/// # Errors
/// There is no job, it cannot be read, or its process does not answer within five seconds.
///
/// ```
/// use huntsman_core::Timestamp;
/// use huntsman_store::{Options, Question, Standing, Store, why};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let dir = tempfile::tempdir().unwrap();
/// drop(Store::open(dir.path(), Options::new("books", "1", Timestamp(0))).unwrap());
/// let question = Question::url("http://example.com/").unwrap();
/// let why = why(dir.path(), question).await.unwrap();
/// assert_eq!(why.standing, Standing::Unknown);
/// # }
/// ```
pub async fn why(dir: &Path, question: Question) -> Result<Why, StoreError> {
    let (folder, asked) = (dir.to_owned(), question.clone());
    let read = tokio::task::spawn_blocking(move || check::why(&folder, &asked)).await;
    match read.map_err(|error| StoreError::Failed(error.to_string()))? {
        Err(StoreError::Busy(_)) => ask(dir, &question).await,
        answered => answered,
    }
}

async fn ask(dir: &Path, question: &Question) -> Result<Why, StoreError> {
    let name = format!("{:016x}.json", RandomState::new().hash_one(question));
    let asked = dir.join(format!("{QUESTION}{name}"));
    let answer = dir.join(format!("{ANSWER}{name}"));
    write(&asked, question)?;
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        tokio::time::sleep(EVERY).await;
        waited += EVERY;
        if let Ok(json) = fs::read(&answer) {
            let _removed = fs::remove_file(&answer);
            return match serde_json::from_slice(&json) {
                Ok(Answer::Why(why)) => Ok(*why),
                Ok(Answer::Failed(reason)) => Err(StoreError::Failed(reason)),
                Err(error) => Err(StoreError::Failed(error.to_string())),
            };
        }
        // A question that is gone was noticed.
        if waited >= NOTICED && fs::remove_file(&asked).is_ok() {
            break;
        }
    }
    Err(StoreError::Silent(dir.to_owned()))
}

/// Writes a file that is whole once it has its name.
fn write(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    let new = path.with_extension("new");
    let json = serde_json::to_vec(value).map_err(|error| StoreError::Failed(error.to_string()))?;
    fs::write(&new, json)
        .and_then(|()| fs::rename(&new, path))
        .map_err(StoreError::file(path))
}

/// Removes what nobody waits for any more.
pub(crate) fn tidy(dir: &Path) {
    for path in files(dir, QUESTION).chain(files(dir, ANSWER)) {
        let _removed = fs::remove_file(path);
    }
}

fn files(dir: &Path, beginning: &'static str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(move |path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(beginning) && name.ends_with(".json"))
    })
}

impl Store {
    /// Answers the questions of other processes ([`why`]) for as long as it is polled: beside the
    /// crawl. What cannot be read or written is the asker's trouble, not the crawl's.
    pub async fn answer(&self) -> Infallible {
        loop {
            tokio::time::sleep(EVERY).await;
            let Some(dir) = self.folder() else {
                continue;
            };
            for path in files(dir, QUESTION) {
                let question = fs::read(&path).ok();
                let _removed = fs::remove_file(&path);
                let question = question.and_then(|json| serde_json::from_slice(&json).ok());
                let Some(question) = question else {
                    continue;
                };
                let answer = match self.why(question).await {
                    Ok(why) => Answer::Why(Box::new(why)),
                    Err(error) => Answer::Failed(error.to_string()),
                };
                let name = path.file_name().and_then(|name| name.to_str());
                let name = name.and_then(|name| name.strip_prefix(QUESTION));
                if let Some(name) = name {
                    let _written = write(&dir.join(format!("{ANSWER}{name}")), &answer);
                }
            }
        }
    }
}
