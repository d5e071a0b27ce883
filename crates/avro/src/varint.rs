//! Integers as the specification writes them: zig-zag, then groups of seven bits, the low ones first.

/// Appends a `long`, or an `int`, which is written the same.
#[inline]
pub(crate) fn write(value: i64, out: &mut Vec<u8>) {
    let rest = zigzag(value);
    if rest < 0x80 {
        out.push(low(rest));
    } else if rest < 0x4000 {
        out.extend_from_slice(&[low(rest) | 0x80, low(rest >> 7)]);
    } else {
        write_long(rest, out);
    }
}

/// Groups of seven bits are moved apart all at once, if they fit into eight bytes.
fn write_long(rest: u64, out: &mut Vec<u8>) {
    if rest >= 1 << 56 {
        return write_longest(rest, out);
    }
    let halves = (rest & 0x0fff_ffff) | (rest & 0x00ff_ffff_f000_0000) << 4;
    let pairs = (halves & 0x0000_3fff_0000_3fff) | (halves & 0x0fff_c000_0fff_c000) << 2;
    let groups = (pairs & 0x007f_007f_007f_007f) | (pairs & 0x3f80_3f80_3f80_3f80) << 1;
    let count = (64 - rest.leading_zeros()).div_ceil(7) as usize;
    let more = 0x8080_8080_8080_8080 & !(u64::MAX << (8 * (count - 1)));
    // As many bytes each time are copied without a call.
    let start = out.len();
    out.extend_from_slice(&(groups | more).to_le_bytes());
    out.truncate(start + count);
}

fn write_longest(mut rest: u64, out: &mut Vec<u8>) {
    let (mut bytes, mut count) = ([0; 10], 0);
    while rest >= 0x80 {
        bytes[count] = low(rest) | 0x80;
        rest >>= 7;
        count += 1;
    }
    bytes[count] = low(rest);
    out.extend_from_slice(&bytes[..=count]);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As the specification has it.
    fn plain(value: i64) -> Vec<u8> {
        let (mut rest, mut bytes) = (zigzag(value), Vec::new());
        while rest >= 0x80 {
            bytes.push(low(rest) | 0x80);
            rest >>= 7;
        }
        bytes.push(low(rest));
        bytes
    }

    #[test]
    fn every_length_is_written_group_by_group() {
        for bits in 0..64 {
            let power = 1_i64 << bits.min(62);
            for value in [
                power - 1,
                power,
                power + 1,
                -power,
                -power - 1,
                power / 3 * 2,
            ] {
                let mut out = vec![7];
                write(value, &mut out);
                assert_eq!(out[1..], plain(value), "{value}");
            }
        }
        for value in [i64::MIN, i64::MAX] {
            let mut out = Vec::new();
            write(value, &mut out);
            assert_eq!(out, plain(value));
        }
    }
}
