use super::{to_sign, uri};
use crate::delivery::{PrepareError, ResourceTarget, Signal, Status};
use crate::endpoint::EndpointVariant;

fn signal() -> Signal {
    Signal { status: Status::Failure, unique_id: "a/b c".to_owned(), reason: None, data: None }
}

fn target() -> ResourceTarget {
    ResourceTarget {
        stack: "S t~*'()".to_owned(),
        logical_id: "R+é".to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint_variant: EndpointVariant::default(),
        endpoint_url: None,
    }
}

fn at(endpoint_url: &str) -> ResourceTarget {
    ResourceTarget { endpoint_url: Some(endpoint_url.to_owned()), ..target() }
}

const QUERY: &str = "?Action=SignalResource&LogicalResourceId=R%2B%C3%A9&StackName=S+t~%2A%27%28%29&UniqueId=a%2Fb+c\
                     &Status=FAILURE&ContentType=JSON&Version=2010-05-15";

#[test]
fn everything_is_in_the_query_form_encoded() {
    let expected = ["https://cloudformation.eu-west-1.amazonaws.com/", QUERY].concat();
    assert_eq!(uri(&signal(), &target()), Ok(expected));
}

#[test]
fn an_endpoint_url_keeps_its_path_and_gets_a_slash() {
    for (url, expected) in [
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566/"),
        ("http://127.0.0.1:4566/", "http://127.0.0.1:4566/"),
        ("http://127.0.0.1:4566/some/path", "http://127.0.0.1:4566/some/path/"),
    ] {
        assert_eq!(uri(&signal(), &at(url)), Ok([expected, QUERY].concat()));
    }
}

#[test]
fn what_cannot_be_an_endpoint_is_refused() {
    for url in ["", "localhost:80", "ftp://x/", "http://", "http://x/?a=b", "http://x/#f", "http://u:p@x/"] {
        assert!(matches!(uri(&signal(), &at(url)), Err(PrepareError::EndpointUrl(_))), "{url}");
    }
}

#[test]
fn names_are_needed() {
    let no_stack = ResourceTarget { stack: String::new(), ..target() };
    assert!(matches!(uri(&signal(), &no_stack), Err(PrepareError::Stack(_))));
    let no_resource = ResourceTarget { logical_id: String::new(), ..target() };
    assert!(matches!(uri(&signal(), &no_resource), Err(PrepareError::LogicalId(_))));
    let no_region = ResourceTarget { region: String::new(), ..at("http://127.0.0.1/") };
    assert!(matches!(uri(&signal(), &no_region), Err(PrepareError::Region(_))), "it is signed even so");
}

#[test]
fn a_plus_is_signed_as_the_space_it_stands_for() {
    assert_eq!(to_sign("https://x/a+b?c=d+e&f=%2B"), "https://x/a+b?c=d%20e&f=%2B");
    assert_eq!(to_sign("https://x/a+b"), "https://x/a+b");
}
