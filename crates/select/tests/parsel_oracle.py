"""Writes parsel_cases.json: what parsel finds, for the Rust test beside it to find too.

Setup and run, in this folder:

    pip install parsel
    python parsel_oracle.py

A case is a page, a chain of calls and parsel's result. `differs` gives the reason for a case
in which the Rust side is meant to differ, mostly because libxml2 and the HTML standard parse
a page or write HTML differently; the test asserts that it does, and how many such cases exist.
"""

import json
from pathlib import Path

from parsel import Selector

PAGES = {
    "quotes": """<!DOCTYPE html>
<html lang="en"><head><title>Quotes &amp; more</title><base href="/base/">
<meta name="author" content="nobody"></head>
<body class="home page">
<div class="quote" id="q1"><span class="text">&ldquo;Simple &lt;3&rdquo;</span>
<span>by <small class="author">Ada</small> <a href="/author/ada">(about)</a></span>
<div class="tags">Tags: <a class="tag" href="/tag/life">life</a> <a class="tag" href="/tag/math">math</a></div></div>
<div class="quote dark" id="q2"><span class="text">No entropy</span>
<span>by <small class="author">Emmy</small> <a href="/author/emmy">(about)</a></span>
<div class="tags">Tags: <a class="tag" href="/tag/physics">physics</a></div></div>
<!-- a comment -->
<ul class="pager"><li class="next"><a href="/page/2/">Next <span>&rarr;</span></a></li></ul>
</body></html>""",
    "table": """<html><head><title>Prices</title></head><body><h1>Prices</h1>
<table id="prices"><tbody>
<tr class="head"><th>Item</th><th>Price</th></tr>
<tr><td>Tea</td><td data-cents="250">$2.50</td></tr>
<tr><td>Cake</td><td data-cents="400">$4.00</td></tr>
<tr class="sum"><td>Sum</td><td data-cents="650">$6.50</td></tr>
</tbody></table>
<p>Call <b>555-1234</b> or <b>555-9876</b>. Order no. 42, row 7.</p>
<p class="empty"></p></body></html>""",
    "nested": """<html><body><div class="a">one <div class="a">two <b>bold <i>both</i></b> three</div> four</div>
<section><h2>First</h2><p>p1</p><p>p2 <em>e</em></p><h2>Second</h2><p>p3</p></section>
<form><input name="q" value="x y" type="text"><select name="s"><option value="1">A</option>
<option value="2">B</option></select><textarea name="t">some text</textarea></form>
<script>var a = {"id": 7, "name": "n"};</script><style>p { color: red }</style></body></html>""",
    "broken": """<html><head><title>Broken</title></head><body><ul><li>one<li>two <b>bold</b><li>three</ul>
<p>first<p>second <br>line<img src="a.png"><div>open <span>never closed
<a href=/bare>bare</a> & <a href='/x?a=1&b=2'>query</a></div>""",
    "words": """<html><body><p title="A title">Caf\u00e9 \u2013 na\u00efve \u65e5\u672c\u8a9e</p>
<a href="mailto:a@b.example">mail</a><a>no href</a><a href="">empty</a><a href="  /spaced  ">spaced</a>
<span class="x\ty z">tabs</span><span class="xy">joined</span><p>  padded  </p></body></html>""",
}


def css(*steps):
    return [["css", step] for step in steps]


def xpath(*steps):
    return [["xpath", step] for step in steps]


