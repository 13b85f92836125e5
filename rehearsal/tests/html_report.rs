//! The page of `--html`, as Chromium shows it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::browser::Browser;
use crate::common::{Served, file, rehearse};
use serde_json::Value;
use tempfile::TempDir;

/// A stack that is half signalled, and waits twelve hours for the rest.
const WAITS: &str = "
Resources:
  First:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT12H}}
  Second:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT12H}}
  AResourceWithAVeryLongLogicalIdThatNobodyWouldWantToTypeByHandButGeneratorsDo0123456789:
    Type: AWS::CloudFormation::WaitConditionHandle
";

/// What a page could be broken by.
const HOSTILE: &str =
    "</pre><script>document.title='broken'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>";

fn url(page: &Path) -> String {
    format!("file://{}", page.display())
}

fn look(browser: &mut Browser, page: &Path, name: &str) {
    for width in [1280, 768, 360] {
        for scheme in ["light", "dark"] {
            browser.open(&url(page), width, scheme);
            let complaints = browser.value(include_str!("browser/look.js"));
            assert_eq!(complaints, Value::Array(Vec::new()), "{name} at {width}, {scheme}");
            browser.picture(&format!("{name}-{width}-{scheme}.png"));
            let paper = browser.value("getComputedStyle(document.body).backgroundColor");
            assert_eq!(paper == "rgb(255, 255, 255)", scheme == "light", "{paper}");
            assert_quiet(browser, name);
        }
    }
}

/// Nothing was asked for but the file, nothing ran, and nobody complained.
fn assert_quiet(browser: &mut Browser, name: &str) {
    assert_eq!(browser.value("document.scripts.length + performance.getEntriesByType('resource').length"), 0);
    let requests: Vec<_> = browser
        .told
        .iter()
        .filter(|it| it["method"] == "Network.requestWillBeSent")
        .map(|it| it["params"]["request"]["url"].as_str().unwrap())
        .filter(|it| *it != "data:,")
        .collect();
    assert!(requests.len() == 1 && requests[0].starts_with("file://"), "{name}: {requests:?}");
    let complaints: Vec<_> = browser
        .told
        .iter()
        .filter(|it| {
            ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"]
                .iter()
                .any(|method| it["method"] == *method)
        })
        .collect();
    assert!(complaints.is_empty(), "{name}: {complaints:?}");
}

fn waited(folder: &TempDir) -> PathBuf {
    let page = folder.path().join("waits.html");
    let options = ["--clock", "virtual", "--quiet", "5", "--once", "--html", page.to_str().unwrap()];
    let served = Served::start(WAITS, &options);
    let instance = served.env["CFN_REHEARSE_INSTANCE_First"].clone();
    served.signal("Second", "stranger", "SUCCESS");
    served.signal("Nobody", "stranger", "SUCCESS");
    served.signal("First", &instance, "SUCCESS");
    assert_eq!(served.wait().0.code(), Some(1));
    page
}

#[test]
fn a_wait_of_twelve_hours_shows_the_signals_at_its_beginning() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().unwrap();
    let page = waited(&folder);
    look(&mut browser, &page, "waits");

    browser.open(&url(&page), 1280, "light");
    let rows = "const row = id => [...document.querySelectorAll('.rows .row')].find(it => it.querySelector('strong').textContent.includes(id));
        const box = (id, what) => row(id).querySelector(what).getBoundingClientRect();
        const scale = row('First').querySelector('.scale').getBoundingClientRect();";
    let measured = browser.value(&format!(
        "(() => {{ {rows} return {{
            begin: scale.left, end: scale.right,
            first: box('First', '.bar.create').right, second: box('Second', '.bar.create').right, starts: box('Second', '.bar.create').left,
            gone: box('Second', '.mark.end.back').left,
            success: box('First', '.mark.success').left + 8, uncounted: box('Second', '.mark.uncounted').left + 8,
            refused: box('Stack web', '.mark.refused').left + 8,
            cut: document.querySelector('.cuts .cut').getBoundingClientRect().left,
            cutText: document.querySelector('.cuts .cut').textContent,
            ready: box('AResource', '.bar').width }} }})()"
    ));
    let at = |name: &str| measured[name].as_f64().unwrap();
    // In the order in which they came, with room between, and before time is cut short.
    let in_order = [
        at("begin") - 1.0,
        at("uncounted"),
        at("refused"),
        at("success"),
        at("cut"),
        at("second"),
        at("end") + 1.0,
    ];
    assert!(in_order.is_sorted(), "{measured}");
    assert!(at("success") - at("begin") > 50.0, "{measured}");
    assert!((at("first") - at("success")).abs() < 4.0, "{measured}");
    assert!((at("starts") - at("begin")).abs() < 8.0, "{measured}");
    assert!(at("gone") >= at("second") - 1.0, "{measured}");
    assert!(at("ready") < 20.0, "{measured}");
    assert!(measured["cutText"].as_str().unwrap().starts_with("11\u{a0}h"), "{measured}");
}

