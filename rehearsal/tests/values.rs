//! Values through the command: from files, options, made up, and before an update.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::common::folder::{Folder, has};
use crate::common::{rehearse, text};

/// Says what its parameters are.
const TEMPLATE: &str = "
Parameters:
  Name: {Type: String, Description: what it is called}
  Zones: {Type: CommaDelimitedList, Default: none}
  Word: {Type: String, NoEcho: true, Default: ''}
Resources:
  Box:
    Type: AWS::EC2::Instance
    Properties:
      UserData:
        Fn::Base64: !Sub
          - \"#!/bin/sh\\necho name=${Name} zones=${Joined} word=$(echo ${Word} | tr a-z b-za)\\n\"
          - {Joined: !Join [+, !Ref Zones]}
";

#[test]
fn parameters_come_from_files_of_every_shape() {
    let folder = Folder::new();
    folder.write("t.yaml", TEMPLATE);
    for (name, text) in [
        (
            "cli.json",
            r#"[{"ParameterKey": "Name", "ParameterValue": "web"}, {"ParameterKey": "Zones", "ParameterValue": "a,b"}]"#,
        ),
        ("pipeline.json", r#"{"Parameters": {"Name": "web", "Zones": "a,b"}, "Tags": {"a": "b"}}"#),
        ("overrides.json", r#"["Name=web", "Zones=a,b"]"#),
        ("flat.json", r#"{"Name": "web", "Zones": ["a", "b"]}"#),
        ("flat.yaml", "Name: web\nZones: [a, b]\n"),
        ("sections.yaml", "Parameters:\n  Name: web\n  Zones: a,b\nImports: {x: y}\n"),
        ("samconfig.toml", "[default.deploy.parameters]\nparameter_overrides = 'Name=web Zones=\"a,b\"'\n"),
    ] {
        folder.write(name, text);
        let (code, said) = folder.run(&["t.yaml", "--params", name]);
        has(&said, "| name=web zones=a+b word=");
        assert_eq!(code, 0, "{name}: {said}");
    }
    let (_, said) = folder.run_with(&["t.yaml", "--params", "-"], "Name: piped\n");
    has(&said, "| name=piped zones=none");
}

#[test]
fn later_files_win_and_options_win_over_files() {
    let folder = Folder::new();
    folder.write("t.yaml", TEMPLATE);
    folder.write("one.yaml", "Name: one\nZones: a\nOther: x\n");
    folder.write("two.yaml", "Name: two\n");
    folder.write("sam.toml", "[prod.deploy.parameters]\nparameter_overrides = 'Name=prod'\n");
    let files = ["t.yaml", "--params", "one.yaml", "--params", "two.yaml"];
    let (_, said) = folder.run(&files);
    has(&said, "| name=two zones=a");
    has(&said, "one.yaml: the template has no parameter Other");
    let (_, said) = folder.run(&[&files[..], &["--param", "Name=three"]].concat());
    has(&said, "| name=three zones=a");
    let (_, said) = folder.run(&["t.yaml", "--params", "sam.toml", "--config-env", "prod"]);
    has(&said, "| name=prod");
    // Among options an unknown name is a mistake.
    let (code, said) = folder.run(&[&files[..], &["--param", "Nmae=three"]].concat());
    assert_eq!(code, 2, "{said}");
    has(&said, "the template has no parameter Nmae");
}

#[test]
fn what_is_no_file_of_values_is_told_in_a_line_without_the_values() {
    let folder = Folder::new();
    folder.write("t.yaml", TEMPLATE);
    for (name, text, expected) in [
        ("a.json", r#"[{"Key": "hunter2"}]"#, "a.json:1:2: this is a map without a ParameterKey; values are"),
        ("b.toml", "a = 'hunter2", "b.toml:1:"),
        ("c.yaml", "Name: {a: hunter2}", "c.yaml:1:7: this is a map, and a value is"),
        ("d.yaml", "Name: [hunter2", "d.yaml:"),
    ] {
        folder.write(name, text);
        let (code, said) = folder.run(&["t.yaml", "--params", name]);
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        has(&said, expected);
        assert!(!said.contains("hunter2"), "{said}");
    }
    let (code, said) = folder.run(&["t.yaml", "--params", "missing.yaml"]);
    assert_eq!(code, 2);
    has(&said, "missing.yaml: cannot be read");
}

#[test]
fn a_secret_is_never_told() {
    let folder = Folder::new();
    folder.write("t.yaml", TEMPLATE);
    folder.write("v.yaml", "Name: web\nWord: hunter2\n");
    let (code, said) = folder.run(&["t.yaml", "--params", "v.yaml", "--fill"]);
    // The script has it.
    has(&said, "word=ivoufs2");
    assert!(code == 0 && !said.contains("hunter2"), "{said}");
    let constrained = TEMPLATE.replace("NoEcho: true, Default: ''", "NoEcho: true, MaxLength: 3");
    folder.write("u.yaml", &constrained);
    let (code, said) = folder.run(&["u.yaml", "--params", "v.yaml"]);
    assert!(code == 2 && !said.contains("hunter2"), "{said}");
    let (_, said) = folder.run(&["u.yaml", "--fill"]);
    has(&said, "filled: Word = ****");
    let used = "Parameters: {Word: {Type: String, NoEcho: true}}\nResources: {Box: {Type: AWS::EC2::Instance, \
                CreationPolicy: {ResourceSignal: {Count: !Ref Word}}}}";
    folder.write("w.yaml", used);
    let (code, said) = folder.run(&["w.yaml", "--param", "Word=hunter2"]);
    assert!(code == 2 && said.contains("****") && !said.contains("hunter2"), "{said}");
}

/// Its values come to light in what is traced and in a name.
const SPREADS: &str = "
Parameters: {Word: {Type: String, NoEcho: true}, Pin: {Type: String, NoEcho: true, Default: '1'}}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'logs-${Word}'}}
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    Properties:
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          set -x
          mysql -u root -p'${Word}'
          echo '{{resolve:secretsmanager:db:SecretString:word}}'
          echo 'one of ${Pin}'
          echo '${Pin}'
";

#[test]
fn what_a_script_prints_of_a_secret_is_hidden() {
    let folder = Folder::new();
    folder.write("t.yaml", SPREADS);
    let given = [
        "t.yaml",
        "--stub",
        "mysql=0",
        "--param",
        "Word=hunter2",
        "--resolve",
        r#"secretsmanager:db={"word": "swordfish"}"#,
    ];
    let (code, said) = folder.run(&given);
    assert!(code == 1 && !said.contains("hunter2") && !said.contains("swordfish"), "{said}");
    has(&said, "+ mysql -u root -p****");
    // One that would be found everywhere is hidden where it stands alone.
    has(&said, "| ****");
    has(&said, "| one of 1");
    let reports = ["--output", "json", "--html", "r.html", "--junit", "r.xml"];
    let (_, said) = folder.run(&[&given[..], &reports].concat());
    has(&said, "logs-****");
    let read = |name: &str| std::fs::read_to_string(folder.0.path().join(name)).unwrap();
    for text in [said, read("r.html"), read("r.xml")] {
        assert!(!text.contains("hunter2") && !text.contains("swordfish"), "{text}");
        has(&text, "****");
    }
}

#[test]
fn missing_parameters_are_told_with_what_they_are_and_filled_where_asked() {
    let folder = Folder::new();
    folder.write("t.yaml", TEMPLATE);
    let (code, said) = folder.run(&["t.yaml"]);
    assert_eq!(code, 2);
    has(
        &said,
        "a parameter has no value: Name (String, \"what it is called\"); give it with --param NAME=VALUE",
    );
    for way in ["--params FILE", "cfn-rehearse params", "--fill"] {
        has(&said, way);
    }
    let (code, said) = folder.run(&["t.yaml", "--fill"]);
    has(&said, "filled: Name = example");
    has(&said, "| name=example zones=none");
    assert_eq!(code, 0, "{said}");
    let json = folder.run(&["t.yaml", "--fill", "--output", "json"]).1;
    has(&json, r#""filled":[{"name":"Name","stack":null,"value":"example"}]"#);
}

#[test]
fn a_skeleton_is_printed_and_taken() {
    let folder = Folder::new();
    folder.write("t.yaml", TEMPLATE);
    let params = |arguments: &[&str]| {
        let output = rehearse().current_dir(folder.0.path()).arg("params").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let skeleton = params(&["t.yaml"]);
    has(&skeleton, "  # what it is called\n  # String; has to be given\n  Name:\n");
    // Not filled in, it gives nothing.
    folder.write("v.yaml", &skeleton);
    let (code, said) = folder.run(&["t.yaml", "--params", "v.yaml"]);
    assert_eq!(code, 2, "{said}");
    folder.write("v.yaml", &skeleton.replace("  Name:\n", "  Name: web\n"));
    has(&folder.run(&["t.yaml", "--params", "v.yaml"]).1, "| name=web zones=none");
    let list = params(&["t.yaml", "--format", "json"]);
    folder.write("v.json", &list.replacen("\"\"", "\"web\"", 1));
    has(&folder.run(&["t.yaml", "--params", "v.json"]).1, "| name=web zones=none");
}

#[test]
fn an_update_may_be_of_a_parameter_alone() {
    let folder = Folder::new();
    folder.write(
        "t.yaml",
        "
Parameters: {Image: {Type: String}, Size: {Type: String, Default: small}}
Resources:
  Launch: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {ImageId: !Ref Image, InstanceType: !Ref Size}}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    UpdatePolicy: {AutoScalingRollingUpdate: {PauseTime: PT0S}}
    Properties: {MinSize: 1, MaxSize: 2, LaunchConfigurationName: !Ref Launch}
",
    );
    folder.write("old.yaml", "Image: ami-1\nNew: x\n");
    folder.write("new.json", r#"[{"ParameterKey": "Image", "UsePreviousValue": true}]"#);
    let update =
        |arguments: &[&str]| folder.run(&[&["t.yaml", "--update-from", "t.yaml"], arguments].concat());
    let same = "No updates are to be performed";
    has(&update(&["--param", "Image=ami-2"]).1, same);
    for old in [["--old-param", "Image=ami-1"], ["--old-params", "old.yaml"]] {
        let (code, said) = update(&[&["--param", "Image=ami-2"], &old[..]].concat());
        assert_eq!(code, 0, "{said}");
        has(&said, "UPDATE_COMPLETE");
        has(&said, "Launch");
    }
    // The value it has is the one it had.
    has(&update(&["--params", "new.json", "--old-params", "old.yaml"]).1, same);
    let (code, said) = update(&[
        "--params",
        "new.json",
        "--old-params",
        "old.yaml",
        "--old-param",
        "Size=small",
        "--param",
        "Size=large",
    ]);
    assert_eq!(code, 0, "{said}");
    // A file may be for both.
    folder
        .write("before.yaml", "Parameters: {Gone: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}");
    folder.write("both.yaml", "Image: ami-2\nGone: x\n");
    let (code, said) = folder.run(&["t.yaml", "--update-from", "before.yaml", "--params", "both.yaml"]);
    assert!(code == 0 && !said.contains("has no parameter"), "{said}");
    let (code, said) = update(&["--param", "Image=ami-2", "--old-param", "Imgae=ami-1"]);
    assert_eq!(code, 2, "{said}");
    has(&said, "the template has no parameter Imgae");
    assert_eq!(folder.run(&["t.yaml", "--old-param", "Image=ami-1"]).0, 2);
}

#[test]
fn two_instances_run_a_file_each() {
    let folder = Folder::new();
    folder.write(
        "t.yaml",
        "Resources: {One: {Type: AWS::EC2::Instance}, Two: {Type: AWS::EC2::Instance}, Three: {Type: AWS::EC2::Instance}}",
    );
    folder.write("one.sh", "#!/bin/sh\necho this is one\n");
    folder.write("two.sh", "#!/bin/sh\necho this is two\n");
    let each = ["--user-data", "One=one.sh", "--user-data", "Two=two.sh"];
    let (code, said) = folder.run(&[&["t.yaml"], &each[..]].concat());
    assert_eq!(code, 0, "{said}");
    has(&said, "One | this is one");
    has(&said, "Two | this is two");
    let (_, said) =
        folder.run(&[&["t.yaml", "--resource", "One", "--resource", "Three"], &each[..2]].concat());
    assert!(said.contains("this is one") && !said.contains("this is two"), "{said}");
    for (more, expected) in [
        (["--user-data", "Gone=one.sh"], "there is no resource Gone"),
        (["--user-data", "One=two.sh"], "--user-data: two files for One"),
        (["--resource", "One"], "Two is not rehearsed, for --resource names others"),
    ] {
        let (code, said) = folder.run(&[&["t.yaml"], &each[..], &more[..]].concat());
        assert_eq!(code, 2, "{said}");
        has(&said, expected);
    }
    let (code, said) = folder.run(&[&["t.yaml"], &each[..], &["--user-data", "one.sh"]].concat());
    assert_eq!(code, 0, "{said}");
    assert_eq!(said.matches("| this is one").count(), 2, "{said}");
}
