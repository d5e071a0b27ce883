//! The transport against servers on the loopback interface that send what they like.

#[cfg(test)]
mod body;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod encoding;
#[cfg(test)]
mod failure;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod request;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod wire;
