//! What user data finds around it: what cloud-init gives it, and nothing of whoever rehearses.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::common::{SERVER, file, rehearse, text};
use tempfile::TempDir;

/// A command that says how it was called, and with what around it.
fn talking(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, "#!/bin/sh\necho \"called <$*>\"\nenv | grep -E '^(AWS_|HOME|HTTPS_PROXY)' | sort\n")
        .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// What is said of this user data.
fn rehearsed(user_data: &str) -> String {
    let directory = TempDir::new().unwrap();
    let (bin, caller) = (directory.path().join("bin"), directory.path().join("caller"));
    fs::create_dir(&bin).unwrap();
    let signal = talking(directory.path(), "cfn-signal");
    talking(&bin, "aws");
    let output = rehearse()
        .arg("run")
        .arg(file(&directory, "template.yaml", SERVER))
        .arg("--user-data")
        .arg(file(&directory, "user-data", user_data))
        .arg("--cfn-signal")
        .arg(signal)
        .args(["--grace", "0", "--region", "eu-west-1"])
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("HOME", caller)
        .env("AWS_PROFILE", "production")
        .env("AWS_ACCESS_KEY_ID", "AKIAOFTHECALLER00000")
        .env("EDITOR", "of the caller")
        .output()
        .unwrap();
    text(&output.stdout) + &text(&output.stderr)
}

fn lines(said: &str) -> Vec<&str> {
    said.lines().filter_map(|line| line.split_once(" | ")).map(|(_, line)| line).collect()
}

#[test]
fn a_script_has_what_cloud_init_gives_it() {
    let user_data =
        "#!/bin/sh\necho \"in $PWD\"\nenv | cut -d= -f1 | sort | tr '\\n' ' '; echo\necho \"path $PATH\"\n";
    let said = rehearsed(user_data);
    let names = lines(&said).into_iter().find(|line| line.contains("PATH ")).unwrap();
    let guards = ["AWS_CONFIG_FILE", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_SHARED_CREDENTIALS_FILE"];
    let shell = ["_", "OLDPWD", "PWD", "SHLVL"];
    let names: Vec<_> = names.split_whitespace().filter(|it| !shell.contains(it)).collect();
    assert_eq!(names, [guards.as_slice(), &["LANG", "PATH"]].concat(), "{said}");
    let path = lines(&said).into_iter().find_map(|line| line.strip_prefix("path ")).unwrap();
    let system = ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    assert!(path.strip_suffix(system).is_some_and(|first| first.ends_with("/disk/opt/aws/bin")), "{path}");
    // Whoever may write there begins in the root, as on an instance.
    if rustix::process::geteuid().is_root() {
        assert!(lines(&said).contains(&"in /"), "{said}");
    } else {
        assert!(said.contains("/disk\n"), "{said}");
    }
}

#[test]
fn what_only_a_login_has_is_missed_as_on_an_instance() {
    for (line, name) in [
        ("mkdir -p \"$HOME/.config\"", "HOME"),
        ("echo \"$USER\"", "USER"),
        ("echo \"${AWS_REGION}\"", "AWS_REGION"),
        ("echo \"$AWS_DEFAULT_REGION\"", "AWS_DEFAULT_REGION"),
        ("echo \"$AWS_ENDPOINT_URL_CLOUDFORMATION\"", "AWS_ENDPOINT_URL_CLOUDFORMATION"),
    ] {
        for user_data in [
            format!("#!/bin/sh\nset -eu\n{line}\necho went on\n"),
            format!("#cloud-config\nruncmd:\n- set -eu\n- |\n  {line}\n- echo went on\n"),
            format!("#cloud-config\nbootcmd:\n- set -eu\n- |\n  {line}\n- echo went on\n"),
            format!("#cloud-boothook\n#!/bin/sh\nset -eu\n{line}\necho went on\n"),
        ] {
            let said = rehearsed(&user_data);
            assert!(lines(&said).iter().any(|it| it.contains(&format!("{name}: "))), "{user_data}: {said}");
            assert!(!lines(&said).contains(&"went on"), "{user_data}: {said}");
        }
    }
}

#[test]
fn what_runs_early_knows_its_instance_and_a_script_does_not() {
    let id = "#!/bin/sh\necho \"id ${INSTANCE_ID:-unknown}\"\n";
    for (user_data, knows) in [
        (id.to_owned(), false),
        ("#cloud-config\nruncmd: ['echo \"id ${INSTANCE_ID:-unknown}\"']\n".to_owned(), false),
        ("#cloud-config\nbootcmd: ['echo \"id ${INSTANCE_ID:-unknown}\"']\n".to_owned(), true),
        (format!("#cloud-boothook\n{id}"), true),
    ] {
        let said = rehearsed(&user_data);
        let knew = lines(&said).iter().any(|line| line.starts_with("id i-"));
        assert_eq!(knew, knows, "{user_data}: {said}");
    }
}

#[test]
fn the_commands_that_signal_know_where_the_rehearsal_is() {
    for script in ["cfn-signal -e 0", "/opt/aws/bin/cfn-signal -e 0", "env -i /opt/aws/bin/cfn-signal -e 0"] {
        let said = rehearsed(&format!("#!/bin/sh\n{script}\n"));
        let lines = lines(&said);
        assert!(lines.contains(&"called <-e 0>") && lines.contains(&"AWS_REGION=eu-west-1"), "{said}");
        for begins in
            ["AWS_ENDPOINT_URL_CLOUDFORMATION=http://127.", "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127."]
        {
            assert!(lines.iter().any(|line| line.starts_with(begins)), "{begins}: {said}");
        }
    }
}

#[test]
fn aws_reaches_the_rehearsal_only_with_nobodys_credentials_and_no_region() {
    for command in ["aws", "/usr/bin/aws", "env -i /usr/local/bin/aws"] {
        let said =
            rehearsed(&format!("#!/bin/sh\n{command} cloudformation signal-resource --status SUCCESS\n"));
        let lines = lines(&said);
        let called = lines
            .iter()
            .find_map(|line| line.strip_prefix("called <--endpoint-url http://127.0.0.1:"))
            .unwrap_or_default();
        assert!(called.ends_with(" cloudformation signal-resource --status SUCCESS>"), "{command}: {said}");
        for begins in ["AWS_ENDPOINT_URL=http://127.0.0.1:", "HTTPS_PROXY=http://127.0.0.1:"] {
            assert!(lines.iter().any(|line| line.starts_with(begins)), "{begins}: {said}");
        }
        for not in ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "/caller"] {
            assert!(!lines.iter().any(|line| line.contains(not)), "{not}: {said}");
        }
        let files = lines.iter().filter(|line| {
            line.starts_with("AWS_CONFIG_FILE=") || line.starts_with("AWS_SHARED_CREDENTIALS_FILE=")
        });
        assert!(files.filter(|line| line.contains("/disk/root/.aws/")).count() == 2, "{said}");
    }
}

#[test]
fn nobodys_home_is_written_to() {
    let said = rehearsed("#!/bin/bash\nmkdir -p ~/.cfn-rehearse-test && cd ~/.cfn-rehearse-test && pwd\n");
    let home = lines(&said).into_iter().find(|line| line.ends_with("/.cfn-rehearse-test"));
    assert!(home.is_some_and(|it| it.ends_with("/disk/root/.cfn-rehearse-test")), "{said}");
}
