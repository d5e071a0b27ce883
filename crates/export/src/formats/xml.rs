//! XML (1.0, fifth edition): a root element with one element for each item.

use huntsman_core::{ExportError, Kind, Record, Schema};
use serde::Serialize;

mod element;
mod parent;
mod text;

use super::indent::indent;
use super::typed::{Typed, mentions_bytes};
use super::{begins, is_space};
use crate::format::{Encode, Ends, Format, Keep};
use crate::words::Words;
use element::{Element, Elements, Tag};
use text::{Control, is_name};

/// XML (1.0, fifth edition) in UTF-8, as Scrapy has it: `xml`.
///
/// ```xml
/// <?xml version="1.0" encoding="utf-8"?>
/// <items xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
/// <item><text>So it goes.</text><tags><value>life</value></tags><likes xsi:nil="true"/></item>
/// </items>
/// ```
///
/// | word | |
/// |---|---|
/// | `root`, `item` | what the elements are called: `items`, `item` |
/// | `indent` | by how many spaces elements are indented, each on a line of its own; 0, the default: an item a line |
/// | `control` | what becomes of characters that XML cannot have, U+0000 to U+001F but for tab, line feed and carriage return, U+FFFE and U+FFFF: `refuse`, the default, so that nothing is changed behind one's back; or `replace`, by U+FFFD |
///
/// With several types of items, each says which it is of: `<item type="Quote">`. A field whose name
/// is no name of XML is an `<entry key="the name">`. A carriage return is `&#13;`, which is read as
/// one. A file is gone on with if it begins and ends as ours do.
#[derive(Debug, Clone, Copy)]
pub struct Xml;

impl Format for Xml {
    fn names(&self) -> &'static [&'static str] {
        &["xml"]
    }

    fn words(&self) -> &'static [&'static str] {
        &["control", "indent", "item", "root"]
    }

    fn encoder(
        &self,
        schemas: &'static [&'static Schema],
        words: &Words,
    ) -> Result<Box<dyn Encode>, ExportError> {
        Ok(Box::new(Document::new(schemas, words)?))
    }
}

/// Items as Scrapy has them: one a line, or with an indent one element a line.
struct Document {
    root: String,
    item: String,
    indent: &'static str,
    control: Control,
    /// There are several types: each item says which it is of.
    types: bool,
    /// Some item has a field of bytes, which serde may write as a sequence.
    bytes: bool,
}

impl Document {
    fn new(schemas: &[&'static Schema], words: &Words) -> Result<Self, ExportError> {
        let has_bytes = |schema: &&'static Schema| mentions_bytes(&Kind::Struct(schema));
        let control = match words.get("control") {
            None | Some("refuse") => Control::Refuse,
            Some("replace") => Control::Replace,
            Some(_) => return Err(words.refused("control", "it is refuse or replace")),
        };
        Ok(Self {
            root: name(words, "root", "items")?,
            item: name(words, "item", "item")?,
            indent: indent(words)?,
            control,
            types: schemas.len() > 1,
            bytes: schemas.iter().any(has_bytes),
        })
    }

    fn opening(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{} \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">",
            self.root
        )
    }

    fn write<T: Serialize + ?Sized>(
        &self,
        item: &T,
        kind: Option<&'static str>,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        out.extend_from_slice(self.indent.as_bytes());
        let mut elements = Elements {
            out,
            indent: self.indent,
            control: self.control,
            depth: 1,
        };
        let element = Element {
            to: &mut elements,
            tag: Tag::Item(&self.item, kind),
        };
        item.serialize(element).map_err(|error| error.to_string())
    }

    /// Whether an old file's first item is one of ours: with a type if we have several.
    fn demand_alike(&self, first: &[u8]) -> Result<(), String> {
        let item = &self.item;
        let start = if self.types {
            format!("<{item} type=\"")
        } else {
            format!("<{item}>")
        };
        if first.starts_with(start.as_bytes()) {
            return Ok(());
        }
        Err(format!("its first item does not begin with `{start}`"))
    }
}

