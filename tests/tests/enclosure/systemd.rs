//! The image's own systemd as the first process of a box: `--systemd`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::boxed::{SERVER, boot, command, image, left, said, text};

const SIGNAL: &str = "/opt/aws/bin/cfn-signal -e $? --stack rehearsal --resource Server --region eu-west-3";

/// What becomes of an instance; none where no group can be had for its systemd, which is said.
fn by_systemd(user_data: &str) -> Option<Output> {
    had(boot(user_data, &["--systemd"])?)
}

fn had(output: Output) -> Option<Output> {
    if text(&output).contains("--systemd needs a control group of its own") {
        assert!(std::env::var("CI").as_deref() != Ok("true") || !is_root(), "{}", text(&output));
        eprintln!("skipped: needs a control group of the second version");
        return None;
    }
    Some(output)
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

#[test]
fn its_cloud_init_runs_user_data_and_its_units_signal() {
    let script = "#!/bin/bash
echo first $(cat /proc/1/comm), $(systemd-detect-virt), $(systemctl show -p ActiveState cloud-init.service)
cat >/etc/systemd/system/app.service <<END
[Service]
ExecStart=/usr/local/bin/app
END
cat >/etc/systemd/system/app.timer <<END
[Timer]
OnActiveSec=1s
END
printf '#!/bin/sh\nsleep 1\n/opt/aws/bin/cfn-signal -e 0 --stack rehearsal --resource Server --region eu-west-3\n' >/usr/local/bin/app
chmod +x /usr/local/bin/app
systemctl start app
systemctl is-active app
";
    let Some(output) = by_systemd(script) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let said = said(&output);
    assert!(said.contains(&"first systemd, amazon, ActiveState=active".to_owned()), "{}", text(&output));
    assert!(said.contains(&"active".to_owned()), "{}", text(&output));
    assert!(
        text(&output).contains("boots in its box, by the image's systemd and cloud-init"),
        "{}",
        text(&output)
    );
    assert!(!text(&output).contains("(stand-in)"), "{}", text(&output));
}

#[test]
fn a_script_that_fails_is_a_failure() {
    let Some(output) = by_systemd(&format!("#!/bin/sh\n(exit 3)\n{SIGNAL}\nexit 4\n")) else { return };
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("Received FAILURE signal with UniqueId i-"), "{}", text(&output));
    assert!(text(&output).contains("Server: cloud-init exited with status 1"), "{}", text(&output));
}

#[test]
fn it_reboots_and_its_units_start_again() {
    let script = "#!/bin/sh
echo script >>/order
cat >/etc/systemd/system/late.service <<'END'
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'cat /order; [ $$(cat /order | wc -l) = 1 ] && /opt/aws/bin/cfn-signal -e 0 --stack rehearsal --resource Server --region eu-west-3'
[Install]
WantedBy=multi-user.target
END
systemctl enable late
reboot
sleep 1000
";
    let Some(output) = by_systemd(script) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("Server: the instance reboots; "), "{}", text(&output));
}

#[test]
fn it_shuts_down_for_good() {
    let Some(output) = by_systemd("#!/bin/sh\nsystemctl poweroff\nsleep 1000\n") else { return };
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("Server: the instance has shut down"), "{}", text(&output));
}

/// The image without its cloud-init.
fn without_cloud_init(image: &Path, folder: &TempDir) -> PathBuf {
    let other = folder.path().join("image.tar");
    std::fs::copy(image, &other).unwrap();
    let status = Command::new("tar")
        .args([
            "--delete",
            "./usr/bin/cloud-init",
            "./usr/lib/systemd/system-generators/cloud-init-generator",
            "--file",
        ])
        .arg(&other)
        .status()
        .unwrap();
    assert!(status.success());
    other
}

#[test]
fn without_cloud_init_user_data_is_a_unit() {
    let Some(image) = image() else { return };
    let images = TempDir::new().unwrap();
    let image = without_cloud_init(image, &images);
    let user_data = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=xx\n\n\
--xx\nContent-Type: text/cloud-boothook\n\n#!/bin/sh\necho \"boothook of ${{INSTANCE_ID%-*}}\"\n\
--xx\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho \"unit $(grep ^0: /proc/self/cgroup)\" >&2\necho \"${{HOME-no home}}\"\n(sleep 2; {SIGNAL}) &\n\
--xx\nContent-Type: text/x-shellscript\n\n#!/bin/sh\nexit 7\n\
--xx\nContent-Type: text/x-shellscript\n\n#!/bin/sh\nkill -KILL $$\n--xx--\n"
    );
    let folder = TempDir::new().unwrap();
    let output = command(&image, &folder, &user_data, SERVER)
        .env("XDG_CACHE_HOME", images.path())
        .arg("--systemd")
        .output()
        .unwrap();
    let Some(output) = had(output) else { return };
    assert_eq!(left(&folder), Vec::<String>::new(), "{}", text(&output));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let lines = said(&output);
    for line in ["boothook of i", "unit 0::/system.slice/cfn-rehearse-user-data-2.service", "no home"] {
        assert!(lines.contains(&line.to_owned()), "{line}: {}", text(&output));
    }
    for how in ["part-003 exited with status 7", "was ended by signal 9"] {
        assert!(text(&output).contains(how), "{how}: {}", text(&output));
    }
}

#[test]
fn where_there_is_none_or_no_group_for_it_one_line_says_so() {
    let Some(image) = image() else { return };
    let folder = TempDir::new().unwrap();
    let bare = folder.path().join("bare");
    std::fs::create_dir_all(bare.join("usr")).unwrap();
    let output = command(&bare, &folder, "#!/bin/sh\n", SERVER).arg("--systemd").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(
        text(&output).contains("--systemd: the image has none (/usr/lib/systemd/systemd)"),
        "{}",
        text(&output)
    );
    if !is_root() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let inner = command(image, &folder, "#!/bin/sh\n", SERVER);
    let mut apart = Command::new("unshare");
    apart
        .args(["--mount", "sh", "-c", "umount --all --types cgroup2 && exec \"$@\"", "sh"])
        .arg(inner.get_program())
        .args(inner.get_args())
        .arg("--systemd")
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("PATH", std::env::var_os("PATH").unwrap());
    let output = apart.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(
        text(&output).contains("--systemd needs a control group of its own, which this machine has not"),
        "{}",
        text(&output)
    );
    assert_eq!(output.stderr.trim_ascii().split(|it| *it == b'\n').count(), 1, "{}", text(&output));
}
