//! How the database writes its pages: redb's `docs/design.md`, file format 3.

use std::ops::Range;

/// Bytes of a page of order 0; a page of order n has 2ⁿ times as many.
pub(super) const PAGE: u64 = 4096;
/// Bytes of a region: 2²⁰ pages, without a header.
pub(super) const REGION: u64 = PAGE << 20;
/// The header with its two commit slots takes the first page.
pub(super) const DATA: u64 = PAGE;
pub(super) const SLOTS: [usize; 2] = [64, 192];
pub(super) const SLOT: usize = 128;
pub(super) const STATE_BYTE: usize = 9;
/// Set while the file is open, and left set by a crash.
pub(super) const UNCLEAN: u8 = 2;
pub(super) const LEAF: u8 = 1;
pub(super) const BRANCH: u8 = 2;
/// More levels than any tree has.
pub(super) const DEEPEST: usize = 64;

/// The root of a tree: its page, that page's checksum, and the rows below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Root {
    pub(super) page: u64,
    pub(super) sum: u128,
    pub(super) rows: u64,
}

/// A table: where it begins, and how wide its keys and values are if all are the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tree {
    pub(super) root: Option<Root>,
    pub(super) rows: u64,
    pub(super) key: Option<usize>,
    pub(super) value: Option<usize>,
}

pub(super) enum Node {
    Leaf(Vec<(Range<usize>, Range<usize>)>),
    Branch(Vec<Child>),
}

pub(super) struct Child {
    pub(super) page: u64,
    pub(super) sum: u128,
    /// The greatest key below it; none for the last.
    pub(super) key: Option<Range<usize>>,
}

/// Where in the file a page is, and how long.
pub(super) fn place(page: u64) -> (u64, u64) {
    let order = page >> 59;
    let index = page & (0xF_FFFF >> order);
    let region = (page >> 20) & 0xF_FFFF;
    let length = PAGE << order;
    (DATA + region * REGION + index * length, length)
}

/// Where keys and values of a leaf are; none if it is no leaf of such widths.
pub(super) fn rows(
    page: &[u8],
    key: Option<usize>,
    value: Option<usize>,
) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let count = usize::from(u16_at(page, 2)?);
    let mut ends = 4;
    let key_ends = ends;
    ends += if key.is_none() { 4 * count } else { 0 };
    let value_ends = ends;
    ends += if value.is_none() { 4 * count } else { 0 };
    let end = |width: Option<usize>, begin: usize, table: usize, n: usize| match width {
        Some(width) => begin.checked_add(width.checked_mul(n + 1)?),
        None => u32_at(page, table + 4 * n),
    };
    let keys = ranges(page, ends, count, |n| end(key, ends, key_ends, n))?;
    let begin = keys.last()?.end;
    let values = ranges(page, begin, count, |n| end(value, begin, value_ends, n))?;
    Some(keys.into_iter().zip(values).collect())
}

/// Ranges that follow each other, as long as they lie within the page.
pub(super) fn ranges(
    page: &[u8],
    mut begin: usize,
    count: usize,
    end: impl Fn(usize) -> Option<usize>,
) -> Option<Vec<Range<usize>>> {
    let mut ranges = Vec::with_capacity(count);
    for n in 0..count {
        let end = end(n)?;
        if end < begin || end > page.len() {
            return None;
        }
        ranges.push(begin..end);
        begin = end;
    }
    Some(ranges)
}

/// The children of a branch, and where its content ends.
pub(super) fn children(page: &[u8], key: Option<usize>) -> Option<(Vec<Child>, usize)> {
    let keys = usize::from(u16_at(page, 2)?);
    let count = keys + 1;
    let (sums, pages) = (8, 8 + 16 * count);
    let ends = pages + 8 * count;
    let begin = if key.is_none() { ends + 4 * keys } else { ends };
    let ranges = ranges(page, begin, keys, |n| match key {
        Some(width) => begin.checked_add(width.checked_mul(n + 1)?),
        None => u32_at(page, ends + 4 * n),
    })?;
    let end = ranges.last()?.end;
    let child = |n: usize| {
        Some(Child {
            page: u64_at(page, pages + 8 * n)?,
            sum: number(page.get(sums + 16 * n..sums + 16 * n + 16)?)?,
            key: ranges.get(n).cloned(),
        })
    };
    let children = (0..count).map(child).collect::<Option<_>>()?;
    Some((children, end))
}

pub(super) fn of_tables(root: Root) -> Tree {
    Tree {
        root: Some(root),
        rows: root.rows,
        key: None,
        value: None,
    }
}

/// A table's row in the table of tables.
pub(super) fn tree(row: &[u8]) -> Option<Tree> {
    const PLAIN: u8 = 3;
    if *row.first()? != PLAIN {
        return None;
    }
    let width = |at: usize| match row.get(at)? {
        0 => Some(None),
        1 => u32_at(row, at + 1).map(Some),
        _ => None,
    };
    Some(Tree {
        rows: u64_at(row, 1)?,
        root: match row.get(9)? {
            0 => None,
            _ => Some(root(row.get(10..42)?)?),
        },
        key: width(42)?,
        value: width(47)?,
    })
}

pub(super) fn root(bytes: &[u8]) -> Option<Root> {
    Some(Root {
        page: u64_at(bytes, 0)?,
        sum: number(bytes.get(8..24)?)?,
        rows: u64_at(bytes, 24)?,
    })
}

pub(super) fn checksum(bytes: &[u8]) -> u128 {
    twox_hash::XxHash3_128::oneshot(bytes)
}

pub(super) fn number(bytes: &[u8]) -> Option<u128> {
    bytes.try_into().ok().map(u128::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}
