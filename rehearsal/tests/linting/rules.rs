//! `cfn-rehearse lint`: every rule by its templates, and the command by its output.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::common::{rehearse, text};
use cfn_rehearse::lint::{Report, Selection, lint, lint_file, output, rules};
use proptest::prelude::*;
use serde_json::Value;

use super::{brief, strict};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(here(folder)).expect(folder).map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn report(path: &Path) -> Report {
    lint_file(path, &strict()).unwrap_or_else(|error| panic_with(&error.to_string()))
}

#[expect(clippy::panic, reason = "a test fails by panicking")]
fn panic_with(message: &str) -> ! {
    panic!("{message}")
}

#[test]
fn every_rule_has_a_template_that_breaks_it_and_one_that_does_not() {
    let folders: BTreeSet<String> = files("tests/lint")
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("CFS"))
        .collect();
    let codes: BTreeSet<String> = rules().iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(folders, codes);
    assert_eq!(codes.len(), rules().len(), "two rules share a code");
    for code in codes {
        let folder = here("tests/lint").join(&code);
        assert_eq!(brief(&report(&folder.join("good.yaml"))), "", "{code}: good.yaml");
        let bad = brief(&report(&folder.join("bad.yaml")));
        let golden = folder.join("bad.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &bad).unwrap();
        }
        assert_eq!(bad, fs::read_to_string(golden).unwrap(), "{code}: bad.yaml");
        assert!(bad.lines().count() == 1 && bad.starts_with(&code), "{code}: {bad}");
    }
}

