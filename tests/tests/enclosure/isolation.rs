//! Nothing of this machine can be reached or changed from a box.

use std::fs;

use tempfile::TempDir;

use super::boxed::{SERVER, boot, command, image, said, signalling, text};

#[test]
fn everything_is_removed_and_this_machine_is_as_it_was() {
    let Some(image) = image() else { return };
    let folder = TempDir::new().unwrap();
    let kept = folder.path().join("template.yaml");
    // Not without looking where it is.
    let script = format!(
        "#!/bin/sh\n[ ! -e {0} ] && [ $(tr '\\0' ' ' </proc/1/cmdline | cut -c1-4) = init ] || exit 99\n\
         rm -rf --no-preserve-root / 2>/dev/null\necho left: /*\n",
        folder.path().display()
    );
    let output = command(image, &folder, &script, SERVER).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(said(&output).contains(&"left: /dev /proc /run /sys".to_owned()), "{}", text(&output));
    assert_eq!(fs::read_to_string(kept).unwrap(), SERVER);
    // And so is the image.
    let output = command(image, &folder, &signalling("ls /etc/debian_version"), SERVER).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
fn nothing_of_this_machine_is_there() {
    let script = r#"
        for file in /proc/1/fd/* /proc/self/fd/*; do echo "fd $(readlink "$file")"; done
        echo "root $(ls -di /) $(ls -di /proc/1/root/)"
        echo "environment $(tr '\0' '\n' </proc/1/environ | cut -d= -f1 | sort | tr '\n' ' ')"
        echo "processes $(ls -d /proc/[0-9]* | wc -l)"
        echo "user $(id -u) $(cat /proc/self/uid_map)"
        for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger /sys/class/dmi/id/product_uuid; do
            echo x 2>/dev/null >$file && echo "wrote $file"
        done
        chmod 777 /dev/null 2>/dev/null && echo 'changed /dev/null'
        mknod /tmp/disk b 254 0 2>/dev/null && head -c 1 /tmp/disk && echo 'read a disk'
        mount -o remount,rw /sys 2>/dev/null; date -s 2001-01-01 2>/dev/null | grep 2001 && date | grep 2001 && echo 'set the time'
        (echo >/proc/1/exe) 2>/dev/null && echo 'opened this program to write it'
        cut -d' ' -f4 /proc/self/mountinfo | sort -u | while read -r root; do echo "mounted $root"; done
        exec 3<>/dev/tcp/1.1.1.1/53 && echo 'reached a public address'
        python3 -c 'import socket; s = socket.socket(); s.settimeout(3); s.connect(("192.0.2.1", 80)); print("reached another")'
        true"#;
    let Some(output) = boot(&signalling(script), &[]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let said = said(&output);
    for wrong in ["wrote ", "changed ", "read a disk", "set the time", "opened ", "reached "] {
        assert!(!said.iter().any(|it| it.starts_with(wrong)), "{wrong}: {said:#?}");
    }
    for line in &said {
        if let Some(open) = line.strip_prefix("fd ") {
            let harmless = ["socket:[", "pipe:[", "anon_inode:", "/dev/null", "/run/cfn-rehearse/", "/proc/"];
            assert!(open.is_empty() || harmless.iter().any(|it| open.starts_with(it)), "{open}: {said:#?}");
        }
        if let Some(root) = line.strip_prefix("mounted ") {
            let known = [
                "/",
                "/null",
                "/zero",
                "/full",
                "/random",
                "/urandom",
                "/tty",
                "/devices/virtual/net",
                "/devices/system/cpu",
            ];
            assert!(known.contains(&root), "{root}: {said:#?}");
        }
    }
    let of = |what: &str| said.iter().find_map(|it| it.strip_prefix(what)).unwrap().trim().to_owned();
    let root = of("root ");
    let numbers: Vec<_> = root.split_whitespace().step_by(2).collect();
    assert_eq!(numbers[0], numbers[1], "{root}");
    assert!(["", "PATH"].contains(&of("environment ").as_str()), "{said:#?}");
    assert!(of("processes ").parse::<u32>().unwrap() < 10, "{said:#?}");
    let user = of("user ");
    assert!(user.starts_with("0 "), "{user}");
    let ids: Vec<u32> = user.split_whitespace().skip(1).map(|it| it.parse().unwrap()).collect();
    assert!(ids[0] == 0 && ids[1] != 0, "this machine's root is root of the box: {user}");
}

#[test]
fn what_an_instance_wrote_is_thrown_away_or_kept() {
    let Some(image) = image() else { return };
    let script = signalling("echo mine >/etc/mine; rm /etc/debian_version; ls /etc/mine");
    let folder = TempDir::new().unwrap();
    let output = command(image, &folder, &script, SERVER).arg("--keep-root").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let said = text(&output);
    let place = said.lines().find_map(|it| it.strip_prefix("what instances write is kept: ")).unwrap();
    let kept = std::path::Path::new(place.split("/INSTANCE").next().unwrap());
    assert!(kept.starts_with(folder.path()), "{kept:?}");
    let instance = kept.read_dir().unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read_to_string(instance.join("upper/etc/mine")).unwrap(), "mine\n");
    // The next one begins with the image again.
    let Some(output) = boot(&signalling("[ ! -e /etc/mine ] && [ -e /etc/debian_version ]"), &[]) else {
        return;
    };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
fn users_that_are_not_root_have_boxes_too() {
    let Some(image) = image() else { return };
    if !is_root() {
        // All other tests are that.
        return;
    }
    let folder = TempDir::new().unwrap();
    let inner =
        command(image, &folder, &signalling("id -u; touch /x && rm -rf /etc/apt && ls -ln /x"), SERVER);
    // A user of whom nothing is known, who has only what everybody has.
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(folder.path(), everybody).unwrap();
    let mut command = std::process::Command::new("setpriv");
    command
        .args(["--reuid=12345", "--regid=12345", "--clear-groups"])
        .arg(inner.get_program())
        .args(inner.get_args());
    command.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("XDG_CACHE_HOME", folder.path().join("cache"));
    let output = command.output().unwrap();
    if text(&output).contains("needs user namespaces") {
        eprintln!("skipped: needs user namespaces for users that are not root");
        return;
    }
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("boxes have no users but root"), "{}", text(&output));
    assert!(said(&output).contains(&"0".to_owned()), "{}", text(&output));
}

fn is_root() -> bool {
    let output = std::process::Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}
