//! A page in Chromium, with what jco transpiles.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use cfn_signal_tests::recorder::{Answer, Recorded, Recorder};
use serde_json::{Value, json};

use super::chromium::Browser;
use super::examples;

/// The verdict, once there is one.
const VERDICT: &str = "new Promise(done => (function look() {
    const { state } = document.body.dataset;
    state === 'signing' ? setTimeout(look, 20) : done(state);
})())";

/// A file as a static server has it: `hosts/`, with the transpiled component where Node's examples have it.
fn serve(asked: &Recorded, node: &Path) -> Answer {
    let path = asked.target.trim_start_matches('/');
    let file = match path.strip_prefix("node/") {
        Some(path) => node.join(path),
        None if path.ends_with('/') => examples::file(path).join("index.html"),
        None => examples::file(path),
    };
    let Ok(body) = fs::read(&file) else { return Answer::new(404, "") };
    let kind = match file.extension().and_then(OsStr::to_str) {
        Some("html") => "text/html",
        Some("js" | "mjs") => "text/javascript",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    Answer { status: 200, headers: vec![("Content-Type".into(), kind.into())], body }
}

fn text(browser: &mut Browser, id: &str) -> String {
    browser.value(&format!("document.getElementById('{id}').textContent")).as_str().unwrap().to_owned()
}

/// Nothing was asked for but what is ours, and nobody complained.
fn assert_quiet(browser: &Browser, site: &str) {
    for told in &browser.told {
        let method = told.get("method").and_then(Value::as_str).unwrap_or_default();
        assert!(
            !["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"].contains(&method),
            "{told}"
        );
        if method == "Network.requestWillBeSent" {
            let url = told.pointer("/params/request/url").and_then(Value::as_str).unwrap();
            assert!(url.starts_with(site) || url == "data:,", "{url}");
        }
    }
}

#[test]
fn a_page_signs() {
    let Some(node) = examples::node() else { return };
    let Some(mut browser) = Browser::start() else { return };
    let site = Recorder::start(|asked| serve(asked, node)).unwrap();
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")] {
        browser.open(&format!("{}/browser/", site.url()), width, scheme);
        assert_eq!(browser.value(VERDICT), "good", "{}", text(&mut browser, "verdict"));
        assert_eq!(text(&mut browser, "signature"), examples::signature());
        let canonical = text(&mut browser, "canonical-request");
        assert!(canonical.starts_with("POST\n/\n\ncontent-type:"), "{canonical}");
        let signed = text(&mut browser, "string-to-sign");
        assert!(signed.starts_with("AWS4-HMAC-SHA256\n20150830T123600Z\n"), "{signed}");
        let complaints = browser.value(include_str!("../../../rehearsal/tests/browser/look.js"));
        assert_eq!(complaints, json!([]), "{width}, {scheme}");
        browser.picture(&format!("signed-{width}-{scheme}.png"));
        assert_quiet(&browser, &site.url());
    }
}
