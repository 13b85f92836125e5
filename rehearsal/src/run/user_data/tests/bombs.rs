//! A few bytes that stand for many.

use super::*;

#[test]
fn bombs_are_defused() {
    let long = zipped(&vec![b'#'; (16 << 20) + 1]);
    assert_eq!(told(&long), ["Compressed"]);

    let mut aliases = "#cloud-config\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let last = format!("*a{}", level - 1);
        aliases.push_str(&format!("a{level}: &a{level} [{}]\n", [last.as_str(); 9].join(", ")));
    }
    assert!(
        told(aliases.as_bytes()).concat().contains("more than 100000 values, aliases counted"),
        "{:?}",
        told(aliases.as_bytes())
    );

    let nested: String = (0..2000)
        .map(|level| {
            format!("Content-Type: multipart/mixed; boundary=b{level}x\nMIME-Version: 1.0\n\n--b{level}x\n")
        })
        .collect();
    assert_eq!(told(nested.as_bytes()), ["Mime"]);

    let inner = told(b"#cloud-config-archive\n- \"#cloud-config-archive\\n- a\"\n- '#!/bin/sh'");
    assert_eq!(inner.last().unwrap(), "note part-001: cloud-init takes no archive inside another");
    let many = format!("#cloud-config-archive\n{}", "- '#!/bin/sh'\n".repeat(2000));
    let lines = told(many.as_bytes());
    assert_eq!(
        (lines.len(), lines.last().unwrap().as_str()),
        (1001, "note more than 1000 parts: the rest is not rehearsed")
    );
}

#[test]
fn aliases_repeat_no_more_than_a_few_megabytes() {
    let long = "x".repeat(500_000);
    let many = "*a, ".repeat(50_000);
    for (config, at) in [
        (format!("a: &a {long}\nb: [{many}]"), "line 3"),
        (format!("a: &a [{long}]\nb: [{many}]"), "line 3"),
        (format!("a: &a\n  ? {long}\n  : 1\nb: [{many}]"), "line 5"),
        (format!("a: &a {{k: {long}}}\nb: [{}]", "{<<: *a}, ".repeat(50_000)), "line 3"),
        (format!("a: &a {long}\nb: [{}]", "{*a : 1}, ".repeat(50_000)), "line 3"),
        (format!("a: &a {long}\nb: &b [*a, *a, *a, *a]\nc: [{}]", "*b, ".repeat(10_000)), "line 4"),
        (format!("a: &a {long}\nb: [{}]", "&b [*a], ".repeat(20_000)), "line 3"),
        (format!("a: &a !!binary {long}\nb: [{many}]"), "line 3"),
    ] {
        let told = told(format!("#cloud-config\n{config}\n").as_bytes()).concat();
        let limit = "more than 16777216 bytes of text, aliases counted";
        assert!(told.contains(limit) && told.contains(at), "{at}: {}", told.get(..400).unwrap_or(&told));
    }
}

#[test]
fn parts_and_files_share_what_may_be_decompressed() {
    let zip = STANDARD.encode(zipped(&[b"#!/bin/sh\n".as_slice(), &vec![b'#'; 6 << 20]].concat()));
    let part = ("Content-Type: application/gzip\nContent-Transfer-Encoding: base64", zip.as_str());
    let lines = told(message(&[part; 5]).as_bytes());
    let limit = "more than 16777216 bytes of text, aliases counted; it is not rehearsed";
    let refused: Vec<&str> = lines.iter().map(String::as_str).filter(|line| line.contains(limit)).collect();
    assert_eq!(refused, [3, 4, 5].map(|part| format!("note part-00{part}: {limit}")));

    let file = "{path: /a, encoding: gz+b64, content: *zip}, ";
    let config = format!("#cloud-config\nbootcmd: [a]\nx: &zip {zip}\nwrite_files: [{}]", file.repeat(5));
    let lines = told(config.as_bytes());
    let refused: Vec<&str> = lines.iter().map(String::as_str).filter(|line| line.contains(limit)).collect();
    assert_eq!(refused, [3, 4, 5].map(|file| format!("note write_files: file {file}: /a: {limit}")));

    let alias =
        format!("Content-Type: text/cloud-config\n\nx: &x {}\ny: [{}]", "x".repeat(9000), "*x, ".repeat(600));
    let (headers, content) = alias.split_once("\n\n").unwrap();
    let lines = told(message(&[(headers, content); 4]).as_bytes()).concat();
    assert!(
        lines.contains("part-004: cloud-config is not readable") && !lines.contains("part-003"),
        "{lines}"
    );
}
