//! What firmware and hypervisor say of this machine.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html>

use std::fs;
use std::path::Path;

use cfn_signal_command_line::Hardware;

/// What EC2's instances are made by.
const VENDOR: &str = "Amazon EC2";

/// This machine's, as everybody may read it. Where there is no such folder, nothing is known.
pub(super) fn of_this_machine() -> Hardware {
    shown_in(Path::new("/sys"))
}

fn shown_in(sys: &Path) -> Hardware {
    let read = |file: &str| {
        let text = fs::read_to_string(sys.join(file)).unwrap_or_default();
        text.trim().to_owned()
    };
    let firmware = |field: &str| read(&format!("devices/virtual/dmi/id/{field}"));
    if firmware("sys_vendor") == VENDOR || firmware("board_vendor") == VENDOR {
        let tag = firmware("board_asset_tag");
        return if is_instance_id(&tag) { Hardware::Instance(tag) } else { Hardware::Ec2 };
    }
    // Xen's, and the version of it is EC2's own.
    if read("hypervisor/uuid").starts_with("ec2") { Hardware::Ec2 } else { Hardware::Unknown }
}

/// Such as `i-0123456789abcdef0`.
fn is_instance_id(text: &str) -> bool {
    let hexadecimal =
        |id: &str| id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    text.strip_prefix("i-").is_some_and(|id| matches!(id.len(), 8 | 17) && hexadecimal(id))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn an_instance_is_known_by_its_firmware() {
        let instance = || Hardware::Instance("i-0123456789abcdef0".to_owned());
        let id = "i-0123456789abcdef0\n";
        for (files, expected) in [
            (&[][..], Hardware::Unknown),
            (&[("sys_vendor", "Amazon EC2\n"), ("board_asset_tag", id)][..], instance()),
            (
                &[("sys_vendor", "QEMU\n"), ("board_vendor", "Amazon EC2"), ("board_asset_tag", id)],
                instance(),
            ),
            (&[("sys_vendor", "Amazon EC2"), ("board_asset_tag", "i-0123456789ABCDEF0")], Hardware::Ec2),
            (&[("sys_vendor", "Amazon EC2"), ("board_asset_tag", "i-0123")], Hardware::Ec2),
            (&[("sys_vendor", "Amazon EC2"), ("board_asset_tag", "")], Hardware::Ec2),
            (&[("sys_vendor", "Amazon EC2")], Hardware::Ec2),
            (&[("sys_vendor", "Dell Inc."), ("board_asset_tag", id)], Hardware::Unknown),
            (&[("../../../../hypervisor/uuid", "ec2e1916-9099-7caf-fd21-012345abcdef")], Hardware::Ec2),
            (&[("../../../../hypervisor/uuid", "4dec2e19-9099-7caf-fd21-012345abcdef")], Hardware::Unknown),
        ] {
            let sys = TempDir::new().unwrap();
            let firmware = sys.path().join("devices/virtual/dmi/id");
            fs::create_dir_all(&firmware).unwrap();
            fs::create_dir(sys.path().join("hypervisor")).unwrap();
            for (file, text) in files {
                fs::write(firmware.join(file), text).unwrap();
            }
            assert_eq!(shown_in(sys.path()), expected, "{files:?}");
        }
    }
}
