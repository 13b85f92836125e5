//! Machines that lack what a box is made with: one line says what, and what to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::boxed::{SERVER, command, image, text};

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

/// Where a command may be found.
fn places(name: &str) -> Vec<PathBuf> {
    let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
    let there = folders.iter().map(|it| Path::new(it).join(name)).filter_map(|it| fs::canonicalize(it).ok());
    there.collect()
}

/// What becomes of a rehearsal for which others stand at these paths; what is to be run comes after `before`.
fn with(mounts: &[(PathBuf, PathBuf)], folder: &TempDir, inner: &Command, before: &str) -> Output {
    let mounted: String = mounts
        .iter()
        .map(|(from, at)| format!("mount --bind {} {}; ", from.display(), at.display()))
        .collect();
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(folder.path(), everybody).unwrap();
    let path = std::env::var("PATH").unwrap();
    Command::new("unshare")
        .args(["--mount", "sh", "-ec", &format!("{mounted}exec {before} \"$@\""), "sh"])
        .arg(inner.get_program())
        .args(inner.get_args())
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("XDG_CACHE_HOME", folder.path().join("cache"))
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .output()
        .unwrap()
}

/// In one line, before anything runs.
fn says(output: &Output, what: &str) {
    assert_eq!(output.status.code(), Some(2), "{}", text(output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<_> = said.lines().filter(|it| !it.contains(" as i-")).collect();
    assert!(lines.len() == 1 && lines[0].contains(what), "{}", text(output));
}

#[test]
fn a_command_that_is_not_there_is_named() {
    let Some(image) = image() else { return };
    if !is_root() {
        eprintln!("skipped: needs root, who may hide commands");
        return;
    }
    for (name, what) in [
        ("tar", "there is no tar command here to unpack it with; install tar"),
        ("ip", "the box cannot be made: there is no ip command here; install iproute2 (Debian, Ubuntu)"),
    ] {
        let folder = TempDir::new().unwrap();
        let inner = command(image, &folder, "#!/bin/sh\n", SERVER);
        let hidden: Vec<_> = places(name).into_iter().map(|it| (PathBuf::from("/dev/null"), it)).collect();
        says(&with(&hidden, &folder, &inner, ""), what);
    }
}

/// As a user of whom little is known.
const SOMEBODY: &str = "setpriv --reuid=12345 --regid=12345 --clear-groups";

#[test]
fn ids_and_groups_that_a_user_may_not_have_are_told_of() {
    let Some(image) = image() else { return };
    if !is_root() {
        eprintln!("skipped: needs root, who may be anybody");
        return;
    }
    let folder = TempDir::new().unwrap();
    let inner = command(image, &folder, "#!/bin/sh\n", SERVER);
    let plain = with(&[], &folder, &inner, SOMEBODY);
    if text(&plain).contains("needs user namespaces") {
        eprintln!("skipped: needs user namespaces for users that are not root");
        return;
    }
    let mut by_systemd = command(image, &folder, "#!/bin/sh\n", SERVER);
    by_systemd.arg("--systemd");
    let refused = with(&[], &folder, &by_systemd, SOMEBODY);
    let said = text(&refused);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(
        said.contains(
            "--systemd needs a control group of its own, which this user may not make: run it as root"
        ),
        "{said}"
    );

    let ids = folder.path().join("ids");
    fs::write(&ids, "12345:100000:65536\n").unwrap();
    for name in ["newuidmap", "newgidmap"] {
        let helper = folder.path().join(name);
        fs::write(&helper, "#!/bin/sh\necho \"$0: not allowed\" >&2\nexit 1\n").unwrap();
        fs::set_permissions(helper, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let mounts = ["/etc/subuid", "/etc/subgid"].map(|it| (ids.clone(), PathBuf::from(it)));
    if !mounts.iter().all(|(_, it)| it.exists()) {
        eprintln!("skipped: needs /etc/subuid and /etc/subgid");
        return;
    }
    let output = with(&mounts, &folder, &inner, SOMEBODY);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    let said = text(&output);
    let line = said.lines().find(|it| it.starts_with("cfn-rehearse: ")).unwrap();
    assert!(
        line.contains("the ids of the box's users cannot be set; look at your lines in /etc/subuid"),
        "{said}"
    );
    // What the helper says stands in that line, and nowhere else.
    assert!(line.ends_with("newuidmap: not allowed") && said.matches("not allowed").count() == 1, "{said}");
}
