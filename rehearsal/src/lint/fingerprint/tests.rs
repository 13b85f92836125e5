//! Tests of fingerprints.

use crate::lint::{Selection, lint};

fn of(text: &str) -> Vec<String> {
    let selection = Selection { select: vec!["CFS202".to_owned()], ..Selection::default() };
    let report = lint(text, "t.yaml", &selection);
    report.map(|it| it.findings.into_iter().map(|it| it.fingerprint).collect()).unwrap_or_default()
}

fn template(resource: &str, line: &str) -> String {
    let signal = format!(
        "/opt/aws/bin/cfn-signal -e $? --stack ${{AWS::StackName}} --resource {resource} --region x-1"
    );
    format!(
        "Resources:\n  {resource}:\n    Type: AWS::EC2::Instance\n    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}\n    \
         Properties:\n      UserData:\n        Fn::Base64: !Sub |\n          #!/bin/bash\n          setup\n          {line}\n          {signal}\n"
    )
}

#[test]
fn a_finding_is_known_again_where_it_has_moved_to() {
    let first = of(&template("Box", "echo done"));
    assert_eq!(first.len(), 1);
    let moved = format!(
        "# a comment\n\nDescription: x\n{}",
        template("Box", "echo done").replace("          ", "            ")
    );
    assert_eq!(of(&moved), first);
    // Its own words, or another resource, are another finding.
    assert_ne!(of(&template("Bix", "echo done")), first);
    assert_ne!(of(&template("Box", "echo done").replace("-e $?", "--exit-code $?")), first);
    // The same twice is two.
    let twice = template("Box", "echo done")
        + "          setup\n          echo done\n"
        + "          /opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box --region x-1\n";
    let both = of(&twice);
    assert_eq!(both.len(), 2, "{both:?}");
    assert_eq!(both.first(), first.first());
    let (a, b) = (both.first().cloned().unwrap_or_default(), both.last().cloned().unwrap_or_default());
    assert_eq!(a.replace(":1", ":2"), b);
}
