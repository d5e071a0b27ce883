//! The practice sites over real loopback connections.

#[cfg(test)]
mod books;
#[cfg(test)]
mod client;
#[cfg(test)]
mod faulty;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod quotes;
#[cfg(test)]
mod server;
#[cfg(test)]
mod session;
#[cfg(test)]
mod walk;
