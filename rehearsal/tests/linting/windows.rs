//! `cfn-rehearse lint` on Windows: what cmd and PowerShell make of a script, and where rules are silent about them.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use cfn_rehearse::lint::{Report, Selection, lint};
use proptest::prelude::*;

use super::{WAITS, found_strictly as found, instance, strict};

const OWN: &str = "--stack ${AWS::StackName} --resource Box --region ${AWS::Region}";
const OTHER: &str = "--stack ${AWS::StackName} --resource Bx --region ${AWS::Region}";

fn report(template: &str) -> Report {
    lint(template, "t.yaml", &strict()).unwrap()
}

/// An instance that waits, with attributes and user data whose lines are at the margin.
fn with(attributes: &str, user_data: &str) -> String {
    let user_data = user_data.replace("SIG", OWN).replace("OTHER", OTHER);
    instance(&format!("{WAITS}{attributes}"), &user_data)
}

/// With metadata where cfn-init looks for some: rules of their own speak where there is none, and where nothing looks.
fn waiting(user_data: &str) -> String {
    let metadata = "    Metadata: {AWS::CloudFormation::Init: {config: {}}}\n";
    with(if user_data.contains("-r Box") { metadata } else { "" }, user_data)
}

fn batch(script: &str) -> String {
    waiting(&format!("<script>\n{script}\n</script>"))
}

fn powershell(script: &str) -> String {
    waiting(&format!("<powershell>\n{script}\n</powershell>"))
}

