//! `cfn-rehearse lint`: what is signalled when a command fails, wherever it stands.

use super::{WAITS, found, found_of, instance};

const SIGNAL: &str =
    "/opt/aws/bin/cfn-signal CODE --stack ${AWS::StackName} --resource Box --region ${AWS::Region}";
const INIT: &str =
    "/opt/aws/bin/cfn-init -v --stack ${AWS::StackName} --resource Box --region ${AWS::Region}";

/// A signal of what was kept.
const SIGNAL_RC: &str =
    "/opt/aws/bin/cfn-signal -e $rc --stack ${AWS::StackName} --resource Box --region ${AWS::Region}";

/// An instance that waits, and has something for cfn-init where the script runs that. `SENT` and its like signal.
fn bash(script: &str) -> String {
    let metadata = match script.contains("INIT") {
        true => "    Metadata: {AWS::CloudFormation::Init: {config: {packages: {yum: {httpd: []}}}}}\n",
        false => "",
    };
    let with = |code: &str| SIGNAL.replace("CODE", code);
    let script = script
        .replace("SUCCESS", &with("-e 0"))
        .replace("FAILURE", &with("-e 1"))
        .replace("SENT", &with("-e $?"))
        .replace("SIGNAL", &with("").replace("  ", " "))
        .replace("INIT", INIT);
    instance(&format!("{WAITS}{metadata}"), &format!("#!/bin/bash\n{script}"))
}

fn each(cases: &[(&str, &str)]) {
    for (script, expected) in cases {
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(found(&bash(script)), expected, "{script}");
    }
}

#[test]
fn success_that_hangs_on_success() {
    each(&[
        ("dnf install -y nginx && {\n  echo fine\n  SUCCESS\n}", "CFS209"),
        ("dnf install -y nginx && ( cd /opt; SUCCESS )", "CFS209"),
        ("dnf install -y nginx\n[ $? -ne 0 ] || SUCCESS", "CFS209"),
        ("dnf install -y nginx\ncase $? in\n  0) SUCCESS ;;\nesac", "CFS209"),
        ("if ! dnf install -y nginx; then\n  echo bad\nelse\n  SUCCESS\nfi", "CFS209"),
        ("dnf install -y nginx\nif (( $? == 0 )); then SUCCESS; fi", "CFS209"),
        ("main() {\n  dnf install -y nginx && SUCCESS\n}\nmain", "CFS209"),
        ("dnf install -y nginx && SUCCESS || FAILURE", ""),
        ("dnf install -y nginx\ncase $? in\n  0) SUCCESS ;;\n  *) FAILURE ;;\nesac", ""),
        ("if dnf install -y nginx\nthen\n  SENT\nelse\n  SENT\nfi", ""),
        ("dnf install -y nginx\nif [ $? == 0 ]\nthen\n  SUCCESS\n  exit 0\nfi\nFAILURE", ""),
        ("! false && SUCCESS", ""),
    ]);
}

#[test]
fn a_script_that_exits_before_it_signals() {
    each(&[
        ("dnf install -y nginx\n[ $? -ne 0 ] && exit 1\nSUCCESS", "CFS206"),
        ("if ! dnf install -y nginx; then\n  echo bad >&2\n  exit 1\nfi\nSUCCESS", "CFS206"),
        ("die() { echo \"$1\"; exit 1; }\ndnf install -y nginx || die \"no nginx\"\nSENT", "CFS206"),
        ("dnf install -y nginx\nrc=$?\nif [[ $rc -ne 0 ]]; then\n  exit $rc\nfi\nSUCCESS", "CFS206"),
        ("check() { if [ $1 -ne 0 ]; then exit 1; fi; }\ndnf install -y nginx\ncheck $?\nSUCCESS", "CFS206"),
        ("check() { if [ $? -ne 0 ]; then exit 1; fi; }\ndnf install -y nginx\ncheck\nSUCCESS", "CFS206"),
        (
            "check() { if [ $1 -ne 0 ]; then FAILURE; exit 1; fi; }\ndnf install -y nginx\ncheck $?\nSUCCESS",
            "",
        ),
        ("if [ -f /done ]; then exit 0; fi\ndnf install -y nginx\nSENT", ""),
        ("if ! dnf install -y nginx; then\n  FAILURE\n  exit 1\nfi\nSUCCESS", ""),
    ]);
}

