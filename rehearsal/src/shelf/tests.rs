#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::*;

/// A folder `shelf` with some files, and files beside it.
fn shelf() -> (TempDir, Shelf) {
    let home = TempDir::new().unwrap();
    let at = |path: &str| home.path().join(path);
    fs::create_dir_all(at("shelf/a/b")).unwrap();
    for path in
        ["shelf/top.yaml", "shelf/a/b/deep.yaml", "shelf/a/deep.yaml", "shelf/a b.yaml", "outside.yaml"]
    {
        fs::write(at(path), path).unwrap();
    }
    symlink(at("outside.yaml"), at("shelf/link.yaml")).unwrap();
    symlink("top.yaml", at("shelf/inner.yaml")).unwrap();
    let shelf = Shelf::open(&at("shelf")).unwrap();
    (home, shelf)
}

/// The text that is found, or why none is, without the home's name.
fn told(home: &TempDir, shelf: &Shelf, url: &str, origin: &Origin) -> String {
    let told = match shelf.find(url, origin) {
        Ok(found) => found.text,
        Err(error) => error.to_string(),
    };
    told.replace(&home.path().display().to_string(), "~")
}

#[test]
fn the_longest_end_of_a_path_is_found() {
    let (home, shelf) = shelf();
    for (url, expected) in [
        ("https://bucket.s3.amazonaws.com/top.yaml", "shelf/top.yaml"),
        ("https://s3.amazonaws.com/bucket/prefix/top.yaml?versionId=1#x", "shelf/top.yaml"),
        ("https://b.s3.amazonaws.com/x/a/b/deep.yaml", "shelf/a/b/deep.yaml"),
        ("https://b.s3.amazonaws.com/a/deep.yaml", "shelf/a/deep.yaml"),
        ("s3://bucket/a%20b.yaml", "shelf/a b.yaml"),
        ("http://example.com/top.yaml", "shelf/top.yaml"),
        ("http://127.0.0.1@example.com/top.yaml", "shelf/top.yaml"),
        ("a/deep.yaml", "shelf/a/deep.yaml"),
        ("__URL__/top.yaml", "shelf/top.yaml"),
        ("https://b/inner.yaml", "shelf/top.yaml"),
        ("https://b/link.yaml", "https://b/link.yaml: the folder ~/shelf (--template-dir) has no link.yaml"),
        (
            "https://b/../outside.yaml",
            "https://b/../outside.yaml: the folder ~/shelf (--template-dir) has no outside.yaml",
        ),
        (
            "https://b/%2e%2e/outside.yaml",
            "https://b/%2e%2e/outside.yaml: the folder ~/shelf (--template-dir) has no outside.yaml",
        ),
        (
            "https://b/x%2F..%2F..%2Foutside.yaml",
            "https://b/x%2F..%2F..%2Foutside.yaml: the folder ~/shelf (--template-dir) has no x/../../outside.yaml",
        ),
        ("https://b/a", "https://b/a: the folder ~/shelf (--template-dir) has no a"),
    ] {
        assert_eq!(told(&home, &shelf, url, &Origin::Nowhere), expected, "{url}");
    }
    let none = told(&home, &Shelf::default(), "https://b/x/top.yaml", &Origin::Nowhere);
    assert_eq!(
        none,
        "https://b/x/top.yaml: no bucket of this rehearsal has it; give --template-dir DIR, a folder that has top.yaml"
    );
}

