//! Reading WARC files, record by record, and past what is damaged.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

use flate2::bufread::GzDecoder;

use crate::counted::Counted;
use crate::error::WarcError;
use crate::header::Header;

type Source<R> = Counted<BufReader<R>>;

const GZIP: [u8; 3] = [0x1f, 0x8b, 0x08];
/// How much of a file is read at once.
const BUFFER: usize = 64 * 1024;

/// Where a record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The byte of the file at which it begins, or the gzip member that it is in.
    pub offset: u64,
    /// The byte within what that member holds; 0 where each record has its own.
    pub inner: u64,
}

/// Something in a file that could not be read.
#[derive(Debug)]
pub struct Damage {
    /// The byte of the file at which the record begins.
    pub offset: u64,
    /// What is wrong.
    pub reason: io::Error,
}

/// Reads the records of one WARC file, of any version, plain or in gzip members.
///
/// ```
/// use std::io::Cursor;
/// use huntsman_warc::Reader;
///
/// let file = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n";
/// let mut reader = Reader::new(Cursor::new(file)).unwrap();
/// let mut seen = Vec::new();
/// while let Some((_, length)) = reader
///     .next(|header, block| {
///         seen.push(header.kind());
///         std::io::copy(block, &mut std::io::sink())
///     })
///     .unwrap()
/// {
///     assert_eq!(length, 5);
/// }
/// assert_eq!(seen, ["resource"]);
/// ```
#[derive(Debug)]
pub struct Reader<R: Read> {
    stream: Stream<R>,
    compressed: bool,
    /// Where the record that is being read begins.
    place: Place,
    /// What stands behind the last record that was read.
    behind: Vec<u8>,
}

#[derive(Debug)]
enum Stream<R: Read> {
    Plain(Source<R>),
    Member(Box<Counted<BufReader<GzDecoder<Source<R>>>>>),
    /// Only while one of the others is taken apart.
    Taken,
}

impl Reader<File> {
    /// Reads this file.
    ///
    /// # Errors
    /// It cannot be read, or begins like no WARC file.
    pub fn open(path: &Path) -> Result<Self, WarcError> {
        let file = File::open(path).map_err(WarcError::file(path))?;
        Self::new(file).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => WarcError::Foreign {
                path: path.to_owned(),
                reason: error.to_string(),
            },
            _ => WarcError::file(path)(error),
        })
    }
}

