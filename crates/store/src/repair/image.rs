//! The file of the database, read page by page, whatever is wrong with the others.
//!
//! The database itself gives up at the first page that is damaged. Every page's checksum stands in
//! the page above it: so what is sound can be told from what is not, and the rest of a tree can be
//! read around a hole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;

use super::format::{
    BRANCH, DATA, DEEPEST, LEAF, Node, PAGE, Root, SLOT, SLOTS, STATE_BYTE, Tree, UNCLEAN,
    checksum, children, number, of_tables, place, root, rows, tree, u64_at,
};
use crate::error::StoreError;

/// A page that is not what was written, and with it all keys between two others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hole {
    /// Where in the file.
    pub(super) at: u64,
    /// Keys up to this one are elsewhere.
    pub(super) after: Option<Vec<u8>>,
    /// And those behind this one.
    pub(super) up_to: Option<Vec<u8>>,
}

/// What is called for each row: its key and its value.
pub(super) type Visit<'v> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'v;

/// What is called for each leaf: its keys and values.
pub(super) type VisitLeaf<'v> = dyn FnMut(Vec<(&[u8], &[u8])>) + 'v;

/// A database's file.
#[derive(Debug)]
pub(super) struct Image {
    file: File,
    length: u64,
    header: Vec<u8>,
}

impl Image {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let wrong = StoreError::file(path);
        let opened = || -> std::io::Result<Self> {
            let mut file = File::open(path)?;
            let length = file.metadata()?.len();
            let mut header = Vec::new();
            file.by_ref().take(PAGE).read_to_end(&mut header)?;
            header.resize(DATA as usize, 0);
            Ok(Self {
                file,
                length,
                header,
            })
        };
        opened().map_err(wrong)
    }

    /// Whether whoever had it open last closed it.
    pub(super) fn is_clean(&self) -> bool {
        self.header[STATE_BYTE] & UNCLEAN == 0
    }

    /// The table of tables of each of the last two commits whose slot is sound, the later first.
    pub(super) fn commits(&self) -> Vec<Tree> {
        let mut found = Vec::new();
        for at in SLOTS {
            let slot = &self.header[at..at + SLOT];
            let (content, sum) = slot.split_at(SLOT - 16);
            if number(sum) == Some(checksum(content)) && slot[1] != 0 {
                let id = u64_at(slot, 104).unwrap_or_default();
                found.extend(root(&slot[8..40]).map(|root| (id, of_tables(root))));
            }
        }
        found.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        found.into_iter().map(|(_, tree)| tree).collect()
    }

    /// Every page of the file that may be the table of tables of some commit: when no slot is
    /// sound.
    pub(super) fn candidates(&mut self) -> Result<Vec<Tree>, StoreError> {
        let mut found = Vec::new();
        for index in 0..(self.length.saturating_sub(DATA) / PAGE) {
            let page = self.leaf_at(index)?;
            let rows = page.as_ref().and_then(|page| rows(page, None, None));
            let (Some(page), Some(rows)) = (&page, rows) else {
                continue;
            };
            let table = |(_, value): &(Range<usize>, Range<usize>)| tree(&page[value.clone()]);
            if rows.iter().all(|row| table(row).is_some()) {
                let end = rows.last().map_or(0, |(_, value)| value.end);
                found.push(of_tables(Root {
                    page: index,
                    sum: checksum(&page[..end]),
                    rows: rows.len() as u64,
                }));
            }
        }
        Ok(found)
    }

    /// A page of order 0, if it looks like a leaf.
    fn leaf_at(&mut self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let page = self.bytes(DATA + index * PAGE, PAGE)?;
        Ok(page.filter(|page| page[0] == LEAF))
    }

    /// Rows of leaves anywhere in the file, of trees whose keys and values have no fixed width:
    /// of this commit, of earlier ones, or of none.
    pub(super) fn leaves(&mut self, visit: &mut VisitLeaf<'_>) -> Result<(), StoreError> {
        for index in 0..(self.length.saturating_sub(DATA) / PAGE) {
            let Some(page) = self.leaf_at(index)? else {
                continue;
            };
            if let Some(rows) = rows(&page, None, None) {
                visit(
                    rows.into_iter()
                        .map(|(key, value)| (&page[key], &page[value]))
                        .collect(),
                );
            }
        }
        Ok(())
    }

    /// The tables by name, and what of them cannot be found.
    pub(super) fn tables(
        &mut self,
        commit: &Tree,
    ) -> Result<(BTreeMap<String, Tree>, Vec<Hole>), StoreError> {
        let mut tables = BTreeMap::new();
        let holes = self.walk(commit, &mut |name, row| {
            let name = String::from_utf8_lossy(name).into_owned();
            tables.extend(tree(row).map(|tree| (name, tree)));
            Ok(())
        })?;
        Ok((tables, holes))
    }

    /// Visits all rows of a tree that are sound, in order; what is not is returned.
    pub(super) fn walk(
        &mut self,
        tree: &Tree,
        visit: &mut Visit<'_>,
    ) -> Result<Vec<Hole>, StoreError> {
        let mut walk = Walk {
            image: self,
            tree: *tree,
            holes: Vec::new(),
        };
        if let Some(root) = tree.root {
            walk.page(root.page, root.sum, (None, None), 0, visit)?;
        }
        Ok(walk.holes)
    }

    /// Bytes of the file; none if they are beyond its end, or the disk cannot read them.
    fn bytes(&mut self, at: u64, length: u64) -> Result<Option<Vec<u8>>, StoreError> {
        if at.checked_add(length).is_none_or(|end| end > self.length) {
            return Ok(None);
        }
        let Ok(size) = usize::try_from(length) else {
            return Ok(None);
        };
        let mut bytes = vec![0; size];
        let read = self.file.seek(SeekFrom::Start(at));
        // A sector that the disk cannot read is damage as any other.
        let read = read.and_then(|_| self.file.read_exact(&mut bytes));
        Ok(read.is_ok().then_some(bytes))
    }
}

