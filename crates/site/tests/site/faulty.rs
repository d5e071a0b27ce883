//! The faulty site: each behaviour as it stands on the wire.

use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

use crate::client::{Answer, FAULTY, get, get_with, practice};

async fn faulty(addr: SocketAddr, target: &str) -> Answer {
    get(addr, FAULTY, target).await
}

#[tokio::test]
async fn any_status_can_be_asked_for() {
    let server = practice().await;
    for status in [200, 201, 204, 304, 404, 410, 418, 500, 503, 999] {
        let answer = faulty(server.addr(), &format!("/status/{status}")).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.body.is_empty(), [204, 304].contains(&status));
    }
    for wrong in [
        "/status/100",
        "/status/1000",
        "/status/99",
        "/status/teapot",
    ] {
        assert_eq!(faulty(server.addr(), wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn redirects_chain_loop_and_leave() {
    let server = practice().await;
    let addr = server.addr();
    let step = faulty(addr, "/redirect/3").await;
    assert_eq!(
        (step.status, step.header("location")),
        (302, Some("/redirect/2"))
    );
    let step = faulty(addr, "/redirect/1?status=307").await;
    assert_eq!(
        (step.status, step.header("location")),
        (307, Some("/redirect/0?status=307"))
    );
    assert_eq!(faulty(addr, "/redirect/0").await.status, 200);
    assert_eq!(faulty(addr, "/redirect/many").await.status, 400);
    assert_eq!(faulty(addr, "/redirect/1?status=200").await.status, 400);

    assert_eq!(
        faulty(addr, "/loop").await.header("location"),
        Some("/loop/back")
    );
    assert_eq!(
        faulty(addr, "/loop/back").await.header("location"),
        Some("/loop")
    );
    assert_eq!(
        faulty(addr, "/redirect/other-host")
            .await
            .header("location"),
        Some("http://quotes.toscrape.com/")
    );
    let with_port = get(addr, "faulty.test:8080", "/redirect/other-host").await;
    assert_eq!(
        with_port.header("location"),
        Some("http://quotes.toscrape.com:8080/")
    );
    let nowhere = faulty(addr, "/redirect/no-location").await;
    assert_eq!((nowhere.status, nowhere.header("location")), (302, None));
}

#[tokio::test]
async fn the_slow_page_is_slow() {
    let server = practice().await;
    let addr = server.addr();
    let hurry = tokio::time::timeout(Duration::from_millis(150), faulty(addr, "/slow/600")).await;
    assert!(hurry.is_err(), "it came too early");
    let patience = tokio::time::timeout(Duration::from_secs(20), faulty(addr, "/slow/300")).await;
    assert_eq!(patience.expect("it came").status, 200);
    assert_eq!(faulty(addr, "/slow/later").await.status, 400);
}

#[tokio::test]
async fn every_coding_holds_the_same_page() {
    let server = practice().await;
    let addr = server.addr();
    let plain = faulty(addr, "/encoded/identity").await;
    assert_eq!(plain.count("li.item"), 100);
    let decoded = |coding: &str, body: &[u8]| {
        let mut page = Vec::new();
        match coding {
            "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut page),
            "deflate" => flate2::read::ZlibDecoder::new(body).read_to_end(&mut page),
            "raw-deflate" => flate2::read::DeflateDecoder::new(body).read_to_end(&mut page),
            "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut page),
            "zstd" => zstd::Decoder::new(body).unwrap().read_to_end(&mut page),
            other => panic!("{other}"),
        }
        .unwrap();
        page
    };
    for coding in ["gzip", "deflate", "raw-deflate", "br", "zstd"] {
        let answer = faulty(addr, &format!("/encoded/{coding}")).await;
        assert_eq!(
            answer.header("content-encoding"),
            Some(coding.trim_start_matches("raw-"))
        );
        assert!(answer.body.len() < plain.body.len() / 4);
        assert_eq!(decoded(coding, &answer.body), plain.body, "{coding}");
    }
    let wrong = faulty(addr, "/encoded/wrong").await;
    assert_eq!(
        (wrong.header("content-encoding"), &wrong.body),
        (Some("gzip"), &plain.body)
    );
}

#[tokio::test]
async fn the_bomb_is_small_on_the_wire_and_large_decoded() {
    let server = practice().await;
    let bomb = faulty(server.addr(), "/bomb/gzip").await;
    assert_eq!(bomb.header("content-encoding"), Some("gzip"));
    assert!(bomb.body.len() < 250_000);
    let mut decoder = flate2::read::GzDecoder::new(&bomb.body[..]);
    // The decoder checks the CRC and the length at the end.
    let size = std::io::copy(&mut decoder, &mut std::io::sink()).unwrap();
    assert_eq!(size, 200 << 20);
}

#[tokio::test]
async fn the_truncated_body_is_shorter_than_declared() {
    let server = practice().await;
    let cut = faulty(server.addr(), "/truncated").await;
    assert_eq!(
        (cut.status, cut.header("content-length")),
        (200, Some("4096"))
    );
    assert!(!cut.body.is_empty() && cut.body.len() < 4096);
    let gzip = faulty(server.addr(), "/truncated/gzip").await;
    assert!(
        flate2::read::GzDecoder::new(&gzip.body[..])
            .read_to_end(&mut Vec::new())
            .is_err()
    );
}

#[tokio::test]
async fn charsets_are_declared_in_every_way_and_wrongly() {
    let server = practice().await;
    let addr = server.addr();
    let holds = |answer: &Answer, bytes: &[u8]| {
        answer
            .body
            .windows(bytes.len())
            .any(|window| window == bytes)
    };
    let header = faulty(addr, "/charset/header").await;
    assert_eq!(
        header.header("content-type"),
        Some("text/html; charset=windows-1252")
    );
    assert!(holds(&header, b"caf\xe9"));
    let meta = faulty(addr, "/charset/meta").await;
    assert_eq!(meta.header("content-type"), Some("text/html"));
    assert!(holds(&meta, b"<meta charset=\"windows-1251\">") && holds(&meta, b"\xcf\xf0\xe8"));
    assert!(holds(
        &faulty(addr, "/charset/meta-http-equiv").await,
        b"\x93\xfa\x96\x7b"
    ));
    let wrong = faulty(addr, "/charset/wrong").await;
    assert_eq!(
        wrong.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(std::str::from_utf8(&wrong.body).is_err());
    let none = faulty(addr, "/charset/none").await;
    assert_eq!(none.header("content-type"), Some("text/html"));
    assert!(none.text().contains("café") && !none.text().contains("charset="));
    assert!(std::str::from_utf8(&faulty(addr, "/charset/none-windows-1252").await.body).is_err());
    assert!(
        faulty(addr, "/charset/contradiction")
            .await
            .text()
            .contains("café")
    );
    assert_eq!(
        faulty(addr, "/charset/unknown")
            .await
            .header("content-type"),
        Some("text/html; charset=x-nothing")
    );
    assert!(
        faulty(addr, "/charset/bom")
            .await
            .body
            .starts_with(&[0xff, 0xfe, b'<', 0])
    );
}

#[tokio::test]
async fn the_busy_page_recovers_after_its_refusals() {
    let server = practice().await;
    let addr = server.addr();
    for _ in 0..2 {
        let busy = faulty(addr, "/retry-after/seconds/2?wait=7").await;
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("7")));
    }
    for _ in 0..2 {
        let page = faulty(addr, "/retry-after/seconds/2?wait=7").await;
        assert_eq!((page.status, page.header("retry-after")), (200, None));
    }
    let own = faulty(addr, "/retry-after/seconds/2?status=429").await;
    assert_eq!(
        (own.status, own.header("retry-after")),
        (429, Some("1")),
        "another address counts by itself"
    );

    let busy = faulty(addr, "/retry-after/date/1?wait=60").await;
    assert_eq!(busy.status, 503);
    let date = |name: &str| httpdate::parse_http_date(busy.header(name).unwrap()).unwrap();
    let wait = date("retry-after").duration_since(date("date")).unwrap();
    assert!((60..=62).contains(&wait.as_secs()), "{wait:?}");
    assert_eq!(
        faulty(addr, "/retry-after/date/1?wait=60").await.status,
        200
    );
    for wrong in [
        "/retry-after/date/x",
        "/retry-after/date/1?wait=99999999999999999999",
        "/retry-after/seconds/1?status=200",
    ] {
        assert_eq!(faulty(addr, wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn cookies_that_were_set_are_shown() {
    let server = practice().await;
    let addr = server.addr();
    let set = faulty(addr, "/cookies/set").await;
    assert_eq!(
        (set.status, set.header("location")),
        (302, Some("/cookies/show"))
    );
    assert_eq!(set.header("set-cookie"), Some("taste=oatmeal; Path=/"));
    let own = faulty(addr, "/cookies/set?name=a&value=b").await;
    let shown = get_with(
        addr,
        FAULTY,
        "/cookies/show",
        &format!("cookie: {}; x=<b>\r\n", own.cookie()),
    )
    .await;
    assert_eq!(shown.texts("li.cookie"), ["a=b", "x=<b>"]);
    assert_eq!(faulty(addr, "/cookies/show").await.count("li.cookie"), 0);
    for wrong in [
        "/cookies/set?name=",
        "/cookies/set?name=a%0d%0ab",
        "/cookies/set?value=a;b",
    ] {
        assert_eq!(faulty(addr, wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn robots_txt_closes_the_private_folder() {
    let server = practice().await;
    let robots = faulty(server.addr(), "/robots.txt").await;
    assert_eq!(
        robots.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(robots.text(), "User-agent: *\nDisallow: /private/\n");
    assert_eq!(faulty(server.addr(), "/private/").await.status, 200);
}

#[tokio::test]
async fn every_link_of_the_index_leads_somewhere() {
    let server = practice().await;
    let links = faulty(server.addr(), "/").await.attributes("a", "href");
    assert!(links.len() > 30);
    for link in links.iter().filter(|link| *link != "/status/404") {
        assert_ne!(faulty(server.addr(), link).await.status, 404, "{link}");
    }
    assert_eq!(faulty(server.addr(), "/nothing").await.status, 404);
}

#[tokio::test]
async fn every_room_of_the_maze_leads_on_and_to_an_answer() {
    let server = practice().await;
    let addr = server.addr();
    let ways = faulty(addr, "/maze").await.attributes("a", "href");
    assert_eq!(ways.len(), 64);
    let mut room = ways[5].clone();
    for _ in 0..24 {
        let links = faulty(addr, &room).await.attributes("a", "href");
        let [on, aside] = &links[..] else {
            panic!("{room}: {links:?}")
        };
        let status = faulty(addr, aside).await.status;
        assert_eq!(status == 404, aside.starts_with("/status/404"), "{aside}");
        assert_ne!(status, 400, "{aside}");
        assert!(on.starts_with("/maze/") && *on != room, "{room}: {on}");
        room.clone_from(on);
    }
    assert_eq!(faulty(addr, "/maze/x").await.status, 400);
}
