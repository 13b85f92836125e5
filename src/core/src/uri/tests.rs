use super::{form_encode, percent_encode, requote, resolve, split};

#[test]
fn a_uri_is_split_as_written() {
    let parts = split("HTTPS://user:pw@Host:8443/a b/ü?x=1 2&y=?#z#");
    assert_eq!(parts.scheme, Some("HTTPS"));
    assert_eq!(parts.authority, Some("user:pw@Host:8443"));
    assert_eq!(parts.path, "/a b/ü");
    assert_eq!(parts.query, Some("x=1 2&y=?"));
    assert_eq!(parts.fragment, Some("z#"));
    assert_eq!(parts.host(), Some("Host:8443"));
}

#[test]
fn what_is_missing_is_not_what_is_empty() {
    let parts = split("http://h?#");
    assert_eq!((parts.path, parts.query, parts.fragment), ("", Some(""), Some("")));
    let parts = split("//h/p");
    assert_eq!((parts.scheme, parts.authority, parts.path), (None, Some("h"), "/p"));
    let parts = split("a/b:c");
    assert_eq!((parts.scheme, parts.authority, parts.path), (None, None, "a/b:c"));
    let parts = split("");
    assert_eq!((parts.scheme, parts.authority, parts.path, parts.query), (None, None, "", None));
    assert_eq!(split("urn:x").host(), None);
}

#[test]
fn the_default_port_is_not_part_of_the_host() {
    for (uri, host) in [
        ("http://h:80/", Some("h")),
        ("https://h:443/", Some("h")),
        ("https://h:80/", Some("h:80")),
        ("http://[::1]:80/", Some("[::1]")),
        ("http://[::1]/", Some("[::1]")),
        ("http://u@h/", Some("h")),
        ("http://h:/", Some("h")),
        ("ftp://h:/", Some("h")),
        ("http://[::1]:/", Some("[::1]")),
        ("http://u:p@:80/", None),
        ("http:///p", None),
        ("http://:8080/p", None),
    ] {
        assert_eq!(split(uri).host(), host, "{uri}");
    }
}

/// RFC 3986 §5.4.1 and §5.4.2, strictly.
#[test]
fn the_examples_of_the_standard_are_resolved() {
    let base = "http://a/b/c/d;p?q";
    for (reference, target) in [
        ("g:h", "g:h"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q#s"),
        ("g#s", "http://a/b/c/g#s"),
        ("g?y#s", "http://a/b/c/g?y#s"),
        (";x", "http://a/b/c/;x"),
        ("g;x", "http://a/b/c/g;x"),
        ("g;x?y#s", "http://a/b/c/g;x?y#s"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../", "http://a/"),
        ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("../../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        (".g", "http://a/b/c/.g"),
        ("g..", "http://a/b/c/g.."),
        ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/./h", "http://a/b/c/g/h"),
        ("g/../h", "http://a/b/c/h"),
        ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
        ("g;x=1/../y", "http://a/b/c/y"),
        ("g?y/./x", "http://a/b/c/g?y/./x"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("g#s/./x", "http://a/b/c/g#s/./x"),
        ("g#s/../x", "http://a/b/c/g#s/../x"),
        ("http:g", "http:g"),
    ] {
        assert_eq!(resolve(base, reference), target, "{reference:?}");
    }
}

#[test]
fn a_base_without_a_path_has_a_root() {
    assert_eq!(resolve("https://h", "g?x"), "https://h/g?x");
    assert_eq!(resolve("https://h?q", "#f"), "https://h?q#f");
}

/// What requests 2.34.2 sends.
#[test]
fn a_url_is_requoted_as_requests_does() {
    for (given, sent) in [
        (
            "http://h/a b/%7Efoo/ü?x=1 2&Signature=a+b/c=&y=%2f",
            "http://h/a%20b/~foo/%C3%BC?x=1%202&Signature=a+b/c=&y=%2F",
        ),
        ("http://h/p?x=1#frag", "http://h/p?x=1"),
        ("http://H.Example:80/a/../b/./c/..?q", "http://h.example:80/b/?q"),
        ("http://h?x", "http://h/?x"),
        ("http://h/100%/%41?a=%41&b=%zz", "http://h/100%25/%2541?a=%2541&b=%25zz"),
        (
            "http://h/a%2e%2e/b?%5bx%5D=[y]&q=\"<>\\^`{|}",
            "http://h/a../b?%5Bx%5D=%5By%5D&q=%22%3C%3E%5C%5E%60%7B%7C%7D",
        ),
        ("http://h//a//b?", "http://h//a//b"),
        ("http://u:p@h/x", "http://u:p@h/x"),
        ("http://h/a?b?c/d", "http://h/a?b?c/d"),
        ("http://h/%c3%bc%20?~-._!$&'()*+,;=:@/?", "http://h/%C3%BC%20?~-._!$&'()*+,;=:@/?"),
        ("https://h:443/x\n?y\n", "https://h:443/x%0A?y%0A"),
        ("http://h/a%4?b=%41", "http://h/a%254?b=A"),
        ("http://h/../../x", "http://h/x"),
        ("http://h/x?#f", "http://h/x"),
        ("http://[FE80::1]:8080/x", "http://[fe80::1]:8080/x"),
        ("http://a_b.example.:/x", "http://a_b.example.:/x"),
        ("http://h:65535/x", "http://h:65535/x"),
    ] {
        assert_eq!(requote(given).as_deref(), Some(sent), "{given}");
    }
}

#[test]
fn what_is_no_http_url_is_not_requoted() {
    for url in [
        "",
        "h/p",
        "/p",
        "ftp://h/p",
        "http:/h",
        "http://",
        "http://:80/",
        "http:///p",
        "http://hé/",
        "http://a b/",
        "http://a\\/",
        "http://a%41/",
        "http://a<b>/",
        "http://a:80:81/",
        "http://a:8O/",
        "http://a:65536/",
        "http://a:99999999999999999999/",
        "http://[::1/",
        "http://[::1]8/",
        "http://a[::1]/",
    ] {
        assert_eq!(requote(url), None, "{url}");
    }
}

#[test]
fn a_value_is_encoded_for_signatures_and_forms() {
    assert_eq!(percent_encode("aZ09-._~ +/%é"), "aZ09-._~%20%2B%2F%25%C3%A9");
    assert_eq!(form_encode("S t~*'()/é"), "S+t~%2A%27%28%29%2F%C3%A9");
}

#[test]
fn a_requoted_url_never_outgrows_its_room() {
    let url = format!("http://h?{}", "\u{e9}".repeat(1_000));
    assert_eq!(requote(&url).map(|sent| sent.capacity()), Some(url.len() * 3 + 1));
}
