//! What an address says: brokers, topic, and properties of librdkafka.

use std::fmt;

use huntsman_core::ExportError;
use percent_encoding::percent_decode_str;

/// The port of a broker whose address has none.
const PORT: &str = "9092";

/// `kafka://host:port,host/topic?linger.ms=5`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// As `bootstrap.servers` has them.
    pub(crate) servers: String,
    pub(crate) topic: String,
    /// The words of the query, decoded.
    pub(crate) words: Vec<(String, String)>,
}

impl fmt::Debug for Address {
    /// Without the words: a password may be among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())
    }
}

impl Address {
    pub(crate) fn read(address: &str) -> Result<Self, ExportError> {
        let Some((_, rest)) = address.split_once("://") else {
            // What stands before an @ could be a password.
            let shown = address.rsplit('@').next().unwrap_or_default();
            let shown = shown.split('?').next().unwrap_or_default().escape_debug();
            return Err(ExportError::Place(format!(
                "`{shown}` is no address of a topic: write kafka://host:9092/topic"
            )));
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let refused = |shown: &str, reason: &str| {
            let shown = format!("kafka://{shown}").escape_debug().to_string();
            ExportError::Place(format!("`{shown}` {reason}"))
        };
        // A password may have any character, `/` and `?` too: what stands before the `@` is not shown.
        let is_login = path.contains('@') || !path.contains('/') && rest.contains('@');
        if let Some((_, behind)) = rest.rsplit_once('@').filter(|_| is_login) {
            return Err(refused(
                behind.split('?').next().unwrap_or_default(),
                "has a login before its host: say sasl.username= and sasl.password=${NAME}",
            ));
        }
        let refused = |reason: &str| refused(path, reason);
        let (hosts, topic) = path.split_once('/').unwrap_or((path, ""));
        let servers: Vec<_> = hosts
            .split(',')
            .map(str::trim)
            .filter(|host| !host.is_empty())
            .collect();
        if servers.is_empty() {
            return Err(refused("names no broker: write kafka://host:9092/topic"));
        }
        let topic = decoded(topic);
        check_topic(&topic).map_err(|reason| refused(&reason))?;
        let servers: Result<Vec<_>, _> = servers.into_iter().map(with_port).collect();
        let servers = servers.map_err(|reason| refused(&reason))?;
        let words = query.split('&').filter(|pair| !pair.is_empty());
        let words = words.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Ok(Self {
            servers: servers.join(","),
            topic,
            words: words
                .map(|(word, value)| (decoded(word), decoded(value)))
                .collect(),
        })
    }

    /// What messages call it.
    pub(crate) fn place(&self) -> String {
        format!("kafka://{}/{}", self.servers, self.topic)
    }
}

/// A broker with its port; the reason if that is none.
fn with_port(server: &str) -> Result<String, String> {
    let is_name = !server.contains(':') || server.starts_with('[') && server.ends_with(']');
    if is_name {
        return Ok(format!("{server}:{PORT}"));
    }
    let (host, port) = server.rsplit_once(':').unwrap_or_default();
    if host.contains(':') && !host.starts_with('[') {
        return Err(format!(
            "has the broker {server}: an address of IPv6 stands in brackets, [::1]:{PORT}"
        ));
    }
    match port.parse::<u16>() {
        Ok(1..) => Ok(server.to_owned()),
        _ => Err(format!(
            "has the port {port:?}: it is a number from 1 to 65535"
        )),
    }
}

/// What Kafka takes as the name of a topic.
pub(crate) fn check_topic(topic: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if topic.is_empty() {
        return Err("names no topic: write kafka://host:9092/topic".to_owned());
    }
    if topic.len() > 249 || matches!(topic, "." | "..") || !topic.chars().all(fits) {
        return Err(format!(
            "has the topic {topic:?}: at most 249 letters, digits, `.`, `_` and `-`"
        ));
    }
    Ok(())
}

/// The text with `%26` as `&`, and so on; what is no such code stays.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brokers_have_a_port() {
        let read = Address::read("kafka://a,b:1,[::1]:2,[::2]/quotes.v1?ssl.ca.location=%2Fca%26b")
            .unwrap();
        assert_eq!(read.servers, "a:9092,b:1,[::1]:2,[::2]:9092");
        assert_eq!(read.topic, "quotes.v1");
        assert_eq!(
            read.words,
            [("ssl.ca.location".to_owned(), "/ca&b".to_owned())]
        );
    }

    #[test]
    fn what_is_no_address_is_said() {
        for (address, part) in [
            ("quotes", "`quotes` is no address of a topic"),
            ("me:secret@h/t?a=secret", "`h/t` is no address of a topic"),
            ("kafka://", "names no broker"),
            ("kafka:///t", "names no broker"),
            ("kafka://h", "names no topic"),
            ("kafka://h/", "names no topic"),
            ("kafka://h/a/b", "has the topic \"a/b\""),
            ("kafka://h/ä", "at most 249 letters"),
            ("kafka://h:foo/t", "has the port \"foo\": it is a number"),
            ("kafka://a,h:65536/t", "has the port \"65536\""),
            ("kafka://h:/t", "has the port \"\""),
            ("kafka://::1/t", "stands in brackets"),
            ("kafka://me:secret@h/t", "`kafka://h/t` has a login"),
            ("kafka://me:secret/1@h/t", "`kafka://h/t` has a login"),
            ("kafka://me:secret?1@h/t?a=b", "`kafka://h/t` has a login"),
        ] {
            let error = Address::read(address).unwrap_err().to_string();
            assert!(
                error.contains(part) && !error.contains("secret"),
                "{address}: {error}"
            );
        }
    }
}
