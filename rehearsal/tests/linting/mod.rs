//! `cfn-rehearse lint`: what it finds, and what it prints.

#![expect(clippy::unwrap_used, reason = "help for tests that fail by panicking")]

mod assembly;
mod command;
mod endings;
mod files;
mod fix;
mod foreign;
mod inside;
mod loops;
mod lost;
mod pages;
mod precision;
mod rules;
mod trials;
mod unseen;
mod windows;
mod windows_own;

use cfn_rehearse::lint::{Report, Selection, lint};

/// A signal of the instance that [`instance`] makes, with the status of what ran before.
const SIGNAL: &str =
    "/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}";

/// An instance's attribute: its stack waits for a signal.
const WAITS: &str = "    CreationPolicy: {ResourceSignal: {Timeout: PT15M}}\n";

/// Every rule.
fn strict() -> Selection {
    let mut selection = Selection::default();
    selection.strict = true;
    selection
}

/// The codes that are found by default, in the order of their places.
fn found(template: &str) -> Vec<&'static str> {
    codes(&lint(template, "t.yaml", &Selection::default()).unwrap())
}

/// The same of every rule.
fn found_strictly(template: &str) -> Vec<&'static str> {
    codes(&lint(template, "t.yaml", &strict()).unwrap())
}

/// The same of one rule, whether it speaks by default or not.
fn found_of(code: &str, template: &str) -> Vec<&'static str> {
    let mut selection = Selection::default();
    selection.select = vec![code.to_owned()];
    codes(&lint(template, "t.yaml", &selection).unwrap())
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|it| it.rule.code).collect()
}

/// `CODE LINE:COLUMN MESSAGE`, one a line.
fn brief(report: &Report) -> String {
    let findings = report.findings.iter();
    findings
        .map(|it| format!("{} {}:{} {}\n", it.rule.code, it.place.line, it.place.column, it.message))
        .collect()
}

/// An instance with these attributes, and with user data whose lines are at the margin.
fn instance(attributes: &str, user_data: &str) -> String {
    let lines: String = user_data.lines().map(|line| format!("          {line}\n")).collect();
    format!(
        "Resources:\n  Box:\n    Type: AWS::EC2::Instance\n{attributes}    Properties:\n      ImageId: ami-1\n      UserData:\n        \
         Fn::Base64: !Sub |\n{lines}"
    )
}

/// `SUCCESS`, `FAILURE`, `WRONG` and `SIGNAL` as what signals so: `WRONG` for a resource that there is not.
fn with_signals(text: &str) -> String {
    text.replace("SUCCESS", &SIGNAL.replace("$?", "0"))
        .replace("FAILURE", &SIGNAL.replace("$?", "1"))
        .replace("WRONG", &SIGNAL.replace("Box", "Bx"))
        .replace("SIGNAL", SIGNAL)
}
