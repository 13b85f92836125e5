#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::collections::BTreeMap;

use super::{
    super::{supplied::Supplied, value::Value, yaml},
    declared, missing, values,
};

/// What `Ref` gives for the parameter `P` declared as `declaration`, or the error.
fn value(declaration: &str, given: Option<&str>) -> Result<Option<Value>, String> {
    let root = yaml::read(&format!("Parameters:\n  P: {declaration}")).map_err(|_| "not YAML")?;
    let told = |fault: super::Fault| fault.into_error("t", Some(&root)).to_string();
    let parameters = declared(&root).map_err(told)?;
    let given: BTreeMap<String, String> =
        given.map(|value| ("P".to_owned(), value.to_owned())).into_iter().collect();
    values(&root, &parameters, &given, Supplied::nothing())
        .map(|mut values| values.remove("P").unwrap())
        .map_err(told)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn defaults_and_given_values() {
    for (declaration, given, expected) in [
        ("{Type: String, Default: a}", None, Some(text("a"))),
        ("{Type: String, Default: a}", Some("b"), Some(text("b"))),
        ("{Type: String, Default: ''}", None, Some(text(""))),
        ("{Type: Number, Default: 08}", None, Some(text("08"))),
        ("{Type: AWS::EC2::VPC::Id}", None, None),
        ("{Type: AWS::EC2::VPC::Id}", Some("vpc-1"), Some(text("vpc-1"))),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /name}", None, None),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /name}", Some("v"), Some(text("v"))),
        ("{Type: AWS::SSM::Parameter::Name, Default: /name}", None, Some(text("/name"))),
        ("{Type: CommaDelimitedList, Default: 'a, b'}", None, Some(Value::List(vec![text("a"), text("b")]))),
        ("{Type: CommaDelimitedList, Default: ''}", None, Some(Value::List(vec![text("")]))),
        ("{Type: String, Default: aB9, AllowedPattern: '[a-z](?=B)\\w+'}", None, Some(text("aB9"))),
        ("{Type: String, Default: a, AllowedPattern: '(broken'}", None, Some(text("a"))),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', AllowedPattern: '/.*'}", Some("v"), Some(text("v"))),
        ("{Type: 'List<AWS::EC2::Subnet::Id>'}", Some("s-1"), Some(Value::List(vec![text("s-1")]))),
    ] {
        assert_eq!(value(declaration, given), Ok(expected), "{declaration}");
    }
}

#[test]
fn constraints() {
    for (declaration, given, problem) in [
        ("{Type: String, AllowedValues: [a, b]}", "c", "\"c\" is not allowed; allowed are: a, b"),
        (
            "{Type: CommaDelimitedList, AllowedValues: [a, b]}",
            "a,c",
            "\"c\" is not allowed; allowed are: a, b",
        ),
        ("{Type: String, MinLength: 3}", "ab", "\"ab\" is shorter than the MinLength 3"),
        ("{Type: String, MaxLength: '3'}", "abcd", "\"abcd\" is longer than the MaxLength 3"),
        (
            "{Type: String, AllowedPattern: '[a-z]+'}",
            "ab1",
            "\"ab1\" does not match the AllowedPattern [a-z]+",
        ),
        (
            "{Type: String, AllowedPattern: 'a|b', ConstraintDescription: a or b}",
            "ab",
            "\"ab\" does not match the AllowedPattern a|b: \"a or b\"",
        ),
        (
            "{Type: CommaDelimitedList, AllowedPattern: '(?!x).*'}",
            "a,xa",
            "\"xa\" does not match the AllowedPattern (?!x).*",
        ),
        ("{Type: Number}", "many", "\"many\" is not a number"),
        ("{Type: 'List<Number>'}", "1,x", "\"x\" is not a number"),
        ("{Type: Number, MinValue: 2}", "1", "\"1\" is less than the MinValue 2"),
        ("{Type: Number, MaxValue: 2}", "2.5", "\"2.5\" is more than the MaxValue 2"),
        ("{Type: Number, NoEcho: true}", "secret", "its value (masked) is not a number"),
    ] {
        // Without the service's words behind it.
        let told = value(declaration, Some(given)).map_err(|told| match told.split_once(" (Parameter ") {
            Some((told, _)) => told.to_owned(),
            None => told,
        });
        assert_eq!(told, Err(format!("t:2:6: Parameters.P: {problem}")), "{declaration}");
    }
}