#[test]
fn paths_are_from_where_the_template_is() {
    let (home, shelf) = shelf();
    let folder = Origin::Folder(home.path().join("shelf/a"));
    for (url, origin, expected) in [
        ("b/deep.yaml", &folder, "shelf/a/b/deep.yaml"),
        ("./deep.yaml", &folder, "shelf/a/deep.yaml"),
        // The template's own folder is the user's: what it names beside it is too.
        ("../../outside.yaml", &folder, "outside.yaml"),
        ("top.yaml", &folder, "shelf/top.yaml"),
        ("../top.yaml", &Origin::Shelf("a".into()), "shelf/top.yaml"),
        ("deep.yaml", &Origin::Shelf("a".into()), "shelf/a/deep.yaml"),
        (
            "../../outside.yaml",
            &Origin::Shelf("a".into()),
            "../../outside.yaml: the folder ~/shelf (--template-dir) has no outside.yaml",
        ),
    ] {
        assert_eq!(told(&home, &shelf, url, origin), expected, "{url} from {origin:?}");
    }
    let url = format!("file://{}/shelf/a%20b.yaml", home.path().display());
    let found = Shelf::default().find(&url, &Origin::Nowhere).unwrap();
    assert_eq!(
        (found.text.as_str(), found.origin),
        ("shelf/a b.yaml", Origin::Folder(home.path().join("shelf")))
    );
    let found = shelf.find("https://b/a/deep.yaml", &Origin::Nowhere).unwrap();
    assert_eq!(found.origin, Origin::Shelf("a".into()));
    for (path, expected) in [("shelf", "it is no regular file"), ("missing", "No such file or directory")] {
        let url = format!("file://{}/{path}", home.path().display());
        assert!(told(&home, &shelf, &url, &Origin::Nowhere).contains(expected));
    }
}

#[test]
fn what_is_no_text_or_too_long_is_none() {
    let (home, shelf) = shelf();
    fs::write(home.path().join("shelf/bytes.yaml"), b"\xff").unwrap();
    fs::write(home.path().join("shelf/full.yaml"), "a".repeat(MAX_BYTES)).unwrap();
    fs::write(home.path().join("shelf/long.yaml"), "a".repeat(MAX_BYTES + 1)).unwrap();
    let told = |url: &str| told(&home, &shelf, url, &Origin::Nowhere);
    assert_eq!(told("https://b/bytes.yaml"), "https://b/bytes.yaml: is not text in UTF-8, so no template");
    assert_eq!(told("https://b/full.yaml").len(), MAX_BYTES);
    assert_eq!(told("https://b/long.yaml"), "Template may not exceed 1000000 bytes in size.");
}

/// What is told of a URL whose server answers so, once.
fn served(answer: &[u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/t.yaml", listener.local_addr().unwrap().port());
    let answer = answer.to_vec();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        // Whoever has read enough hangs up.
        let _ = stream.write_all(&answer);
    });
    let told = match Shelf::default().find(&url, &Origin::Nowhere) {
        Ok(found) => found.text,
        Err(error) => error.to_string().replace(&url, "URL"),
    };
    server.join().unwrap();
    told
}

#[test]
fn this_machine_serves_templates_too() {
    assert_eq!(served(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), "hello");
    let redirect = b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(served(redirect), "URL: the template cannot be fetched (the answer is 302 Found)");
    let missing = served(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert!(
        missing.starts_with("URL: the template cannot be fetched (") && missing.contains("404"),
        "{missing}"
    );
    let mut long = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    long.resize(MAX_BYTES + 100_000, b'a');
    assert_eq!(served(&long), "Template may not exceed 1000000 bytes in size.");
    let broken = served(b"nonsense");
    assert!(broken.starts_with("URL: the template cannot be fetched ("), "{broken}");
}

#[test]
fn nobody_is_waited_for_long() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
    let begun = Instant::now();
    let error = Shelf::default().find(&url, &Origin::Nowhere).unwrap_err().to_string();
    assert!(error.contains("the template cannot be fetched"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn only_this_machine_is_asked() {
    for url in [
        "https://127.0.0.1/x",
        "http://192.0.2.1/x",
        "http://example.com/x",
        "http://localhost.example.com/x",
        "http://user@localhost/x",
        "http://127.0.0.1.example.com/x",
        "ftp://127.0.0.1/x",
    ] {
        assert_eq!(address(url), Address::Elsewhere("/x"), "{url}");
    }
    for url in ["http://127.0.0.1/x", "HTTP://LOCALHOST:80/x", "http://[::1]:8080/x", "http://127.1.2.3:1"] {
        assert_eq!(address(url), Address::Loopback, "{url}");
    }
    assert_eq!(address("file:/x%20y"), Address::File("/x y".into()));
    assert_eq!(address("C:/x"), Address::Path("C:/x"));
}
