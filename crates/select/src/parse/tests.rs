//! Tokens and trees against those of html5ever, with another tree.

use std::cell::RefCell;
use std::path::Path;

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    CharacterTokens, EndTag, ParseError, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer,
};
use html5ever::tree_builder::{TreeBuilder, TreeSink};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use scraper::{Html, HtmlTreeSink, Node};

use crate::tree::{Data, NodeRef};

type Handle = <HtmlTreeSink as TreeSink>::Handle;

/// Notes the tokens that pass on their way to a tree builder, which has a say in what is raw.
struct Recorder {
    builder: TreeBuilder<Handle, HtmlTreeSink>,
    tokens: RefCell<Vec<String>>,
    text: RefCell<String>,
}

impl Recorder {
    fn new() -> Self {
        Self {
            builder: TreeBuilder::new(HtmlTreeSink::new(Html::new_document()), Default::default()),
            tokens: RefCell::default(),
            text: RefCell::default(),
        }
    }

    fn note(&self, token: &Token) {
        match token {
            // How text is divided into tokens means nothing.
            CharacterTokens(text) => self.text.borrow_mut().push_str(text),
            ParseError(_) => {}
            other => {
                let text = std::mem::take(&mut *self.text.borrow_mut());
                let mut tokens = self.tokens.borrow_mut();
                if !text.is_empty() {
                    tokens.push(text);
                }
                tokens.push(match other {
                    // Nobody looks at the attributes of end tags.
                    TagToken(tag) if tag.kind == EndTag => {
                        format!("</{}{}>", tag.name, tag.self_closing)
                    }
                    // Nor does it mean anything who owns a text.
                    other => format!("{other:?}")
                        .replace("(shared: ", "(")
                        .replace("(owned: ", "(")
                        .replace("(inline: ", "("),
                });
            }
        }
    }
}

impl TokenSink for Recorder {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        self.note(&token);
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

fn ours(page: &str) -> Vec<String> {
    crate::tokenizer::tokenize(page, Recorder::new())
        .tokens
        .into_inner()
}

fn theirs(page: &str) -> Vec<String> {
    let tokenizer = Tokenizer::new(Recorder::new(), Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(page));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.tokens.into_inner()
}

/// The tree as depth and description of each node, in document order.
fn our_tree(page: &str) -> Vec<(usize, String)> {
    let parsed = super::parse(page);
    let describe = |node: NodeRef<'_>| match node.data() {
        Data::Document => "document".to_owned(),
        Data::Doctype(name) => format!("doctype {name}"),
        Data::Text(text) => format!("text {text:?}", text = &**text),
        Data::Comment(text) => format!("comment {text:?}", text = &**text),
        Data::Element(tag) => {
            let attrs = tag.attrs.iter();
            let attrs = attrs.map(|attribute| (&attribute.name, &*attribute.value));
            format!("{:?} {:?}", tag.name, attrs.collect::<Vec<_>>())
        }
    };
    let depth = |node: NodeRef<'_>| std::iter::successors(node.parent(), |at| at.parent()).count();
    let nodes = parsed.tree.nodes();
    nodes.map(|node| (depth(node), describe(node))).collect()
}

fn their_tree(page: &str) -> Vec<(usize, String)> {
    let html = Html::parse_document(page);
    let describe = |node: &Node| match node {
        Node::Document => "document".to_owned(),
        Node::Doctype(doctype) => format!("doctype {}", doctype.name()),
        Node::Text(text) => format!("text {text:?}", text = &**text),
        Node::Comment(text) => format!("comment {text:?}", text = &**text),
        Node::Element(element) => {
            let attrs = element.attrs.iter();
            let attrs = attrs.map(|(name, value)| (name, &**value));
            format!("{:?} {:?}", element.name, attrs.collect::<Vec<_>>())
        }
        other => panic!("{other:?}"),
    };
    let nodes = html.tree.root().descendants();
    // The content of a template is below a node of its own there.
    nodes
        .filter(|node| !node.value().is_fragment())
        .map(|node| {
            let above = node.ancestors().filter(|at| !at.value().is_fragment());
            (above.count(), describe(node.value()))
        })
        .collect()
}

fn compare(page: &str) {
    differ(page, &ours(page), &theirs(page));
    differ(page, &our_tree(page), &their_tree(page));
}

#[track_caller]
fn differ<T: PartialEq + std::fmt::Debug>(page: &str, ours: &[T], theirs: &[T]) {
    if ours != theirs {
        let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
        let (ours, theirs) = (ours.get(at), theirs.get(at));
        panic!("{page:?}\nat {at}\nours   {ours:?}\ntheirs {theirs:?}");
    }
}

