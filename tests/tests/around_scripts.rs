//! What becomes of a stack where scripts die, hang or are killed, and `cfn-signal run`, `arm` or a gate is around them: all of it in
//! user data that `cfn-rehearse` runs.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use cfn_signal_tests::binaries;
use tempfile::TempDir;

const NAMED: &str = "--stack ${AWS::StackName} --resource Server --region ${AWS::Region}";

/// The exit status and what is said where an instance boots with `script`; `NAMED` in it is what names the resource.
fn rehearsed(script: &str) -> (Option<i32>, String) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("template.yaml");
    let script = script.replace("NAMED", NAMED);
    let script: String = script.lines().map(|line| format!("          {line}\n")).collect();
    let template = format!(
        "Resources:\n  Server:\n    Type: AWS::EC2::Instance\n    CreationPolicy: {{ResourceSignal: {{Timeout: PT10M}}}}\n    \
         Properties:\n      ImageId: ami-1\n      UserData:\n        Fn::Base64: !Sub |\n          #!/bin/bash\n{script}"
    );
    fs::write(&path, template).unwrap();
    let output = binaries::cfn_rehearse().arg("run").arg(path).output().unwrap();
    let said = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    (output.status.code(), said.concat())
}

/// It rolls back for a failure that was signalled, and `cfn-signal` says why.
fn fails_for(script: &str, why: &str) -> String {
    let (code, said) = rehearsed(script);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Received FAILURE signal with UniqueId i-"), "{said}");
    assert!(said.contains(why), "{why}: {said}");
    said
}

/// The same, without a minute of the stack's time.
fn fails_at_once_for(script: &str, why: &str) {
    let said = fails_for(script, why);
    let wait = said.lines().find(|line| line.starts_with("Wait ")).unwrap_or_default();
    assert!(!wait.is_empty() && !wait.contains("min in virtual time"), "{said}");
}

fn completes(script: &str) -> String {
    let (code, said) = rehearsed(script);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Received SUCCESS signal with UniqueId i-"), "{said}");
    said
}

#[test]
fn a_script_that_dies_of_set_e_under_run_fails_the_stack_at_once() {
    fails_at_once_for(
        "cat > setup.sh <<'END'\nset -ex\nls /no/such/folder\ncfn-signal -e 0 NAMED\nEND\ncfn-signal run --timeout 9m NAMED -- bash setup.sh",
        "cfn-signal: ls /no/such/folder failed; ls: cannot access '/no/such/folder': No such file or directory; bash setup.sh exited with 2",
    );
}

#[test]
fn a_script_that_says_why_has_it_said_first() {
    fails_at_once_for(
        "cfn-signal run NAMED -- bash -c 'echo Error: noise >&2; echo no licence >$CFN_SIGNAL_REASON_FILE; exit 3'",
        "cfn-signal: no licence; Error: noise; bash -c",
    );
}

#[test]
fn a_script_that_hangs_under_run_fails_the_stack_when_its_time_is_over() {
    fails_at_once_for(
        "cfn-signal run --timeout 1s --grace 1s NAMED -- bash -c 'trap : TERM; while :; do sleep 60; done'",
        "had not ended within its 1s (--timeout)",
    );
}

#[test]
fn a_script_that_dies_of_set_e_under_arm_fails_the_stack_at_its_deadline() {
    let said = fails_for(
        "set -e\ncfn-signal arm --deadline 8m NAMED\nls /no/such/folder\ncfn-signal -e 0 NAMED",
        "armed: failure is signalled in 8m",
    );
    assert!(said.contains("Wait     8 min"), "at the deadline, and not at the stack's timeout: {said}");
}

#[test]
fn what_is_armed_is_disarmed_by_the_signal_that_the_script_sends() {
    let said =
        completes("cfn-signal arm --deadline 8m NAMED\ncfn-signal -e 0 NAMED\ncfn-signal arm --status");
    assert!(said.contains("nothing is armed"), "{said}");
}

#[test]
fn what_is_armed_outlives_its_scripts_whole_process_group() {
    let said = fails_for("cfn-signal arm --deadline 8m NAMED\nkill -KILL 0", "was ended by signal 9");
    assert!(said.contains("Wait     8 min"), "{said}");
}

#[test]
fn a_gate_that_does_not_open_fails_the_stack_and_is_named() {
    fails_at_once_for(
        "cfn-signal -e 0 NAMED --wait-for file:/no/such/file --gate-timeout 1s",
        "file:/no/such/file did not hold within 1s (--wait-for): No such file or directory",
    );
}

#[test]
fn a_gate_that_opens_completes_the_stack() {
    let script = "cd \"$(mktemp -d)\"\ncfn-signal run --leave-children NAMED --wait-for file:$PWD/ready -- \
                  bash -c '(sleep 0.5; touch ready) >/dev/null 2>&1 &'\nrm -r \"$PWD\"";
    let said = completes(script);
    assert!(said.contains("waiting for file:"), "{said}");
}

#[test]
fn who_may_have_no_more_memory_fails_the_stack_at_once() {
    fails_at_once_for(
        "cfn-signal run NAMED -- bash -c 'ulimit -v 100000; exec tail /dev/zero'",
        "cfn-signal: tail: memory exhausted; bash -c",
    );
}

/// A control group with little memory; none where nobody may make one here.
struct Group(PathBuf);

impl Group {
    fn with(bytes: u32) -> Option<Self> {
        let name = format!("cfn-signal-around-{}", std::process::id());
        [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")]
            .into_iter()
            .find_map(|(root, limit)| {
                // A folder is made anywhere; only in such a group is there a limit in it.
                let group = Self(Path::new(root).join(&name));
                fs::create_dir(&group.0).ok()?;
                let limit = group.0.join(limit);
                (limit.exists() && fs::write(limit, bytes.to_string()).is_ok()).then_some(group)
            })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _gone = fs::remove_dir(&self.0);
    }
}

#[test]
fn who_is_killed_for_memory_in_a_control_group_fails_the_stack_at_once() {
    let Some(group) = Group::with(96 << 20) else {
        eprintln!("skipped: needs a control group for memory that this user may make, such as root's");
        return;
    };
    fails_at_once_for(
        &format!("echo $$ >{}/cgroup.procs\ncfn-signal run NAMED -- tail /dev/zero", group.0.display()),
        "tail /dev/zero was killed by SIGKILL: memory ran out, and the kernel killed a process for it",
    );
}

/// No machine is rebooted here: `cfn-signal run` hears what it hears of a shutdown. What units do across a reboot that systemd
/// carries out is in `tests/packages/scenarios/reboot`.
#[test]
fn the_signal_of_a_shutdown_in_the_middle_of_run_fails_the_stack_at_once() {
    fails_at_once_for(
        "cfn-signal run NAMED -- bash -c 'kill -TERM $PPID; sleep 60'",
        "had not ended when SIGTERM asked for an end, such as at shutdown",
    );
}
