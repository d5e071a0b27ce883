//! Integers as the specification writes them: zig-zag, then groups of seven bits, the low ones first.

/// Appends a `long`, or an `int`, which is written the same.
#[inline]
pub(crate) fn write(value: i64, out: &mut Vec<u8>) {
    let rest = zigzag(value);
    if rest < 0x80 {
        out.push(low(rest));
    } else {
        write_long(rest, out);
    }
}

fn write_long(mut rest: u64, out: &mut Vec<u8>) {
    let (mut bytes, mut count) = ([0; 10], 0);
    while rest >= 0x80 {
        bytes[count] = low(rest) | 0x80;
        rest >>= 7;
        count += 1;
    }
    bytes[count] = low(rest);
    // As many bytes each time are copied without a call.
    let start = out.len();
    out.extend_from_slice(&bytes);
    out.truncate(start + count + 1);
}

/// Appends a count or a length.
#[inline]
pub(crate) fn write_length(length: usize, out: &mut Vec<u8>) {
    write(i64::try_from(length).expect("memory has fewer bytes"), out);
}

/// Puts a count or a length before what was written from `at` on.
pub(crate) fn insert_length(at: usize, length: usize, out: &mut Vec<u8>) {
    let end = out.len();
    write_length(length, out);
    let head = out.len() - end;
    out[at..].rotate_right(head);
}

#[expect(clippy::cast_sign_loss, reason = "the bits are meant")]
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are meant")]
fn low(rest: u64) -> u8 {
    rest as u8 & 0x7f
}

/// The inverse of what [`write`] does before it makes groups.
#[expect(clippy::cast_possible_wrap, reason = "the bits are meant")]
pub(crate) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
