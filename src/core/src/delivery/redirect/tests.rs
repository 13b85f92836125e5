use super::target;

const FROM: &str = "https://h.example/a/b?x=1";

fn follow(location: &str) -> Result<String, &'static str> {
    target(FROM, Some(location), 0)
}

#[test]
fn a_location_may_be_relative() {
    assert_eq!(follow("https://other.example/c?y=2#f"), Ok("https://other.example/c?y=2".to_owned()));
    assert_eq!(follow("/c?y=2"), Ok("https://h.example/c?y=2".to_owned()));
    assert_eq!(follow("c"), Ok("https://h.example/a/c".to_owned()));
    assert_eq!(follow("//other.example/c"), Ok("https://other.example/c".to_owned()));
    assert_eq!(
        target("http://h.example/", Some("https://h.example/"), 0).as_deref(),
        Ok("https://h.example/")
    );
}

#[test]
fn five_are_followed() {
    assert!(target(FROM, Some("/c"), 4).is_ok());
    assert!(target(FROM, Some("/c"), 5).is_err_and(|why| why.contains("more than 5")));
}

#[test]
fn some_are_not() {
    for (location, why) in [
        ("http://h.example/a", "from https to http"),
        ("ftp://h.example/a", "not an http URL"),
        ("https://", "not an http URL"),
        ("https://user:password@h.example/", "user name"),
        ("", "where to"),
        ("  ", "where to"),
    ] {
        assert!(
            follow(location).is_err_and(|error| error.contains(why)),
            "{location}: {:?}",
            follow(location)
        );
    }
    assert!(target(FROM, None, 0).is_err());
}