/// The way through a tree.
struct Walk<'i> {
    image: &'i mut Image,
    tree: Tree,
    holes: Vec<Hole>,
}

type Bounds = (Option<Vec<u8>>, Option<Vec<u8>>);

impl Walk<'_> {
    fn page(
        &mut self,
        page: u64,
        sum: u128,
        bounds: Bounds,
        depth: usize,
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let (at, length) = place(page);
        let bytes = self.image.bytes(at, length)?;
        let sound = bytes.and_then(|bytes| self.sound(bytes, sum));
        match sound {
            Some((bytes, Node::Leaf(rows))) => {
                for (key, value) in rows {
                    visit(&bytes[key], &bytes[value])?;
                }
                Ok(())
            }
            Some((bytes, Node::Branch(children))) if depth < DEEPEST => {
                let mut after = bounds.0;
                for child in children {
                    let up_to = child.key.map(|key| bytes[key].to_vec());
                    let up_to = up_to.or_else(|| bounds.1.clone());
                    let bounds = (after.clone(), up_to.clone());
                    self.page(child.page, child.sum, bounds, depth + 1, visit)?;
                    after = up_to;
                }
                Ok(())
            }
            _ => {
                let (after, up_to) = bounds;
                self.holes.push(Hole { at, after, up_to });
                Ok(())
            }
        }
    }

    /// The page's content, if it has the checksum that the page above says.
    fn sound(&self, bytes: Vec<u8>, sum: u128) -> Option<(Vec<u8>, Node)> {
        let (node, end) = match bytes[0] {
            LEAF => {
                let rows = rows(&bytes, self.tree.key, self.tree.value)?;
                let end = rows.last()?.1.end;
                (Node::Leaf(rows), end)
            }
            BRANCH => {
                let (children, end) = children(&bytes, self.tree.key)?;
                (Node::Branch(children), end)
            }
            _ => return None,
        };
        (checksum(&bytes[..end]) == sum).then_some((bytes, node))
    }
}
