//! An image with little in it, as containers have them.

use std::process::Command;

use tempfile::TempDir;

use super::boxed::{SERVER, command, image, said, signalling, text};

/// What a shell needs, of the image, and nothing else: no certificates, no `/etc`, no Python.
const PARTS: [&str; 8] = [
    "./bin",
    "./lib",
    "./lib64",
    "./usr/bin/*sh",
    "./usr/bin/[cdlt]*",
    "./usr/lib64",
    "./usr/lib/*/ld-*",
    "./usr/lib/*/lib[cdgmrst]*.so*",
];

#[test]
fn an_image_that_trusts_nobody_comes_to_trust_the_rehearsal() {
    let Some(image) = image() else { return };
    let folder = TempDir::new().unwrap();
    let (parts, bare) = (folder.path().join("parts"), folder.path().join("bare.tar"));
    std::fs::create_dir(&parts).unwrap();
    // Some of them may not be there.
    let _ = Command::new("tar")
        .args(["--extract", "--wildcards", "--no-same-owner", "--directory"])
        .arg(&parts)
        .arg("--file")
        .arg(image)
        .args(PARTS)
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    let mut pack = Command::new("tar");
    pack.arg("--create").arg("--file").arg(&bare).arg("--directory").arg(&parts).arg(".");
    assert!(pack.status().unwrap().success());
    let later = "/usr/local/share/ca-certificates/cfn-rehearse.crt";
    let script =
        signalling(&format!("[ -e /usr/share ] || echo bare; [ -s {later} ] && echo found by packages"));
    let output = command(&bare, &folder, &script, SERVER).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let said = said(&output);
    assert_eq!(said, ["bare", "found by packages"], "{}", text(&output));
    let output = command(&bare, &folder, "#!/usr/bin/python3\n", SERVER).output().unwrap();
    let says = "its first line is #!/usr/bin/python3, and that is not there";
    assert!(text(&output).contains(says), "{}", text(&output));
}