# Page, then chains of calls. The last call may be a `re`.
CASES = {
    "quotes": [
        css("title::text"), css("title"), css("div.quote::attr(id)"), css("span.text::text"),
        css("div.quote", "span.text::text"), css("div.quote.dark .author::text"), css("a.tag::attr(href)"),
        css("a.tag::text, small::text"), css("a::attr(href), small::text"), css("div.tags::text"),
        css("div.tags ::text"), css("div.tags *::text"), css("div.tags > ::text"), css("div.tags > *::text"),
        css("li.next > a::text"), css("li.next a ::text"), css("div.quote", "div a::attr(href)"),
        css("div.quote", "body a::attr(href)"), css("div.quote", ".quote::attr(id)"),
        css("div.quote", "div > a::text"), css("#q2 a:not(.tag)::attr(href)"), css("div:nth-child(2)::attr(id)"),
        css("div.quote:first-of-type .author::text"), css("a[href^='/tag/']::text"), css("a[href$=math]::text"),
        css("a[href*=page]::attr(href)"), css("[class~=dark]::attr(id)"), css("html::attr(lang)"),
        css("body::attr(class)"), css("div.tags > a:last-child::text"), css("small + a::text"),
        css("span ~ div::attr(class)"), css("div:has(> a.tag)::attr(class)"), css(":is(small, title)::text"),
        css("nothing::text"), css("nothing"), css("small", "::text"), css("div.tags", "::attr(href)"),
        css("div.tags ::attr(href)"), css("small"), css("meta::attr(content)"), css("base::attr(href)"),
        css("a.tag:root"), css("*:root::attr(lang)"), css("a:where(.tag)::text"), css("li", "* a::attr(href)"),
        xpath("//title/text()"), xpath("//div[@class='quote']/@id"), xpath("//a[@class='tag']/text()"),
        xpath("//div[has-class('quote')]/@id"), xpath("//div[has-class('quote', 'dark')]/@id"),
        xpath("//a[re:test(@href, '^/tag/[lp]')]/@href"), xpath("//a[re:test(., 'ABOUT', 'i')]/@href"),
        xpath("count(//a)"), xpath("string(//small)"), xpath("//small/text() | //title/text()"),
        xpath("//a/@href | //div/@id"), xpath("//div[2]/@id"), xpath("//div[last()]/@class"),
        xpath("//small/ancestor::div/@id"), xpath("//small/following-sibling::a/@href"),
        xpath("//div[@id='q2']/preceding-sibling::div/@id"), xpath("//comment()"), xpath("boolean(//nothing)"),
        xpath("//div", "./@id"), xpath("//div[@class='tags']", "a[1]/text()"), xpath("//div[@class='tags']", ".//text()"),
        xpath("//div[@id='q2']", "//title/text()"), xpath("//div[@id='q2']", "count(.//a)"),
        xpath("//a[contains(@href, 'author')][1]/@href"), xpath("(//a[contains(@href, 'author')])[1]/@href"),
        xpath("normalize-space(//div[@id='q1']/span[2])"), xpath("name(//*[@lang])"), xpath("concat('a', 1, true())"),
        xpath("//a[has-class('tag')][2]/text()"), xpath("(//a[has-class('tag')])[2]/text()"),
        xpath("//div[has-class('tags') and count(a) > 1]/a/text()"), xpath("//div[not(has-class('quote'))]/@class"),
        xpath("//div[a[has-class('tag')]]/@class"), xpath("count(//a[has-class('tag')]) + 1"),
        xpath("//small[re:test(text(), '^E')]/../../@id"), xpath("//body/@class"), xpath("//ul/li/a/@href"),
        xpath("//a[has-class('tag')][position() = last()]/text()"), xpath("/html/head/title"), xpath("body/div/@id"),
        xpath("//div[@class='quote']/following::a[1]/@href"), xpath("//li//span/ancestor-or-self::*[2]/@href"),
        xpath("//a[@class='tag' and re:test(@href, 'm')]/text()"), xpath("re:test(//title, 'more$')"),
        xpath("//div[has-class('quote')]//a[has-class('tag')]/@href"), xpath("id('q2')/@class"),
        xpath("//small/ancestor::*[has-class('quote')][1]/@id"), xpath("//nothing"), xpath("1 div 0"), xpath("2.5 * 2"),
        css("title::text") + [["re", r"\w+"]], css("a::attr(href)") + [["re", r"/(\w+)/(\w+)"]],
        css("a") + [["re", r"href=\"([^\"]*)\""]], css("a::attr(href)") + [["re", r"/tag/(?P<extract>\w+)"]],
        css("span.text") + [["re", "<span.*?>(.*)</span>"]], css("nothing") + [["re", "x"]],
        css("small::text") + [["re", "(A)|(E)"]], css("div.quote") + xpath(".//small/text()"),
        xpath("//div[@id]") + css("small::text"),
    ],
    "table": [
        css("tr td:first-child::text"), css("tr:not(.head):not(.sum) td::text"), css("td::attr(data-cents)"),
        css("tr:nth-child(even) td::text"), css("td:nth-of-type(2)::text"), css("tr.sum > td + td::text"),
        css("p.empty::text"), css("p:empty::attr(class)"), css("b::text") + [["re", r"(\d+)-(\d+)"]],
        css("p::text") + [["re", r"\d+"]], xpath("sum(//td/@data-cents)"), xpath("//tr[td > 1]/td[1]/text()"),
        xpath("//tr[td/@data-cents > 300]/td[1]/text()"), xpath("//tr[position() > 1]/td[1]/text()"),
        xpath("//td[. = 'Tea']/following-sibling::td/text()"), xpath("//td[text()='Cake']/../@class"),
        xpath("string-length(//h1)"), xpath("substring-after(//td[@data-cents='250'], '$')"),
        xpath("translate(//h1, 'rices', 'RICES')"), xpath("//tr[last()]/td[last()]/text()"),
        xpath("//td[re:test(., '^\\$\\d')]/@data-cents"), xpath("//tr[not(td)]/@class"), xpath("round(2.5)"),
        xpath("//b[2]/text()"), xpath("//b[starts-with(., '555-9')]/text()"), xpath("//p[b][1]/b/text()"), css("b"),
        xpath("//th/text() | //td/text()"), css("tr", "td::text"), css("p.empty"),
        xpath("//td[re:test(., 'a')][1]/text()"), xpath("(//td[re:test(., 'a')])[1]/text()"),
        xpath("//td/preceding-sibling::td[re:test(., '.')][1]/text()"),
    ],
    "nested": [
        css(".a::text"), css(".a ::text"), css(".a .a::text"), css("div.a::text, b::text"), css(".a b, .a"),
        css("h2 + p::text"), css("h2 ~ p::text"), css("section > p::text"), css("p em::text"), css("input::attr(value)"),
        css("option::attr(value)"), css("option:nth-child(2)::text"), css("textarea::text"), css("script::text"),
        css("style::text"), css("[name]::attr(name)"), css("p:has(em)::text"), css("script::text") + [["re", r'"id": (\d+)']],
        css(".a", ".a::text"), css(".a", "b"), css("h2:last-of-type::text"), css("p:nth-last-of-type(1)::text"),
        css("b::text, i::text, em::text"), css("b *::text"), css("b ::text"), css("::text"), css("section", "::text"),
        css("section", "*::text"), css("p:not(:has(em))::text"), css("b::text, b ::text"),
        xpath("//div/text()"), xpath("//h2[1]/following-sibling::p[1]/text()"), xpath("//h2[.='Second']/preceding-sibling::p/text()"),
        xpath("//input/@*[name() != 'type']"), xpath("//option[@value=2]/text()"), xpath("//b/node()"), xpath("//b//text()"),
        xpath("//i/ancestor::*[@class][1]/b/text()"), xpath("//i/preceding::text()[1]"), xpath("//*[self::h2 or self::em]/text()"),
        xpath("//em", "../text()"), xpath("//em", "string(..)"), xpath("//p[2]"), xpath("count(//p/ancestor::section)"),
        xpath("//p[position() mod 2 = 1]/text()"), xpath("//section/*[last()]/text()"), xpath("//b/descendant-or-self::*"),
    ],
    "broken": [
        css("li::text"), css("li b::text"), css("p::text"), css("a::attr(href)"), css("img::attr(src)"), css("title"),
        css("li"), xpath("//li[2]/b/text()"), xpath("//a/@href"), xpath("//a[contains(@href, '&')]/text()"),
        xpath("//br/following-sibling::text()[1]"), xpath("count(//li)"), css("a") + [["re", "href=\"(.*?)\""]],
        css("li::text") + [["re", "t.."]], css("div > span > a::text"),
    ],
    "words": [
        css("p::text"), css("p::attr(title)"), css("p"), css("a::attr(href)"), css("a[href='']::text"), css("a:not([href])::text"),
        css(".x::text"), css(".y.z::text"), css("[class*=y]::text"), xpath("//span[has-class('y')]/text()"),
        xpath("//span[has-class('xy')]/text()"), xpath("//a[@href]/@href"), xpath("//a[not(@href)]/text()"),
        xpath("string-length(//p)"), xpath("//p[contains(., 'é')]/@title"), css("p::text") + [["re", r"\w+"]],
        css("a::attr(href)") + [["re", r"[\w.]+@[\w.]+"]], xpath("normalize-space(//p[2])"), xpath("//a[@href='']/text()"),
        xpath("//p[re:test(., '\\s{2}$')]/text()"),
    ],
}

