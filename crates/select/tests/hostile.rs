//! Pages made to hurt: they cost a bounded amount, and nothing panics or overflows the stack.

use std::fmt::Write;

use huntsman_select::encoding::decode;
use huntsman_select::{Document, Element, SelectError};
use proptest::prelude::{
    ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, proptest,
};

/// The depth of a page that is one chain of elements.
fn depth(page: &Document) -> Result<usize, SelectError> {
    let chain = page.xpath("//*[not(*)][last()]/ancestor-or-self::*")?;
    Ok(chain.len())
}

/// Runs everything that walks the tree.
fn exercise(page: &Document) -> Result<(), SelectError> {
    let root: Element<'_> = page.root();
    assert!(root.html().ends_with("</html>"));
    let text = root.text();
    assert_eq!(page.css("::text")?.getall().concat(), text);
    assert_eq!(page.xpath("string(/)")?.get(), Some(text));
    let links: Vec<_> = page.links().collect();
    let hrefs = page.xpath("//a/@href | //area/@href")?.texts();
    let hrefs: Vec<_> = hrefs.iter().filter(|href| !href.is_empty()).collect();
    assert_eq!(links, hrefs);
    let base = page.css("base::attr(href)")?.get();
    assert_eq!(page.base_href().map(str::to_owned), base);
    Ok(())
}

#[test]
fn nesting_is_cut_and_its_text_kept() {
    let (open, close) = ("<div>".repeat(100_000), "</div>".repeat(100_000));
    let chain = Document::html(&format!("{open}deep{close}"));
    let depth = depth(&chain).unwrap();
    assert!((500..=520).contains(&depth), "{depth}");
    let page = Document::html(&format!("{open}deep{close}<p>after</p>"));
    assert_eq!(page.root().text(), "deepafter");
    assert_eq!(page.css("body > p::text").unwrap().getall(), ["after"]);
    exercise(&page).unwrap();
}

#[test]
fn many_unclosed_tags_are_not_deep() {
    let page = Document::html(&format!("<ul>{}</ul><p>after", "<li>item".repeat(5_000)));
    assert_eq!(page.css("ul > li").unwrap().len(), 5_000);
    assert_eq!(page.css("body > p").unwrap().len(), 1);
}

#[test]
fn misnested_formatting_does_not_multiply() {
    let mut page = String::new();
    for index in 0..500 {
        write!(page, "<p><b id={index}><i id={index}>").unwrap();
    }
    page.push_str(&"</p>x".repeat(5_000));
    let page = Document::html(&page);
    assert!(page.css("*").unwrap().len() < 200_000);
}

#[test]
fn attribute_floods_are_cut() {
    let mut page = String::from("<p>before</p><a href=/x");
    for index in 0..100_000 {
        write!(page, " a{index}=1").unwrap();
    }
    page.push_str(">link</a><p>after</p>");
    let page = Document::html(&page);
    assert_eq!(
        page.css("a::attr(href)").unwrap().get().as_deref(),
        Some("/x")
    );
    let attributes = page.css("a").unwrap().first().unwrap().attrs().count();
    assert!((1000..=1025).contains(&attributes), "{attributes}");
    assert_eq!(page.root().text(), "beforelinkafter");
}

#[test]
fn attribute_floods_are_cut_whatever_they_look_like() {
    let shapes: [fn(usize) -> String; 3] = [
        |index| format!("a{index}"),
        |index| format!("a{index}=\"x > y\""),
        |index| format!("a{index} = 'v w'"),
    ];
    for shape in shapes {
        let attributes: Vec<_> = (0..5_000).map(shape).collect();
        let page = format!("<p>before</p><a {}>link</a>after", attributes.join(" "));
        let page = Document::html(&page);
        assert_eq!(page.root().text(), "beforelinkafter");
        let kept = page.css("a").unwrap().first().unwrap().attrs().count();
        assert_eq!(kept, 1024);
    }
}

#[test]
fn scripts_comments_and_long_values_are_no_floods() {
    let words = "a b = 'c < d' ".repeat(5_000);
    let script = format!("if (x <y) {{ {words} }}");
    let page = Document::html(&format!("<script>{script}</script><p>"));
    assert_eq!(page.root().text(), script);
    let page = Document::html(&format!("<!-- <a {words} --><p>after"));
    assert_eq!(page.root().text(), "after");
    let page = Document::html(&format!("<p title=\"{words}\">x < y {words}"));
    assert_eq!(page.css("p").unwrap().attr("title"), Some(words.clone()));
    assert_eq!(page.root().text(), format!("x < y {words}"));
}

#[test]
fn markup_that_never_ends_is_not_looked_for_again_and_again() {
    for piece in [
        "<!-- a --!>",
        "<title>",
        "</title",
        "<script><!--<script>",
        "<a b='",
        "<![CDATA[",
        "<!",
        "&notit",
        "<svg><![CDATA[",
        "<!--",
        "<",
        "</",
        "&",
        "&#",
        "<a b=&",
    ] {
        let page = Document::html(&piece.repeat(100_000));
        assert_eq!(page.root().name(), "html", "{piece}");
    }
}

#[test]
fn parser_moves_leave_document_order_intact() {
    let page = Document::html(
        "<table><tr><td>cell</td></tr>foster<a href=1>x</a></table><b>1<p>2</b>3</p>\
         <template><i>in</i></template></body><!-- c -->late",
    );
    assert_eq!(
        page.root().text(),
        page.css("body ::text").unwrap().getall().concat()
    );
    assert_eq!(
        page.css("template > i::text").unwrap().get().as_deref(),
        Some("in")
    );
    assert_eq!(
        page.xpath("//text()[1]").unwrap().get().as_deref(),
        Some("foster")
    );
    exercise(&page).unwrap();
}

fn markup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<a href=' x '>",
        "<area href=y>",
        "<base href=/b/>",
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<template>",
        "</template>",
        "<svg>",
        "<a xlink:href=z>",
        "</svg>",
        "<select>",
        "<option>",
        "</a>",
        "<frameset>",
        "</body>",
        "</html>",
        "text",
        " ",
        "&amp;",
        "<!-- ",
        "-->",
        "<![CDATA[",
        "<script>",
        "</script>",
        "<textarea>",
        "<math><mi>",
        "\0",
        "é",
        "<",
        "=\"",
        "<html lang=x>",
        "<head>",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_page(text in any::<String>()) {
        exercise(&Document::html(&text))?;
    }

    #[test]
    fn any_markup_is_a_page(text in markup()) {
        exercise(&Document::html(&text))?;
    }

    #[test]
    fn any_selector_is_right_or_an_error(selector in "[a-z*:>+~,.#()\\[\\]=\"'| \\\\-]{0,20}") {
        let page = Document::html("<div><p class=a>x</p><a href=b>y</a></div>");
        let whole = page.css(&selector).is_ok();
        prop_assert_eq!(page.root().css(&selector).is_ok(), whole);
        let _found = page.xpath(&selector);
        let _found = page.css("p")?.re(&selector);
    }

    #[test]
    fn decoding_never_panics(body in any::<Vec<u8>>(), header in any::<Option<String>>()) {
        decode(&body, header.as_deref());
        let page = [b"<meta charset=".as_slice(), &body].concat();
        prop_assert!(!decode(&page, None).1.is_empty());
    }

    #[test]
    fn undeclared_utf8_stays_as_it_is(text in "[^<\u{feff}]*") {
        let (decoded, name) = decode(text.as_bytes(), Some("text/html"));
        prop_assert_eq!((&*decoded, name), (text.as_str(), "UTF-8"));
    }
}
