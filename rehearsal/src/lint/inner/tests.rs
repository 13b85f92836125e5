#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn inside(script: &str) -> Vec<String> {
    let mut text = Text::default();
    text.push(script, [(0, 1000)]);
    let found = scripts(&text, &shell::parse(&text).unwrap().block);
    // Every script's first byte has the place that it has in the text.
    for inner in &found {
        let at = inner.file_byte(0) - 1000;
        let first = inner.text.chars().next().unwrap();
        assert!(script.get(at..).unwrap().starts_with(first), "{script}");
    }
    found.into_iter().map(|inner| inner.text).collect()
}

#[test]
fn scripts_inside_scripts_are_found() {
    let cases: [(&str, &[&str]); 18] = [
        ("su - ec2-user <<'EOF'\na\nEOF\n", &["a\n"]),
        ("sudo -u x bash <<EOF\na \\$? $b\nEOF\n", &["a $? $b\n"]),
        ("cat <<EOF | bash\na\nEOF\n", &["a\n"]),
        ("cat > /f <<'EOF'\n#!/bin/sh\na\nEOF\nb\n", &["#!/bin/sh\na\n"]),
        ("cat <<'EOF' > /f\n#!/bin/sh -e\na\nEOF\n", &["#!/bin/sh -e\na\n"]),
        ("sudo tee /f <<'EOF'\n#!/bin/sh\na\nEOF\n", &["#!/bin/sh\na\n"]),
        ("bash -c 'a; b'\n", &["a; b"]),
        ("su -c \"a \\$?\" x\n", &["a $?"]),
        ("/bin/bash -lc 'bash -c \"a b\"'\n", &["bash -c \"a b\"", "a b"]),
        ("cat > /f <<EOF\nkey = a\nEOF\n", &[]),
        ("cat <<EOF\n#!/bin/sh\na\nEOF\n", &[]),
        ("bash run.sh <<EOF\na\nEOF\n", &[]),
        ("mysql <<EOF\na\nEOF\n", &[]),
        ("bash run.sh\n", &[]),
        ("f=$(mktemp) && cat >\"$f\" <<'EOF'\na\nEOF\nbash \"$f\"\n", &["a\n"]),
        ("cfn-signal run --stack S -- bash -c 'a; b'\n", &["bash -c 'a; b'", "a; b"]),
        ("cat >/f <<'EOF'\na\nEOF\nexec cfn-signal run --stack S -- bash -e /f\n", &["bash -e /f", "a\n"]),
        ("cfn-signal run --stack S -- dnf install -y x\n", &["dnf install -y x"]),
    ];
    for (script, expected) in cases {
        assert_eq!(inside(script), expected, "{script}");
    }
}
