//! User data of every format, run.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails by panicking"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::common::{file, rehearse, run, text};
use tempfile::TempDir;

const TEMPLATE: &str = "
Resources:
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}
";

/// A `cfn-signal` that only says how it was called: nothing is signalled, and the stack rolls back.
fn fake_signal(directory: &TempDir) -> String {
    let path = file(directory, "cfn-signal", "#!/bin/sh\necho \"signalled $*\"\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

/// What is said of this user data, and the exit code.
fn rehearsed(user_data: &str) -> (Option<i32>, String) {
    rehearsed_for("PT5M", user_data)
}

/// The same for a stack that waits so long: whatever still runs keeps time real.
fn rehearsed_for(timeout: &str, user_data: &str) -> (Option<i32>, String) {
    let directory = TempDir::new().unwrap();
    let signal = fake_signal(&directory);
    let path = file(&directory, "user-data", user_data).display().to_string();
    let template = TEMPLATE.replace("PT5M", timeout);
    let output = run(&template, &["--cfn-signal", &signal, "--user-data", &path, "--grace", "0"]);
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

/// Asserts that these come one after another.
fn in_order(said: &str, wanted: &[&str]) {
    let mut rest = said;
    for text in wanted {
        match rest.split_once(text) {
            Some((_, after)) => rest = after,
            None => panic!("{text:?} is missing, or comes too early, in\n{said}"),
        }
    }
}

#[test]
fn a_message_of_scripts_and_cloud_config() {
    let user_data = "Content-Type: multipart/mixed; boundary=B\nMIME-Version: 1.0\n\n\
        --B\nContent-Type: text/cloud-config\n\n\
        bootcmd:\n- echo boot $INSTANCE_ID\n\
        write_files:\n- {path: /opt/web/start, permissions: '0755', content: \"#!/bin/sh\\necho started $1\\n\"}\n\
        runcmd:\n- [/opt/web/start, now]\n- ls -l /opt/web/start | cut -c1-10\n\
        packages: [nginx]\n\
        --B\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n\
        IyEvYmluL3NoCmVjaG8gb25lCmV4aXQgMwo=\n\
        --B\nContent-Type: text/x-shellscript; name=\"z.sh\"\n\n\
        #!/bin/sh\necho last\n/opt/aws/bin/cfn-signal -e $? --stack rehearsal --resource Server\n\
        --B--\n";
    let (code, said) = rehearsed(user_data);
    assert_eq!(code, Some(1), "{said}");
    in_order(
        &said,
        &[
            "Server: cloud-config: packages is not rehearsed; bootcmd, runcmd, write_files are",
            "Server: write_files: /opt/web/start is written in the scratch directory only",
            "part by part: bootcmd, part-002, runcmd, z.sh",
            "| boot i-",
            "Server: bootcmd exited with status 0",
            "| one",
            "Server: part-002 exited with status 3",
            "| started now",
            "| -rwxr-xr-x",
            "Server: runcmd exited with status 0",
            "| last",
            "| signalled -e 0 --stack rehearsal --resource Server",
            "Server: z.sh exited with status 0",
            "Server: the user data exited with status 3",
        ],
    );
    assert!(!std::path::Path::new("/opt/web").exists());
}

#[test]
fn a_part_that_cannot_be_started_does_not_keep_the_others() {
    let user_data = "#cloud-config-archive\n- {type: text/x-shellscript, content: 'echo no interpreter'}\n\
                     - '#!/no/such/interpreter'\n- \"#!/bin/sh\\necho third\"\n";
    let (_, said) = rehearsed(user_data);
    in_order(
        &said,
        &[
            "part-001 could not be started (exec format error: it does not begin with #!)",
            "part-002 could not be started (No such file or directory",
            "| third",
            "part-003 exited with status 0",
            "the user data exited with status 126",
        ],
    );
    assert!(!said.contains("| no interpreter"), "{said}");
}

#[test]
fn what_a_part_left_behind_does_not_keep_the_next() {
    let user_data =
        "#cloud-config-archive\n- \"#!/bin/sh\\nsleep 600 &\\necho first\"\n- \"#!/bin/sh\\necho second\"\n";
    let (_, said) = rehearsed_for("PT2S", user_data);
    in_order(
        &said,
        &["| first", "part-001 exited with status 0", "| second", "the user data exited with status 0"],
    );
}

#[test]
fn no_part_begins_once_the_rehearsal_is_over() {
    let user_data =
        "#cloud-config-archive\n- \"#!/bin/sh\\necho first\\nsleep 600\"\n- \"#!/bin/sh\\necho second\"\n";
    let (code, said) = rehearsed_for("PT1S", user_data);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("| first") && !said.contains("| second"), "{said}");
}

#[test]
fn windows_line_ends_are_mended_as_cloud_init_mends_them() {
    let (_, said) = rehearsed("#!/bin/sh\r\necho hello\r\n");
    assert!(said.contains("| hello") && said.contains("exited with status 0"), "{said}");
}

#[test]
fn waiting_for_a_turn_costs_no_virtual_time() {
    let directory = TempDir::new().unwrap();
    let signal = fake_signal(&directory);
    let template = file(
        &directory,
        "group.yaml",
        "
Resources:
  Launch:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-1, UserData: {'Fn::Base64': \"#!/bin/sh\\nsleep 1\\n\"}}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: 3, Timeout: PT1H}}
    Properties: {MinSize: '3', MaxSize: '3', LaunchConfigurationName: !Ref Launch}
",
    );
    let output = rehearse()
        .args([
            "run",
            template.to_str().unwrap(),
            "--parallel",
            "1",
            "--output",
            "json",
            "--cfn-signal",
            &signal,
        ])
        .output()
        .unwrap();
    let entries: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = entries.iter().rfind(|it| it["type"] == "exited").unwrap();
    let [begun, ended, real] =
        [&entries[0]["at_ms"], &last["at_ms"], &last["real_ms"]].map(|it| it.as_u64().unwrap());
    // Two of three waited, a second each at least; a slow machine makes it more.
    assert!(real - (ended - begun) > 1500, "{real} {begun} {ended}");
}

#[test]
fn of_endless_output_the_beginning_and_the_end_are_shown() {
    let user_data = "#!/bin/sh\necho the beginning\nyes 'some of it' | head -n 1000000\necho the end\n";
    let (_, said) = rehearsed(user_data);
    in_order(
        &said,
        &[
            "| the beginning",
            "| some of it",
            "Server: it has said more than 4 MiB; of what follows the end is shown",
            " bytes, are left out here",
            "| some of it",
            "| the end",
            "the user data exited with status 0",
        ],
    );
    assert!(said.len() < 16 << 20, "{} bytes", said.len());
    let count = |word: &str| {
        let before = said.split_once(word).unwrap().0;
        before.rsplit([' ', '\n']).next().unwrap().parse::<usize>().unwrap()
    };
    let shown = said.lines().filter(|line| line.ends_with("| some of it")).count();
    assert_eq!(shown + count(" lines, "), 1_000_000);
}

#[test]
fn what_stubs_are_called_for_is_bounded_too() {
    let user_data = "#!/bin/sh\nyes 'no stub' | head -n 1000000 >>\"${PATH%%/disk/*}/stub-calls\"\n";
    let (_, said) = rehearsed(user_data);
    assert!(said.contains("~ no stub\n") && said.contains("are left out)"), "{}", said.len());
    assert!(said.len() < 8 << 20, "{} bytes", said.len());
}
