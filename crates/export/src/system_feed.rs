//! The sink of a system whose address or words are known only when the crawl begins.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use huntsman_core::{
    Export, ExportError, Guarantee, Opening, Position, Record, Sequence, Violation,
};

use crate::address::{Address, Variables};
use crate::connector::Connector;
use crate::feed::Mode;
use crate::hidden::is_secret;
use crate::words::Words;

/// The sink that an address asks for; nothing is opened yet. `%(spider)s`, `%(time)s` and `variables`
/// may stand in the address, and in the words that are the system's own.
///
/// # Errors
/// The address, a word or a variable has no sense.
pub(crate) fn sink(
    system: &Arc<dyn Connector>,
    address: &str,
    mode: Mode,
    words: &Words,
    variables: &Variables,
) -> Result<Box<dyn Export>, ExportError> {
    let address = Address::of_system(address, variables)?;
    let mut later = Vec::new();
    for word in system.words().iter().filter(|word| !is_secret(word)) {
        if let Some(value) = words.get(word).filter(|value| value.contains("%(")) {
            later.push((*word, Address::of_system(value, variables)?));
        }
    }
    let system = SystemFeed {
        system: Arc::clone(system),
        mode,
        words: words.clone(),
        sink: OnceLock::new(),
        address,
        later,
    };
    if system.address.is_fixed() && system.later.is_empty() {
        return system.made(&Opening::new(&[]));
    }
    Ok(Box::new(system))
}

/// A system, and the sink that it makes of its address once that is known.
struct SystemFeed {
    system: Arc<dyn Connector>,
    address: Address,
    mode: Mode,
    words: Words,
    /// Words with variables.
    later: Vec<(&'static str, Address)>,
    sink: OnceLock<Box<dyn Export>>,
}

impl SystemFeed {
    fn made(&self, opening: &Opening) -> Result<Box<dyn Export>, ExportError> {
        let mut words = self.words.clone();
        for (word, value) in &self.later {
            words = words.with(word, value.names(opening)?.before);
        }
        let address = self.address.names(opening)?.before;
        self.system.sink(&address, self.mode, &words)
    }

    fn open_sink(&self) -> Result<&dyn Export, ExportError> {
        let sink = self.sink.get().map(|sink| &**sink);
        sink.ok_or_else(|| ExportError::Other(format!("{:?} is not open", self.system)))
    }
}

#[async_trait]
impl Export for SystemFeed {
    async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
        let made = self.made(&opening)?;
        self.sink.get_or_init(|| made).open(opening).await
    }

    fn refuses(&self, record: &Record) -> Option<Violation> {
        self.sink.get()?.refuses(record)
    }

    async fn export(&self, batch: Vec<Record>) -> Result<(), ExportError> {
        self.open_sink()?.export(batch).await
    }

    async fn commit(&self, up_to: Sequence) -> Result<Position, ExportError> {
        self.open_sink()?.commit(up_to).await
    }

    fn ending(&self) {
        if let Some(sink) = self.sink.get() {
            sink.ending();
        }
    }

    async fn close(&self) -> Result<(), ExportError> {
        self.open_sink()?.close().await
    }

    async fn abandon(&self) {
        if let Some(sink) = self.sink.get() {
            sink.abandon().await;
        }
    }

    fn bytes(&self) -> u64 {
        self.sink.get().map_or(0, |sink| sink.bytes())
    }

    fn skipped(&self) -> u64 {
        self.sink.get().map_or(0, |sink| sink.skipped())
    }

    fn guarantee(&self) -> Guarantee {
        let sink = self.sink.get();
        sink.map_or(Guarantee::AtLeastOnce, |sink| sink.guarantee())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use huntsman_core::Timestamp;

    use super::*;

    /// Takes note of what its sinks are made of.
    #[derive(Default, Clone)]
    struct Noting(Arc<Mutex<Vec<String>>>);

    #[async_trait]
    impl Export for Noting {
        async fn open(&self, opening: Opening) -> Result<Sequence, ExportError> {
            Ok(opening.after())
        }

        async fn export(&self, _: Vec<Record>) -> Result<(), ExportError> {
            Ok(())
        }

        async fn close(&self) -> Result<(), ExportError> {
            Ok(())
        }
    }

    impl Connector for Noting {
        fn schemes(&self) -> &'static [&'static str] {
            &["note"]
        }

        fn words(&self) -> &'static [&'static str] {
            &["table", "password"]
        }

        fn sink(&self, to: &str, _: Mode, words: &Words) -> Result<Box<dyn Export>, ExportError> {
            let of = |word| words.get(word).unwrap_or("-").to_owned();
            let told = format!("{to} {} {}", of("table"), of("password"));
            self.0.lock().unwrap().push(told);
            Ok(Box::new(self.clone()))
        }
    }

    async fn told(address: &str, words: &[(&str, &str)]) -> Result<(usize, Vec<String>), String> {
        let noting = Noting::default();
        let system: Arc<dyn Connector> = Arc::new(noting.clone());
        let words = Words::new("note", words.iter().copied());
        let variables = [("tag", "life"), ("bad", "a?b")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let made = sink(&system, address, Mode::Append, &words, &variables.into());
        let made = made.map_err(|error| error.to_string())?;
        let before = noting.0.lock().unwrap().len();
        let opening = Opening::new(&[]).of("quotes", Timestamp(0));
        let opened = made.open(opening).await;
        opened.map_err(|error| error.to_string())?;
        made.close().await.map_err(|error| error.to_string())?;
        let notes = noting.0.lock().unwrap().clone();
        Ok((before, notes))
    }

    #[tokio::test]
    async fn variables_have_their_values_once_the_crawl_begins() {
        for (address, words, before, note) in [
            ("note://h/d", &[("table", "t")][..], 1, "note://h/d t -"),
            ("note:100%%(x)", &[], 1, "note:100%(x) - -"),
            (
                "note:%(spider)s-%(tag)s-%(time)s",
                &[],
                0,
                "note:quotes-life-1970-01-01T00-00-00 - -",
            ),
            (
                "note://h/d",
                &[("table", "of_%(tag)s"), ("password", "%(tag)s")],
                0,
                "note://h/d of_life %(tag)s",
            ),
        ] {
            let told = told(address, words).await.unwrap();
            assert_eq!(told, (before, vec![note.to_owned()]));
        }
    }

    #[tokio::test]
    async fn variables_that_have_no_sense_are_refused() {
        for (address, words, reason) in [
            ("note:%(tga)s", &[][..], "unknown variable `tga`"),
            ("note:d", &[("table", "%(tga)s")], "unknown variable `tga`"),
            (
                "note:%(batch)05d",
                &[],
                "has a %(batch), which is a number of files",
            ),
            ("note:%(bad)s", &[], "has %(bad)s, which is `a?b`"),
        ] {
            let error = told(address, words).await.unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
