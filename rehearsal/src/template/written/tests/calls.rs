//! `Fn::Transform` wherever it may be called.

use super::{inputs, rehearsed, taken};
use crate::template::Template;

const CALL: &str = "{Name: AWS::Include, Parameters: {Location: 's3://example/x.yaml'}}";

#[test]
fn beside_what_is_written() {
    for rest in [
        "Resources: {B: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}, Fn::Transform: CALL}}",
        "Resources: {B: {Type: AWS::S3::Bucket, Properties: {Fn::Transform: [{Name: Own}, CALL]}}}",
        "Resources: {A: {Type: AWS::SNS::Topic}}\nOutputs: {Fn::Transform: CALL, A: {Value: !Ref A}}",
        "Resources: {A: {Type: AWS::SNS::Topic}}\nMappings: {Fn::Transform: CALL}",
        "Resources: {A: {Type: AWS::SNS::Topic}}\nConditions: {Fn::Transform: CALL}",
    ] {
        taken(&format!("{}\n", rest.replace("CALL", CALL)), None, None);
    }
}

/// What it may write is nobody's fault, and where it is needed it is not known.
#[test]
fn what_it_may_write() {
    for (section, value) in [
        ("Mappings: {Fn::Transform: CALL}", "!FindInMap [M, a, b]"),
        (
            "Mappings: {M: {Fn::Transform: CALL, c: {b: d}}}\nOutputs: {Fn::Transform: CALL}",
            "!FindInMap [M, a, b]",
        ),
        ("Conditions: {Fn::Transform: CALL}", "!If [Large, a, b]"),
    ] {
        let text = format!(
            "{section}\nResources: {{A: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {value}}}}}}}\n"
        )
        .replace("CALL", CALL);
        taken(&text, None, None);
        // Without a call it is.
        let plain = text.replace(&format!("Fn::Transform: {CALL}"), "");
        assert!(rehearsed(&plain).is_err(), "{plain}");
    }
    let needed = format!(
        "Mappings: {{Fn::Transform: {CALL}}}\nResources: {{B: {{Type: AWS::EC2::Instance, CreationPolicy: {{ResourceSignal: \
         {{Count: !FindInMap [M, a, b]}}}}}}}}\n"
    );
    let told = Template::parse(&needed, "t").and_then(|it| it.resolve(&inputs())).map(drop);
    assert!(told.is_err_and(|it| it.to_string().contains("a macro may write it")));
}