#[test]
fn templates_that_are_right_have_no_findings() {
    let mut templates = files("tests/lint/clean");
    templates.extend(files("tests/templates/good"));
    templates.extend(files("../tests/templates").into_iter().filter(|path| path.is_file()));
    templates.extend(files("../tests/templates/classic"));
    templates.extend(files("../tests/cdk/synthesised"));
    templates
        .extend(files("demo").into_iter().filter(|path| path.extension().is_some_and(|it| it == "yaml")));
    assert!(templates.len() > 9, "{templates:?}");
    for template in templates {
        let name = template.file_name().unwrap().to_string_lossy().into_owned();
        let expected = match name.as_str() {
            // The demonstration of a script that stops before it signals.
            "2-silent.yaml" => ["CFS307", "CFS201"].as_slice(),
            // Their misspelt resource.
            "3-exit-code.yaml" | "4-run.yaml" => &["CFS307"],
            // The shape of Amazon's samples, with their bash -xe.
            "autoscaling-multi-az.yaml" | "lamp.json" => &["CFS201"],
            // The group of the benchmark, which nobody can satisfy.
            "wide-group.yaml" => &["CFS006"],
            // A template of the reader's tests, which nobody deploys.
            "wait-condition.yaml" if template.to_string_lossy().contains("templates/good") => &["CFS018"],
            _ => &[],
        };
        let report = lint_file(&template, &Selection::default()).unwrap();
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule.code).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn json_gives_the_same_findings_as_yaml() {
    // A map of JSON's has a key once, no tags and all its texts in quotes.
    let is_yaml = |code: &str| code == "CFS402" || code.starts_with("CFS43");
    for rule in rules().into_iter().filter(|rule| !is_yaml(rule.code)) {
        let yaml = fs::read_to_string(here("tests/lint").join(rule.code).join("bad.yaml")).unwrap();
        let json = as_json(&yaml);
        for text in [format!("{json:#}"), json.to_string()] {
            let report = lint(&text, "bad.json", &strict()).unwrap();
            let codes: Vec<&str> = report.findings.iter().map(|finding| finding.rule.code).collect();
            assert_eq!(codes, [rule.code], "{text}");
            // The place is inside the very text that is wrong: the same words follow it in either form.
            let place = report.findings[0].place;
            let line = text.lines().nth(usize::try_from(place.line).unwrap() - 1).unwrap();
            assert!(
                line.chars().count() >= usize::try_from(place.column).unwrap(),
                "{}: {place:?}",
                rule.code
            );
        }
    }
}

/// A template's YAML as JSON, by the parser that other tools use: long functions in place of tags.
fn as_json(yaml: &str) -> Value {
    use granit_parser::{Event, Parser, ScalarStyle};

    fn value(events: &mut std::vec::IntoIter<Event<'_>>) -> Option<Value> {
        let event = events.next()?;
        let (value, tag) = match event {
            Event::Scalar(text, ScalarStyle::Plain, _, tag) if matches!(&*text, "true" | "false") => {
                (Value::Bool(text == "true"), tag)
            }
            Event::Scalar(text, _, _, tag) => (Value::String(text.into_owned()), tag),
            Event::SequenceStart(_, _, tag) => {
                let mut items = Vec::new();
                while let Some(item) = value(events) {
                    items.push(item);
                }
                (Value::Array(items), tag)
            }
            Event::MappingStart(_, _, tag) => {
                let mut map = serde_json::Map::new();
                while let Some(key) = value(events) {
                    map.insert(key.as_str().unwrap().to_owned(), value(events).unwrap());
                }
                (Value::Object(map), tag)
            }
            _ => return None,
        };
        let Some(tag) = tag else { return Some(value) };
        let name = if tag.suffix() == "Ref" { "Ref".to_owned() } else { format!("Fn::{}", tag.suffix()) };
        Some(Value::Object([(name, value)].into_iter().collect()))
    }

    let events: Vec<Event<'_>> = Parser::new_from_str(yaml).map(|event| event.unwrap().0).collect();
    let content: Vec<Event<'_>> = events
        .into_iter()
        .filter(|event| !matches!(event, Event::StreamStart | Event::DocumentStart(..)))
        .collect();
    value(&mut content.into_iter()).unwrap()
}

fn run(arguments: &[&str]) -> Output {
    rehearse().arg("lint").args(arguments).current_dir(here("tests/lint")).output().unwrap()
}

#[test]
fn the_exit_status_tells_findings_from_unreadable_templates() {
    let good = "CFS202/good.yaml";
    let bad = "CFS202/bad.yaml";
    let broken = "../templates/bad/no-yaml.yaml";
    for (templates, expected) in [
        (vec![good], 0),
        (vec![good, bad], 1),
        (vec![broken], 2),
        (vec![bad, broken, good], 2),
        (vec!["CFS202/absent.yaml"], 2),
        (vec![], 2),
    ] {
        let output = run(&templates);
        assert_eq!(output.status.code(), Some(expected), "{templates:?}: {}", text(&output.stderr));
    }
    // What can be read is looked at all the same.
    let output = run(&[broken, bad]);
    assert!(text(&output.stdout).contains("[CFS202]"));
    assert!(text(&output.stderr).contains("no-yaml.yaml:"), "{}", text(&output.stderr));
}

#[test]
fn text_is_as_compilers_print_it() {
    let output = run(&["CFS202/bad.yaml", "CFS201/bad.yaml"]);
    let shown = text(&output.stdout);
    assert_eq!(
        shown.lines().next().unwrap(),
        "CFS202/bad.yaml:13:38: error: $? is the status of echo, not of cfn-init [CFS202]"
    );
    let caret = shown.lines().nth(2).unwrap();
    assert_eq!(shown.lines().nth(1).unwrap().find("$?"), caret.find('^'), "{shown}");
    assert!(!shown.contains('\u{1b}'), "colours, and nobody to see them");
    let wide = shown.lines().filter(|line| !line.starts_with("CFS")).find(|line| line.chars().count() > 100);
    assert_eq!(wide, None);
    assert_eq!(text(&output.stderr), "2 findings in 2 templates\n");
    assert_eq!(text(&run(&["CFS202/good.yaml"]).stderr), "no findings in 1 template\n");
}

#[test]
fn json_has_every_finding() {
    let output = run(&["CFS202/bad.yaml", "CFS108/bad.yaml", "--strict", "--output", "json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2);
    assert_eq!(findings[0]["file"], "CFS202/bad.yaml");
    assert_eq!((findings[0]["line"].as_u64(), findings[0]["column"].as_u64()), (Some(13), Some(38)));
    assert_eq!(findings[1]["code"], "CFS108");
    assert_eq!(findings[1]["severity"], "warning");
    assert_eq!(findings[1]["resource"], "Server");
    assert_eq!(json["templates"][0]["findings"], 1);
    assert!(output.stderr.is_empty());
}

#[test]
fn sarif_is_what_scanners_take() {
    let output = run(&["CFS202/bad.yaml", "./CFS108/bad.yaml", "--strict", "--output", "sarif"]);
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), cfn_rehearse::lint::rules().len());
    for rule in rules {
        assert!(rule["id"].as_str().unwrap().starts_with("CFS"));
        assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
        assert!(
            ["error", "warning", "note"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap())
        );
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
    }
    let location = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "CFS108/bad.yaml");
    assert_eq!(location["region"]["startLine"], 12);
    assert_eq!(location["region"]["startColumn"], 41);
}

