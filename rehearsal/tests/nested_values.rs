//! What nested stacks are given: values and user data by path, and their parent's leave. And how many of them there may be.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::{Duration, Instant};

use crate::common::folder::{Folder, has};
use crate::common::nested::{events, folder, served};
use crate::common::{Served, rehearse, text};
use rustix::process::{Pid, Signal, kill_process};

/// A stack that is a resource, of the template at `url`.
fn stack(id: &str, url: &str) -> String {
    format!("  {id}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}\n")
}

fn stacks(of: &[(&str, &str)]) -> String {
    let all: String = of.iter().map(|(id, url)| stack(id, url)).collect();
    format!("Resources:\n{all}")
}

const SAYING: &str = "
Resources:
  Thing: {Type: Custom::Thing, Properties: {ServiceToken: t}}
  Box:
    Type: AWS::EC2::Instance
    Properties: {UserData: !Base64 {'Fn::Join': ['', [\"#!/bin/sh\\necho 'it is \", VALUE, \"'\\n\"]]}}
";

#[test]
fn what_only_the_service_knows_is_given_by_path() {
    let folder = Folder::new();
    folder.write("t.yaml", &stacks(&[("Net", "net.yaml"), ("Other", "net.yaml")]));
    folder.write("net.yaml", &stacks(&[("App", "app.yaml")]));
    folder.write("v.yaml", "Attributes: {Net/App/Thing: {A: one}, Other/App/Thing: {A: two}}\n");
    for (value, option, name) in
        [("!GetAtt Thing.A", "--attribute", "Net/App/Thing.A"), ("!Ref Thing", "--ref", "Net/App/Thing")]
    {
        folder.write("app.yaml", &SAYING.replace("VALUE", value));
        let (code, said) = folder.run(&["t.yaml"]);
        assert_eq!(code, 2, "{said}");
        has(
            &said,
            &format!(
                "give it with {option} {name}=VALUE; the whole user data can be given with --user-data Net/App/Box=FILE"
            ),
        );
        let given = [format!("{name}=one"), format!("{}=two", name.replace("Net/", "Other/"))];
        let (code, said) = folder.run(&["t.yaml", option, &given[0], option, &given[1]]);
        assert_eq!(code, 0, "{said}");
        has(&said, "Net/App/Box | it is one");
        has(&said, "Other/App/Box | it is two");
    }
    folder.write("app.yaml", &SAYING.replace("VALUE", "!GetAtt Thing.A"));
    let (code, said) = folder.run(&["t.yaml", "--params", "v.yaml"]);
    assert_eq!(code, 0, "{said}");
    has(&said, "Net/App/Box | it is one");
    // A path's end alone is of every stack, and its own value wins.
    let (_, said) =
        folder.run(&["t.yaml", "--attribute", "Net/App/Thing.A=one", "--attribute", "Net/App/Thnig.B=x"]);
    has(&said, "Net/App/Thnig: values are given for it, and");
    let (code, said) = folder.run(&["t.yaml", "--attribute", "Ent/App/Thing.A=x"]);
    assert_eq!(code, 2, "{said}");
    has(&said, "there is no resource Ent; the template has Net, Other");
    folder.write("app.yaml", &SAYING.replace("VALUE", "!Ref 'AWS::Region'"));
    let (code, said) = folder.run(&["app.yaml", "--ref", "Thing/Box=x"]);
    assert_eq!(code, 2, "{said}");
    has(&said, "Thing is of type Custom::Thing; only what nested stacks have is given by its path");
    let (_, said) = folder.run(&["t.yaml", "--ref", "Net/App/Box=i-1"]);
    has(&said, "Net/App/Box: what Ref gives for it is made by the rehearsal");
}

#[test]
fn instances_of_nested_stacks_are_given_their_user_data_by_path() {
    let folder = Folder::new();
    folder.write("t.yaml", &stacks(&[("Net", "app.yaml"), ("Other", "app.yaml")]));
    folder.write("app.yaml", &SAYING.replace("VALUE", "!Ref 'AWS::Region'"));
    folder.write("own.sh", "#!/bin/sh\necho its own\n");
    let (code, said) = folder.run(&["t.yaml", "--user-data", "Net/Box=own.sh"]);
    assert_eq!(code, 0, "{said}");
    has(&said, "Net/Box | its own");
    has(&said, "Other/Box | it is us-east-1");
    has(&said, "Net/Box: runs its user data as i-");
    for (option, given, told) in [
        ("--user-data", "Net/Bxo=own.sh", "there is no resource Bxo; the template's instance is Box"),
        ("--user-data", "Ent/Box=own.sh", "there is no resource Ent;"),
        ("--user-data", "Net=own.sh", "--user-data Net/ID=FILE is for an instance of it"),
        ("--user-data", "own.sh", "one of a nested stack is given it with Stack/ID=FILE"),
        (
            "--resource",
            "Net/Box",
            "--resource Net/Box: what a nested stack has is not chosen: rehearse all of the stack",
        ),
        ("--resource", "Net", "for --resource its template is rehearsed by itself"),
    ] {
        let (code, said) = folder.run(&["t.yaml", option, given]);
        assert_eq!(code, 2, "{given}: {said}");
        has(&said, told);
    }
}

#[test]
fn a_nested_stack_needs_its_parents_leave() {
    let templates = folder(&[
        ("role.yaml", "Resources: {R: {Type: AWS::IAM::Role}}\n"),
        ("named.yaml", "Resources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: r}}}\n"),
        ("macro.yaml", "Transform: Mine\nResources: {T: {Type: AWS::SNS::Topic}}\n"),
    ]);
    let directory = templates.path().display().to_string();
    let served = Served::account(&["--template-dir", &directory, "--clock", "virtual", "--quiet", "0"]);
    let outcome = |name: &str, url: &str, given: &[&str]| {
        let body = stacks(&[("C", url)]);
        let capabilities: Vec<_> = given
            .iter()
            .enumerate()
            .map(|(at, it)| (format!("Capabilities.member.{}", at + 1), *it))
            .collect();
        let mut parameters = vec![("StackName", name), ("TemplateBody", body.as_str())];
        parameters.extend(capabilities.iter().map(|(key, value)| (key.as_str(), *value)));
        served.result("CreateStack", &parameters);
        served.result("DescribeStackEvents", &[("StackName", name)]).to_string()
    };
    for (at, (url, capability)) in [
        ("role.yaml", "CAPABILITY_IAM"),
        ("named.yaml", "CAPABILITY_NAMED_IAM"),
        ("macro.yaml", "CAPABILITY_AUTO_EXPAND"),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = outcome(&format!("without{at}"), url, &[]);
        has(&refused, &format!("Requires capabilities : [{capability}]"));
        let taken = outcome(&format!("with{at}"), url, &[capability]);
        assert!(!taken.contains("Requires capabilities"), "{taken}");
    }
    // An update gives leave anew.
    let body = stacks(&[("C", "role.yaml"), ("D", "role.yaml")]);
    served.result("UpdateStack", &[("StackName", "with0"), ("TemplateBody", &body)]);
    has(
        &served.result("DescribeStackEvents", &[("StackName", "with0")]).to_string(),
        "Requires capabilities : [CAPABILITY_IAM]",
    );
    // Whoever rehearses a file gives it.
    let whole = folder(&[("parent.yaml", &stacks(&[("C", "role.yaml")]))]);
    let output = crate::common::nested::served(&whole, &["--template-dir", &directory]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn waits_of_several_stacks_that_are_due_at_one_instant_are_all_over() {
    let child = "
Resources: {Box: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: PT5M}}}}
";
    // The second begins a little later, for there is more of it to read.
    let topics: String = (0..60).map(|number| format!("  T{number}: {{Type: AWS::SNS::Topic}}\n")).collect();
    let longer =
        format!("{}\n{topics}", child.trim_end().replace("{Box: {", "\n  Box: {").replace("}}}}", "}}}"));
    let parent = stacks(&[("C", "child.yaml"), ("D", "longer.yaml")]);
    let folder = folder(&[("parent.yaml", &parent), ("child.yaml", child), ("longer.yaml", &longer)]);
    let told = events(&served(&folder, &[]));
    let over = "CREATE_FAILED Box: Failed to receive 1 resource signal(s) within the specified duration";
    assert_eq!(told.iter().filter(|it| *it == over).count(), 2, "{told:#?}");
}

#[test]
fn a_template_that_names_itself_several_times_comes_to_an_end() {
    let itself: Vec<_> = ["A", "B", "C"].map(|id| (id, "parent.yaml")).into();
    let folder = folder(&[("parent.yaml", &stacks(&itself))]);
    let output = served(&folder, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let told = events(&output);
    assert!(told.iter().any(|it| it.ends_with("stacks are nested more than 20 levels deep")), "{told:#?}");
    // What was given up with the first is not begun any more.
    assert_eq!(
        told.iter()
            .filter(|it| it.starts_with("CREATE_IN_PROGRESS") && it.contains("User Initiated"))
            .count(),
        21
    );
}

/// Stacks that are some time in the making.
fn many() -> tempfile::TempDir {
    let ids: Vec<_> = (0..200).map(|number| format!("R{number}")).collect();
    let of = |url| stacks(&ids.iter().map(|id| (id.as_str(), url)).collect::<Vec<_>>());
    folder(&[
        ("parent.yaml", &of("middle.yaml")),
        ("middle.yaml", &of("leaf.yaml")),
        ("leaf.yaml", "Resources: {T: {Type: AWS::SNS::Topic}}\n"),
    ])
}

#[test]
fn an_end_is_heard_while_stacks_are_made() {
    let folder = many();
    let port = folder.path().join("port");
    let mut child = rehearse()
        .arg("serve")
        .arg(folder.path().join("parent.yaml"))
        .args(["--once", "--output", "json", "--port-file"])
        .arg(&port)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !port.exists() && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(5));
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let mut told = String::new();
    std::io::Read::read_to_string(child.stdout.as_mut().unwrap(), &mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // It ends long before there are as many as there may be.
    assert!(!told.contains("Limit for stack has been exceeded"), "all of them were made");
}
