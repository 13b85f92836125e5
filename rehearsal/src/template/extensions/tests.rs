use super::super::inputs::sample::{self, inputs};

fn resolved(transform: &str, value: &str) -> String {
    let text = format!(
        "Transform: {transform}\nParameters: {{Zones: {{Type: CommaDelimitedList, Default: 'a,b'}}, Unknown: {{Type: List<AWS::EC2::Subnet::Id>}}}}\n\
         Conditions: {{Never: !Equals [a, b]}}\n\
         Mappings: {{Sizes: {{web: {{Small: t3.micro}}}}}}\n\
         Resources:\n  Server: {{Type: AWS::EC2::Instance, Properties: {{UserData: !Base64 {{{value}}}}}}}"
    );
    sample::user_data(&text, &inputs())
}

#[test]
fn values() {
    for (value, expected) in [
        ("'Fn::Length': [a, !ImportValue x, !Ref 'AWS::NoValue']", "2"),
        ("'Fn::Length': !Ref Zones", "2"),
        ("'Fn::Length': !Split [x, axbxc]", "3"),
        (
            "'Fn::ToJsonString': {b: 1, a: '1', c: [true, 0.5, !Ref Zones], d: !Ref 'AWS::NoValue'}",
            r#"{"b":1,"a":"1","c":[true,0.5,["a","b"]]}"#,
        ),
        (
            "'Fn::ToJsonString': [!If [Never, a, {k: !Sub '${AWS::Region}'}], 012, \"\\\"\\n\"]",
            r#"[{"k":"eu-west-1"},"012","\"\n"]"#,
        ),
        ("'Fn::ToJsonString': !Ref Zones", r#"["a","b"]"#),
        ("'Fn::FindInMap': [Sizes, db, Small, {DefaultValue: t3.nano}]", "t3.nano"),
    ] {
        assert_eq!(resolved("[AWS::LanguageExtensions]", value), expected, "{value}");
        if !value.contains("FindInMap") {
            let told = resolved("AWS::Serverless-2016-10-31", value);
            assert!(told.ends_with("needs \"Transform: AWS::LanguageExtensions\" in the template"), "{told}");
        }
    }
}

#[test]
fn what_cannot_be_known_or_is_wrong() {
    for (value, expected) in [
        (
            "'Fn::Length': !Ref Unknown",
            "the parameter Unknown is needed here and its value cannot be known; give it with --param Unknown=VALUE; the whole user data can be given with --user-data FILE",
        ),
        ("'Fn::Length': a", "Fn::Length takes a list"),
        ("'Fn::ToJsonString': a", "Fn::ToJsonString takes a map or a list"),
        (
            "'Fn::ToJsonString': {a: !ImportValue x}",
            "Fn::ImportValue is needed here, and only the real service knows its value; give it with --import x=VALUE; the whole user data can be given with --user-data FILE",
        ),
    ] {
        let told = resolved("AWS::LanguageExtensions", value);
        assert!(told.ends_with(expected), "{value}\n  {told}");
    }
}
