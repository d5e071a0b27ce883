//! The structure of the site of quotations.

use std::collections::HashSet;

use serde_json::Value;

use crate::client::{QUOTES, get, post, practice};

#[tokio::test]
async fn a_hundred_quotations_stand_on_ten_pages() {
    let server = practice().await;
    let mut target = "/".to_owned();
    let (mut texts, mut authors, mut pages) = (HashSet::new(), HashSet::new(), 0);
    loop {
        let page = get(server.addr(), QUOTES, &target).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, Some("text/html; charset=utf-8"))
        );
        pages += 1;
        assert_eq!(
            page.count("div.quote[itemscope] > span.text[itemprop=text]"),
            10
        );
        assert_eq!(
            page.count("div.quote > span > small.author[itemprop=author]"),
            10
        );
        let about = page.texts("div.quote > span > a");
        assert_eq!(about, ["(about)"; 10]);
        texts.extend(page.texts("span.text"));
        authors.extend(page.attributes("div.quote > span > a", "href"));
        assert_eq!(
            page.attributes("li.previous > a", "href").is_empty(),
            pages == 1
        );
        let next = page.attributes("ul.pager > li.next > a", "href");
        let Some(next) = next.first() else { break };
        assert_eq!(*next, format!("/page/{}/", pages + 1));
        target.clone_from(next);
    }
    assert_eq!((pages, texts.len(), authors.len()), (10, 100, 50));
    assert!(
        texts
            .iter()
            .all(|text| text.starts_with('“') && text.ends_with('”'))
    );
}

