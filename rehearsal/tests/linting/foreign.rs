//! `cfn-rehearse lint` and what another tool has still to fill in: it is told, and the rest is looked at.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use cfn_rehearse::lint::{Report, Selection, lint};

use super::brief;

fn found(template: &str) -> Vec<String> {
    lines(&lint(template, "t.yaml", &Selection::default()).unwrap())
}

fn lines(report: &Report) -> Vec<String> {
    brief(report).lines().map(str::to_owned).collect()
}

/// A machine whose Count nobody reaches and whose signal reads the status of an echo, with what is in the way at the marks.
fn template(top: &str, image: &str, line: &str, stack: &str) -> String {
    format!(
        "{top}Resources:
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {{ResourceSignal: {{Count: 3, Timeout: PT5M}}}}
    Properties:
      ImageId: {image}
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
{line}          /opt/app/setup
          echo done
          /opt/aws/bin/cfn-signal -e $? --stack {stack} --resource Box --region ${{AWS::Region}}
"
    )
}

#[test]
fn an_unknown_tag_is_a_finding_and_the_rest_is_looked_at() {
    for (tag, told) in [
        ("!Rain::Module ../vpc.yml", "CloudFormation has no tag \"!Rain::Module\""),
        ("!Fn::Sub ami-1", "CloudFormation has no tag \"!Fn::Sub\"; write !Sub"),
        ("!Rain::S3Http {Path: a, BucketProperty: [b]}", "CloudFormation has no tag \"!Rain::S3Http\""),
        ("!!binary aGk=", "CloudFormation takes no !!binary"),
    ] {
        let found = found(&template("", tag, "", "${AWS::StackName}"));
        assert_eq!(
            found,
            [
                "CFS005 4:46 Box is one instance and signals once; a Count of 3 is never reached".to_owned(),
                format!("CFS430 6:16 {told}"),
                "CFS202 12:38 $? is the status of echo, not of setup".to_owned(),
            ],
            "{tag}"
        );
    }
    // Many of one kind are one cause.
    let many = template("", "!Rain::Env A", "          echo\n", "${AWS::StackName}")
        + "  A: !Rain::Module a\n  B: !Rain::Module b\n  C: !Rain::Module c\n";
    let told: Vec<String> = found(&many).into_iter().filter(|it| it.starts_with("CFS430")).collect();
    assert_eq!(
        told,
        [
            "CFS430 6:16 CloudFormation has no tag \"!Rain::Env\"",
            "CFS430 14:6 CloudFormation has no tag \"!Rain::Module\", and 2 more are below",
        ]
    );
    // A resource that is nothing else.
    let whole = template("", "ami-1", "", "${AWS::StackName}") + "  Net: !Rain::Module ../vpc.yml\n";
    assert!(found(&whole).iter().any(|it| it.starts_with("CFS430 13:8 ")), "{:?}", found(&whole));
}

#[test]
fn placeholders_are_a_finding_and_the_rest_is_looked_at() {
    let jinja = "{% set x = 1 %}\n";
    let branch = "{% if debug %}\n          set -x\n{% endif %}\n";
    for (top, image, line, tool) in [
        (jinja, "{{ image }}", branch, "a template engine's"),
        ("", "{{ .Values.image | quote }}", "", "a template engine's"),
        ("", "{% if a %}ami-1{% else %}ami-2{% endif %}", "", "a template engine's"),
        ("<% x = 1 %>\n", "<%= image %>", "<% if x %>\n          set -x\n<% end %>\n", "ERB's"),
        ("", "<%= image %>", "", "ERB's"),
        ("Parameters: {P: {Type: String, Default: ${IMAGE}}}\n", "ami-1", "", "envsubst's"),
    ] {
        let template = template(top, image, line, "${AWS::StackName}");
        let found = found(&template);
        let has = |start: &str| found.iter().filter(|it| it.starts_with(start)).count();
        assert_eq!(
            (has("CFS431"), has("CFS005"), has("CFS202"), found.len()),
            (1, 1, 1, 3),
            "{template}{found:?}"
        );
        assert!(found.iter().any(|it| it.contains(tool)), "{found:?}");
        // Places are the file's own.
        let line = template.lines().position(|line| line.contains("cfn-signal")).unwrap() + 1;
        assert!(found.iter().any(|it| it.starts_with(&format!("CFS202 {line}:38 "))), "{found:?}");
    }
}

#[test]
fn what_a_placeholder_stands_for_is_not_guessed() {
    // A name that is filled in is any stack's, a number any number.
    let named = template("", "{{ image }}", "", "{{ stack }}").replace("Count: 3", "Count: {{ count }}");
    let named = named.replace("          echo done\n", "");
    assert_eq!(
        found(&named),
        [
            "CFS431 4:46 \"{{ count }}\" is a template engine's (Jinja, Go templates, Mustache) to fill in, and 2 more are below"
        ]
    );
    // What is in quotes, in a script or a document is YAML and nobody's placeholder.
    let quoted = template(
        "",
        "\"{{resolve:ssm:/a}}\"",
        "          docker ps --format {{.Names}}\n",
        "${AWS::StackName}",
    );
    assert!(!found(&quoted).iter().any(|it| it.starts_with("CFS43")), "{:?}", found(&quoted));
    // A name that is told is what is written.
    let key = template("", "{{ image }}", "", "${AWS::StackName}").replace("  Box:", "  {{ name }}Box:");
    let report = lint(&key, "t.yaml", &Selection::default()).unwrap();
    assert!(report.findings.iter().any(|it| it.resource == "{{ name }}Box"), "{:?}", report.findings);
    assert!(!format!("{:?}", brief(&report)).contains("e001"), "{:?}", brief(&report));
}

#[test]
fn a_reference_without_quotes_is_a_finding() {
    let found = found(&template("", "{{resolve:ssm:/a}}", "", "${AWS::StackName}"));
    assert!(
        found.contains(&"CFS432 6:16 \"{{resolve:ssm:/a}}\" is a map of maps to YAML".to_owned()),
        "{found:?}"
    );
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn a_reference_without_quotes_in_a_sub_is_a_finding_too() {
    for reference in ["{{resolve:ssm:/${AWS::StackName}/a}}", "{{resolve:ssm:/a}}-${AWS::Region}-b"] {
        let template = template("", &format!("!Sub {reference}"), "", "${AWS::StackName}");
        let found = found(&template);
        let told = format!("CFS432 6:21 \"{reference}\" is a map of maps to YAML");
        assert!(found.contains(&told), "{found:?}");
        assert_eq!(found.len(), 3, "{found:?}");
    }
}

#[test]
fn cfoo_is_told_and_its_calls_are_no_names() {
    let found = found(&template("", "ami-1", "", "$(AWS::StackName)"));
    assert!(
        found.iter().any(|it| it.starts_with("CFS431 12:49 \"$(AWS::StackName)\" is cfoo's")),
        "{found:?}"
    );
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn what_cannot_be_read_without_placeholders_is_an_error_with_its_place() {
    for text in ["Resources: {{ x }}\n  a: b\n c", "a: {{ x }}\nResources: [", "{{{"] {
        let error = lint(text, "t.yaml", &Selection::default()).unwrap_err().to_string();
        assert!(error.starts_with("t.yaml:"), "{error}");
    }
    // What is in the way is told, not the placeholder before it.
    let open = "---\nname: {{ x }}\nResources: [\n";
    let error = lint(open, "t.yaml", &Selection::default()).unwrap_err().to_string();
    assert!(error.starts_with("t.yaml:3:12: "), "{error}");
}