#[test]
fn rules_are_selected_ignored_and_explained() {
    let both = ["CFS202/bad.yaml", "CFS108/bad.yaml"];
    let codes = |extra: &[&str]| {
        let output = run(&[&both, extra, &["--output", "json"]].concat());
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = json["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&[]), ["CFS202"]);
    assert_eq!(codes(&["--strict"]), ["CFS202", "CFS108"]);
    assert_eq!(codes(&["--strict", "--ignore", "CFS202"]), ["CFS108"]);
    assert_eq!(codes(&["--select", "CFS108"]), ["CFS108"]);
    assert_eq!(codes(&["--select", "CFS2"]), ["CFS202"]);
    assert_eq!(codes(&["--ignore", "CFS108,CFS202"]), [""; 0]);
    assert_eq!(codes(&["--select", "CFS1", "--ignore", "cfs108"]), [""; 0]);
    assert_eq!(run(&["--select", "CFS999", both[0]]).status.code(), Some(2));

    let explained = text(&run(&["--explain", "CFS201"]).stdout);
    assert!(explained.starts_with("CFS201 errexit-before-signal (error)"), "{explained}");
    let listed = text(&run(&["--list-rules"]).stdout);
    assert_eq!(listed.lines().count(), rules().len());
    assert_eq!(text(&run(&["--rules"]).stdout), listed);
}

#[test]
fn the_readme_has_every_rule() {
    let readme = fs::read_to_string(here("../README.md")).unwrap();
    let (_, after) = readme.split_once("<!-- lint rules -->\n").expect("the first marker");
    let (table, _) = after.split_once("<!-- end of lint rules -->").expect("the second marker");
    let printed = run(&["--list-rules", "--output", "markdown"]);
    assert_eq!(
        table,
        text(&printed.stdout),
        "cfn-rehearse lint --list-rules --output markdown prints another table"
    );
}

#[test]
fn a_template_says_what_to_ignore() {
    let bad = fs::read_to_string(here("tests/lint/CFS202/bad.yaml")).unwrap();
    let script = "          /opt/aws/bin/cfn-signal";
    let by_comment =
        |comment: &str| bad.replace(script, &format!("          # cfn-rehearse: {comment}\n{script}"));
    let in_resource = |list: &str| {
        bad.replace("    Metadata:\n", &format!("    Metadata:\n      cfn-rehearse: {{ignore: {list}}}\n"))
    };
    let cases = [
        (by_comment("ignore CFS202"), 0, 1),
        (by_comment("ignore CFS108, CFS202 since echo cannot fail"), 0, 1),
        (by_comment("ignore CFS2"), 0, 1),
        (by_comment("ignore CFS201"), 1, 0),
        (by_comment("ignore"), 1, 0),
        (bad.replace("--resource Server\n", "--resource Server # cfn-rehearse: ignore CFS202\n"), 1, 0),
        (in_resource("[CFS202]"), 0, 1),
        (in_resource("CFS202"), 0, 1),
        (in_resource("[CFS201]"), 1, 0),
        (format!("Metadata: {{cfn-rehearse: {{ignore: [CFS202]}}}}\n{bad}"), 0, 1),
    ];
    for (template, found, ignored) in cases {
        let report = lint(&template, "t.yaml", &Selection::default()).unwrap();
        assert_eq!((report.findings.len(), report.suppressed), (found, ignored), "{template}");
    }
}

/// A template as large as the service takes, on one line and on many: what is linear ends soon, what is not does not.
#[test]
fn the_largest_template_is_no_trouble() {
    let bad = fs::read_to_string(here("tests/lint/CFS202/bad.yaml")).unwrap();
    let one = as_json(&bad)["Resources"]["Server"].clone();
    let mut resources = serde_json::Map::new();
    let pieces: Vec<Value> = (0..300).flat_map(|_| [Value::from("echo é\n"), one["Type"].clone()]).collect();
    for number in 0..240 {
        let mut server = one.clone();
        if number % 3 == 0 {
            let join = serde_json::json!(["", pieces]);
            server["Properties"]["UserData"] = serde_json::json!({"Fn::Base64": {"Fn::Join": join}});
        }
        resources.insert(format!("Server{number}"), server);
    }
    let template = serde_json::json!({"Resources": resources}).to_string();
    assert!((600_000..1_048_576).contains(&template.len()), "{}", template.len());
    let mut selection = Selection::default();
    // The machines run cfn-init for one that is not there.
    selection.ignore = vec!["CFS307".to_owned()];
    let report = lint(&template, "large.json", &selection).unwrap();
    // Hundreds of machines run two scripts, and each of these is one cause.
    let places: Vec<usize> = report.findings.iter().map(|finding| 1 + finding.also.len()).collect();
    assert_eq!(places, [80, 160]);
    assert!(report.findings[1].message.contains("; the same in Server"), "{}", report.findings[1].message);
    assert!(report.findings[1].message.ends_with(" and 156 more"), "{}", report.findings[1].message);
    assert!(output::sarif(std::slice::from_ref(&report), &[]).len() > 10_000);

    // The script is the last of it.
    let (bad, _) = bad.split_once("    Metadata:").unwrap();
    let script = "          cfn-init | tee a && (b; c) || d\n".repeat(20_000);
    let report = lint(&format!("{bad}{script}"), "long.yaml", &selection).unwrap();
    assert_eq!(report.findings.len(), 1);
    for (opening, link) in
        [("", "("), ("a", " && a"), ("a", " | a"), ("", "a \"$(b "), ("", "! "), ("", "if a; then ")]
    {
        let deep = format!("{bad}          {opening}{}\n", link.repeat(20_000));
        lint(&deep, "deep.yaml", &Selection::default()).unwrap();
    }
}

/// The templates of the tests, of all kinds.
fn corpus() -> Vec<String> {
    let mut all: Vec<String> = rules()
        .iter()
        .map(|rule| fs::read_to_string(here("tests/lint").join(rule.code).join("bad.yaml")).unwrap())
        .collect();
    all.extend(files("tests/lint/clean").iter().map(|path| fs::read_to_string(path).unwrap()));
    all.extend(files("tests/templates/good").iter().map(|path| fs::read_to_string(path).unwrap()));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever a template becomes, nothing panics, and every place is in the file.
    #[test]
    fn mangled_templates_are_no_trouble(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, "[ -~\n\u{e000}é😀]{0,6}|\\PC{0,3}"), 0..6),
    ) {
        let corpus = corpus();
        let mut letters: Vec<char> = which.get(&corpus).chars().collect();
        for (at, removed, added) in edits {
            let at = at.index(letters.len() + 1);
            let end = (at + removed).min(letters.len());
            letters.splice(at..end, added.chars());
        }
        let template: String = letters.into_iter().collect();
        if let Ok(report) = lint(&template, "t.yaml", &Selection::default()) {
            for finding in &report.findings {
                let line = template.lines().nth(usize::try_from(finding.place.line).unwrap() - 1);
                let length = line.map_or(0, |line| line.chars().count());
                prop_assert!(usize::try_from(finding.place.column).unwrap() <= length + 1, "{finding:?}");
            }
            let shown = output::text(std::slice::from_ref(&report), 80, true);
            prop_assert_eq!(shown.is_empty(), report.findings.is_empty());
        }
    }
}

#[test]
fn why_user_data_is_not_run_is_said_as_it_is() {
    let signal = "/opt/aws/bin/cfn-signal -e $? --stack s --resource Server --region us-east-1";
    for (user_data, place, expected) in [
        (
            format!("\"\\n#!/bin/bash\\n{signal}\""),
            (6, 21),
            "with blank space before its #! this cannot be run",
        ),
        (
            format!(
                "\"Content-Type: multipart/mixed; boundary=B\\n\\n--B\\n\\n#!/bin/bash\\n{signal}\\n--B--\""
            ),
            (6, 19),
            "without the header MIME-Version: 1.0",
        ),
    ] {
        let text = format!(
            "Resources:\n  Server:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData: !Base64\n        Fn::Sub: {user_data}\n"
        );
        let report = lint(&text, "t", &Selection::default()).unwrap();
        assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
        let finding = &report.findings[0];
        assert!(finding.message.starts_with(expected), "{}", finding.message);
        assert_eq!((finding.rule.code, (finding.place.line, finding.place.column)), ("CFS301", place));
    }
}
