//! `cfn-rehearse lint` on Windows where scripts use what Amazon's cfn-signal has not: `cfn-signal arm` and `cfn-signal run`.

use super::{WAITS, found_strictly, instance};

const OWN: &str = "--stack ${AWS::StackName} --resource Box --region ${AWS::Region}";

/// The codes that are found in user data between these tags, in the order of their places.
fn found(tag: &str, script: &str) -> Vec<&'static str> {
    let script = format!("<{tag}>\n{script}\n</{tag}>").replace("SIG", OWN);
    found_strictly(&instance(WAITS, &script))
}

/// A script, and the codes that it has.
type Case = (&'static str, &'static [&'static str]);

fn check(tag: &str, cases: &[Case]) {
    for (script, codes) in cases {
        assert_eq!(found(tag, script), *codes, "{script}");
    }
}

#[test]
fn what_stops_before_a_branch_and_what_an_expression_runs() {
    check(
        "powershell",
        &[
            (
                "$ErrorActionPreference = 'Stop'\nNew-Item c:\\x -ItemType Directory\nif (Test-Path c:\\x) { cfn-signal.exe -e 0 SIG }",
                &["CFS417"],
            ),
            (
                "$ErrorActionPreference = 'Stop'\nif (Test-Path c:\\x) { cfn-signal.exe -e 0 SIG } else { cfn-signal.exe -e 1 SIG }",
                &[],
            ),
            ("choco install git\nInvoke-Expression \"cfn-signal.exe -e 0 SIG --resource Bx\"", &["CFS101"]),
            ("choco install git\niex -Command 'cfn-signal.exe -e 0 SIG --resource Bx'", &["CFS101"]),
        ],
    );
}

#[test]
fn what_is_armed_needs_no_trap() {
    check(
        "powershell",
        &[
            (
                "$ErrorActionPreference = 'Stop'\nInstall-WindowsFeature Web-Server\ncfn-signal.exe -e 0 SIG",
                &["CFS417"],
            ),
            (
                "cfn-signal.exe arm --deadline 9m SIG\n$ErrorActionPreference = 'Stop'\nInstall-WindowsFeature Web-Server\ncfn-signal.exe -e 0 SIG",
                &[],
            ),
            // What fails before is not signalled by anything.
            (
                "$ErrorActionPreference = 'Stop'\nInstall-WindowsFeature Web-Server\ncfn-signal.exe arm --deadline 9m SIG\ncfn-signal.exe -e 0 SIG",
                &["CFS417"],
            ),
            (
                "cfn-signal.exe arm --deadline 9m SIG\nmsiexec /i a.msi\nif ($LASTEXITCODE -ne 0) { exit 1 }\ncfn-signal.exe -e 0 SIG",
                &[],
            ),
            (
                "msiexec /i a.msi\nif ($LASTEXITCODE -ne 0) { exit 1 }\ncfn-signal.exe arm --deadline 9m SIG\ncfn-signal.exe -e 0 SIG",
                &["CFS206"],
            ),
            ("msiexec /i a.msi\nif ($LASTEXITCODE -eq 0) { cfn-signal.exe -e 0 SIG }", &["CFS209"]),
            (
                "cfn-signal.exe arm --deadline 9m SIG\nmsiexec /i a.msi\nif ($LASTEXITCODE -eq 0) { cfn-signal.exe -e 0 SIG }",
                &[],
            ),
        ],
    );
}

#[test]
fn the_status_of_what_arms_is_nobodys() {
    check(
        "powershell",
        &[
            (
                "cfn-signal.exe arm --deadline 9m SIG\nInstall-WindowsFeature Web-Server\ncfn-signal.exe -e $LASTEXITCODE SIG",
                &["CFS202"],
            ),
            ("msiexec /i a.msi\ncfn-signal.exe disarm\ncfn-signal.exe -e $LASTEXITCODE SIG", &["CFS202"]),
            // It is no command whose own status would be lost.
            (
                "cfn-signal.exe arm --deadline 9m SIG\nmsiexec /i a.msi\ncfn-signal.exe -e $LASTEXITCODE SIG",
                &[],
            ),
            // Nor is it work that nobody waits for.
            ("msiexec /i a.msi\ncfn-signal.exe -e $LASTEXITCODE SIG\ncfn-signal.exe disarm", &[]),
        ],
    );
    check(
        "script",
        &[
            (
                "setup.exe\ncfn-signal.exe arm --deadline 9m SIG\ncfn-signal.exe -e %ERRORLEVEL% SIG",
                &["CFS202"],
            ),
            ("cfn-signal.exe arm --deadline 9m SIG\nsetup.exe\ncfn-signal.exe -e %ERRORLEVEL% SIG", &[]),
        ],
    );
}

#[test]
fn what_is_run_is_looked_into_and_needs_no_signal_of_its_own() {
    for tag in ["powershell", "script"] {
        check(
            tag,
            &[
                ("cfn-signal.exe run SIG -- setup.exe", &[]),
                (
                    "cfn-signal.exe run SIG -- powershell.exe -Command \"$ErrorActionPreference = 'Stop'; Install-WindowsFeature Web-Server\"",
                    &[],
                ),
                // The template has no metadata for it.
                ("cfn-signal.exe run SIG -- cfn-init.exe -v SIG", &["CFS307"]),
                ("cfn-signal.exe run --stack s -- setup.exe", &["CFS107"]),
                // A signal inside is looked at like any other.
                (
                    "cfn-signal.exe run SIG -- cmd /c \"setup.exe & cfn-signal.exe -e 0 --resource Bx\"",
                    &["CFS101"],
                ),
            ],
        );
    }
}