impl<R: Read + Seek> Reader<R> {
    /// Reads from the beginning of `input`.
    ///
    /// # Errors
    /// It cannot be read, or begins like no WARC file ([`io::ErrorKind::InvalidData`]).
    pub fn new(input: R) -> io::Result<Self> {
        let mut source = Counted::new(BufReader::with_capacity(BUFFER, input));
        let start = source.fill_buf()?;
        let compressed = start.starts_with(&GZIP[..start.len().min(3)]) && !start.is_empty();
        if !compressed && !begins(start) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, what(start)));
        }
        Ok(Self {
            stream: Stream::Plain(source),
            compressed,
            place: Place::default(),
            behind: Vec::new(),
        })
    }

    /// Reads the next record: `visit` gets its header and its block, and need not read it all. What
    /// it returned comes back, with the record's place, once the record turned out whole; none at
    /// the end of the file.
    ///
    /// # Errors
    /// The record is damaged. [`Reader::pass_over`] goes on behind it.
    pub fn next<T>(
        &mut self,
        visit: impl FnOnce(&Header, &mut dyn BufRead) -> io::Result<T>,
    ) -> Result<Option<(Place, T)>, Damage> {
        self.try_next(visit).map_err(|reason| Damage {
            offset: self.place.offset,
            reason,
        })
    }

    /// Where the records that were read end: the byte of the file behind the last of them.
    #[must_use]
    pub fn end(&self) -> u64 {
        match &self.stream {
            Stream::Plain(source) => source.at(),
            // A member is not read to its end yet.
            Stream::Member(_) | Stream::Taken => self.place.offset,
        }
    }

    /// Whether the line ends behind the last record were cut off, so that another one must not follow.
    pub(crate) fn ends_early(&self) -> bool {
        self.behind.len() < 4 && b"\r\n\r\n".starts_with(&self.behind)
    }

    /// Looks for the next record behind a damaged one. Whether there is one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn pass_over(&mut self) -> io::Result<bool> {
        let mut source = self.source();
        let mut at = self.place.offset + 1;
        loop {
            source.seek_to(at)?;
            let Some(found) = find(&mut source, self.compressed)? else {
                self.stream = Stream::Plain(source);
                return Ok(false);
            };
            at = found + 1;
            source.seek_to(found)?;
            if !self.compressed || holds_record(&mut source) {
                source.seek_to(found)?;
                self.stream = Stream::Plain(source);
                return Ok(true);
            }
        }
    }

    /// Reads the record at a place.
    ///
    /// # Errors
    /// There is none, or what `visit` says.
    pub fn at<T>(
        &mut self,
        place: Place,
        visit: impl FnOnce(&Header, &mut dyn BufRead) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut source = self.source();
        source.seek_to(place.offset)?;
        self.stream = Stream::Plain(source);
        let mut input = self.input()?;
        io::copy(&mut (&mut input).take(place.inner), &mut io::sink())?;
        let header = Header::read(&mut input)?
            .ok_or_else(|| io::Error::other("the record is not there any more"))?;
        let mut block = input.take(header.length()?);
        visit(&header, &mut block)
    }

    fn try_next<T>(
        &mut self,
        visit: impl FnOnce(&Header, &mut dyn BufRead) -> io::Result<T>,
    ) -> io::Result<Option<(Place, T)>> {
        if let Stream::Plain(source) = &mut self.stream {
            self.place = Place {
                offset: source.at(),
                inner: 0,
            };
            if source.fill_buf()?.is_empty() {
                return Ok(None);
            }
        } else if let Stream::Member(member) = &self.stream {
            self.place.inner = member.at();
        }
        let mut input = self.input()?;
        let Some(header) = Header::read(&mut input)? else {
            return Err(io::Error::other("no record begins here"));
        };
        let mut block = (&mut input).take(header.length()?);
        let visited = visit(&header, &mut block)?;
        io::copy(&mut block, &mut io::sink())?;
        if block.limit() > 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the record is cut off",
            ));
        }
        let behind = line_ends(&mut input)?;
        self.behind = behind;
        let place = self.place;
        self.leave_member()?;
        Ok(Some((place, visited)))
    }

    /// What records are read from, at the present place; opens a member where none is open.
    fn input(&mut self) -> io::Result<&mut dyn BufRead> {
        if self.compressed && matches!(self.stream, Stream::Plain(_)) {
            let source = self.source();
            self.stream = Stream::Member(Box::new(member(source)));
        }
        match &mut self.stream {
            Stream::Plain(source) => Ok(source),
            Stream::Member(member) => Ok(member),
            Stream::Taken => Err(io::Error::other("the file is not open")),
        }
    }

    /// Closes a member of which everything was read; its checksum was then compared.
    fn leave_member(&mut self) -> io::Result<()> {
        if let Stream::Member(member) = &mut self.stream
            && member.fill_buf()?.is_empty()
        {
            let source = self.source();
            self.stream = Stream::Plain(source);
        }
        Ok(())
    }

    /// The file itself, wherever it stands.
    fn source(&mut self) -> Source<R> {
        match std::mem::replace(&mut self.stream, Stream::Taken) {
            Stream::Plain(source) => source,
            Stream::Member(member) => member.into_inner().into_inner().into_inner(),
            Stream::Taken => unreachable!("invariant: the stream is put back by whoever took it"),
        }
    }
}

fn member<R: Read>(source: Source<R>) -> Counted<BufReader<GzDecoder<Source<R>>>> {
    Counted::new(BufReader::with_capacity(BUFFER, GzDecoder::new(source)))
}

fn begins(start: &[u8]) -> bool {
    start.is_empty() || start.starts_with(&b"WARC/"[..start.len().min(5)])
}

/// What a file is that is no WARC.
fn what(start: &[u8]) -> &'static str {
    match start {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "it is compressed by Zstandard; unpack it first",
        [b'P', b'K', ..] => "it is a zip file; unpack it first",
        start if start.starts_with(b"filedesc:") => {
            "it is an ARC file, the older format; convert it first, by `warcio recompress`"
        }
        _ => "it begins neither with WARC/ nor as gzip does",
    }
}

/// Passes over the line ends behind a record: two, or as many as there are. The first of them.
fn line_ends(input: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut first = Vec::with_capacity(4);
    while let Some(&byte @ (b'\r' | b'\n')) = input.fill_buf()?.first() {
        input.consume(1);
        if first.len() < 4 {
            first.push(byte);
        }
    }
    Ok(first)
}

/// Where, from the present place on, a record or a member may begin.
fn find<R: Read>(source: &mut Source<R>, compressed: bool) -> io::Result<Option<u64>> {
    let wanted: &[u8] = if compressed { &GZIP } else { b"WARC/" };
    let mut matched = 0;
    let mut before = None;
    loop {
        let Some(&byte) = source.fill_buf()?.first() else {
            return Ok(None);
        };
        source.consume(1);
        // None of the two words begins again within itself, so that a mismatch can only be a start.
        if byte == wanted[matched] && (matched > 0 || compressed || before == Some(b'\n')) {
            matched += 1;
        } else {
            matched = usize::from(byte == wanted[0] && compressed);
        }
        before = Some(byte);
        if matched == wanted.len() {
            return Ok(Some(source.at() - wanted.len() as u64));
        }
    }
}

/// Whether the member here holds a record, as far as its first bytes tell.
fn holds_record<R: Read>(source: &mut Source<R>) -> bool {
    let mut start = [0; 5];
    GzDecoder::new(source).read_exact(&mut start).is_ok() && &start == b"WARC/"
}
