//! `cfn-rehearse lint` and templates as they come: encoded, and with names that are made to be misread.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;

use crate::common::{rehearse, text};
use cfn_rehearse::lint::{Selection, lint};
use tempfile::TempDir;

/// Names that git keeps: a line of their own, colours, and commands to GitHub Actions.
const NAMES: [&str; 6] = [
    "a\u{1b}[31m\n::error::forged.yaml",
    "::error::forged.yaml",
    " \t::error::forged.yaml",
    "a##[error]forged.yaml",
    "a\u{202e}lmay.yaml",
    "a\r\u{e0041}.yaml",
];

/// What nobody may put on a terminal or in a log by the name of a file.
fn is_harmless(said: &str) -> bool {
    let hidden = |it: char| (it.is_control() && it != '\n') || ['\u{202e}', '\u{e0041}'].contains(&it);
    !said.contains(hidden)
        && !said.contains("##[")
        && said.lines().all(|line| !line.trim_start().starts_with("::") && !line.starts_with("lmay"))
}

#[test]
fn names_of_files_are_shown_as_they_are_and_do_nothing() {
    let directory = TempDir::new().unwrap();
    let template = "Resources:\n  \"::x\\e[1m\\n::error::\":\n    Type: AWS::EC2::Instance\n    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}\n    \
                    Properties:\n      UserData: {'Fn::Base64': \"#!/bin/sh\\ntrue\\n\"}\n";
    for name in NAMES {
        for (content, code) in [(template, 1), ("{{{", 2)] {
            fs::write(directory.path().join(name), content).unwrap();
            let command = |arguments: &[&str]| {
                let output = rehearse().args(arguments).arg(name).current_dir(&directory).output().unwrap();
                (output.status.code(), text(&output.stdout) + &text(&output.stderr))
            };
            let (ended, said) = command(&["lint"]);
            assert_eq!(ended, Some(code), "{said}");
            assert!(said.contains(".yaml") && is_harmless(&said), "{said:?}");
            let (ended, said) = command(&["lint", "--output", "json"]);
            assert_eq!(ended, Some(code), "{said}");
            assert!(is_harmless(&said), "{said:?}");
            let (_, said) = command(&["run", "--cfn-signal", "/bin/true", "--resource", "Other"]);
            assert!(said.contains("cfn-rehearse: ") && is_harmless(&said), "{said:?}");
        }
        let missing = format!("missing{name}");
        for option in ["--user-data", "--update-from", "--html", "--fault-file"] {
            let output = rehearse()
                .args(["run", name, option, &format!("{missing}/x")])
                .current_dir(&directory)
                .output()
                .unwrap();
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{option}: {said}");
            assert!(is_harmless(&said), "{option}: {said:?}");
        }
    }
}

#[test]
fn user_data_that_is_encoded_already_is_looked_into() {
    use base64::Engine as _;

    let script =
        "#!/bin/bash\nyum update -y\n/opt/aws/bin/cfn-signal -e $? --stack rehearsal --resource Nobody\n";
    let template = |user_data: &str| {
        format!(
            "Resources:\n  Server:\n    Type: AWS::EC2::Instance\n    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}\n    \
             Properties:\n      UserData: {user_data}\n"
        )
    };
    let found = |user_data: &str| {
        let report = lint(&template(user_data), "t.yaml", &Selection::default()).unwrap();
        report.findings.iter().map(|it| (it.rule.code, it.message.clone())).collect::<Vec<_>>()
    };
    let plain = found(&format!("{{'Fn::Base64': {script:?}}}"));
    assert!(plain.iter().any(|(code, _)| *code == "CFS101"), "{plain:?}");
    assert_eq!(found(&base64::engine::general_purpose::STANDARD.encode(script)), plain);
}
