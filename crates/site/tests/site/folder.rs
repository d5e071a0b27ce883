//! A folder of files as a site.

use std::fs;
use std::path::Path;

use huntsman_site::{Server, SiteError, Sites, serve};

use crate::client::get;

async fn served(folder: &Path) -> Server {
    serve(
        Sites::Folder(folder.to_owned()),
        "127.0.0.1:0".parse().unwrap(),
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn files_and_index_pages_are_served_with_their_types() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("sub folder")).unwrap();
    fs::write(folder.path().join("index.html"), "<h1>Home</h1>").unwrap();
    fs::write(folder.path().join("sub folder/index.html"), "<h1>Sub</h1>").unwrap();
    fs::write(folder.path().join("data.json"), "{}").unwrap();
    fs::write(folder.path().join("picture.jpg"), [0xff, 0xd8]).unwrap();
    let server = served(folder.path()).await;
    for (path, content_type, body) in [
        ("/", "text/html", "<h1>Home</h1>"),
        ("/index.html", "text/html", "<h1>Home</h1>"),
        ("/sub%20folder/", "text/html", "<h1>Sub</h1>"),
        ("/data.json", "application/json", "{}"),
    ] {
        let answer = get(server.addr(), "any.test", path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(content_type)),
            "{path}"
        );
        assert_eq!(answer.text(), body);
    }
    assert_eq!(
        get(server.addr(), "any.test", "/picture.jpg")
            .await
            .header("content-type"),
        Some("image/jpeg")
    );
    let redirect = get(server.addr(), "any.test", "/sub%20folder?a=b").await;
    assert!((300..400).contains(&redirect.status));
    assert_eq!(redirect.header("location"), Some("/sub%20folder/?a=b"));
    assert_eq!(server.hits("any.test", "/index.html"), 1);
}

#[tokio::test]
async fn missing_files_are_not_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let server = served(folder.path()).await;
    for path in ["/", "/nothing.html", "/empty/", "/empty/x"] {
        let answer = get(server.addr(), "any.test", path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("Not Found"), "a page says so");
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let outer = tempfile::tempdir().unwrap();
    let inner = outer.path().join("site");
    fs::create_dir_all(inner.join("sub")).unwrap();
    fs::write(outer.path().join("secret.txt"), "secret").unwrap();
    fs::write(inner.join("open.txt"), "open").unwrap();
    let absolute = outer.path().join("secret.txt").display().to_string();
    let server = served(&inner).await;
    assert_eq!(
        get(server.addr(), "any.test", "/open.txt").await.text(),
        "open"
    );
    for path in [
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2e%2fsecret.txt",
        "/sub/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "/%00",
        &absolute,
        &format!("/{absolute}"),
        &absolute.replace('/', "%2f"),
    ] {
        let answer = get(server.addr(), "any.test", path).await;
        assert!(
            (400..500).contains(&answer.status),
            "{path} is {}",
            answer.status
        );
        assert!(!answer.text().contains("secret"), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_folder_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.txt");
    fs::write(&file, "").unwrap();
    for path in [file, folder.path().join("nothing")] {
        let error = serve(Sites::Folder(path.clone()), "127.0.0.1:0".parse().unwrap())
            .await
            .unwrap_err();
        assert!(matches!(&error, SiteError::Folder { folder, .. } if *folder == path));
        assert!(
            error
                .to_string()
                .starts_with(&format!("cannot serve the folder {}: ", path.display()))
        );
    }
}