/// A script, and the codes that it has.
type Case = (&'static str, &'static [&'static str]);

#[test]
fn batch_scripts() {
    let cases: [Case; 24] = [
        ("cfn-init.exe -v\ncfn-signal.exe -e %ERRORLEVEL% OTHER", &["CFS101"]),
        ("cfn-init.exe -v\necho done\ncfn-signal.exe -e %ERRORLEVEL% SIG", &[]),
        ("cfn-init.exe -v\ntimeout /t 10\ncfn-signal.exe -e %ERRORLEVEL% SIG", &["CFS202"]),
        ("cfn-init.exe -v\ncfn-signal.exe -e 0 SIG", &["CFS210"]),
        ("if exist c:\\x (\n  cfn-init.exe -v\n  cfn-signal.exe -e %ERRORLEVEL% SIG\n)", &["CFS413"]),
        ("cfn-init.exe -v & cfn-signal.exe -e %ERRORLEVEL% SIG", &["CFS413"]),
        ("cfn-init.exe -v\ncfn-signal.exe -e $LASTEXITCODE SIG", &["CFS415"]),
        ("cfn-init.exe -v\nif %ERRORLEVEL% EQU 0 cfn-signal.exe -e 0 SIG", &["CFS209"]),
        ("cfn-init.exe -v && cfn-signal.exe -e 0 SIG", &["CFS209"]),
        ("cfn-init.exe -v && cfn-signal.exe -e 0 SIG || cfn-signal.exe -e 1 SIG", &[]),
        ("cfn-init.exe -v\nif errorlevel 1 exit /b 1\ncfn-signal.exe -e 0 SIG", &["CFS206"]),
        ("cfn-signal.exe -e 0 SIG\ncfn-init.exe -v", &["CFS207"]),
        ("start \"\" cfn-init.exe -v\ncfn-signal.exe -e %ERRORLEVEL% SIG", &["CFS204"]),
        ("echo cfn-init\nrem cfn-signal.exe -e 0 SIG", &["CFS001"]),
        (r#"powershell.exe -ExecutionPolicy Bypass -Command "cfn-signal.exe -e 0 OTHER""#, &["CFS101"]),
        (
            "\"C:\\Program Files\\Amazon\\cfn-bootstrap\\cfn-signal.exe\" -e %errorlevel% ^\n  --stack ${AWS::StackName} --resource \"Bx\" ^\n  --region ${AWS::Region}",
            &["CFS101"],
        ),
        (
            "if errorlevel 1 goto fail\ncfn-init.exe\ngoto end\n:fail\ncfn-signal.exe -e 1 SIG\n:end\ncfn-signal.exe -e 0 SIG",
            &[],
        ),
        (
            "setlocal EnableDelayedExpansion\nif exist c:\\x (\n  cfn-init.exe -v\n  cfn-signal.exe -e !ERRORLEVEL! SIG\n) else (\n  cfn-signal.exe -e 1 SIG\n)",
            &[],
        ),
        (
            "cfn-init.exe -v\nif exist c:\\x (\n  msiexec /i x\n) else (\n  cfn-signal.exe -e %ERRORLEVEL% SIG\n)\ncfn-signal.exe -e 1 SIG",
            &[],
        ),
        ("cfn-init.exe -v || cfn-signal.exe -e %ERRORLEVEL% SIG\ncfn-signal.exe -e 0 SIG", &["CFS413"]),
        (
            r#"c:\"Program Files"\Amazon\cfn-bootstrap\cfn-signal.exe -e 0 --stack ${AWS::StackName} --resource Box"#,
            &["CFS105"],
        ),
        (
            "call :work\ncfn-signal.exe -e %ERRORLEVEL% SIG\ngoto :eof\n:work\ncfn-init.exe -v\nexit /b %ERRORLEVEL%",
            &[],
        ),
        ("cfn-init.exe -v > c:\\log.txt 2>&1\ncfn-signal.exe -s true SIG", &["CFS210"]),
        ("cfn-signal.exe -e %ERRORLEVEL% --resource Box --region ${AWS::Region}", &["CFS107"]),
    ];
    for (script, expected) in cases {
        assert_eq!(found(&batch(script)), expected, "{script}");
    }
}

#[test]
fn powershell_scripts() {
    let cases: [Case; 27] = [
        ("Install-WindowsFeature Web-Server", &["CFS001"]),
        ("Install-WindowsFeature Web-Server\ncfn-signal.exe -e 0 SIG", &["CFS211"]),
        (
            "Install-WindowsFeature Web-Server\n& \"C:\\Program Files\\Amazon\\cfn-bootstrap\\cfn-signal.exe\" -e $? SIG",
            &["CFS411"],
        ),
        ("Install-WindowsFeature Web-Server\ncfn-signal.exe --success $? SIG", &[]),
        ("Install-WindowsFeature Web-Server\ncfn-signal.exe -e $LASTEXITCODE SIG", &["CFS414"]),
        ("cfn-init.exe -v\nWrite-Host \"done\"\ncfn-signal.exe -e $LASTEXITCODE SIG", &[]),
        ("cfn-init.exe -v\ncfn-signal.exe -e %ERRORLEVEL% SIG", &["CFS415"]),
        (
            "$ErrorActionPreference = 'Stop'\nInstall-WindowsFeature Web-Server\ncfn-signal.exe -e 0 SIG",
            &["CFS417"],
        ),
        (
            "$ErrorActionPreference = 'Stop'\ntry {\n  Install-WindowsFeature Web-Server\n  cfn-signal.exe -e 0 SIG\n} catch {\n  cfn-signal.exe -e 1 SIG\n}",
            &[],
        ),
        (
            "try {\n  Install-WindowsFeature Web-Server\n  cfn-signal.exe -e 0 SIG\n} catch {\n  Write-Host $_\n}",
            &["CFS209"],
        ),
        ("cfn-init.exe -v\nif ($LASTEXITCODE -eq 0) { cfn-signal.exe -e 0 SIG }", &["CFS209"]),
        ("cfn-init.exe -v\nif ($LASTEXITCODE -ne 0) { throw 'x' }\ncfn-signal.exe -e 0 SIG", &["CFS206"]),
        (
            "cfn-init.exe -v\ncfn-signal.exe -e $LASTEXITCODE SIG\nInstall-WindowsFeature Web-Server",
            &["CFS213"],
        ),
        ("msiexec.exe /i c:\\a.msi /qn\nchoco install x\ncfn-signal.exe -e $LASTEXITCODE SIG", &["CFS215"]),
        (
            "Send-CFNResourceSignal -StackName ${AWS::StackName} -LogicalResourceId Box -Status SUCCESS -UniqueId $id -Region ${AWS::Region}",
            &[],
        ),
        (
            "Send-CFNResourceSignal -StackName ${AWS::StackName} -LogicalResourceId Bx -Status SUCCESS -UniqueId $id -Region ${AWS::Region}",
            &["CFS101"],
        ),
        ("New-AWSQuickStartResourceSignal -Stack x -Resource y -Region z\nWrite-AWSQuickStartStatus", &[]),
        ("iex ((New-Object Net.WebClient).DownloadString('https://example.com/x'))", &[]),
        (r#"cmd /c "cfn-signal.exe -e 0 --stack ${AWS::StackName} --resource Box""#, &["CFS105"]),
        (
            "cfn-init.exe -v `\n  -s x\ncfn-signal.exe -e $LASTEXITCODE `\n  --stack ${AWS::StackName} `\n  --resource Box",
            &["CFS105"],
        ),
        (
            "[string]$EKSBinDir = \"$env:ProgramFiles\\Amazon\\EKS\"\n[string]$cfn_signal = \"$env:ProgramFiles\\Amazon\\cfn-bootstrap\\cfn-signal.exe\"\n& $EKSBinDir\\Start.ps1 -EKSClusterName blue 3>&1 4>&1\n$LastError = if ($?) { 0 } else { $Error[0].Exception.HResult }\n& $cfn_signal --exit-code=$LastError `\n  --stack=\"${AWS::StackName}\" `\n  --resource=\"Bx\" `\n  --region=${AWS::Region}",
            &["CFS101"],
        ),
        (
            "$p = Start-Process \"cfn-init.exe\" -ArgumentList \"-v\" -Wait -PassThru\nif ($p.ExitCode -ne 0) { Start-Process \"cfn-signal.exe\" -ArgumentList \"-e 1 SIG\" }\ncfn-signal.exe -e 0 SIG",
            &[],
        ),
        (
            "$ErrorActionPreference = 'Stop'\n$ErrorActionPreference = 'Continue'\nInstall-WindowsFeature Web-Server\ncfn-signal.exe --success $? SIG",
            &[],
        ),
        (
            "cfn-init.exe -v\nif ($LASTEXITCODE -ne 0) { Restart-Computer; exit 1 }\ncfn-signal.exe -e 0 SIG",
            &[],
        ),
        ("powershell -EncodedCommand VwByAGkAdABlAC0ASABvAHMAdAAgAGgAaQA=\niex $x", &[]),
        ("powershell -EncodedCommand VwByAGkAdABlAC0ASABvAHMAdAAgAGgAaQA=", &["CFS001"]),
        (
            "$args = @('--stack', '${AWS::StackName}', '--resource', 'Box', '--region', '${AWS::Region}')\ncfn-init.exe -v\ncfn-signal.exe -e $LASTEXITCODE @args",
            &[],
        ),
    ];
    for (script, expected) in cases {
        assert_eq!(found(&powershell(script)), expected, "{script}");
    }
}

#[test]
fn user_data_of_windows_has_parts() {
    let cases: [Case; 4] = [
        (
            "<powershell>\nInstall-WindowsFeature Web-Server\n</powershell>\n<script>\ncfn-signal.exe -e %ERRORLEVEL% SIG\n</script>",
            &["CFS412"],
        ),
        (
            "<powershell>\n<# cfn-signal.exe -e 0 SIG #>\nInstall-WindowsFeature x\n</powershell>\n<persist>true</persist>",
            &["CFS001"],
        ),
        (
            "version: 1.1\ntasks:\n- task: executeScript\n  inputs:\n  - frequency: once\n    type: powershell\n    runAs: admin\n    content: |-\n      cfn-init.exe -v\n      cfn-signal.exe -e $LASTEXITCODE OTHER",
            &["CFS101"],
        ),
        (
            "version: 1.1\ntasks:\n- task: executeScript\n  inputs:\n  - frequency: once\n    type: batch\n    content: echo hi",
            &["CFS001"],
        ),
    ];
    for (user_data, expected) in cases {
        assert_eq!(found(&waiting(user_data)), expected, "{user_data}");
    }
}

#[test]
fn a_comment_of_cmd_says_what_to_ignore() {
    for comment in [
        "rem cfn-rehearse: ignore CFS413",
        ":: cfn-rehearse: ignore CFS4",
        "REM # cfn-rehearse: ignore CFS413",
    ] {
        let line = "cfn-init.exe -v & cfn-signal.exe -e %ERRORLEVEL% SIG";
        assert_eq!(found(&batch(line)), ["CFS413"]);
        let report = report(&batch(&format!("{comment}\n{line}")));
        assert_eq!((report.findings.len(), report.suppressed), (0, 1), "{comment}");
    }
}

/// Metadata of cfn-init with commands in YAML, one a line.
fn init(commands: &str) -> String {
    let commands: String = commands
        .replace("SIG", OWN)
        .replace("OTHER", OTHER)
        .lines()
        .enumerate()
        .map(|(index, line)| format!("            c{index}: {{command: !Sub '{line}'}}\n"))
        .collect();
    format!(
        "    Metadata:\n      AWS::CloudFormation::Init:\n        config:\n          commands:\n{commands}"
    )
}

const RUN: &str = "<script>\ncfn-init.exe -v -s ${AWS::StackName} -r Box --region ${AWS::Region}\n</script>";

#[test]
fn commands_of_cfn_init_are_read_by_cmd() {
    let cases: [Case; 6] = [
        ("cfn-signal.exe -e 0 OTHER", &["CFS101"]),
        (r#"powershell.exe -Command "cfn-signal.exe -e 0 OTHER""#, &["CFS101"]),
        ("net user a /add\ncfn-signal.exe -e 0 SIG", &["CFS214"]),
        ("net user a /add\npowershell.exe -Command \"cfn-signal.exe -e 0 SIG\"", &["CFS214"]),
        ("powershell.exe -Command \"Write-AWSQuickStartStatus\"", &[]),
        ("powershell.exe -Command \"Install-WindowsFeature Web-Server\"", &["CFS001"]),
    ];
    for (commands, expected) in cases {
        let mut codes = found(&with(&init(commands), RUN));
        // That it is by cfn-init alone is told beside what is wrong with it.
        codes.retain(|code| expected.contains(code) || *code != "CFS214");
        assert_eq!(codes, expected, "{commands}");
    }
}

#[test]
fn files_that_cfn_init_writes_are_shown() {
    let of = |content: &str, command: &str| {
        let files = format!(
            "          files:\n            C:\\cfn\\Do.ps1: {{content: !Sub '{}'}}\n",
            content.replace("OTHER", OTHER)
        );
        let commands = format!("{}{files}", init(command));
        found(&with(&commands, RUN))
    };
    let run = r"powershell.exe -File C:\cfn\do.ps1";
    assert_eq!(of("Install-WindowsFeature Web-Server", run), ["CFS001"]);
    assert_eq!(of("cfn-signal.exe -e 0 OTHER", run), ["CFS101"]);
    assert_eq!(of("iex $x", run), [""; 0]);
    assert_eq!(of("Install-WindowsFeature Web-Server", r"powershell.exe -File C:\cfn\hidden.ps1"), [""; 0]);
}

#[test]
fn nobody_waits_for_a_signal_of_windows() {
    let script = "<powershell>\ncfn-init.exe -v\ncfn-signal.exe -e $LASTEXITCODE SIG\n</powershell>";
    let template = waiting(script).replace("    CreationPolicy: {ResourceSignal: {Timeout: PT15M}}\n", "");
    assert_eq!(found(&template), ["CFS102"]);
}

/// A wait condition, and a script with its handle as `HANDLE`, in words of an Fn::Join.
fn joined(words: &str) -> Vec<&'static str> {
    let template = format!(
        "Resources:\n  Ready: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  Done:\n    Type: \
         AWS::CloudFormation::WaitCondition\n    DependsOn: Box\n    Properties: {{Handle: !Ref Ready, Timeout: '900'}}\n  \
         Box:\n    Type: AWS::EC2::Instance\n    Properties:\n      ImageId: ami-1\n      UserData:\n        Fn::Base64: \
         !Join ['', [{words}]]\n"
    );
    found(&template)
}

#[test]
fn handles_go_through_cmd_in_base64() {
    let batch = |handle: &str| {
        joined(&format!(
            "\"<script>\\nmsiexec /i x\\ncfn-signal.exe -e %ERRORLEVEL% \", {handle}, \"\\n</script>\""
        ))
    };
    assert_eq!(batch("!Ref Ready"), ["CFS416"]);
    assert_eq!(batch("'\"', !Ref Ready, '\"'"), ["CFS416"]);
    assert_eq!(batch("{'Fn::Base64': !Ref Ready}"), [""; 0]);
    let powershell =
        |rest: &str| joined(&format!("\"<powershell>\\nmsiexec.exe /i x\\n\", {rest}, \"\\n</powershell>\""));
    assert_eq!(powershell("'cfn-signal.exe -e $LASTEXITCODE \"', !Ref Ready, '\"'"), [""; 0]);
    assert_eq!(powershell("'cfn-signal.exe -e $LASTEXITCODE ', !Ref Ready"), ["CFS110"]);
}

#[test]
fn requests_to_a_handle_of_powershell() {
    let request = |options: &str| {
        joined(&format!(
            "\"<powershell>\\nInvoke-RestMethod {options} -Uri '\", !Ref Ready, \"'\\n</powershell>\""
        ))
    };
    assert_eq!(request("-Method Put -Body $b -ContentType application/json"), ["CFS111"]);
    assert_eq!(request("-Method Post -Body $b"), ["CFS111"]);
    assert_eq!(request("-Body $b"), ["CFS111"]);
    assert_eq!(request("-Method Put -Body $b"), [""; 0]);
    assert_eq!(request("-Method PUT -Body $b -ContentType ''"), [""; 0]);
    assert_eq!(request("-Method Put -Headers $h -ContentType application/json"), [""; 0]);
    assert_eq!(request("@options"), [""; 0]);
}

/// Lines that do nothing, and lines of scripts, for cmd and for PowerShell.
const NOTHING: [&[&str]; 2] = [
    &["rem x", ":: x", "echo x", "@echo off", "", "echo."],
    &["# x", "<# x #>", "Write-Host x", "", "echo 'x'"],
];
const LINES: [&[&str]; 2] = [
    &[
        "cfn-init.exe -v",
        "cfn-signal.exe -e %ERRORLEVEL% SIG",
        "cfn-signal.exe -e 0 SIG",
        "if errorlevel 1 cfn-signal.exe -e 1 SIG",
        "msiexec /i x",
        "cfn-init.exe -v & cfn-signal.exe -e %ERRORLEVEL% SIG",
    ],
    &[
        "cfn-init.exe -v",
        "cfn-signal.exe -e $LASTEXITCODE SIG",
        "cfn-signal.exe -e $? SIG",
        "try { Install-WindowsFeature x; cfn-signal.exe -e 0 SIG } catch { Write-Host $_ }",
        "Install-WindowsFeature x",
        "if ($LASTEXITCODE -ne 0) { exit 1 }",
    ],
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn comments_and_echo_change_nothing(
        language in 0..2_usize,
        lines in prop::collection::vec((0..6_usize, prop::collection::vec(0..5_usize, 0..3)), 1..5),
    ) {
        let wrap = [batch, powershell].into_iter().nth(language).unwrap();
        let (line, nothing) = (LINES.get(language).unwrap(), NOTHING.get(language).unwrap());
        let plain: Vec<&str> = lines.iter().filter_map(|(index, _)| line.get(*index).copied()).collect();
        let mut more: Vec<&str> = Vec::new();
        for (index, before) in &lines {
            more.extend(before.iter().filter_map(|it| nothing.get(*it).copied()));
            more.extend(line.get(*index).copied());
        }
        prop_assert_eq!(found(&wrap(&plain.join("\n"))), found(&wrap(&more.join("\n"))), "{:?}", more);
    }

    #[test]
    fn any_text_is_read(script in "([a-z \\n\"'`^%!$@(){}<>|&;:=,#\\\\]|if |errorlevel |\\$\\(|@\"|cfn-signal.exe ){0,200}") {
        let indented: String = script.lines().map(|line| format!("          {line}\n")).collect();
        for (tag, end) in [("<script>", "</script>"), ("<powershell>", "</powershell>")] {
            let template = waiting("").replace("!Sub |\n", "|\n");
            let template = format!("{template}          {tag}\n{indented}          {end}\n");
            let _ = lint(&template, "t.yaml", &Selection::default());
        }
    }
}

/// What is long or deep takes no more than its share: each of these would not end otherwise.
#[test]
fn long_and_deep_scripts_are_read() {
    for part in
        ["(", "if x==x (", "a & ", "\"%x ", "^", "a | b && ", "\"\\\" ", ")", ":x\n", "for %i in (a) do "]
    {
        lint(&batch(&part.repeat(20_000)), "t.yaml", &Selection::default()).unwrap();
    }
    for part in ["(", "{", "$(", "if ($x) {", "a; ", "\"$x ", "`", "a | b\n", "@(", "'", "try {"] {
        let text = part.repeat(5_000).replace("${", "$ {");
        lint(&powershell(&text), "t.yaml", &Selection::default()).unwrap();
    }
}