#[test]
fn constraints_are_told_in_the_services_words() {
    for (declaration, given, words) in [
        ("{Type: String, AllowedValues: [a]}", "c", "Parameter 'P' must be one of AllowedValues"),
        ("{Type: String, MinLength: 3}", "ab", "Parameter 'P' must contain at least 3 characters"),
        ("{Type: String, MaxLength: 3}", "abcd", "Parameter 'P' must contain at most 3 characters"),
        ("{Type: String, AllowedPattern: '[a-z]+'}", "1", "Parameter 'P' must match pattern [a-z]+"),
        ("{Type: Number}", "many", "Parameter 'P' must be a number"),
        ("{Type: Number, MinValue: 2}", "1", "Parameter 'P' must be a number not less than 2"),
        ("{Type: Number, MaxValue: 2}", "3", "Parameter 'P' must be a number not greater than 2"),
        (
            "{Type: Number, MaxValue: 2, ConstraintDescription: two at most}",
            "3",
            "Parameter P failed to satisfy constraint: two at most",
        ),
    ] {
        let told = value(declaration, Some(given)).unwrap_err();
        assert!(told.ends_with(&format!("({words})")), "{declaration}: {told}");
    }
}

#[test]
fn bad_declarations() {
    for (declaration, problem) in [
        ("text", "t:2:3: Parameters.P: a parameter is a map with a Type, this is text"),
        ("{Default: a}", "t:2:3: Parameters.P: the parameter has no Type, such as String"),
        ("{Type: Boolean}", "t:2:13: Parameters.P.Type: \"Boolean\" is no parameter type; String is"),
        ("{Type: String, AllowedValues: a}", "t:2:36: Parameters.P.AllowedValues: AllowedValues is a list"),
        (
            "{Type: String, Default: [a]}",
            "t:2:30: Parameters.P.Default: a parameter's value is text or a number, this is a list",
        ),
        ("{Type: Number, Default: 1, MinValue: x}", "t:2:43: Parameters.P.MinValue: MinValue is a number"),
    ] {
        assert_eq!(value(declaration, None), Err(problem.to_owned()), "{declaration}");
    }
}

#[test]
fn only_parameters_that_anybody_knows_are_asked_for() {
    let root = yaml::read(
        "Parameters: {A: {Type: String}, B: {Type: Number, Default: 1}, C: {Type: AWS::EC2::VPC::Id}, D: {Type: Number}}",
    );
    let parameters = declared(&root.unwrap_or_else(|_| unreachable!())).unwrap_or_default();
    let missing =
        |given| -> Vec<_> { missing(&parameters, &given).into_iter().map(|it| it.name.as_str()).collect() };
    assert_eq!(missing(BTreeMap::new()), ["A", "D"]);
    assert_eq!(missing(BTreeMap::from([("A".to_owned(), String::new())])), ["D"]);
}

#[test]
fn a_stored_value_is_resolved_by_its_name() {
    let mut supplied = Supplied::default();
    supplied.resolve("/app/count", "3");
    supplied.resolve("ssm:/app/nets", "subnet-1, subnet-2");
    let list = Value::List(vec![text("subnet-1"), text("subnet-2")]);
    for (declaration, given, expected) in [
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/count}", None, Some(text("3"))),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/other}", None, None),
        (
            "{Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/other}",
            Some("/app/count"),
            Some(text("3")),
        ),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/count}", Some("7"), Some(text("7"))),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/other}", Some("/app/other"), None),
        ("{Type: 'AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>'}", Some("/app/nets:2"), Some(list)),
        // A name is text where nothing is kept under it by its type.
        ("{Type: AWS::SSM::Parameter::Name, Default: /app/count}", None, Some(text("/app/count"))),
        ("{Type: String, Default: /app/count}", None, Some(text("/app/count"))),
    ] {
        let root = yaml::read(&format!("Parameters:\n  P: {declaration}")).unwrap();
        let parameters = declared(&root).unwrap();
        let given = given.map(|value| ("P".to_owned(), value.to_owned())).into_iter().collect();
        let found = values(&root, &parameters, &given, &supplied).unwrap().remove("P").unwrap();
        assert_eq!(found, expected, "{declaration}");
    }
}
