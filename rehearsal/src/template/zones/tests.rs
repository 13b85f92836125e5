#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{Template, inputs::sample::inputs};

/// What user data has that joins these zones, and what was made up for it.
fn joined(zones: &str) -> (String, Vec<String>) {
    let text = format!(
        "Resources:\n  Server:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData:\n        Fn::Base64: !Join\n        - ' '\n        - {zones}\n"
    );
    let planned = Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap();
    let launch = &planned.launches["Server"];
    let user_data = launch.user_data.as_ref().unwrap().clone().unwrap();
    let made_up = launch.made_up.iter().map(|it| format!("{} = {}", it.name, it.value)).collect();
    (String::from_utf8(user_data).unwrap(), made_up)
}

#[test]
fn zones_are_made_up_and_told() {
    for own in [
        "!GetAZs ''",
        "!GetAZs \"\"",
        "!GetAZs",
        "{Fn::GetAZs: ''}",
        "{Fn::GetAZs: ' '}",
        "!GetAZs eu-west-1",
        "{Fn::GetAZs: !Ref AWS::Region}",
        "\n          Fn::GetAZs: !Ref AWS::Region",
    ] {
        let (zones, made_up) = joined(own);
        assert_eq!(zones, "eu-west-1a eu-west-1b eu-west-1c", "{own}");
        assert_eq!(made_up, ["Fn::GetAZs = eu-west-1a, eu-west-1b, eu-west-1c"], "{own}");
    }
    let (zones, made_up) = joined("!GetAZs us-west-2");
    assert_eq!(zones, "us-west-2a us-west-2b us-west-2c");
    assert_eq!(made_up, ["Fn::GetAZs us-west-2 = us-west-2a, us-west-2b, us-west-2c"]);
}

#[test]
fn an_empty_value_is_refused_as_any_other() {
    for null in ["Fn::GetAZs:", "Fn::GetAZs: null", "Fn::GetAZs: ~"] {
        let text = format!(
            "Resources:\n  Net:\n    Type: AWS::EC2::Subnet\n    Properties:\n      AvailabilityZone: !Select\n      - 0\n      - {null}\n"
        );
        let error = Template::parse(&text, "t").unwrap_err().to_string();
        let expected = "[/Resources/Net/Type/AvailabilityZone/Fn::Select/1/Fn::GetAZs] 'null' values are not allowed in templates";
        assert!(error.contains(expected), "{null}: {error}");
    }
}

#[test]
fn a_zone_beyond_those_stands_in_nobodys_way_where_it_is_not_needed() {
    let text =
        "Resources: {Net: {Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Select [5, !GetAZs '']}}}";
    assert!(Template::parse(text, "t").unwrap().resolve(&inputs()).is_ok());
}
