//! The directory that stands for an instance's disk: every script has its place there, wherever it is.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::common::{SERVER, file, rehearse, text};
use tempfile::TempDir;

/// A `cfn-signal` in `directory` that only says how it was called, and where signals would go.
fn fake_signal(directory: &Path) -> PathBuf {
    let path = directory.join("cfn-signal");
    let script = "#!/bin/sh\nprintf 'signalled'\nprintf ' <%s>' \"$@\"\necho\n\
                  echo \"to ${AWS_ENDPOINT_URL_CLOUDFORMATION#http://127.0.0.1:}\"\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// What is said of this user data, on an instance whose disk and `cfn-signal` are somewhere below `home`.
fn rehearsed(user_data: &str, home: &Path) -> String {
    let directory = TempDir::new().unwrap();
    let output = rehearse()
        .arg("run")
        .arg(file(&directory, "template.yaml", SERVER))
        .arg("--user-data")
        .arg(file(&directory, "user-data", user_data))
        .arg("--cfn-signal")
        .arg(fake_signal(home))
        .args(["--grace", "0", "--stub", "cfn-init=3"])
        .env("TMPDIR", home)
        .output()
        .unwrap();
    text(&output.stdout) + &text(&output.stderr)
}

/// How often lines of scripts say this.
fn count(said: &str, line: &str) -> usize {
    said.lines().filter(|it| it.split_once("| ").is_some_and(|(_, it)| it == line)).count()
}

#[test]
fn parts_of_one_name_run_once_each() {
    let part = |kind: &str, name: &str, says: &str| {
        format!(
            "--B\nContent-Type: text/{kind}\nContent-Disposition: attachment; filename={name}\n\n\
             #!/bin/sh\necho {says}\n"
        )
    };
    let user_data = [
        "Content-Type: multipart/mixed; boundary=B\nMIME-Version: 1.0\n\n".to_owned(),
        part("cloud-boothook", "a.sh", "hook"),
        part("cloud-boothook", "a.sh", "other hook"),
        part("x-shellscript", "a.sh", "script"),
        part("x-shellscript-per-boot", "a.sh", "boot"),
        part("x-shellscript", "bootcmd", "user"),
        "--B\nContent-Type: text/cloud-config\n\nbootcmd: [echo command]\n".to_owned(),
        "--B--\n".to_owned(),
    ]
    .concat();
    let home = TempDir::new().unwrap();
    let said = rehearsed(&user_data, home.path());
    for line in ["hook", "other hook", "script", "boot", "user", "command"] {
        assert_eq!(count(&said, line), 1, "{line}: {said}");
    }
}

#[test]
fn no_file_of_an_instance_is_one_of_the_rehearsals_own() {
    let user_data = "#cloud-config\nwrite_files: [{path: /stub-calls, content: \"written\\n\"}]\n\
                     runcmd: [cfn-init -v, cat /stub-calls]\n";
    let home = TempDir::new().unwrap();
    let said = rehearsed(user_data, home.path());
    assert!(said.contains("~ cfn-init -v (stub) exits 3\n") && !said.contains("~ written"), "{said}");
    assert_eq!(count(&said, "written"), 1, "{said}");
}

#[test]
fn a_temporary_directory_may_have_any_name() {
    let user_data = "#!/bin/sh\n/opt/aws/bin/cfn-init -v\necho init: $?\n\
                     test -d /opt/aws/bin && PATH=/opt/aws/bin:/usr/bin:/bin cfn-init again\n\
                     cd /tmp && pwd >/dev/null && echo home\n\
                     /opt/aws/bin/cfn-signal -e $? --stack 'a  b'\n";
    for name in ["it's a \"home\"", "a:b", "$(touch gone)`;*", "é"] {
        let directory = TempDir::new().unwrap();
        let home = directory.path().join(name);
        fs::create_dir(&home).unwrap();
        let said = rehearsed(user_data, &home);
        for line in ["init: 3", "home", "signalled <-e> <0> <--stack> <a  b>"] {
            assert_eq!(count(&said, line), 1, "{name}: {line}: {said}");
        }
        assert!(said.contains("~ cfn-init -v (stub) exits 3\n"), "{name}: {said}");
        assert!(said.contains("~ cfn-init again (stub) exits 3\n"), "{name}: {said}");
        // Nothing is left but what was there.
        assert_eq!(fs::read_dir(&home).unwrap().count(), 1, "{name}");
    }
}

#[test]
fn an_options_value_is_not_taken_for_an_option() {
    let own = "http://127.0.0.1:1";
    for (arguments, elsewhere) in [
        ("-r -unexpected".to_owned(), false),
        ("-r --url --data --region=eu-west-1".to_owned(), false),
        ("--reas --region -- --region eu-west-1".to_owned(), false),
        (format!("-d --url=https://a.example --url {own}"), false),
        ("--reg eu-west-1".to_owned(), true),
        ("--region eu-west-1 --region us-east-1".to_owned(), false),
        ("--region=eu-west-1 --region=".to_owned(), true),
    ] {
        let home = TempDir::new().unwrap();
        let said = rehearsed(&format!("#!/bin/sh\n/opt/aws/bin/cfn-signal {arguments}\n"), home.path());
        let words: String = arguments.split(' ').map(|word| format!(" <{word}>")).collect();
        assert_eq!(count(&said, &format!("signalled{words}")), 1, "{arguments}: {said}");
        assert_eq!(said.contains("/elsewhere"), elsewhere, "{arguments}: {said}");
    }
}

#[test]
fn a_boothooks_link_takes_no_file_out_of_the_directory() {
    let home = TempDir::new().unwrap();
    let own = home.path().join("own");
    fs::create_dir(&own).unwrap();
    let user_data = format!(
        "#cloud-config-archive\n- \"#cloud-boothook\\n#!/bin/sh\\ncd ${{PATH%%/opt/aws/*}} && ln -s {} etcx && echo linked\"\n\
         - \"#cloud-config\\nwrite_files: [{{path: /etcx/f, content: x}}, {{path: /etcy/f, content: x}}]\\n\
         runcmd: [echo then, cat /etcy/f]\"\n",
        own.display()
    );
    let said = rehearsed(&user_data, home.path());
    for line in ["linked", "then", "x"] {
        assert_eq!(count(&said, line), 1, "{line}: {said}");
    }
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0, "{said}");
    assert!(said.contains("| write_files: ") && said.contains("/etcx/f: a path led outside"), "{said}");
}