# Cases that are meant to differ, with the reason.
DIFFERENT = [
    ("<p>a<table><tr><td>b</td></tr></table>", xpath("//tr/parent::table/@* | //table/tr/td/text()"),
     "the HTML standard puts rows into a tbody"),
    ("<p>x&nbsp;y</p>", css("p"), "the HTML standard writes a no-break space as a reference"),
    ("<input checked name=a>", css("input"), "the HTML standard writes an attribute without a value as empty"),
    ("<i z=1 b=2>t</i>", css("i"), "attributes are ordered by name"),
    ("<p><div>x</div></p>", css("p"), "an end tag of an unopened paragraph makes an empty one"),
    ("<p>a &amp;eacute; b</p>", css("p::text") + [["re", ".*"]], "only the references that serialized HTML holds are replaced"),
]


def run(page, calls):
    found = Selector(text=page)
    for method, argument in calls:
        if method == "re":
            return found.re(argument)
        found = getattr(found, method)(argument)
    return found.getall()


def main():
    cases = []
    for name, chains in CASES.items():
        for calls in chains:
            cases.append({"page": name, "calls": calls, "expected": run(PAGES[name], calls)})
    pages = dict(PAGES)
    for index, (page, calls, reason) in enumerate(DIFFERENT):
        name = f"different-{index}"
        pages[name] = page
        cases.append({"page": name, "calls": calls, "expected": run(page, calls), "differs": reason})
    target = Path(__file__).with_name("parsel_cases.json")
    lines = ",\n".join("    " + json.dumps(case, ensure_ascii=False) for case in cases)
    written = json.dumps(pages, ensure_ascii=False, indent=2)
    target.write_text(f'{{\n  "pages": {written},\n  "cases": [\n{lines}\n  ]\n}}\n', encoding="utf-8")
    print(f"{len(cases)} cases, {len(DIFFERENT)} meant to differ")


if __name__ == "__main__":
    main()
