//! `cfn-rehearse lint --fix`, `--diff` and `--baseline`.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Output;

use crate::common::{file, rehearse, text};
use cfn_rehearse::lint::{Known, Mended, Selection, lint as lint_text, mended};
use proptest::prelude::*;
use tempfile::TempDir;

fn template(script: &str) -> String {
    format!(
        "# A comment that stays.
Resources:
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}   # five minutes
    Properties:
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          setup
{script}"
    )
}

const NO_REGION: &str = "          /opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box\n";
const STALE: &str = "          echo a\n          /opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}\n";
const HANDLE: &str = "  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Ready: {Type: AWS::CloudFormation::WaitCondition, DependsOn: Box, Properties: {Handle: !Ref Handle, Timeout: '300'}}
";

/// CFS202 in one machine, CFS105 in another.
fn both() -> String {
    let other = template(NO_REGION).replace("Box", "Other");
    format!("{}{}", template(STALE), other.split_once("Resources:\n").unwrap().1)
}

fn mend(text: &str) -> Mended {
    mended(text, "t.yaml", &Selection::default(), &Known::default()).unwrap()
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    rehearse().arg("lint").args(arguments).current_dir(folder).output().unwrap()
}

fn codes(text: &str) -> Vec<&'static str> {
    let report = lint_text(text, "t.yaml", &Selection::default()).unwrap();
    report.findings.iter().map(|it| it.rule.code).collect()
}

