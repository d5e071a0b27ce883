//! Why a broker does not take a client, or the client not the broker: certificates and logins.

use rdkafka::error::RDKafkaErrorCode;

use crate::probe::one_line;

/// What librdkafka puts before what a provider of tokens says.
const NO_TOKEN: &str = "Failed to acquire SASL OAUTHBEARER token: ";

/// With TLS 1.3 a broker refuses a certificate after the handshake, when it counts as a connection
/// that is lost.
const ALERT: [&str; 2] = ["SSL routines", " alert "];

/// How librdkafka tells that a broker hung up; where it has a guess at why, that is in there too.
const HUNG_UP: [&str; 3] = ["Broken pipe", "reset by peer", "Disconnected"];

/// What is wrong if it is a certificate or a login, which time does not heal.
pub(crate) fn refusal(code: RDKafkaErrorCode, reason: &str) -> Option<String> {
    let said = one_line(reason);
    match code {
        RDKafkaErrorCode::Authentication => Some(match said.strip_prefix(NO_TOKEN) {
            Some(said) => format!("there is no token for the login: {said}"),
            None => format!("the login is refused: {said}"),
        }),
        RDKafkaErrorCode::SSL => Some(format!("no secure connection to a broker: {said}")),
        _ if ALERT.iter().all(|part| said.contains(part)) => Some(format!(
            "no secure connection to a broker: it wants a certificate of the client \
             (ssl.certificate.location and ssl.key.location), or does not take this one: {said}"
        )),
        _ => None,
    }
}

/// Whether it is only that no token could be had: librdkafka asks for one every ten seconds, and the
/// last one may still be good.
pub(crate) fn is_of_token(code: RDKafkaErrorCode, reason: &str) -> bool {
    code == RDKafkaErrorCode::Authentication && reason.starts_with(NO_TOKEN)
}

/// What was said of brokers that cannot be reached, with what to look at.
pub(crate) fn unreachable(said: Option<&str>) -> String {
    let said = said.map_or_else(|| "no answer".to_owned(), one_line);
    // librdkafka does not always say so.
    let hung_up = said == "no answer" || HUNG_UP.iter().any(|part| said.contains(part));
    match hung_up && !said.contains("security.protocol") {
        true => format!(
            "{said}: a broker hangs up on who does not speak its security.protocol (ssl, \
             sasl_ssl …); with OAUTHBEARER, see whether the token endpoint answers"
        ),
        false => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_no_connection_that_was_lost() {
        let lost = RDKafkaErrorCode::BrokerTransportFailure;
        let alert = "Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL \
                     alert number 42";
        assert!(refusal(lost, alert).is_some_and(|text| text.contains("wants a certificate")));
        // So it is told when a broker is killed.
        let killed = "Receive failed: error:0A000126:SSL routines::unexpected eof while reading";
        assert_eq!(refusal(lost, killed), None);
    }

    #[test]
    fn who_is_hung_up_on_is_told_what_to_look_at() {
        for said in [
            None,
            Some("127.0.0.1:9/1: Send failed: Broken pipe (after 0ms in state UP)"),
        ] {
            assert!(unreachable(said).contains("security.protocol"), "{said:?}");
        }
        let refused = "Connect to ipv4#127.0.0.1:9 failed: Connection refused";
        assert_eq!(unreachable(Some(refused)), refused);
    }
}
