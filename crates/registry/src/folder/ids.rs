//! `ids.txt`: a line for each id, with its schema's GUID. Lines of two branches that took one id meet
//! in a conflict, which is right: one of them must take another.

use std::collections::{BTreeMap, HashSet};

use super::contents::Contents;

/// What a line says of an id.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) guid: String,
    /// Its schema was deleted for good.
    pub(super) gone: bool,
}

/// Reads the lines; the reason if one is wrong.
pub(super) fn read(text: &str) -> Result<BTreeMap<u32, Line>, String> {
    let mut ids = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        let (id, guid, gone) = (words.next(), words.next(), words.next());
        let Some(id) = id else {
            continue;
        };
        let id = id.parse::<u32>().ok().filter(|id| *id > 0);
        let (Some(id), Some(guid), None | Some("gone")) = (id, guid, gone) else {
            return Err(format!(
                "line {}: it is `ID GUID`, with `gone` behind it where the schema was deleted",
                index + 1
            ));
        };
        let line = Line {
            guid: guid.to_ascii_lowercase(),
            gone: gone.is_some(),
        };
        if ids.insert(id, line).is_some() {
            return Err(format!(
                "line {}: the id {id} is there twice; whoever has it since yesterday takes the next \
                 free one",
                index + 1
            ));
        }
    }
    Ok(ids)
}

/// The GUIDs of schemas that are there.
pub(super) fn held(contents: &Contents) -> HashSet<&str> {
    let all = contents.all();
    all.map(|(_, _, kept)| kept.guid.as_str()).collect()
}

/// A line for each id; schemas that are not among `held` are gone.
pub(super) fn lines(contents: &Contents, held: &HashSet<&str>) -> BTreeMap<u32, Line> {
    let line = |guid: &String| Line {
        guid: guid.clone(),
        gone: !held.contains(guid.as_str()),
    };
    let ids = contents.ids.iter();
    ids.map(|(id, guid)| (*id, line(guid))).collect()
}

/// The text of lines; none where there is no id.
pub(super) fn told(lines: &BTreeMap<u32, Line>) -> Option<String> {
    let line = |(id, line): (&u32, &Line)| match line.gone {
        false => format!("{id} {}\n", line.guid),
        true => format!("{id} {} gone\n", line.guid),
    };
    let text: String = lines.iter().map(line).collect();
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_wrong_are_named() {
        for (text, part) in [
            ("1 a\n1 b\n", "line 2: the id 1 is there twice"),
            ("x a\n", "line 1: it is `ID GUID`"),
            ("0 a\n", "line 1"),
            ("1\n", "line 1"),
            ("<<<<<<< HEAD\n", "line 1"),
            ("1 a lost\n", "line 1"),
        ] {
            let error = read(text).err().unwrap();
            assert!(error.contains(part), "{text}: {error}");
        }
        let read = read("2 B gone\n\n1 a\n").unwrap();
        assert_eq!((read[&1].gone, read[&2].gone), (false, true));
        assert_eq!(read[&2].guid, "b");
    }
}
