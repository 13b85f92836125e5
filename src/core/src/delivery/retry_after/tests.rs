use super::asked;
use crate::delivery::http_date::http_date;
use crate::http::Response;

fn answer(name: &str, value: &str) -> Response {
    Response { headers: vec![(name.to_owned(), value.to_owned())], ..Response::default() }
}

#[test]
fn awss_header_is_held_close_to_the_drawn_wait() {
    for (value, drawn, expected) in [
        ("1500", 1_000, 1_500),
        ("0", 1_000, 1_000),
        ("5050", 50, 5_050),
        ("5051", 50, 5_050),
        ("10000", 1_000, 6_000),
        (" 1500 ", 1_000, 1_500),
    ] {
        assert_eq!(asked(&answer("X-Amz-Retry-After", value), drawn, 0), Some(expected), "{value}");
    }
}

#[test]
fn what_is_no_number_is_ignored() {
    for value in ["", "-100", "abc", "1.5", "+5", "99999999999999999999999"] {
        assert_eq!(asked(&answer("x-amz-retry-after", value), 700, 0), None, "{value}");
        assert_eq!(asked(&answer("retry-after", value), 700, 0), None, "{value}");
    }
}

#[test]
fn the_standard_header_is_taken_as_it_is() {
    assert_eq!(asked(&answer("Retry-After", "120"), 700, 0), Some(120_000));
    assert_eq!(asked(&answer("Retry-After", "0"), 700, 0), Some(0));
    assert_eq!(asked(&answer("Retry-After", "18446744073709551615"), 700, 0), Some(u64::MAX));
    let now = http_date("Thu, 01 Jan 2026 00:00:00 GMT").unwrap_or_default();
    let date = answer("Retry-After", "Thu, 01 Jan 2026 00:00:10 GMT");
    assert_eq!(asked(&date, 700, now), Some(10_000));
    assert_eq!(asked(&date, 700, now + 60_000), Some(0), "already past");
}