#[test]
fn errexit_and_functions_that_end_the_script() {
    each(&[
        ("set -e\ntrap 'FAILURE' INT TERM\ndnf install -y nginx\nSUCCESS", "CFS201"),
        ("set -e\nname=$(aws ssm get-parameter --name a)\nSENT", "CFS201"),
        (
            "set -e\nfail() { FAILURE; exit 1; }\ndnf install -y nginx\nsystemctl start nginx || fail\nSUCCESS",
            "CFS201",
        ),
        // What signals and exits is no reason why what is after it is not reached.
        ("set -e\nfail() { FAILURE; exit 1; }\ndnf install -y nginx || fail\nSUCCESS", ""),
        ("set -e\nfail() { FAILURE; shutdown -h now; exit 1; }\ndnf install -y nginx || fail\nSUCCESS", ""),
        ("set -e\ndnf install -y nginx || { FAILURE; shutdown -h now; exit 1; }\nSUCCESS", ""),
        ("work() ( set -e; dnf install -y nginx; systemctl start nginx; )\nwork\nSENT", ""),
        // A file that is read may define what the trap calls.
        ("set -e\nsource /opt/lib.sh\ntrap signal_failure ERR\ndnf install -y nginx\nSUCCESS", ""),
        ("set -e\nsource /etc/profile\ntrap signal_failure ERR\ndnf install -y nginx\nSUCCESS", "CFS201"),
        ("set -e\nday=$(date +%F)\nSENT", ""),
    ]);
}

#[test]
fn constant_success_in_branches_traps_and_functions() {
    each(&[
        ("main() {\n  dnf install -y nginx\n  SUCCESS\n}\nmain \"$@\"", "CFS211"),
        ("(\n  dnf install -y nginx\n  SUCCESS\n)", "CFS211"),
        ("{\n  dnf install -y nginx\n  SUCCESS\n} > /var/log/x 2>&1", "CFS211"),
        ("if [ -f /etc/redhat-release ]; then\n  dnf install -y nginx\n  SUCCESS\nfi", "CFS211"),
        ("dnf install -y nginx && systemctl start nginx\nSUCCESS", "CFS211"),
        ("for it in a b; do\n  dnf install -y $it\ndone\nSUCCESS", "CFS211"),
        ("if ! dnf install -y nginx; then echo bad; fi\nSUCCESS", "CFS211"),
        ("dnf install -y nginx || echo bad\nSUCCESS", "CFS211"),
        ("done_() { SUCCESS; }\ndnf install -y nginx\ndone_", "CFS211"),
        ("set -e\ntrap 'SUCCESS' EXIT\ndnf install -y nginx", "CFS211"),
        ("set -e\nfinish() { SUCCESS; }\ntrap finish 0\ndnf install -y nginx", "CFS211"),
        ("dnf install -y nginx || true\nSUCCESS", ""),
        ("until curl -sf http://localhost/; do sleep 5; done\nSUCCESS", ""),
        ("dnf install -y nginx || yum install -y nginx || { FAILURE; exit 1; }\nSUCCESS", ""),
        ("bad=0\ndnf install -y nginx || bad=1\nSIGNAL -e $bad", ""),
        ("bad=0\ndnf install -y nginx || ((bad++))\nSIGNAL -e $bad", ""),
        ("bad=0\ndnf install -y nginx || let bad=1\nSIGNAL -e $bad", ""),
        ("dnf install -y nginx || bad=1\nSIGNAL -e ${!bad:-0}", ""),
        ("dnf install -y nginx\nif systemctl is-active nginx; then SUCCESS; else FAILURE; fi", ""),
        // What is not in the template may signal.
        ("source /opt/qs.sh\nqs_retry 10 dnf install -y nginx || qs_err no\nSUCCESS", ""),
        (
            "try() { for i in 1 2 3; do \"$@\" && return 0; done; return 1; }\ntry dnf install x || { FAILURE; exit 1; }\nSUCCESS",
            "",
        ),
        ("set -e\ntrap 'rc=$?; SIGNAL -e $rc' EXIT\ndnf install -y nginx", ""),
        ("set -e\nsay() { SIGNAL -e $1; }\ntrap 'say $?' EXIT\ndnf install -y nginx", ""),
    ]);
}

#[test]
fn the_status_of_cfn_init_thrown_away_in_other_ways() {
    each(&[
        ("INIT && echo done\nSUCCESS", "CFS210"),
        ("if INIT; then echo ok; fi\nSUCCESS", "CFS210"),
        ("( INIT )\nSUCCESS", "CFS210"),
        ("timeout 600 INIT\nrc=0\nSIGNAL -e $rc", "CFS210"),
        ("INIT || true\nSENT", "CFS202"),
        ("INIT || echo bad\nSENT", "CFS202"),
        ("INIT\nrc=$?\nlogger done\nSIGNAL -e $rc", ""),
        ("if INIT; then SUCCESS; else FAILURE; fi", ""),
        ("INIT 2>&1 | tee log\nSIGNAL -e ${!PIPESTATUS[0]}", ""),
    ]);
}