#[test]
fn a_script_s_output_is_text_and_nothing_else() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().unwrap();
    let signal = file(&folder, "cfn-signal", "#!/bin/sh\nexit 0\n");
    std::fs::set_permissions(&signal, std::fs::Permissions::from_mode(0o755)).unwrap();
    let script = format!(
        "#!/bin/sh\necho \"{HOSTILE}\"\nprintf '\\033[31mred\\033[0m\\n'\necho 'http://h/?Signature=s3cr3t'\nseq 1 2000\nexit 3\n"
    );
    let script = file(&folder, "script", &script);
    let template = file(&folder, "<b>&template.yaml", crate::common::SERVER);
    let page = folder.path().join("script.html");
    let output = rehearse()
        .args(["run", template.to_str().unwrap(), "--user-data", script.to_str().unwrap(), "--cfn-signal"])
        .args([signal.to_str().unwrap(), "--html", page.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    look(&mut browser, &page, "script");

    browser.open(&url(&page), 1280, "light");
    let said = browser.value("document.querySelector('details[open] pre').textContent");
    let said = said.as_str().unwrap();
    assert!(said.starts_with(HOSTILE), "{said}");
    assert!(
        said.contains("\nred\n") && said.contains("Signature=(hidden)") && !said.contains("s3cr3t"),
        "{said}"
    );
    assert!(said.contains("lines are left out") && said.trim_end().ends_with("2000"), "{said}");
    assert_eq!(browser.value("document.images.length"), 0);
    assert!(browser.value("document.title").as_str().unwrap().contains("<b>&template.yaml"));
    let verdict = browser.value(
        "document.querySelector('h1').textContent + document.querySelector('.verdict dl').textContent",
    );
    let verdict = verdict.as_str().unwrap();
    assert!(verdict.contains("ROLLBACK_COMPLETE") && verdict.contains("Failed to receive 1"), "{verdict}");
    assert!(verdict.contains("exited with status 3"), "{verdict}");
}

fn pool(build: &str) -> String {
    format!(
        "Resources:
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties: {{LaunchTemplateData: {{ImageId: ami-0abcdef1234567890, UserData: {{Fn::Base64: '#!/bin/sh {build}'}}}}}}
  Pool:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '3'
      MaxSize: '9'
      LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}}
    UpdatePolicy:
      AutoScalingRollingUpdate: {{MinInstancesInService: 3, MaxBatchSize: 3, PauseTime: PT5M, WaitOnResourceSignals: true}}
"
    )
}

#[test]
fn too_few_instances_in_service_are_drawn_and_told() {
    let folder = TempDir::new().unwrap();
    let signal = file(&folder, "cfn-signal", "#!/bin/sh\nexit 0\n");
    std::fs::set_permissions(&signal, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (old, new) = (file(&folder, "old.yaml", &pool("-e")), file(&folder, "new.yaml", &pool("-u")));
    let page = folder.path().join("update.html");
    let output = rehearse()
        .args(["run", new.to_str().unwrap(), "--update-from", old.to_str().unwrap(), "--scaled", "Pool=6"])
        .args([
            "--cfn-signal",
            signal.to_str().unwrap(),
            "--html",
            page.to_str().unwrap(),
            "--output",
            "json",
        ])
        .output()
        .unwrap();
    let said = crate::common::text(&output.stdout);
    let summary: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    let group = &summary["stacks"][0]["resources"][1];
    let short = &group["short"][0];
    assert_eq!(
        (&short["of"], &short["in_service"], &short["needed"]),
        (&"wanted".into(), &3.into(), &6.into()),
        "{group}"
    );
    let sizes = group["sizes"].as_array().unwrap();
    assert_eq!((&sizes[0]["in_service"], &sizes[0]["min_in_service"]), (&6.into(), &Value::Null), "{group}");
    assert!(sizes.iter().any(|it| it["in_service"] == 3 && it["min_in_service"] == 3), "{group}");

    let Some(mut browser) = Browser::start() else { return };
    look(&mut browser, &page, "update");
    browser.open(&url(&page), 1280, "light");
    let label = browser.value("document.querySelector('.tall').getAttribute('aria-label')");
    let label = label.as_str().unwrap();
    assert!(label.contains("There were always MinInstancesInService, 3, in service."), "{label}");
    assert!(label.contains("3 of 6 at the fewest") && label.contains("A table follows"), "{label}");
    // Half of those that are wanted serve, on the same axis as the time line.
    let drawn = browser.value(
        "(() => { const box = it => document.querySelector(it).getBoundingClientRect();
            const [in_service, wanted, zero] = [box('.row .in-service'), box('.row .wanted'), box('.row path.level')];
            return { half: (zero.y - wanted.y) / (zero.y - in_service.bottom), left: in_service.left, bars: box('.bar').left,
                rows: document.querySelectorAll('.numbers tbody tr').length }; })()",
    );
    assert!((drawn["half"].as_f64().unwrap() - 2.0).abs() < 0.1, "{drawn}");
    assert!((drawn["left"].as_f64().unwrap() - drawn["bars"].as_f64().unwrap()).abs() < 2.0, "{drawn}");
    assert_eq!(drawn["rows"], sizes.len(), "{drawn}");
}
