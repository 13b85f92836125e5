//! What people get wrong, in one line, before anything boots.

use cfn_signal_tests::binaries;
use tempfile::TempDir;

use super::boxed::{SERVER, text};

/// What is said of these options; a template and a file that is no image are in `folder`.
fn refused(options: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(
        path("t.yaml"),
        SERVER.replace("Properties: {", "Properties: {UserData: {Fn::Base64: '#!/bin/sh'}, "),
    )
    .unwrap();
    std::fs::write(path("file"), "no archive").unwrap();
    let half = "tar --create --file=- --directory=/ etc/hosts t.yaml 2>/dev/null | gzip -n | head -c 40 >half.tar.gz";
    std::process::Command::new("sh").args(["-c", half]).current_dir(&folder).status().unwrap();
    std::fs::create_dir_all(path("empty")).unwrap();
    std::fs::create_dir_all(path("layers")).unwrap();
    std::fs::write(path("layers/manifest.json"), "[]").unwrap();
    let output = binaries::cfn_rehearse()
        .current_dir(&folder)
        .env("XDG_CACHE_HOME", path("cache"))
        .args(["run", "t.yaml"])
        .args(options)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{options:?}: {}", text(&output));
    let unfinished = path("cache/cfn-rehearse/images").read_dir().map(Iterator::count);
    assert!(unfinished.is_err() || unfinished.is_ok_and(|it| it == 0));
    text(&output)
}

#[test]
fn an_image_is_one() {
    for (root, says) in [
        ("none", "--root none: No such file or directory"),
        ("empty", "--root empty: holds no system"),
        ("layers", "--root layers: holds the layers of an image, not its files: docker export"),
    ] {
        let said = refused(&["--root", root]);
        assert!(said.contains(says) && said.trim_end().lines().count() == 1, "{said}");
    }
    // In its own words, where the system has user namespaces.
    for (root, says) in [("file", "is no tar: docker export"), ("half.tar.gz", "unexpected end of file")] {
        let said = refused(&["--root", root]);
        assert!(said.contains(says) || said.contains("needs user namespaces"), "{said}");
    }
    let said = refused(&["--root", "file"]);
    assert!(said.contains("--root file: ") || said.contains("needs user namespaces"), "{said}");
}

#[test]
fn options_go_together() {
    for (options, says) in [
        (&["--init", "cloud-init"][..], "give one with --root"),
        (&["--root", "empty", "--init", "run"], "with --root the image's own cfn-init"),
        (&["--keep-root"], "--root"),
        (&["--root", "empty", "--net", "all"], "host-proxy=http://127.0.0.1:3128"),
        (&["--root", "empty", "--box-memory", "1"], "such as 512M or 4G"),
    ] {
        let said = refused(options);
        assert!(said.contains(says), "{options:?}: {said}");
    }
}
