//! Cases of RFC 9309, Google's documentation, and files as they are.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn allows(text: &str, path: &str) -> bool {
    let robots = Robots::parse(text.as_bytes(), "huntsman");
    robots.allows(&Url::parse("http://a.example").unwrap().join(path).unwrap())
}

#[track_caller]
fn check(text: &str, allowed: &[&str], refused: &[&str]) {
    for path in allowed {
        assert!(allows(text, path), "{path} should be allowed by {text:?}");
    }
    for path in refused {
        assert!(!allows(text, path), "{path} should be refused by {text:?}");
    }
}

#[test]
fn the_longest_match_decides_and_allow_wins_a_draw() {
    let text = "user-agent: *\ndisallow: /\nallow: /p\nallow: /page/\ndisallow: /page/x\ndisallow: /folder\nallow: /folder\n";
    check(
        text,
        &["/p", "/page/", "/page/y", "/folder", "/folder/x"],
        &["/", "/a", "/page/x", "/page/xyz"],
    );
}

#[test]
fn wildcards_and_end() {
    let text =
        "user-agent: *\ndisallow: /*.php$\ndisallow: /fish*\ndisallow: *.asp\ndisallow: /a*b*c$\n";
    check(
        text,
        &["/x.php?y", "/x.phpx", "/Fish", "/abcd", "/ac"],
        &[
            "/x.php",
            "/fish",
            "/fishheads/y.html",
            "/x.asp",
            "/x.asp?y",
            "/abc",
            "/axxbyyc",
            "/abcbc",
        ],
    );
}

#[test]
fn a_dollar_in_the_middle_is_a_dollar() {
    check(
        "user-agent: *\ndisallow: /a$b\n",
        &["/a", "/ab"],
        &["/a$b", "/a$bc"],
    );
}

#[test]
fn the_own_group_counts_alone() {
    let text = "user-agent: *\ndisallow: /\n\nuser-agent: Huntsman\ndisallow: /x\n";
    check(text, &["/", "/y"], &["/x"]);
    check("user-agent: other\ndisallow: /\n", &["/"], &[]);
    check(
        "user-agent: huntsman\n\nuser-agent: *\ndisallow: /\n",
        &[],
        &["/"],
    );
    check(
        "user-agent: huntsman\ndisallow:\n\nuser-agent: *\ndisallow: /\n",
        &["/"],
        &[],
    );
}

#[test]
fn groups_of_one_agent_are_joined() {
    let text = "user-agent: huntsman\ndisallow: /a\n\nuser-agent: x\ndisallow: /b\n\nuser-agent: HUNTSMAN/2.0\ndisallow: /c\n";
    check(text, &["/b"], &["/a", "/c"]);
}

#[test]
fn several_agents_share_a_group() {
    let text = "user-agent: x\nuser-agent: huntsman\ncrawl-delay: 2\nuser-agent: y\ndisallow: /a\n";
    check(text, &["/b"], &["/a"]);
    let robots = Robots::parse(text.as_bytes(), "y");
    assert!(!robots.allows(&Url::parse("http://a.example/a").unwrap()));
}

#[test]
fn crawl_delay_belongs_to_its_group() {
    let delay = |text: &str| Robots::parse(text.as_bytes(), "huntsman").crawl_delay;
    assert_eq!(
        delay("user-agent: *\ncrawl-delay: 1.5\n"),
        Some(Duration::from_millis(1500))
    );
    assert_eq!(
        delay("user-agent: *\ncrawl-delay: 9\n\nuser-agent: huntsman\ndisallow: /a\n"),
        None
    );
    for bad in ["-1", "soon", "NaN", "1e300", ""] {
        assert_eq!(
            delay(&format!("user-agent: *\ncrawl-delay: {bad}\n")),
            None,
            "{bad}"
        );
    }
}

#[test]
fn escapes_compare_by_meaning() {
    check(
        "user-agent: *\ndisallow: /foo/bar/ツ\n",
        &[],
        &["/foo/bar/ツ", "/foo/bar/%e3%83%84"],
    );
    check(
        "user-agent: *\ndisallow: /a%3cd.html\n",
        &[],
        &["/a%3Cd.html"],
    );
    check(
        "user-agent: *\ndisallow: /%7ejoe/\n",
        &[],
        &["/~joe/", "/%7Ejoe/x"],
    );
    check("user-agent: *\ndisallow: /a%2Fb\n", &["/a/b"], &["/a%2fb"]);
}

#[test]
fn awkward_files() {
    check(
        "\u{feff}User-Agent : *\r\nDISALLOW : /a # private\r\n",
        &["/b"],
        &["/a"],
    );
    check("user-agent: *\rdisallow: /a\r", &["/b"], &["/a"]);
    check("<html><body>404</body></html>", &["/"], &[]);
    check("disallow: /a\n", &["/a"], &[]);
    check(
        "user-agent: *\ndisallow: /a?x=\n",
        &["/a", "/a?y=1"],
        &["/a?x=1"],
    );
    check(
        "user-agent: *\ndisallow: /\n",
        &["/robots.txt"],
        &["/robots.txtx"],
    );
}

#[test]
fn only_the_first_500_kib_are_read() {
    let text = format!(
        "user-agent: *\ndisallow: /a\n{}\ndisallow: /b\n",
        "#".repeat(MAX_BYTES)
    );
    check(&text, &["/b"], &["/a"]);
}

#[test]
fn the_status_speaks_first() {
    let url = Url::parse("http://a.example/a").unwrap();
    let body = b"user-agent: *\ndisallow: /a\n";
    let of = |status: u16| {
        Robots::from_answer(StatusCode::from_u16(status).unwrap(), body, "huntsman").allows(&url)
    };
    assert!(!of(200));
    assert!(of(404) && of(401) && of(403) && of(410));
    assert!(!of(500) && !of(503) && !of(429));
}

#[test]
fn sitemaps_stand_outside_groups() {
    let robots = Robots::parse(
        b"Sitemap: http://a.example/s.xml\nuser-agent: x\nsitemap: /t.xml\n",
        "huntsman",
    );
    assert_eq!(robots.sitemaps, ["http://a.example/s.xml", "/t.xml"]);
}

proptest! {
    #[test]
    fn patterns_match_as_a_regular_expression_would(pattern in "/[ab*]{0,6}\\$?", path in "/[ab]{0,8}") {
        fn slow(pattern: &[u8], path: &[u8]) -> bool {
            match pattern.split_first() {
                None => true,
                Some((b'$', [])) => path.is_empty(),
                Some((b'*', rest)) => (0..=path.len()).any(|skip| slow(rest, &path[skip..])),
                Some((byte, rest)) => path.first() == Some(byte) && slow(rest, &path[1..]),
            }
        }
        prop_assert_eq!(Pattern::new(&pattern).matches(&path), slow(pattern.as_bytes(), path.as_bytes()));
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let robots = Robots::parse(&bytes, "huntsman");
        prop_assert!(robots.allows(&Url::parse("http://a.example/robots.txt").unwrap()));
    }
}