const PIECES: &[&str] = &[
    "<a>",
    "</a>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<p>",
    "<div>",
    "</div>",
    "<tr>",
    "</tr>",
    "</table>",
    "<caption>",
    "<col>",
    "<tbody>",
    "<form>",
    "</form>",
    "<html lang=x>",
    "<head>",
    "</head>",
    "<body class=y>",
    "</body>",
    "</html>",
    "<frameset>",
    "<frame>",
    "<option>",
    "<li>",
    "<dd>",
    "<h1>",
    "</h2>",
    "<button>",
    "<input type=hidden>",
    "</template>",
    "<nobr>",
    "<base href=/>",
    "<font color=x>",
    "<image>",
    "</pre>",
    "<ruby><rt>",
    "</select>",
    "text ",
    "<",
    ">",
    "/",
    "=",
    "\"",
    "'",
    "&",
    ";",
    "!",
    "-",
    "--",
    "?",
    "]",
    "[",
    " ",
    "\n",
    "\t",
    "\x0c",
    "\r",
    "\r\n",
    "\0",
    "a",
    "B",
    "é",
    "\u{1f600}",
    "x",
    "1",
    "#",
    "<a",
    "</a",
    "<A HREF=",
    "<b c='",
    "<i d=\"",
    "/>",
    "<br/>",
    "<p id=x id=y>",
    "<!--",
    "-->",
    "--!>",
    "<!-",
    "<!",
    "<?",
    "</",
    "<!doctype",
    "<!DOCTYPE html>",
    " PUBLIC",
    " system ",
    "\"-//W3C//DTD HTML 3.2//\"",
    "<title>",
    "</title>",
    "</TITLE >",
    "<textarea>\n",
    "</textarea>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "</script",
    "<script",
    "<SCRIPT ",
    "<noscript>",
    "</noscript>",
    "<plaintext>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mi>",
    "<![CDATA[",
    "]]>",
    "<foreignObject>",
    "<table>",
    "<td>",
    "<pre>\n",
    "<select>",
    "<template>",
    "</p>",
    "</br>",
    "&amp;",
    "&amp",
    "&AMP",
    "&lt",
    "&not",
    "&notit;",
    "&notin;",
    "&nGt;",
    "&#",
    "&#x",
    "&#65;",
    "&#x41",
    "&#0;",
    "&#x80;",
    "&#xD800;",
    "&#99999999999;",
    "&#13;",
    "&hellip;",
    "&foo;",
    "&amp=",
    "&ampx",
    "<xmp>",
    "</xmp>",
    "<iframe>",
];

/// Mostly whole pieces, so that the deeper states come up, and any characters between.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => Just("<!--<script>-->".to_owned()),
    ];
    // html5ever takes byte order marks away after scripts, too.
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().replace('\u{feff}', ""))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn tokens_and_trees_are_those_of_html5ever(page in soup()) {
        compare(&page);
    }
}

#[test]
fn every_entity_alone_cut_and_in_an_attribute() {
    for name in html5ever::data::NAMED_ENTITIES.keys() {
        compare(&format!(
            "&{name} &{name}x &{name}; <a b=\"&{name}=\" c=&{name}1 d='&{name}'>"
        ));
    }
}

const RARE: &[&str] = &[
    "",
    "\u{feff}x",
    "<",
    "</",
    "<a",
    "<a ",
    "<a b",
    "<a b=",
    "<a b='",
    "<a b=c",
    "<a/",
    "</a ",
    "<!",
    "<!-",
    "<!--",
    "<!---",
    "<!----",
    "<!----!",
    "<!-->x",
    "<!--->x",
    "<!---!>-->x",
    "<!--a--!>b-->",
    "<!--a--->b",
    "<!--a--!-->b",
    "<!-- <!-->b",
    "<!-- <!--->b",
    "<!-- <!- ->",
    "<!doctype",
    "<!doctype ",
    "<!doctype>",
    "<!doctype a",
    "<!doctype a p",
    "<!doctype a public",
    "<!doctype a public'",
    "<!doctype a public'x'",
    "<!doctype a public'x' 'y",
    "<!doctypeHTML>",
    "<!doctype a public'x'\"y\" z>t",
    "<!doctype a system>t",
    "<!doctype a system 'x>y'>t",
    "<!doctype a system 'x' y>t",
    "<!doctype a system 'x' y",
    "<!doctype a publicx>t",
    "<title>a</titlex></title y=z>b",
    "<title></title",
    "<title></title ",
    "<title>&lt</title>",
    "<script><!--<script></script>--></script>x",
    "<script><!--</script>x",
    "<script><!--<script>",
    "<script><!--><script></script>x",
    "<script><!--<script>--><script></script>x",
    "<script><!--<script </script/>-->x</script>",
    "<script><!-<script></script>x",
    "<script><!--<scriptx></script>x",
    "<script><!--<script></script></script>x",
    "<svg><![CDATA[a]]b]]]>c</svg><![CDATA[d]]>",
    "<svg><![CDATA[a\0b]]",
    "<svg><title><b></title>",
    "<plaintext></plaintext>\0&amp;",
    "<textarea>\r\n\r\nx</textarea>",
    "<a =b =c>",
    "<a b==c d=/>",
    "<a b='x'c/d>",
    "<a B b b=c>",
    "<p a=&#x80;&#xFFFFFFFFFF;&#128>",
    "<a b=\"&\r\n\">\r&\r\n",
];

#[test]
fn rare_turns() {
    for page in RARE {
        compare(page);
    }
}

/// Compares the pages of the folder `HUNTSMAN_PAGES`, as `rustc --print sysroot` has many of.
#[test]
#[ignore = "needs a folder of pages"]
fn pages_of_a_folder() {
    let folder = std::env::var("HUNTSMAN_PAGES").unwrap();
    let (mut folders, mut count) = (vec![Path::new(&folder).to_owned()], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "html")
            {
                compare(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
                count += 1;
            }
        }
    }
    println!("{count} pages");
    assert!(count > 0);
}
