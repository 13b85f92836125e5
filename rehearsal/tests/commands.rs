//! The commands: what they run, what they say, and how they end.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use crate::common::{SERVER, Served, file, rehearse, run, text};
use rustix::process::Signal;
use tempfile::TempDir;

fn with_user_data(script: &str) -> String {
    let indented: String = script.lines().map(|line| format!("          {line}\n")).collect();
    format!("{SERVER}    Properties:\n      UserData:\n        Fn::Base64: |\n{indented}")
}

/// A stand-in for `cfn-signal`, so that these tests need no other crate's command: it says how it was called.
fn fake_signal(directory: &TempDir) -> String {
    let path = file(directory, "cfn-signal", "#!/bin/sh\necho \"signal: $*\"\nenv | grep ^AWS_ | sort\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn rehearsed(script: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let directory = TempDir::new().unwrap();
    let fake = fake_signal(&directory);
    let output = run(&with_user_data(script), &[&["--cfn-signal", &fake], arguments].concat());
    (output.status.code(), format!("{}{}", text(&output.stdout), text(&output.stderr)))
}

#[test]
fn silence_costs_five_virtual_minutes_and_no_real_ones() {
    let started = Instant::now();
    let (code, said) = rehearsed("#!/bin/sh\nset -e\nfalse\n/opt/aws/bin/cfn-signal", &[]);
    assert!(started.elapsed() < Duration::from_secs(300));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Failed to receive 1 resource signal(s) within the specified duration"), "{said}");
    assert!(said.contains("Wait     5 min in virtual time"), "{said}");
    assert!(said.contains("the user data exited with status 1 before a signal counted"), "{said}");
    assert!(!said.contains("signal: "), "{said}");
}

#[test]
fn the_helpers_directory_is_ours_and_so_is_the_environment() {
    let script = "#!/bin/sh\n/opt/aws/bin/cfn-signal -e 0 --stack rehearsal\ncfn-signal again";
    let (code, said) = rehearsed(script, &["--region", "eu-west-1"]);
    assert_eq!(code, Some(1));
    for line in [
        "  Server | signal: -e 0 --stack rehearsal\n",
        "  Server | signal: again\n",
        "  Server | AWS_REGION=eu-west-1\n",
        "  Server | AWS_ENDPOINT_URL_CLOUDFORMATION=http://127.0.0.1:",
        "  Server | AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:",
        "the user data ended well, and no signal for Server came, although a line of it",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn stubs_exit_as_told_and_say_how_they_were_called() {
    let script = "#!/bin/sh\ncfn-init -v --stack web >/dev/null 2>&1\necho cfn-init: $?\n/opt/aws/bin/yum install\necho yum: $?";
    let (_, said) = rehearsed(script, &["--stub", "cfn-init=3", "--stub", "yum=0"]);
    let lines = [
        "  Server ~ cfn-init -v --stack web (stub) exits 3\n",
        "  Server | cfn-init: 3\n",
        "  Server ~ yum install (stub) exits 0\n",
        "  Server | yum: 0\n",
    ];
    // A call comes before what follows from it; the script itself may be ahead of both.
    for pair in lines.chunks(2) {
        let places: Vec<_> = pair.iter().map(|line| said.find(line)).collect();
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{said}");
    }
}

#[test]
fn time_is_real_while_something_runs() {
    // The background process ends after the script; only then can nothing happen any more.
    let (code, said) = rehearsed("#!/bin/sh\n(sleep 1; echo late) &\nexit 0", &[]);
    assert_eq!(code, Some(1));
    let late = said.find("| late").unwrap();
    assert!(late < said.find("CREATE_FAILED").unwrap(), "{said}");
    assert!(said.contains("what it left running can still signal"), "{said}");
}

#[test]
fn a_green_and_dead_stack_is_called_that() {
    let template = with_user_data("#!/bin/sh\nexit 3")
        .replace("    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}\n", "");
    let directory = TempDir::new().unwrap();
    let output = run(&template, &["--cfn-signal", &fake_signal(&directory)]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("exited with status 3, and the stack is green all the same"), "{said}");
}

#[test]
fn what_an_instance_would_not_run_is_not_run() {
    for (user_data, text) in [
        ("echo hello", "does not begin with #!"),
        ("#cloud-config\npackages: [hello]\n", "packages is not rehearsed"),
        (
            "#include\nhttp://127.0.0.1:1/hello\n",
            "what is included from elsewhere (#include) is not rehearsed",
        ),
        ("Content-Type: multipart/mixed; boundary=x", "without MIME-Version"),
        (" #!/bin/sh\necho hello", "blank space before its #!"),
    ] {
        let directory = TempDir::new().unwrap();
        let path = file(&directory, "user-data", user_data);
        let (code, said) = rehearsed("#!/bin/sh", &["--user-data", &path.display().to_string()]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(text) && !said.contains("| hello"), "{said}");
    }
    let (_, said) = rehearsed("#!/no/such/interpreter\n", &[]);
    assert!(said.contains("could not be started") && said.contains("#!/no/such/interpreter"), "{said}");
}

#[test]
fn user_data_that_goes_on_is_ended_with_the_rehearsal() {
    let script = "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done";
    let template = with_user_data(script).replace("PT5M", "PT1S");
    let directory = TempDir::new().unwrap();
    let output = run(&template, &["--cfn-signal", &fake_signal(&directory), "--grace", "0"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("was still running when the time was up"), "{said}");
}

#[test]
fn an_interruption_says_how_far_it_got() {
    for signal in [Signal::INT, Signal::TERM] {
        let served = Served::start(SERVER, &[]);
        served.await_event("Server waits for 1 of 1 signal(s)");
        served.interrupt(signal);
        let (status, events) = served.wait();
        assert_eq!(status.code(), Some(130), "{events}");
        assert!(events.contains("Interrupted: stack web is CREATE_IN_PROGRESS"), "{events}");
        assert!(events.contains("Server has 0 of 1 signal(s)"), "{events}");
    }
}

#[test]
fn serving_goes_on_after_the_fate() {
    let served = Served::start(SERVER, &[]);
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").unwrap().clone();
    assert_eq!(served.signal("Server", &instance, "SUCCESS").status, 200);
    served.await_event("still answering");
    let answer = served.signed("Action=DescribeStacks&Version=2010-05-15", &served.key(), 0);
    assert!(answer.body.contains("CREATE_COMPLETE"), "{}", answer.body);
    served.interrupt(Signal::TERM);
    assert_eq!(served.wait().0.code(), Some(0));
}

#[test]
fn a_speed_makes_real_time_of_a_timeout_shorter() {
    // Nothing is jumped over: five minutes at this speed are 0.3 seconds, whatever else may happen.
    let (code, said) = rehearsed("#!/bin/sh\nexit 0", &["--speed", "1000"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Failed to receive 1 resource signal(s)"), "{said}");
    assert!(said.contains(" at 1000 times the speed; "), "{said}");
    let output = run(SERVER, &["--speed", "60", "--clock", "virtual"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("'--speed <TIMES>' cannot be used with '--clock <CLOCK>'"), "{said}");
    for wrong in ["0", "-5", "fast"] {
        let output = run(SERVER, &[&format!("--speed={wrong}")]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("a speed is a positive number"), "{said}");
    }
}

#[test]
fn a_served_virtual_clock_waits_for_quiet() {
    let started = Instant::now();
    let served =
        Served::start(&SERVER.replace("PT5M", "PT12H"), &["--clock", "virtual", "--quiet", "0.2", "--once"]);
    let (status, events) = served.wait();
    assert!(started.elapsed() < Duration::from_secs(300));
    assert_eq!(status.code(), Some(1));
    assert!(events.contains("12 h in virtual time"), "{events}");
}

#[test]
fn a_wrong_logical_id_and_a_wrong_unique_id_are_named() {
    let served = Served::start(SERVER, &["--clock", "virtual", "--quiet", "5", "--once"]);
    assert_eq!(served.signal("Servr", "i-1", "SUCCESS").status, 400);
    assert_eq!(served.signal("Server", "i-1", "SUCCESS").status, 200);
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(1));
    assert!(events.contains("Servr was signalled, but the resource that waits is Server"), "{events}");
    assert!(
        events.contains("Server was signalled with unique id i-1, which is accepted and never"),
        "{events}"
    );
}

#[test]
fn one_instance_of_several_can_be_chosen() {
    let both = format!(
        "{}{}",
        with_user_data("#!/bin/sh\necho first"),
        SERVER.replace("\nResources:\n", "").replace("Server", "Other")
    );
    let directory = TempDir::new().unwrap();
    let fake = fake_signal(&directory);
    let output = run(&both, &["--resource", "Server", "--cfn-signal", &fake]);
    let said = text(&output.stdout);
    assert!(said.contains("Other: not rehearsed, so its policies are left out"), "{said}");
    assert!(said.contains("failed to create: [Server]."), "{said}");
    let output = run(&both, &["--user-data", &fake, "--cfn-signal", &fake]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr)
            .contains("which instance runs it, with ID=FILE (or choose one with --resource): Server, Other")
    );
}

#[test]
fn what_cannot_be_rehearsed_is_one_line_and_2() {
    let directory = TempDir::new().unwrap();
    let good = file(&directory, "good.yaml", SERVER).display().to_string();
    let bad = file(&directory, "bad.yaml", "Resources: [").display().to_string();
    let missing = directory.path().join("missing.yaml").display().to_string();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (arguments, text_in) in [
        (vec!["run", &missing], "missing.yaml: cannot be read"),
        (vec!["run", &bad], "bad.yaml:"),
        (
            vec!["run", &good, "--resource", "Servr"],
            "there is no resource Servr; the template's instance is Server",
        ),
        (vec!["run", &good, "--user-data", &missing], "missing.yaml: cannot be read"),
        (vec!["run", &good, "--param", "No=1"], "No"),
        (vec!["run", &good, "--cfn-signal", &bad], "is not a command that can be run"),
        (vec!["serve", &good, "--listen", &taken], "the port is in use"),
        (vec!["serve", &good, "--listen", "192.0.2.1:0"], "only loopback addresses are served"),
        (
            vec!["serve", &good, "--port-file", "/no/such/directory/port"],
            "/no/such/directory/port: the port file",
        ),
    ] {
        let output = rehearse().args(&arguments).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("cfn-rehearse: ") && said.contains(text_in), "{said}");
    }
    // The system's reason is in the line, once.
    for arguments in [
        vec!["run", &missing],
        vec!["lint", &missing],
        vec!["run", &good, "--update-from", &missing],
        vec!["run", &good, "--user-data", &missing],
        vec!["run", &good, "--fault-file", &missing],
        vec!["serve", &good, "--port-file", "/no/such/directory/port"],
        vec!["man", "/no/such/directory"],
    ] {
        let output = rehearse().args(&arguments).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(said.matches("No such file").count(), 1, "{arguments:?}: {said}");
        assert!(said.contains(": No such file or directory (os error 2)"), "{said}");
    }
    for arguments in [
        vec!["run"],
        vec!["run", &good, "--stub", "cfn-init"],
        vec!["run", &good, "--stub", "../x=0"],
        vec!["run", &good, "--stub", "x=256"],
        vec!["run", &good, "--clock", "fast"],
        vec!["serve", &good, "--listen", "nowhere"],
        vec!["serve", &good, "--stack-name", "1st"],
    ] {
        assert_eq!(rehearse().args(&arguments).output().unwrap().status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn version_and_completions_are_there() {
    let version = rehearse().arg("--version").output().unwrap();
    assert!(text(&version.stdout).starts_with("cfn-rehearse 0."));
    let completions = rehearse().args(["completions", "bash"]).output().unwrap();
    assert!(text(&completions.stdout).contains("complete -F"));
    for shell in ["bash", "zsh"] {
        let completions = rehearse().args(["completions", shell]).output().unwrap();
        let directory = TempDir::new().unwrap();
        let script = file(&directory, "completions", &text(&completions.stdout));
        match std::process::Command::new(shell).arg("-n").arg(script).output() {
            Ok(read) => {
                assert!(read.status.success() && read.stderr.is_empty(), "{shell}: {}", text(&read.stderr))
            }
            Err(error) => eprintln!("skipped: needs {shell} ({error})"),
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_takes_nothing_is_called_that() {
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for arguments in [
        &["lint", "--list-rules"][..],
        &["completions", "bash"],
        &["serve", "--env"],
        &["faults"],
        &["--version"],
        &["run", "--help"],
    ] {
        let output = rehearse().args(arguments).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(
            text(&output.stderr),
            "cfn-rehearse: standard output cannot be written: No space left on device (os error 28)\n",
            "{arguments:?}"
        );
    }
}

/// As where it goes to a log on a full disk: what was found is in the exit code.
#[cfg(target_os = "linux")]
#[test]
fn standard_error_that_takes_nothing_changes_nothing() {
    let directory = TempDir::new().unwrap();
    let template = file(&directory, "template.yaml", "Resources: { Queue: { Type: AWS::SQS::Queue } }\n");
    let events = file(&directory, "events.json", "{}");
    let [template, events] = [&template, &events].map(|path| path.to_str().unwrap());
    for (arguments, code) in [
        (&["lint", template][..], 0),
        (&["lint", template, "--baseline", "/nowhere/baseline.json"], 2),
        (&["lint", template, "--ignore", "CFS999"], 2),
        (&["run", "/nowhere/template.yaml"], 2),
        (&["compare", template, events, "--output", "json"], 2),
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = rehearse().args(arguments).stderr(full).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stdout));
    }
}

#[test]
fn the_signal_command_reaches_the_rehearsal_only() {
    let script = "#!/bin/sh\nexport PATH=/opt/aws/bin:/usr/bin:/bin\nenv -i /opt/aws/bin/cfn-signal one\n\
                  AWS_ENDPOINT_URL_CLOUDFORMATION=https://192.0.2.1 cfn-signal two --region eu-west-1\n";
    let (_, said) = rehearsed(script, &[]);
    let (one, two) = said.split_once("signal: two").expect(&said);
    assert!(
        one.contains("signal: one") && one.contains("AWS_ENDPOINT_URL_CLOUDFORMATION=http://127.0.0.1:"),
        "{said}"
    );
    assert!(one.contains("AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:"), "{said}");
    assert!(two.contains("/elsewhere\n") && !two.contains("192.0.2.1"), "{said}");
}

/// What is for cfn-signal alone is not for what it runs, nor is this machine's console for it.
#[test]
fn what_cfn_signal_runs_has_the_scripts_own_environment() {
    let script =
        "#!/bin/sh\nexport HTTP_PROXY='a  b'\n/opt/aws/bin/cfn-signal run --stack S -- setup --region x\n";
    let (_, said) = rehearsed(script, &[]);
    let line = said.lines().find_map(|line| line.split_once("signal: run ")).expect(&said).1;
    let (before, run) = line.split_once(" -- env ").expect(&said);
    assert_eq!(before, "--console off --stack S", "{said}");
    assert!(run.starts_with("-u HOME ") && run.contains(" -u NO_PROXY "), "{said}");
    assert!(run.ends_with(" HTTP_PROXY=a  b setup --region x"), "{said}");
}

#[test]
fn the_service_by_its_url_is_the_rehearsal_too() {
    let url = |url: &str| format!("#!/bin/sh\n/opt/aws/bin/cfn-signal -e 0 {url} --resource 'a  b'");
    for (given, expected) in [
        ("--url https://cloudformation.us-east-1.amazonaws.com", "--url http://127.0.0.1:*"),
        ("-u https://cloudformation.us-east-1.amazonaws.com/", "-u http://127.0.0.1:*"),
        ("--url=https://cloudformation.us-east-1.amazonaws.com", "--url=http://127.0.0.1:*"),
        ("--url https://cloudformation.eu-west-1.amazonaws.com", "--url http://127.0.0.1:*/elsewhere"),
        ("--url http://127.0.0.1:1/mine", "--url http://127.0.0.1:1/mine"),
    ] {
        let (_, said) = rehearsed(&url(given), &[]);
        let line = said.lines().find_map(|line| line.split_once("signal: -e 0 ")).expect(&said).1;
        let (head, tail) = expected.split_once('*').unwrap_or((expected, ""));
        let rest = line.strip_prefix(head).expect(&said).trim_start_matches(|it: char| it.is_ascii_digit());
        assert_eq!(rest, format!("{tail} --resource a  b"), "{given}");
    }
}

#[test]
fn user_data_that_never_stops_talking_is_ended_too() {
    let template = with_user_data("#!/bin/sh\ntrap '' TERM\nyes").replace("PT5M", "PT1S");
    let directory = TempDir::new().unwrap();
    let output = run(&template, &["--cfn-signal", &fake_signal(&directory), "--grace", "0"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_daemon_does_not_outlive_the_rehearsal() {
    let directory = TempDir::new().unwrap();
    let id = directory.path().join("id");
    let script = format!(
        "#!/bin/sh\nsetsid sh -c 'echo $$ >{}; exec sleep 300' >/dev/null 2>&1 &\nwhile [ ! -s {} ]; do sleep 0.05; done",
        id.display(),
        id.display()
    );
    rehearsed(&script, &[]);
    let id = std::fs::read_to_string(id).unwrap();
    assert!(!std::path::Path::new("/proc").join(id.trim()).exists());
}

#[test]
fn user_data_given_stands_for_what_cannot_be_resolved() {
    let template = format!("{SERVER}    Properties: {{UserData: !ImportValue unknown}}\n");
    let directory = TempDir::new().unwrap();
    let script = file(&directory, "boot", "#!/bin/sh\necho given").display().to_string();
    let output = run(&template, &["--cfn-signal", &fake_signal(&directory), "--user-data", &script]);
    assert!(text(&output.stdout).contains("| given"), "{}", text(&output.stderr));
}

#[test]
fn a_failures_one_line_names_its_cause_once() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing").display().to_string();
    let below = folder.path().join("missing/report").display().to_string();
    let faults = file(&folder, "faults", "\n  503,frist=3\n");
    let faults = faults.display().to_string();
    let none = "No such file or directory";
    let template = file(&folder, "template.yaml", SERVER).display().to_string();
    for (arguments, cause) in [
        (vec!["run", &missing], none),
        (vec!["lint", &missing], none),
        (vec!["run", &template, "--user-data", &missing], none),
        (vec!["run", &template, "--fault-file", &missing], none),
        (vec!["run", &template, "--fault-file", &faults], "faults:2:7: there is no limit frist"),
        (vec!["run", &template, "--fault", "503", "--fault", "503"], "--fault: 503 is given twice"),
        (vec!["run", &template, "--junit", &below], "nothing was rehearsed: there is no folder"),
        (vec!["serve", &template, "--port-file", &below], none),
        (vec!["man", &missing], none),
    ] {
        let output = rehearse().args(&arguments).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(said.matches(cause).count(), 1, "{said}");
        assert!(said.starts_with("cfn-rehearse: ") && said.lines().count() == 1, "{said}");
    }
}
