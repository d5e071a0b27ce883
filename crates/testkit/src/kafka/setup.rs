//! What a broker has beside its plain listener.

/// A listener of its own port.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'a> {
    /// In capitals, as Kafka has them: `LOGIN`. Its properties begin with `listener.name.login.`
    pub name: &'a str,
    /// What it speaks: `SSL`, `SASL_SSL` or `SASL_PLAINTEXT`.
    pub protocol: &'a str,
}

/// How a broker is set up; the default is a plain one.
///
/// ```
/// use huntsman_testkit::kafka::{Listener, Setup};
///
/// let setup = Setup {
///     listeners: &[Listener { name: "LOGIN", protocol: "SASL_PLAINTEXT" }],
///     users: &["SCRAM-SHA-512=[name=alice,password=opensesame]"],
///     properties: &[
///         ("listener.name.login.sasl.enabled.mechanisms", "SCRAM-SHA-512"),
///         (
///             "listener.name.login.scram-sha-512.sasl.jaas.config",
///             "org.apache.kafka.common.security.scram.ScramLoginModule required;",
///         ),
///     ],
///     ..Setup::default()
/// };
/// assert_eq!(setup.listeners.len(), 1);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Setup<'a> {
    /// Properties beside its own, or instead of them. A value may have several lines, as PEM has.
    pub properties: &'a [(&'a str, &'a str)],
    /// Listeners beside the plain one, each at a free port of loopback.
    pub listeners: &'a [Listener<'a>],
    /// Users of SCRAM, as `StorageTool format --add-scram` has them.
    pub users: &'a [&'a str],
    /// The keys (JWKS) of who signs tokens. The broker has them from a file of its own, which is its
    /// `sasl.oauthbearer.jwks.endpoint.url`.
    pub jwks: Option<&'a str>,
}

impl Setup<'_> {
    /// The lines of `server.properties`, with these ports.
    pub(super) fn text(
        &self,
        plain: u16,
        controller: u16,
        ports: impl Iterator<Item = u16>,
    ) -> String {
        let mut text = String::new();
        if !self.listeners.is_empty() {
            let mut at = vec![format!("PLAINTEXT://127.0.0.1:{plain}")];
            let mut spoken = vec!["PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT".to_owned()];
            for (Listener { name, protocol }, port) in self.listeners.iter().zip(ports) {
                at.push(format!("{name}://127.0.0.1:{port}"));
                spoken.push(format!("{name}:{protocol}"));
            }
            let (at, spoken) = (at.join(","), spoken.join(","));
            text += &format!("listeners={at},CONTROLLER://127.0.0.1:{controller}\n");
            text += &format!("advertised.listeners={at}\n");
            text += &format!("listener.security.protocol.map={spoken}\n");
        }
        for (name, value) in self.properties {
            text += &format!("{name}={}\n", value.replace('\n', "\\n"));
        }
        text
    }
}
