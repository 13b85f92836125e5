use super::http_date;

#[test]
fn the_form_that_servers_have_to_send() {
    assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
    assert_eq!(http_date("Sun, 06 nov 1994 08:49:37 GMT"), Some(784_111_777_000), "in any case");
    assert_eq!(http_date(" Thu, 01 Jan 1970 00:00:00 GMT "), Some(0));
    assert_eq!(http_date("Sat, 29 Feb 2020 23:59:60 GMT"), Some(1_583_020_799_000));
    assert_eq!(http_date("Fri, 31 Dec 9999 23:59:59 GMT"), Some(253_402_300_799_000));
}

#[test]
fn anything_else_is_none() {
    for date in [
        "",
        "now",
        "Sun, 06 Nov 1994",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37:00 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(http_date(date), None, "{date}");
    }
}