#[test]
fn what_has_one_safe_mending_is_mended() {
    let handle = |script: &str| {
        template(script)
            .replace("    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}   # five minutes\n", "")
            + HANDLE
    };
    let signal =
        "/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}";
    let trap = template(&format!("          trap \"{signal}\" EXIT\n          setup\n"));
    let bare = template(&format!("          {signal}\n")).replace("!Sub |", "|");
    let reference = template(&format!("          {signal}\n"))
        .replace("Properties:\n", "Properties:\n      ImageId: {{resolve:ssm:/é}} # why\n");
    for (code, before, from, to) in [
        (
            "CFS105",
            template(NO_REGION),
            "StackName} --resource",
            "StackName} --region ${AWS::Region} --resource",
        ),
        (
            "CFS105",
            template(&NO_REGION.replace("${AWS::StackName}", "\"${AWS::StackName}\"")),
            "Name}\" --",
            "Name}\" --region ${AWS::Region} --",
        ),
        (
            "CFS105",
            template(&NO_REGION.replace("--stack ", "--stack=")),
            "StackName} --resource",
            "StackName} --region ${AWS::Region} --resource",
        ),
        ("CFS110", handle("          /opt/aws/bin/cfn-signal -e $? ${Handle}\n"), "${Handle}", "'${Handle}'"),
        (
            "CFS205",
            trap.clone(),
            "trap \"/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}\"",
            "trap '/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}'",
        ),
        ("CFS302", bare, "Base64: |", "Base64: !Sub |"),
        ("CFS432", reference, "{{resolve:ssm:/é}}", "'{{resolve:ssm:/é}}'"),
    ] {
        for (mark, end) in [("", "\n"), ("\u{feff}", "\r\n")] {
            let before = format!("{mark}{}", before.replace('\n', end));
            assert_eq!(
                codes(&before).into_iter().collect::<std::collections::BTreeSet<_>>(),
                [code].into(),
                "{before}"
            );
            let after = mend(&before);
            assert_eq!(after.text, before.replace(from, to), "{code}");
            assert!(
                after.report.findings.is_empty() && after.count > 0 && codes(&after.text).is_empty(),
                "{code}"
            );
        }
    }
    // JSON has its own escapes.
    let json = r##"{"Resources": {"Box": {"Type": "AWS::EC2::Instance", "CreationPolicy": {"ResourceSignal": {"Timeout": "PT5M"}}, "Properties": {"UserData": {"Fn::Base64": {"Fn::Sub": "#!/bin/bash\ncfn-signal -e $? --resource Box --stack \"${AWS::StackName}\"\n"}}}}}}"##;
    assert_eq!(mend(json).text, json.replace(r#"Name}\""#, r#"Name}\" --region ${AWS::Region}"#));
}

#[test]
fn what_is_not_safe_is_left_alone() {
    let signal =
        "/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}";
    for before in [
        template(STALE),
        // Nothing shows that the text is inside Fn::Sub.
        template(&NO_REGION.replace("${AWS::StackName}", "mine")),
        // Single quotes would keep the variable for later, too.
        template(&format!("          trap \"$WHERE{signal}\" EXIT\n          setup\n").replace("$WHERE", "cd $HOME; ")),
        template(&format!("          trap \"echo 'done'; {signal}\" EXIT\n          setup\n")),
        // The shell's own variable would be taken for a parameter.
        template(&format!("          echo ${{HOME}}\n          {signal}\n")).replace("!Sub |", "|"),
        // A Ref in a list of pieces.
        "Resources:\n  Box:\n    Type: AWS::EC2::Instance\n    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}\n    Properties:\n      UserData:\n        Fn::Base64: !Join ['', [\"#!/bin/bash\\ncfn-signal -e $? --resource Box --stack \", !Ref AWS::StackName, \"\\n\"]]\n".to_owned(),
    ] {
        assert!(!codes(&before).is_empty(), "{before}");
        let after = mend(&before);
        assert_eq!((after.text, after.count), (before, 0));
    }
    // Quotes inside a YAML scalar's own would end it.
    let quoted = "Resources:\n  Box:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData:\n        Fn::Base64: !Sub '#!/bin/bash\n\n          cfn-signal -e 0 ${Handle}\n\n          '\n".to_owned() + HANDLE;
    assert_eq!(codes(&quoted), ["CFS110"]);
    assert_eq!(mend(&quoted).text, quoted);
}

#[test]
fn many_are_mended_each_by_itself() {
    let two = template(&format!("{NO_REGION}{NO_REGION}")).replace("resource Box\n", "resource Box; true\n");
    let many = format!("{two}{}", two.split_once("Resources:\n").unwrap().1.replace("Box", "Other"));
    let after = mend(&many);
    assert_eq!(after.text.matches("--region ${AWS::Region}").count(), 4, "{}", after.text);
    assert_eq!((after.count, codes(&after.text).iter().filter(|it| **it == "CFS105").count()), (4, 0));
}

#[test]
fn a_diff_changes_nothing_and_can_be_applied() {
    let folder = TempDir::new().unwrap();
    let before = template(NO_REGION);
    let path = file(&folder, "a.yaml", &before);
    let output = run(&folder, &["--diff", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    let diff = text(&output.stdout);
    assert!(diff.starts_with("--- a/a.yaml\n+++ b/a.yaml\n@@ "), "{diff}");
    assert_eq!(diff.lines().filter(|line| line.starts_with('+')).count(), 2, "{diff}");
    assert_eq!(text(&output.stderr), "1 finding in 1 template, 1 mended by the diff\n");
    let mended = mend(&before).text;
    let (old, new) = diff.lines().skip(3).fold((String::new(), String::new()), |(old, new), line| {
        let (mark, rest) = line.split_at(1);
        let add = |text: String, is_here: bool| if is_here { text + rest + "\n" } else { text };
        (add(old, mark != "+"), add(new, mark != "-"))
    });
    assert!(before.contains(&old) && mended.contains(&new) && old != new, "{diff}");
    // What is in the template is nobody's command.
    let forged = template(&format!("          : a\u{1b}[31m\n{NO_REGION}"))
        .replace("Resources:", "Description: |\n  x\nResources:")
        .replace("          setup\n", "          setup\n          ::error::forged\n");
    file(&folder, "b.yaml", &forged.replace("\u{1b}", "\u{9}"));
    let said = text(&run(&folder, &["--diff", "b.yaml"]).stdout);
    assert!(
        said.contains("error::forged") && !said.lines().any(|line| line.trim_start().starts_with("::")),
        "{said}"
    );
    assert_eq!(run(&folder, &["--diff", "--output", "json", "."]).status.code(), Some(2));
}

#[test]
fn a_fix_is_written_all_of_it_or_nothing() {
    let folder = TempDir::new().unwrap();
    let before = both().replace('\n', "\r\n");
    let path = file(&folder, "real.yaml", &before);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
    symlink("real.yaml", folder.path().join("link.yaml")).unwrap();
    let output = run(&folder, &["--fix", "link.yaml"]);
    let after = fs::read_to_string(&path).unwrap();
    assert_eq!(
        after,
        before.replace("StackName} --resource Other", "StackName} --region ${AWS::Region} --resource Other")
    );
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o751);
    assert!(folder.path().join("link.yaml").symlink_metadata().unwrap().is_symlink());
    // What is left is told.
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("[CFS202]") && !text(&output.stdout).contains("[CFS105]"));
    assert!(text(&output.stderr).ends_with("in 1 template, 1 mended\n"), "{}", text(&output.stderr));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "something is left behind");
    // A second time there is nothing to do, and a file that has nothing is not touched.
    let changed = path.metadata().unwrap().modified().unwrap();
    run(&folder, &["--fix", "."]);
    assert_eq!(path.metadata().unwrap().modified().unwrap(), changed);
}

#[test]
fn old_findings_are_known_again() {
    let folder = TempDir::new().unwrap();
    let old = both();
    file(&folder, "a.yaml", &old);
    assert_eq!(run(&folder, &["a.yaml", "--write-baseline"]).status.code(), Some(2));
    assert_eq!(run(&folder, &["a.yaml", "--baseline", "b.json"]).status.code(), Some(2));
    let written = run(&folder, &[".", "--baseline", "b.json", "--write-baseline"]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    let baseline = fs::read_to_string(folder.path().join("b.json")).unwrap();

    let quiet = |output: &Output| {
        assert_eq!(
            (output.status.code(), text(&output.stdout)),
            (Some(0), String::new()),
            "{}",
            text(&output.stderr)
        );
        text(&output.stderr)
    };
    assert_eq!(
        quiet(&run(&folder, &[".", "--baseline", "b.json"])),
        "no findings in 1 template, 2 in the baseline, 1 other file passed over\n"
    );
    // Moved, and asked for from elsewhere.
    file(&folder, "a.yaml", &format!("Description: more\n\n{}", old.replace("          ", "            ")));
    quiet(&run(&folder, &["a.yaml", "--baseline", "b.json"]));
    let elsewhere = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    quiet(&run(&elsewhere, &[&at("a.yaml"), "--baseline", &at("b.json")]));
    // The same written again is the same file.
    run(&folder, &["a.yaml", "--baseline", "b.json", "--write-baseline"]);
    assert_eq!(fs::read_to_string(folder.path().join("b.json")).unwrap(), baseline);

    // What is new is told, and nothing else.
    file(&folder, "a.yaml", &old.replacen("setup\n", "setup --all\n          trap \"cfn-signal -e $? --resource Box --stack ${AWS::StackName} --region ${AWS::Region}\" EXIT\n", 1));
    let output = run(&folder, &["a.yaml", "--baseline", "b.json"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(said.contains("[CFS205]") && !said.contains("[CFS105]"), "{said}");
    // What is found no longer is told, but not of rules that were not asked.
    file(&folder, "a.yaml", &template(STALE));
    let output = run(&folder, &["a.yaml", "--baseline", "b.json"]);
    let stale = "cfn-rehearse: a.yaml: CFS105 in Other is in the baseline and found no longer\n";
    assert_eq!(
        (output.status.code(), text(&output.stderr).contains(stale)),
        (Some(0), true),
        "{}",
        text(&output.stderr)
    );
    assert!(
        !text(&run(&folder, &["a.yaml", "--baseline", "b.json", "--ignore", "CFS105"]).stderr)
            .contains("no longer")
    );
    fs::remove_file(folder.path().join("a.yaml")).unwrap();
    assert_eq!(
        text(&run(&folder, &[".", "--baseline", "b.json"]).stderr).matches("found no longer").count(),
        2
    );
    for broken in ["{", "{\"version\": 2}", "{\"version\": 1, \"findings\": [{}]}"] {
        file(&folder, "b.json", broken);
        let output = run(&folder, &[".", "--baseline", "b.json"]);
        assert_eq!(output.status.code(), Some(2), "{broken}: {}", text(&output.stderr));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever a template becomes, what is mended can be read, has less to say, and is mended for good.
    #[test]
    fn mangled_templates_are_mended_or_left_alone(
        which in 0_usize..4,
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, "[ -~\n\u{e001}é]{0,6}|[\"'${}]{0,3}"), 0..4),
    ) {
        let trap = "          trap \"cfn-signal -e $? --stack ${AWS::StackName} --resource Box\" EXIT\n";
        let all = [both(), template(trap), template(STALE).replace("!Sub |", "|"), template(NO_REGION).replace("PT5M", "{{resolve:ssm:/a}}")];
        let mut letters: Vec<char> = all.get(which).unwrap().chars().collect();
        for (at, removed, added) in edits {
            let at = at.index(letters.len() + 1);
            let end = (at + removed).min(letters.len());
            letters.splice(at..end, added.chars());
        }
        let before: String = letters.into_iter().collect();
        let Ok(report) = lint_text(&before, "t.yaml", &Selection::default()) else { return Ok(()) };
        let size = |report: &cfn_rehearse::lint::Report| report.findings.iter().map(|it| 1 + it.also.len()).sum::<usize>();
        let after = mend(&before);
        prop_assert_eq!(size(&after.report) + after.count, size(&report), "{}", &before);
        prop_assert_eq!(after.count == 0, after.text == before);
        let again = mend(&after.text);
        prop_assert_eq!(again.text, after.text);
    }
}
