#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::Supplied;
use crate::template::value::Value;

fn resolved(given: &[(&str, &str)], text: &str) -> Result<String, String> {
    let mut supplied = Supplied::default();
    given.iter().for_each(|(reference, value)| supplied.resolve(reference, value));
    supplied.substitute(text)
}

#[test]
fn a_reference_is_known_with_and_without_its_version() {
    for given in ["ssm:/app/count", "/app/count", "{{resolve:ssm:/app/count}}", "ssm-secure:/app/count"] {
        for text in [
            "{{resolve:ssm:/app/count}}",
            "{{resolve:ssm:/app/count:7}}",
            "{{resolve:ssm-secure:/app/count:7}}",
        ] {
            assert_eq!(resolved(&[(given, "3")], text).as_deref(), Ok("3"), "{given} {text}");
        }
    }
    let both = [("ssm:/app/count", "3"), ("ssm:/app/count:2", "2")];
    assert_eq!(
        resolved(&both, "a{{resolve:ssm:/app/count:2}}b{{resolve:ssm:/app/count:3}}c").as_deref(),
        Ok("a2b3c")
    );
}

#[test]
fn a_secret_is_known_whole_or_by_its_keys() {
    let whole = [("secretsmanager:app/db", r#"{"user": "web", "port": 5432}"#)];
    for (reference, expected) in [
        ("app/db:SecretString:user", "web"),
        ("app/db:SecretString:port::", "5432"),
        ("app/db:SecretString:user:AWSCURRENT", "web"),
        ("app/db", whole[0].1),
        ("app/db:SecretString", whole[0].1),
    ] {
        let text = format!("{{{{resolve:secretsmanager:{reference}}}}}");
        assert_eq!(resolved(&whole, &text).as_deref(), Ok(expected), "{reference}");
    }
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c";
    let key = format!("secretsmanager:{arn}:SecretString:user");
    let text = format!("{{{{resolve:{key}::}}}}");
    assert_eq!(resolved(&[(&key, "web")], &text).as_deref(), Ok("web"));
    assert_eq!(
        resolved(&whole, "{{resolve:secretsmanager:app/db:SecretString:gone}}").unwrap_err(),
        "secretsmanager:app/db:SecretString:gone"
    );
}

#[test]
fn what_is_not_given_is_told_and_what_is_no_reference_stays() {
    assert_eq!(resolved(&[], "x {{resolve:ssm:/a}} y"), Err("ssm:/a".to_owned()));
    assert_eq!(resolved(&[], "x {{resolve:ssm:/a").as_deref(), Ok("x {{resolve:ssm:/a"));
    assert_eq!(resolved(&[], "{{other}}").as_deref(), Ok("{{other}}"));
}

#[test]
fn an_attribute_that_is_a_list_is_one() {
    let given = |text: &str| {
        let attributes = [("Zone.NameServers".to_owned(), text.to_owned())].into();
        Supplied { attributes, ..Supplied::default() }.attribute("Zone", "NameServers")
    };
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(given(r#"["a", "b"]"#), Some(Value::List(vec![text("a"), text("b")])));
    assert_eq!(given("[a, b]"), Some(text("[a, b]")));
    assert_eq!(given("a"), Some(text("a")));
}

#[test]
fn values_are_not_shown() {
    let mut supplied = Supplied::default();
    supplied.resolve("secretsmanager:db", "hunter2");
    supplied.imports.insert("name".to_owned(), "hunter2".to_owned());
    let shown = format!("{supplied:?}");
    assert!(shown.contains("secretsmanager:db") && !shown.contains("hunter2"), "{shown}");
}