/// The name of an element, from a word.
fn name(words: &Words, word: &str, default: &str) -> Result<String, ExportError> {
    let name = words.get(word).unwrap_or(default);
    if is_name(name) {
        return Ok(name.to_owned());
    }
    Err(words.refused(word, "no element of XML is called so"))
}

impl Encode for Document {
    fn label(&self) -> &'static str {
        "an XML file of such items"
    }

    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend_from_slice(self.opening().as_bytes());
        Ok(())
    }

    fn separate(&self, _: bool, out: &mut Vec<u8>) {
        out.push(b'\n');
    }

    fn record(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<(), String> {
        let item = &record.item;
        let kind = self.types.then_some(item.schema().name);
        if self.bytes {
            let typed = Typed::new(Kind::Struct(item.schema()), item.fields());
            self.write(&typed, kind, out)
        } else {
            self.write(item.fields(), kind, out)
        }
    }

    fn end(&mut self, _: bool, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend_from_slice(format!("\n</{}>\n", self.root).as_bytes());
        Ok(())
    }

    fn append(&mut self, old: &Ends) -> Result<Keep, String> {
        let opening = self.opening();
        let Some(items) = old.head.strip_prefix(opening.as_bytes()) else {
            if old.head.first() != Some(&b'<') {
                return Err(begins(&old.head));
            }
            return Err(format!(
                "it does not begin with {:?}",
                opening.replace('\n', " ")
            ));
        };
        let closing = format!("</{}>", self.root);
        let tail = trim_end(&old.tail);
        let Some(items_end) = tail.strip_suffix(closing.as_bytes()).map(trim_end) else {
            return Err(format!(
                "it does not end with `{closing}`: it may have been cut off"
            ));
        };
        let keep = old.len - (old.tail.len() - items_end.len()) as u64;
        let empty = keep == opening.len() as u64;
        if !empty {
            let start = items.iter().position(|byte| !is_space(byte));
            self.demand_alike(&items[start.unwrap_or(items.len())..])?;
            let last = format!("</{}>", self.item);
            if !items_end.ends_with(last.as_bytes()) {
                return Err(format!(
                    "`{last}` is not what stands before its `{closing}`"
                ));
            }
        }
        Ok(Keep {
            keep,
            joint: b"",
            empty,
        })
    }
}