#[tokio::test]
async fn keywords_and_tag_links_agree() {
    let server = practice().await;
    let page = get(server.addr(), QUOTES, "/page/3/").await;
    let tags = page.texts("div.quote div.tags a.tag");
    let keywords = page.attributes("div.quote div.tags meta.keywords", "content");
    assert_eq!(keywords.join(","), tags.join(","));
    let links = page.attributes("div.quote div.tags a.tag", "href");
    assert_eq!(
        links,
        tags.iter()
            .map(|tag| format!("/tag/{tag}/"))
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn the_box_holds_the_ten_most_used_tags() {
    let server = practice().await;
    let page = get(server.addr(), QUOTES, "/").await;
    assert_eq!(page.texts("div.tags-box h2"), ["Top Ten tags"]);
    let tags = page.texts("span.tag-item > a.tag");
    assert_eq!(tags.len(), 10);
    assert!(tags.contains(&"life".to_owned()));
}

#[tokio::test]
async fn a_tag_has_its_own_list_in_pages() {
    let server = practice().await;
    let first = get(server.addr(), QUOTES, "/tag/life/").await;
    assert!(first.texts("h3")[0].starts_with("Viewing tag: life"));
    assert_eq!(
        first.attributes("li.next > a", "href"),
        ["/tag/life/page/2/"]
    );
    let second = get(server.addr(), QUOTES, "/tag/life/page/2/").await;
    assert_eq!(
        (first.count("div.quote"), second.count("div.quote")),
        (10, 5)
    );
    assert_eq!(second.count("li.next"), 0);
    for keywords in second.attributes("meta.keywords", "content") {
        assert!(keywords.split(',').any(|tag| tag == "life"));
    }
    let strange = get(server.addr(), QUOTES, "/tag/%3Cscript%3E/").await;
    assert!(
        strange.text().contains("&lt;script&gt;") && strange.text().contains("No quotes found!")
    );
    assert_eq!(strange.count("script"), 0);
}

#[tokio::test]
async fn past_the_end_is_a_page_and_nonsense_is_not() {
    let server = practice().await;
    let past = get(server.addr(), QUOTES, "/page/11/").await;
    assert_eq!(
        (past.status, past.count("div.quote"), past.count("li.next")),
        (200, 0, 0)
    );
    assert!(past.text().contains("No quotes found!"));
    for target in [
        "/page/0/",
        "/page/two/",
        "/page/-1/",
        "/nothing",
        "/robots.txt",
        "/author/Nobody/",
        "/api",
    ] {
        assert_eq!(
            get(server.addr(), QUOTES, target).await.status,
            404,
            "{target}"
        );
    }
    assert_eq!(
        get(server.addr(), QUOTES, "/page/99999999999999999999/")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn an_author_has_a_page_behind_a_permanent_redirect() {
    let server = practice().await;
    let redirect = get(server.addr(), QUOTES, "/author/Jane-Austen").await;
    assert_eq!(
        (redirect.status, redirect.header("location")),
        (308, Some("/author/Jane-Austen/"))
    );
    let page = get(server.addr(), QUOTES, "/author/Jane-Austen/").await;
    assert!(
        page.text()
            .contains(r#"<h3 class="author-title">Jane Austen</h2>"#),
        "broken on purpose"
    );
    assert_eq!(page.texts("span.author-born-date"), ["December 16, 1775"]);
    assert_eq!(
        page.texts("span.author-born-location"),
        ["in Steventon, Hampshire, England"]
    );
    assert!(page.texts("div.author-details > div.author-description")[0].len() > 80);
    let with_query = get(server.addr(), QUOTES, "/page/2?a=b").await;
    assert_eq!(with_query.header("location"), Some("/page/2/?a=b"));
    assert_eq!(
        get(server.addr(), QUOTES, "//evil.test/author")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_interface_gives_the_same_quotations_as_json() {
    let server = practice().await;
    let mut texts = Vec::new();
    for number in 1..=10 {
        let answer = get(server.addr(), QUOTES, &format!("/api/quotes?page={number}")).await;
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let page: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(
            (page["page"].as_u64(), page["has_next"].as_bool()),
            (Some(number), Some(number < 10))
        );
        assert!(page["tag"].is_null());
        assert_eq!(page["top_ten_tags"].as_array().unwrap().len(), 10);
        assert!(page["top_ten_tags"][0][0].is_string() && page["top_ten_tags"][0][1].is_u64());
        for quote in page["quotes"].as_array().unwrap() {
            assert!(quote["author"]["name"].is_string() && quote["author"]["slug"].is_string());
            assert!(
                quote["author"]["goodreads_link"]
                    .as_str()
                    .unwrap()
                    .starts_with('/')
            );
            assert!(quote["tags"].is_array());
            texts.push(quote["text"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(texts.len(), 100);
    assert_eq!(
        texts[..10],
        get(server.addr(), QUOTES, "/").await.texts("span.text")
    );
    let life = get(server.addr(), QUOTES, "/api/quotes?tag=life&page=2").await;
    let life: Value = serde_json::from_slice(&life.body).unwrap();
    assert_eq!(
        (
            life["quotes"].as_array().unwrap().len(),
            life["tag"].as_str()
        ),
        (5, Some("life"))
    );
    assert_eq!(
        get(server.addr(), QUOTES, "/api/quotes?page=x")
            .await
            .status,
        400
    );
    let scroll = get(server.addr(), QUOTES, "/scroll").await;
    assert_eq!(scroll.count("div.quote"), 0);
    assert!(scroll.text().contains("/api/quotes?page="));
}

/// The array of `var data = [ … ];`.
fn data(page: &str) -> Vec<Value> {
    let start = page.find("var data = ").unwrap() + "var data = ".len();
    let end = page[start..].find("];").unwrap() + start + 1;
    serde_json::from_str(&page[start..end]).unwrap()
}

#[tokio::test]
async fn the_script_pages_hold_their_quotations_as_data() {
    let server = practice().await;
    for (number, target) in ["/js/", "/js/page/2/", "/js/page/10/"]
        .into_iter()
        .enumerate()
    {
        let page = get(server.addr(), QUOTES, target).await;
        assert_eq!((page.count("div.quote"), data(&page.text()).len()), (0, 10));
        assert_eq!(
            page.count("ul.pager > li.next > a"),
            usize::from(number < 2),
            "{target}"
        );
    }
    let first = get(server.addr(), QUOTES, "/js/").await;
    assert_eq!(first.attributes("li.next > a", "href"), ["/js/page/2/"]);
    let texts: Vec<_> = data(&first.text())
        .iter()
        .map(|quote| quote["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        texts,
        get(server.addr(), QUOTES, "/").await.texts("span.text")
    );

    let delayed = get(server.addr(), QUOTES, "/js-delayed/").await.text();
    assert!(delayed.contains("setTimeout(") && delayed.contains(", 10000);"));
    let delayed = get(server.addr(), QUOTES, "/js-delayed/?delay=250")
        .await
        .text();
    assert!(delayed.contains(", 250);") && delayed.contains("/js-delayed/page/2/"));
    assert_eq!(
        get(server.addr(), QUOTES, "/js-delayed/page/2/")
            .await
            .status,
        200
    );
    assert_eq!(
        get(server.addr(), QUOTES, "/js-delayed/?delay=soon")
            .await
            .status,
        400
    );

    let onclick = get(server.addr(), QUOTES, "/js-onclick/").await;
    assert_eq!(data(&onclick.text()).len(), 100);
    assert_eq!(onclick.count("li.next > a[onclick]"), 1);
    assert!(onclick.attributes("li.next > a", "href").is_empty());
}

#[tokio::test]
async fn the_tables_hold_the_quotations_without_classes() {
    let server = practice().await;
    let page = get(server.addr(), QUOTES, "/tableful/").await;
    assert_eq!(page.count("[class]"), 0);
    let quotes: Vec<_> = page
        .texts("table table td")
        .into_iter()
        .filter(|cell| cell.starts_with('“'))
        .collect();
    assert_eq!(quotes.len(), 10);
    assert!(quotes.iter().all(|quote| quote.contains("” Author: ")));
    assert!(
        page.attributes("a", "href")
            .contains(&"/tableful/page/2/".to_owned())
    );
    let life = get(server.addr(), QUOTES, "/tableful/tag/life/page/2/").await;
    let cells = life.texts("table table td");
    assert_eq!(
        cells
            .iter()
            .filter(|cell| cell.contains(" Author: "))
            .count(),
        5
    );
    let past = get(server.addr(), QUOTES, "/tableful/page/11/").await;
    assert!(past.text().contains("No quotes found!"));
}

#[tokio::test]
async fn the_random_page_shows_another_quotation_each_time() {
    let server = practice().await;
    let mut seen = HashSet::new();
    for _ in 0..20 {
        let page = get(server.addr(), QUOTES, "/random").await;
        let texts = page.texts("div.quote > span.text");
        assert_eq!(texts.len(), 1);
        seen.extend(texts);
    }
    assert_eq!(seen.len(), 20);
}

#[tokio::test]
async fn the_search_goes_from_author_to_tag_to_quotation() {
    let server = practice().await;
    let start = get(server.addr(), QUOTES, "/search.aspx").await;
    assert_eq!(start.count("select#author > option"), 51);
    assert_eq!(start.count("select#tag > option"), 1);
    let state =
        |page: &crate::client::Answer| page.attributes("input#__VIEWSTATE", "value")[0].clone();
    let first_state = state(&start);
    assert!(
        first_state
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c))
    );

    let author = [
        ("author", "Mark Twain"),
        ("tag", "----------"),
        ("__VIEWSTATE", &first_state),
    ];
    let tags = post(server.addr(), QUOTES, "/filter.aspx", "", &author).await;
    assert_eq!(
        tags.attributes("select#author > option[selected]", "value"),
        ["Mark Twain"]
    );
    assert!(
        tags.texts("select#tag > option")
            .contains(&"courage".to_owned())
    );
    assert_eq!(tags.count("div.results > div.quote"), 0);

    let second_state = state(&tags);
    assert_ne!(first_state, second_state);
    let both = [
        ("author", "Mark Twain"),
        ("tag", "courage"),
        ("__VIEWSTATE", &second_state),
    ];
    let found = post(server.addr(), QUOTES, "/filter.aspx", "", &both).await;
    assert_eq!(
        (
            found.status,
            found.count("div.results > div.quote > span.content")
        ),
        (200, 1)
    );
    assert_eq!(found.texts("div.quote > span.author"), ["Mark Twain"]);
    assert_eq!(found.texts("div.quote > span.tag"), ["courage"]);

    let early = [
        ("author", "Mark Twain"),
        ("tag", "courage"),
        ("__VIEWSTATE", &first_state),
    ];
    for form in [&early[..], &both[..2], &[]] {
        let refused = post(server.addr(), QUOTES, "/filter.aspx", "", form).await;
        assert_eq!(
            (refused.status, refused.count("p.error")),
            (400, 1),
            "{form:?}"
        );
    }
}
