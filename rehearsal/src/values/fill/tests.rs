#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::collections::BTreeMap;

use super::fill;
use crate::ids::Home;
use crate::template::{Supplied, Template};

const HOME: Home<'_> = Home { region: "eu-west-1", account_id: "123456789012" };

/// What a parameter declared so is filled with.
fn filled(name: &str, declaration: &str) -> Option<String> {
    let text = format!("Parameters: {{{name}: {declaration}}}\nResources: {{T: {{Type: AWS::SNS::Topic}}}}");
    let template = Template::parse(&text, "t").unwrap();
    let (mut given, mut supplied) = (BTreeMap::new(), Supplied::default());
    let told = fill(&template, HOME, &mut given, &mut supplied).unwrap();
    // What was filled is what is told, and is the same each time.
    let again = fill(&template, HOME, &mut BTreeMap::new(), &mut Supplied::default()).unwrap();
    assert_eq!(
        told.iter().map(|it| &it.value).collect::<Vec<_>>(),
        again.iter().map(|it| &it.value).collect::<Vec<_>>()
    );
    let value = told.into_iter().next().map(|it| it.value);
    if let Some(given) = given.get(name) {
        assert_eq!(Some(given), value.as_ref());
    }
    value
}

#[test]
fn every_kind_is_filled() {
    for (name, declaration, expected) in [
        ("P", "{Type: String, AllowedValues: [b, a]}", "b"),
        ("P", "{Type: Number}", "1"),
        ("P", "{Type: Number, MinValue: 5, MaxValue: 9}", "5"),
        ("P", "{Type: Number, MaxValue: -3}", "-3"),
        ("P", "{Type: List<Number>}", "1"),
        ("P", "{Type: String}", "example"),
        ("P", "{Type: String, MinLength: 10}", "examplexxx"),
        ("P", "{Type: String, MaxLength: 3}", "exa"),
        ("P", "{Type: CommaDelimitedList}", "example"),
        ("Cidr", "{Type: String, AllowedPattern: '(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}'}", "10.0.0.0/24"),
        ("P", "{Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/x}", "example"),
        ("Zones", "{Type: 'List<AWS::EC2::AvailabilityZone::Name>'}", "eu-west-1a,eu-west-1b,eu-west-1c"),
    ] {
        assert_eq!(filled(name, declaration).as_deref(), Some(expected), "{name}: {declaration}");
    }
    for (declaration, begins) in [
        ("{Type: AWS::EC2::VPC::Id}", "vpc-0"),
        ("{Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/ami}", "ami-0"),
        ("{Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>'}", "ami-0"),
        ("{Type: String, AllowedPattern: '(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{20}'}", ""),
        ("{Type: String, AllowedPattern: 'v[0-9]+\\.[0-9]+\\.[0-9]+', MinLength: 12}", "v"),
    ] {
        let value = filled("P", declaration);
        assert!(value.as_ref().is_some_and(|it| it.starts_with(begins)), "{declaration}: {value:?}");
    }
}

#[test]
fn what_a_mapping_is_asked_for_is_one_of_its_keys() {
    let text = "
Parameters: {Stage: {Type: String}, Nodes: {Type: Number}, Plain: {Type: String}}
Mappings: {Stages: {production: {Size: t3.large}, test: {Size: t3.nano}}, Counts: {n: {3: a, 5: b}}}
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Plain}}
Outputs:
  Size: {Value: !FindInMap [Stages, !Ref Stage, Size]}
  Count: {Value: !FindInMap [Counts, n, !Ref Nodes]}
";
    let mut given = BTreeMap::new();
    fill(&Template::parse(text, "t").unwrap(), HOME, &mut given, &mut Supplied::default()).unwrap();
    let given: Vec<_> = given.values().map(String::as_str).collect();
    assert_eq!(given, ["3", "example", "production"]);
}

#[test]
fn what_has_a_value_keeps_it_and_what_nothing_fits_is_left() {
    assert_eq!(filled("P", "{Type: String, Default: ''}"), None);
    assert_eq!(filled("P", "{Type: String, AllowedPattern: 'a(?=b)c'}"), None);
    let text = "Parameters: {A: {Type: String}, B: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /b}}\n\
                Resources: {T: {Type: AWS::SNS::Topic}}";
    let template = Template::parse(text, "t").unwrap();
    let mut given = BTreeMap::from([("A".to_owned(), "mine".to_owned())]);
    let mut supplied = Supplied::default();
    supplied.resolve("/b", "mine");
    assert!(fill(&template, HOME, &mut given, &mut supplied).unwrap().is_empty());
}
