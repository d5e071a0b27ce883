//! Requests as a server of a test reads them, which answers by hand.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Reads one request of HTTP/1.1: its head, and a body as long as `Content-Length` says. Shorter if the
/// client hangs up.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let mut sent = &b"POST /token HTTP/1.1\r\nContent-Length: 4\r\n\r\na=b&"[..];
/// let request = huntsman_testkit::http::request(&mut sent).await?;
/// assert!(request.starts_with("POST /token ") && request.ends_with("\r\n\r\na=b&"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The connection breaks.
pub async fn request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= length(head)
        {
            return Ok(text);
        }
        match stream.read(&mut chunk).await? {
            0 => return Ok(text),
            got => read.extend_from_slice(&chunk[..got]),
        }
    }
}

fn length(head: &str) -> usize {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let found = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    found
        .and_then(|(_, length)| length.parse().ok())
        .unwrap_or(0)
}
