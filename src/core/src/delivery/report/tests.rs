use super::{Effort, Failure, duration, tried};
use crate::delivery::TransportError;
use crate::delivery::scrub::Scrub;
use crate::http::Response;

#[test]
fn times_and_tries_for_people() {
    assert_eq!([0, 999, 1_000, 1_250, 300_000].map(duration), ["0 ms", "999 ms", "1 s", "1.2 s", "300 s"]);
    assert_eq!(tried(Effort { attempts: 0, elapsed: 0 }), "nothing sent, 0 ms");
    assert_eq!(tried(Effort { attempts: 1, elapsed: 20 }), "1 try, 20 ms");
    assert_eq!(tried(Effort { attempts: 2, elapsed: 2_000 }), "2 tries, 2 s");
}

#[test]
fn a_page_is_not_quoted_and_a_line_is() {
    let scrub = Scrub::default();
    let summary = |body: &str| {
        let response = Response { status: 403, headers: Vec::new(), body: body.into() };
        Failure::answer(&response, None, "", &scrub).summary
    };
    assert_eq!(summary(""), "the server answered 403");
    assert_eq!(summary("<html><p>no</p></html>"), "the server answered 403 with a page that is not AWS's");
    assert_eq!(summary("blocked\nby policy"), "the server answered 403: blocked by policy");
}

#[test]
fn a_transport_error_keeps_its_detail_without_secrets() {
    let mut scrub = Scrub::default();
    scrub.learn("hunter22");
    let detail = "proxy http://u:hunter22@p:3128 said no".to_owned();
    let failure = Failure::transport(&TransportError::Proxy(detail), 30_000, &scrub);
    assert_eq!(failure.summary, "the proxy failed: proxy http://u:***@p:3128 said no");
    let failure = Failure::transport(&TransportError::Timeout, 30_000, &scrub);
    assert_eq!(failure.summary, "no answer within 30 s");
}
