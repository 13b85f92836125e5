//! An instance that reboots while it configures itself.

use super::boxed::{boot, said, text};

/// User data with a part for each time, and a script that ends as `ending` says.
fn user_data(ending: &str) -> String {
    format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=xx\n\n\
--xx\nContent-Type: text/cloud-boothook\n\n#!/bin/sh\necho boothook >>/order\n\
--xx\nContent-Type: text/cloud-config\n\nbootcmd: ['echo bootcmd >>/order']\n\
--xx\nContent-Type: text/x-shellscript-per-boot\n\n#!/bin/sh\necho per-boot >>/order\necho $(cat /order)\n\
--xx\nContent-Type: text/x-shellscript-per-instance\n\n#!/bin/sh\necho per-instance >>/order\n\
--xx\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho script >>/order\n\
cat >/etc/systemd/system/late.service <<END\n[Service]\nType=oneshot\n\
ExecStart=/opt/aws/bin/cfn-signal -e 0 --stack rehearsal --resource Server --region eu-west-3\n\
[Install]\nWantedBy=multi-user.target\nEND\n\
systemctl enable late\n{ending}\n\
--xx--\n"
    )
}

const ONCE: &str = "boothook bootcmd per-boot";
const AGAIN: &str = "boothook bootcmd per-boot per-instance script boothook bootcmd per-boot";

#[test]
fn what_runs_once_does_not_run_again_and_units_do() {
    for ending in
        ["reboot\nsleep 1000", "systemctl reboot", "shutdown -r now\nsleep 1000", "(sleep 2; init 6) &"]
    {
        let Some(output) = boot(&user_data(ending), &[]) else { return };
        assert_eq!(output.status.code(), Some(0), "{ending}: {}", text(&output));
        let order: Vec<_> = said(&output).into_iter().filter(|it| it.starts_with("boothook")).collect();
        assert_eq!(order, [ONCE, AGAIN], "{ending}: {}", text(&output));
        assert!(text(&output).contains("Server: the instance reboots; "), "{ending}: {}", text(&output));
    }
}

#[test]
fn the_kernels_own_way_is_a_reboot_too() {
    // LINUX_REBOOT_CMD_RESTART.
    let ending = "python3 -c 'import ctypes; ctypes.CDLL(None).reboot(0x01234567)'; sleep 1000";
    let Some(output) = boot(&user_data(ending), &[]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(said(&output).contains(&AGAIN.to_owned()), "{}", text(&output));
}

#[test]
fn a_signal_after_the_reboot_is_lost() {
    let script = "#!/bin/sh\nreboot\nsleep 1000\n/opt/aws/bin/cfn-signal -e 0 --stack rehearsal --resource Server --region eu-west-3\n";
    let Some(output) = boot(script, &[]) else { return };
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("Failed to receive 1 resource signal(s)"), "{}", text(&output));
    // Its lines are broken.
    let advice = text(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        advice.contains("the instance rebooted before Server was signalled, and what stands after a reboot"),
        "{advice}"
    );
    assert!(text(&output).contains("Server: the instance reboots; "), "{}", text(&output));
}

#[test]
fn an_instance_that_shuts_down_stays_down() {
    for command in ["poweroff", "shutdown -h now", "systemctl poweroff"] {
        let Some(output) = boot(&format!("#!/bin/sh\n{command}\nsleep 1000\n"), &[]) else { return };
        assert_eq!(output.status.code(), Some(1), "{command}: {}", text(&output));
        assert!(text(&output).contains("Server: the instance has shut down"), "{command}: {}", text(&output));
    }
}

#[test]
fn an_instance_that_always_reboots_comes_to_an_end() {
    let Some(output) = boot("#cloud-boothook\n#!/bin/sh\nreboot -f\nsleep 1000\n", &[]) else {
        return;
    };
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("has booted 20 times"), "{}", text(&output));
}
