//! `serve --run`: the instances of the stacks that clients make run their user data, for as long as they are there.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::common::{Served, file, rehearse, text};
use rustix::process::{Pid, Signal, test_kill_process};
use tempfile::TempDir;

/// Where a `cfn-signal` is that says what it was told, and the option that leads there.
fn signal_command(home: &TempDir) -> String {
    let path = file(home, "cfn-signal", "#!/bin/sh\necho \"told: $*\"\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

/// A server that runs what clients make.
fn running(home: &TempDir, options: &[&str]) -> Served {
    Served::account(&[&["--run", "--cfn-signal", &signal_command(home)], options].concat())
}

/// An instance that waits for a signal and runs this.
fn instance(script: &str) -> String {
    instance_of("ami-1", script)
}

fn instance_of(image: &str, script: &str) -> String {
    serde_json::json!({"Resources": {"Server": {
        "Type": "AWS::EC2::Instance",
        "CreationPolicy": {"ResourceSignal": {"Timeout": "PT1H"}},
        "Properties": {"ImageId": image, "UserData": {"Fn::Base64": {"Fn::Sub": format!("#!/bin/bash\n{script}\n")}}},
    }}})
    .to_string()
}

fn create(served: &Served, name: &str, template: &str) {
    served.result("CreateStack", &[("StackName", name), ("TemplateBody", template)]);
}

fn signal(served: &Served, stack: &str, status: &str) {
    let instances = served.instances();
    let id = instances.iter().rfind(|it| it["StackName"] == stack).unwrap()["InstanceId"].as_str().unwrap();
    let given = [("StackName", stack), ("LogicalResourceId", "Server"), ("UniqueId", id), ("Status", status)];
    served.result("SignalResource", &given);
}

fn status(served: &Served, stack: &str) -> String {
    let told = served.result("DescribeStacks", &[("StackName", stack)]);
    told["Stacks"][0]["StackStatus"].as_str().unwrap().to_owned()
}

#[test]
fn an_instance_of_a_clients_stack_runs_its_user_data_as_cloud_init_would() {
    let home = TempDir::new().unwrap();
    let served = running(&home, &[]);
    assert!(served.events().contains("user data really runs"), "{}", served.events());
    assert!(served.events().contains("32 at a time (--parallel)"), "{}", served.events());
    let script = "echo \"home '$HOME' of ${AWS::StackName}\"\n/opt/aws/bin/cfn-signal -e 0 --stack ${AWS::StackName}\n\
                  echo 'https://cloudformation-waitcondition-x.s3.amazonaws.com/a?Signature=secret%3D&AWSAccessKeyId=b'\nexit 3";
    create(&served, "web", &instance(script));
    served.await_event("the user data exited with status 3");
    let events = served.events();
    for expected in [
        "web/Server: runs its user data as i-",
        "  web/Server | home '' of web",
        "  web/Server | told: -e 0 --stack web",
    ] {
        assert!(events.contains(expected), "{expected}: {events}");
    }
    assert!(!events.contains("secret%3D"), "{events}");
    // It waits for a signal all the same.
    assert_eq!(status(&served, "web"), "CREATE_IN_PROGRESS");
    assert!(!events.contains("does not wait for that"), "{events}");
    signal(&served, "web", "SUCCESS");
    assert_eq!(status(&served, "web"), "CREATE_COMPLETE");

    // An update's new instance runs its own; one that stays does not run another.
    let update = |template: &str| {
        served.result("UpdateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    };
    update(&instance_of("ami-2", "echo the second"));
    served.await_event("web/Server | the second");
    assert_eq!(status(&served, "web"), "UPDATE_IN_PROGRESS");
    signal(&served, "web", "SUCCESS");
    served.await_event("UPDATE_COMPLETE");
    update(&instance_of("ami-2", "echo the third"));
    served.interrupt(Signal::INT);
    let (ended, events) = served.wait();
    assert_eq!(ended.code(), Some(0), "{events}");
    assert!(!events.contains("the third"), "{events}");
}

#[test]
fn nothing_runs_without_the_option() {
    let home = TempDir::new().unwrap();
    let made = home.path().join("made");
    let served = Served::account(&[]);
    create(&served, "web", &instance(&format!("touch {}", made.display())));
    assert_eq!(served.instances().len(), 1);
    signal(&served, "web", "SUCCESS");
    served.interrupt(Signal::INT);
    let (_, events) = served.wait();
    assert!(events.contains("CREATE_COMPLETE") && !events.contains("user data"), "{events}");
    assert!(!made.exists());
}

#[test]
fn a_failure_that_no_stack_waits_for_is_said() {
    let home = TempDir::new().unwrap();
    let served = running(&home, &[]);
    let template = instance("no-such-command")
        .replace("\"CreationPolicy\":{\"ResourceSignal\":{\"Timeout\":\"PT1H\"}},", "");
    create(&served, "web", &template);
    served.await_event("exited with status 127");
    served.await_event("; its stack does not wait for that");
    assert_eq!(status(&served, "web"), "CREATE_COMPLETE");
}

#[test]
fn groups_and_nested_stacks_run_theirs_and_as_many_at_a_time_as_was_said() {
    let home = TempDir::new().unwrap();
    let user_data = serde_json::json!({"Fn::Base64": "#!/bin/sh\necho a member\nsleep 0.2\n"});
    let fleet = serde_json::json!({"Resources": {
        "Launch": {"Type": "AWS::AutoScaling::LaunchConfiguration",
            "Properties": {"ImageId": "ami-1", "InstanceType": "t3.micro", "UserData": user_data}},
        "Fleet": {"Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {"MinSize": "3", "MaxSize": "3", "AvailabilityZones": ["us-east-1a"],
                "LaunchConfigurationName": {"Ref": "Launch"}}}}});
    file(&home, "fleet.json", &fleet.to_string());
    let served = running(&home, &["--parallel", "1", "--template-dir", &home.path().display().to_string()]);
    let nested = serde_json::json!({"Resources": {"Below": {"Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://bucket.s3.amazonaws.com/fleet.json"}}}});
    create(&served, "web", &nested.to_string());
    served.await_event("instance(s) wait for their turn: 1 scripts run at a time (--parallel)");
    let started = Instant::now();
    while served.events().matches("the user data exited with status 0").count() < 3 {
        assert!(started.elapsed() < Duration::from_secs(60), "{}", served.events());
        std::thread::sleep(Duration::from_millis(20));
    }
    let events = served.events();
    assert_eq!(events.matches("| a member").count(), 3, "{events}");
    assert!(events.contains("  web/Below/Fleet i-"), "{events}");
    // One after the other.
    let lines: Vec<_> =
        events.lines().filter(|it| it.contains("| a member") || it.contains("exited with")).collect();
    assert!(lines.chunks(2).all(|it| it[0].contains("a member") && it[1].contains("exited")), "{lines:?}");
}

#[test]
fn what_cannot_run_is_said_and_the_server_goes_on() {
    let home = TempDir::new().unwrap();
    let served = running(&home, &[]);
    create(&served, "unknown", &instance("echo ${Other.Unheard}").replace(
        "{\"Resources\":{",
        "{\"Resources\":{\"Other\":{\"Type\":\"Custom::Other\",\"Properties\":{\"ServiceToken\":\"arn:aws:sns:us-east-1:123456789012:topic\"}},",
    ));
    served.await_event("unknown/Server: its user data is not run, for not all of it is known. ");
    assert!(served.events().contains("Other.Unheard"), "{}", served.events());
    let windows = instance("").replace("#!/bin/bash", "<powershell>");
    create(&served, "windows", &windows);
    served.await_event("windows/Server: user data is for Windows");
    assert!(served.events().contains("Its stack waits until somebody signals"), "{}", served.events());
    let bare = r##"{"Resources": {"Server": {"Type": "AWS::EC2::Instance", "Properties": {"UserData": "#!/bin/sh"}}}}"##;
    create(&served, "bare", bare);
    served.await_event("bare/Server: its user data is not run: TemplateBody:");
    create(&served, "web", &instance("echo still here"));
    served.await_event("web/Server | still here");
}

#[test]
fn a_file_takes_the_place_of_user_data() {
    let home = TempDir::new().unwrap();
    let all = file(&home, "all", "#!/bin/sh\necho from the file\n").display().to_string();
    let served = running(&home, &["--user-data", &all]);
    create(&served, "web", &instance("echo from the template"));
    served.await_event("web/Server | from the file");
    assert!(!served.events().contains("from the template"), "{}", served.events());
    drop(served);
    let named = format!("Server={all}");
    let served = running(&home, &["--user-data", &named]);
    create(&served, "web", &instance("echo from the template"));
    served.await_event("web/Server | from the file");
    create(&served, "other", &instance("echo from the template").replace("Server", "Machine"));
    served.await_event("other/Machine | from the template");
}

#[test]
fn beside_a_template_a_file_is_for_what_clients_make_too() {
    let home = TempDir::new().unwrap();
    let all = file(&home, "all", "#!/bin/sh\necho from the file\n").display().to_string();
    let (own, others) = (format!("Server={all}"), format!("Machine={all}"));
    let arguments =
        ["--run", "--cfn-signal", &signal_command(&home), "--user-data", &own, "--user-data", &others];
    let served = Served::start(&instance("echo from the template"), &arguments);
    served.await_event("Server | from the file");
    served.await_event(
        "--user-data Machine: the template has no Machine, so the file is for those of stacks that clients make",
    );
    create(&served, "other", &instance("echo from the template").replace("Server", "Machine"));
    served.await_event("other/Machine | from the file");
    assert!(!served.events().contains("from the template"), "{}", served.events());
}

#[test]
fn the_templates_own_stack_runs_too_and_its_fate_may_be_the_end() {
    let home = TempDir::new().unwrap();
    let template = instance("echo its own");
    let arguments =
        ["--run", "--cfn-signal", &signal_command(&home), "--once", "--clock", "virtual", "--quiet", "0"];
    let (ended, events) = Served::start(&template, &arguments).wait();
    assert_eq!(ended.code(), Some(1), "{events}");
    for expected in [
        "  Server | its own",
        "Stack web is ROLLBACK_COMPLETE",
        "Failed to receive 1 resource signal(s)",
        "Advice",
    ] {
        assert!(events.contains(expected), "{expected}: {events}");
    }
}

#[test]
fn a_templates_own_windows_waits_for_somebody_as_a_clients_does() {
    let home = TempDir::new().unwrap();
    let template = instance("").replace("#!/bin/bash", "<powershell>");
    let served = Served::start(&template, &["--run", "--cfn-signal", &signal_command(&home)]);
    served.await_event("Server: user data is for Windows");
    assert!(served.events().contains("Its stack waits until somebody signals"), "{}", served.events());
    signal(&served, "web", "SUCCESS");
    served.await_event("Stack web is CREATE_COMPLETE");
}

#[test]
fn options_that_do_not_go_together_are_refused_with_the_reason() {
    let home = TempDir::new().unwrap();
    for (options, reason) in [
        (&["--grace", "1"][..], "--grace: nothing is run without --run"),
        (&["--user-data", "x"], "--user-data: nothing is run without --run"),
        (&["--init", "run"], "--init: nothing is run without --run"),
        (&["--run", "--resource", "Server"], "all of their instances boot"),
        (&["--run", "--update-from", "old.yaml"], "--update-from: here a client updates its stack"),
        (&["--run", "--old-param", "A=b"], "--old-param: here a client updates its stack"),
        (&["--run", "--cfn-signal", "/nonexistent"], "--cfn-signal wants the path of cfn-signal"),
    ] {
        let output = rehearse().arg("serve").args(options).current_dir(home.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        assert!(text(&output.stderr).contains(reason), "{options:?}: {}", text(&output.stderr));
    }
}

/// Processes that user data leaves to themselves, each with its number in the file.
fn endless(pids: &Path) -> String {
    let pids = pids.display();
    format!(
        "sleep 1000 & echo $! >>{pids}\n\
         setsid sh -c 'trap \"\" TERM; echo $$ >>{pids}; cd /; while :; do sleep 1000; done' &\n\
         echo $$ >>{pids}; exec sleep 1000"
    )
}

fn started(pids: &Path) -> Vec<Pid> {
    let begun = Instant::now();
    loop {
        let told = fs::read_to_string(pids).unwrap_or_default();
        if told.lines().count() == 3 {
            return told.lines().filter_map(|id| Pid::from_raw(id.parse().ok()?)).collect();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{told}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn runs(id: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    test_kill_process(id).is_ok() && !stat.rsplit(')').next().unwrap_or_default().trim().starts_with('Z')
}

fn directories(home: &TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("cfn-rehearse-")).collect()
}

fn all_end(others: &[Pid], home: &TempDir, what: &str) {
    let begun = Instant::now();
    while others.iter().any(|id| runs(*id)) || !directories(home).is_empty() {
        let left: Vec<_> = others.iter().filter(|id| runs(**id)).collect();
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}: {left:?} {:?}", directories(home));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_deleted_stack_takes_what_its_instances_run_with_it() {
    let home = TempDir::new().unwrap();
    let served =
        Served::account_in(&home, &["--run", "--cfn-signal", &signal_command(&home), "--grace", "0"]);
    for turn in ["first", "second"] {
        let pids = home.path().join(turn);
        create(&served, "web", &instance(&endless(&pids)));
        let others = started(&pids);
        assert_eq!(directories(&home).len(), 1);
        served.result("DeleteStack", &[("StackName", "web")]);
        all_end(&others, &home, turn);
    }
    served.await_event("web/Server: the instance is terminated, and its user data with it");
    let other = home.path().join("other");
    create(&served, "other", &instance(&format!("touch {}; echo alive", other.display())));
    served.await_event("other/Server | alive");
}

#[test]
fn however_the_server_ends_nothing_is_left_running() {
    for (who, signal) in
        [("outer", Signal::KILL), ("inner", Signal::KILL), ("outer", Signal::INT), ("outer", Signal::TERM)]
    {
        let home = TempDir::new().unwrap();
        let served = Served::account_in(&home, &["--run", "--cfn-signal", &signal_command(&home)]);
        let pids = home.path().join("pids");
        create(&served, "web", &instance(&endless(&pids)));
        let others = started(&pids);
        match who {
            "outer" => served.interrupt(signal),
            _ => served.interrupt_inner(signal),
        }
        all_end(&others, &home, who);
        let (ended, events) = served.wait();
        if signal != Signal::KILL {
            assert_eq!(ended.code(), Some(0), "{events}");
            assert!(events.contains("Stack    web is CREATE_IN_PROGRESS"), "{events}");
        }
    }
}
