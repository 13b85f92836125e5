#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::Proxies;
use super::system::Settings;

fn chosen(
    http: Option<&str>,
    https: Option<&str>,
    environment: &[(&str, &str)],
    uri: &str,
) -> Option<String> {
    let read =
        |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let proxy = Proxies::new(http, https, &read).choose(&uri.parse().unwrap()).unwrap();
    proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port()))
}

#[test]
fn one_proxy_a_scheme_and_options_before_the_environment() {
    let environment = [("http_proxy", "http://e:1"), ("https_proxy", "http://e:2")];
    assert_eq!(chosen(Some("o:3"), None, &environment, "http://a/").as_deref(), Some("o:3"));
    assert_eq!(chosen(Some("o:3"), None, &environment, "https://a/").as_deref(), Some("e:2"));
    assert_eq!(chosen(None, Some("http://u:p@o:4"), &environment, "https://a/").as_deref(), Some("o:4"));
    assert_eq!(chosen(Some(""), None, &environment, "http://a/").as_deref(), Some("e:1"));
    assert_eq!(chosen(None, None, &[], "http://a/"), None);
}

#[test]
fn no_proxy_binds_the_environment_but_not_an_option() {
    let environment = [("HTTP_PROXY", "http://e:1"), ("NO_PROXY", "a")];
    assert_eq!(chosen(None, None, &environment, "http://a/"), None);
    assert_eq!(chosen(None, None, &environment, "http://b/").as_deref(), Some("e:1"));
    assert_eq!(chosen(Some("o:3"), None, &environment, "http://a/").as_deref(), Some("o:3"));
}

#[test]
fn variables_in_both_cases_and_for_all_schemes() {
    assert_eq!(chosen(None, None, &[("ALL_PROXY", "socks5://s:9")], "https://a/").as_deref(), Some("s:9"));
    assert_eq!(chosen(None, None, &[("http_proxy", ""), ("HTTP_PROXY", "http://e:1")], "http://a/"), None);
    let cgi = [("HTTP_PROXY", "http://e:1"), ("REQUEST_METHOD", "GET")];
    assert_eq!(chosen(None, None, &cgi, "http://a/"), None);
}

#[test]
fn what_is_no_proxy_is_named_by_its_source_only() {
    let proxies = Proxies::new(Some("gopher://user:hunter2@h"), None, &|_| None);
    let error = proxies.choose(&"http://a/".parse().unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("--http-proxy is not"), "{error}");
    assert!(!error.contains("hunter2") && !format!("{proxies:?}").contains("hunter2"));
    assert_eq!(proxies.choose(&"https://a/".parse().unwrap()).unwrap(), None);
}

#[test]
fn the_systems_where_the_environment_names_none() {
    let system = || Some(Settings { server: "https=s:1".to_owned(), exceptions: "near;<local>".to_owned() });
    let chosen = |environment: &'static [(&str, &str)], uri: &str| {
        let read = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let proxies = Proxies::of(None, None, &read, system);
        proxies.named(&uri.parse().unwrap()).unwrap()
    };
    assert_eq!(chosen(&[], "https://a.example/").as_deref(), Some("s:1 (the system's settings)"));
    assert_eq!(chosen(&[("NO_PROXY", "a.example")], "https://a.example/"), None);
    for direct in ["https://near/", "https://other/", "http://a.example/"] {
        assert_eq!(chosen(&[], direct), None, "{direct}");
    }
    assert_eq!(chosen(&[("https_proxy", "")], "https://a.example/"), None);
    assert_eq!(chosen(&[("HTTP_PROXY", "http://e:2")], "https://a.example/"), None);
}