#[test]
fn a_status_that_comes_too_late_by_way_of_others() {
    each(&[
        ("say() { SENT; }\ndnf install -y nginx\necho done\nsay", "CFS202"),
        ("say() { SIGNAL -e $1; }\ndnf install -y nginx\necho done\nsay $?", "CFS202"),
        ("dnf install -y nginx\necho done\nrc=$?\nSIGNAL -e $rc", "CFS202"),
        ("dnf install -y nginx\nif [ $? -ne 0 ]; then echo bad; fi\nSENT", "CFS202"),
        ("dnf install -y nginx\nunset A\nSENT", "CFS202"),
        ("set -e\ntrap 'rm -rf /tmp/x; SENT' EXIT\ndnf install -y nginx", "CFS202"),
        ("set -e\nfinish() {\n  echo end\n  SENT\n}\ntrap finish EXIT\ndnf install -y nginx", "CFS202"),
        ("say() { SENT; }\ndnf install -y nginx\nsay", ""),
        ("say() { SIGNAL -e $1; }\ndnf install -y nginx\nsay $?", ""),
        (
            "set -e\nfinish() {\n  local rc=$?\n  echo end\n  SIGNAL -e $rc\n}\ntrap finish EXIT\ndnf install -y nginx",
            "",
        ),
    ]);
}

#[test]
fn work_after_the_signals_of_branches() {
    for (script, expected) in [
        ("if dnf install -y git; then SUCCESS; else FAILURE; fi\n/opt/app/start", 1),
        ("dnf install -y git\nSENT\naws s3 cp s3://b/x /x && bash /x", 1),
        ("dnf install -y git\nSENT\nfor it in a b; do docker run $it; done", 1),
        ("main() { dnf install -y git; SENT; dnf install -y docker; }\nmain", 1),
        ("dnf install -y git || { FAILURE; exit 1; }\ndnf install -y docker\nSENT", 0),
        ("dnf install -y git\nSENT\nrm -rf /tmp/x\nreboot", 0),
        ("trap 'SENT' EXIT\ndnf install -y git", 0),
    ] {
        assert_eq!(found_of("CFS213", &bash(script)).len(), expected, "{script}");
    }
}

#[test]
fn scripts_with_very_many_ways_are_given_up() {
    let branches: String = (0..200).map(|it| format!("if [ -f /{it} ]; then run{it}; fi\n")).collect();
    let calls: String = (0..60).map(|it| format!("f{it}() {{ f{0}; f{0}; }}\n", it + 1)).collect();
    each(&[
        (&format!("{branches}SENT"), ""),
        (&format!("{calls}f60() {{ run; }}\nf0\nSENT"), ""),
        ("f() { f; }\nf\nSENT", ""),
    ]);
}

/// What is done after a status was kept has failed on its own account.
#[test]
fn a_status_that_is_kept_is_meant() {
    let kept = "rc=$?\n";
    each(&[
        (&format!("dnf install -y nginx\n{kept}aws s3 cp /var/log/x s3://logs/\n{SIGNAL_RC}"), ""),
        (&format!("INIT\n{kept}systemctl start amazon-ssm-agent\n{SIGNAL_RC}"), ""),
        (&format!("( main )\n{kept}curl -X POST https://chat.example/\n{SIGNAL_RC}"), ""),
        (&format!("dnf install -y nginx\n{kept}echo reboot | at now + 2 minutes\n{SIGNAL_RC}"), ""),
        // One that is read too late is another's.
        (&format!("dnf install -y nginx\necho done\n{kept}{SIGNAL_RC}"), "CFS202"),
    ]);
}

/// What a variable is by then is not always followed.
#[test]
fn a_variable_that_is_set_elsewhere_is_no_constant() {
    let tries = "for i in 1 2 3; do\n  if curl -sf localhost; then rc=0; break; fi\n  sleep 5\ndone\n";
    for sets in [
        ": $((rc |= $?))\n",
        "printf -v rc '%d' $?\n",
        "eval \"rc=$?\"\n",
        "mapfile -t rc < /tmp/status\n",
        ". /tmp/status.env\n",
        "source /opt/app/status.sh\n",
    ] {
        each(&[(&format!("rc=0\ndnf install -y nginx\n{sets}{SIGNAL_RC}"), "")]);
    }
    each(&[(&format!("rc=1\ndnf install -y nginx\n{tries}{SIGNAL_RC}"), "")]);
    each(&[(&format!("rc=0\ndnf install -y nginx\n{SIGNAL_RC}"), "CFS211")]);
}

/// A value may not grow with each line.
#[test]
fn words_that_double_are_given_up() {
    let doubled = "x=$x$x\n".repeat(60);
    each(&[(&format!("x=aaaaaaaa\n{doubled}dnf install -y nginx\nSENT"), "")]);
}