fn trim_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !is_space(byte));
    &text[..end.map_or(0, |last| last + 1)]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    static A: Schema = Schema::new("A", &[]);
    static B: Schema = Schema::new("B", &[]);

    #[derive(Serialize)]
    struct Deep {
        text: &'static str,
        #[serde(rename = "a b")]
        odd: Option<u8>,
        list: Vec<Vec<u8>>,
        map: BTreeMap<&'static str, Option<f64>>,
        inner: Option<Inner>,
        any: Vec<Variant>,
    }

    #[derive(Serialize)]
    struct Inner {
        yes: bool,
    }

    #[derive(Serialize)]
    enum Variant {
        Unit,
        One(u8),
        Two(u8, u8),
        Named { x: u8 },
    }

    fn deep() -> Deep {
        Deep {
            text: "<\r\n",
            odd: None,
            list: vec![vec![1], vec![]],
            map: BTreeMap::from([("k\t\"", Some(f64::INFINITY)), ("n", None)]),
            inner: Some(Inner { yes: true }),
            any: vec![
                Variant::Unit,
                Variant::One(1),
                Variant::Two(1, 2),
                Variant::Named { x: 1 },
            ],
        }
    }

    fn document(schemas: &[&'static Schema], words: &[(&str, &str)]) -> Document {
        Document::new(schemas, &Words::new("x.xml", words.iter().copied())).unwrap()
    }

    fn written(document: &Document, item: impl Serialize) -> Result<String, String> {
        let mut out = Vec::new();
        let kind = document.types.then_some("A");
        document.write(&item, kind, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn an_item_is_one_line() {
        let expected = "<item><text>&lt;&#13;\n</text><entry key=\"a b\" xsi:nil=\"true\"/>\
            <list><value><value>1</value></value><value></value></list>\
            <map><entry key=\"k&#9;&quot;\">INF</entry><entry key=\"n\" xsi:nil=\"true\"/></map>\
            <inner><yes>true</yes></inner>\
            <any><value>Unit</value><value><entry key=\"One\">1</entry></value>\
            <value><entry key=\"Two\"><value>1</value><value>2</value></entry></value>\
            <value><entry key=\"Named\"><x>1</x></entry></value></any></item>";
        assert_eq!(written(&document(&[&A], &[]), deep()).unwrap(), expected);
    }

    #[test]
    fn with_an_indent_it_is_one_line_an_element() {
        let item = Deep {
            text: "a",
            map: BTreeMap::new(),
            inner: None,
            any: vec![Variant::Named { x: 1 }],
            ..deep()
        };
        let expected = "  <thing type=\"A\">\n    <text>a</text>\n    <entry key=\"a b\" \
            xsi:nil=\"true\"/>\n    <list>\n      <value>\n        <value>1</value>\n      \
            </value>\n      <value></value>\n    </list>\n    <map></map>\n    \
            <inner xsi:nil=\"true\"/>\n    <any>\n      <value>\n        \
            <entry key=\"Named\">\n          <x>1</x>\n        </entry>\n      </value>\n    \
            </any>\n  </thing>";
        let words = [("indent", "2"), ("item", "thing")];
        assert_eq!(
            written(&document(&[&A, &B], &words), item).unwrap(),
            expected
        );
    }

    #[test]
    fn only_structs_and_maps_are_items() {
        let document = document(&[&A], &[]);
        assert_eq!(
            written(&document, BTreeMap::from([("a", 1), ("b c", 2)])).unwrap(),
            "<item><a>1</a><entry key=\"b c\">2</entry></item>"
        );
        assert!(written(&document, 1).is_err());
        assert!(written(&document, [1]).is_err());
        assert!(written(&document, None::<Inner>).is_err());
        assert!(written(&document, Variant::One(1)).is_err());
    }

    #[test]
    fn words_without_a_sense_are_refused() {
        for (word, value) in [
            ("root", "a b"),
            ("item", ""),
            ("control", "drop"),
            ("indent", "x"),
        ] {
            let words = Words::new("x.xml", [(word, value)]);
            let error = Document::new(&[], &words).err().unwrap().to_string();
            assert!(
                error.starts_with(&format!("`x.xml` has {word}={value}: ")),
                "{error}"
            );
        }
    }

    fn append(schemas: &[&'static Schema], text: &str) -> Result<Keep, String> {
        let all = text.as_bytes().to_vec();
        document(schemas, &[]).append(&Ends {
            len: all.len() as u64,
            head: all.clone(),
            tail: all,
        })
    }

    #[test]
    fn a_file_is_gone_on_with_after_its_last_item() {
        let open = document(&[], &[]).opening();
        let one = format!("{open}\n<item><a>1</a></item>");
        let typed = format!("{open}\n  <item type=\"A\"></item>");
        let several: &[&'static Schema] = &[&A, &B];
        for (schemas, start, empty) in [
            (&[&A][..], &open, true),
            (&[&A], &one, false),
            (several, &typed, false),
        ] {
            let keep = start.len() as u64;
            let expected = Keep {
                keep,
                joint: b"",
                empty,
            };
            for end in ["\n</items>\n", "</items>", " \r\n</items> \n"] {
                assert_eq!(
                    append(schemas, &format!("{start}{end}")),
                    Ok(expected.clone())
                );
            }
        }
    }

    #[test]
    fn a_file_of_another_shape_is_refused() {
        let open = document(&[], &[]).opening();
        for text in [
            "a".to_owned(),
            "<items></items>".to_owned(),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<items>\n</items>\n".to_owned(),
            open.clone(),
            format!("{open}\n<item></item>"),
            format!("{open}\n<item></item>\n</items"),
            format!("{open}\n<thing></thing>\n</items>"),
            format!("{open}\n<item type=\"A\"></item>\n</items>"),
            format!("{open}\n<item></item><!-- -->\n</items>"),
        ] {
            assert!(append(&[&A], &text).is_err(), "{text}");
        }
    }
}
