#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;

mod bombs;
mod parts;

/// A line for each step, and for each note.
fn told(user_data: &[u8]) -> Vec<String> {
    let (steps, notes, end) = match read(user_data) {
        Ok(UserData { steps, notes }) => (steps, notes, None),
        Err((not_run, notes)) => (Vec::new(), notes, Some(format!("{not_run:?}"))),
    };
    let step = |step: &Step| match step {
        Step::Script(script) => format!("{script:?}"),
        Step::Files(files) => {
            let file = |file: &WrittenFile| {
                let append = if file.append { "+" } else { "" };
                let content = String::from_utf8_lossy(&file.content).into_owned();
                format!("{} {:o}{append} {content:?}", file.path.display(), file.mode)
            };
            files.iter().map(file).collect::<Vec<_>>().join(", ")
        }
    };
    steps.iter().map(step).chain(notes.into_iter().map(|note| format!("note {note}"))).chain(end).collect()
}

fn zipped(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A message of these parts: headers, then content.
fn message(parts: &[(&str, &str)]) -> String {
    let mut text = String::from("Content-Type: multipart/mixed; boundary=\"==B==\"\nMIME-Version: 1.0\n\n");
    for (headers, content) in parts {
        text.push_str(&format!("--==B==\n{headers}\n\n{content}\n"));
    }
    text + "--==B==--\n"
}

#[test]
fn one_script() {
    for (user_data, expected) in [
        ("#!/bin/bash\necho a\n", r##"part-001: "#!/bin/bash\necho a\n""##),
        // cloud-init mends line ends where the first has them.
        ("#!/bin/sh\r\necho a\r\n", r##"part-001: "#!/bin/sh\necho a\n""##),
        ("#!/bin/sh\necho a\r\n", r##"part-001: "#!/bin/sh\necho a\r\n""##),
        ("#!/usr/bin/python3 -u\nprint()", r##"part-001: "#!/usr/bin/python3 -u\nprint()""##),
        // To speak of a message is not to be one.
        ("#!/bin/sh\necho 'MIME-Version: 1.0'", r##"part-001: "#!/bin/sh\necho 'MIME-Version: 1.0'""##),
        ("#cloud-boothook\n#!/bin/sh\necho a", r##"part-001: "#!/bin/sh\necho a""##),
        ("#CLOUD-Config\nruncmd:\n- echo a", r##"runcmd: "#!/bin/sh\necho a\n""##),
    ] {
        assert_eq!(told(user_data.as_bytes()), [expected], "{user_data}");
        assert_eq!(told(&zipped(user_data.as_bytes())), [expected], "{user_data}");
    }
}

#[test]
fn commands_of_cloud_config() {
    for (config, expected) in [
        (
            "runcmd: [[ls, -l, /], [echo, 'it''s', yes, 1, ~]]",
            r##"runcmd: "#!/bin/sh\n'ls' '-l' '/'\n'echo' 'it'\\''s' 'True' '1' 'None'\n""##,
        ),
        ("runcmd: ['a && b', ~, \"c\\nd\"]", r##"runcmd: "#!/bin/sh\na && b\nc\nd\n""##),
        ("bootcmd: [a]", r##"bootcmd: "#!/bin/sh\na\n""##),
        ("x: &x [a]\nruncmd: [*x, *x]", r##"runcmd: "#!/bin/sh\n'a'\n'a'\n""##),
        ("<<: {runcmd: [a]}", r##"runcmd: "#!/bin/sh\na\n""##),
        ("runcmd: [a]\nruncmd: [b]", r##"runcmd: "#!/bin/sh\nb\n""##),
    ] {
        let lines = told(format!("#cloud-config\n{config}").as_bytes());
        assert_eq!(lines.first().map(String::as_str), Some(expected), "{config}");
    }
}

#[test]
fn files_of_cloud_config() {
    let zip = STANDARD.encode(zipped(b"zip"));
    for (file, expected) in [
        ("{path: /etc/a, content: 'x y'}".to_owned(), r#"/etc/a 644 "x y""#),
        ("{path: /etc/a}".to_owned(), r#"/etc/a 644 """#),
        (
            "{path: /etc/../../b, permissions: '0755', append: true, owner: 'root:root'}".to_owned(),
            r#"/b 755+ """#,
        ),
        ("{path: /a, permissions: 0600, content: eA==, encoding: b64}".to_owned(), r#"/a 600 "x""#),
        ("{path: /a, permissions: '0o640'}".to_owned(), r#"/a 640 """#),
        (format!("{{path: /a, content: {zip}, encoding: gz+b64, defer: true}}"), r#"/a 644 "zip""#),
        (format!("{{path: /a, content: !!binary {zip}, encoding: gzip}}"), r#"/a 644 "zip""#),
        ("{path: /a, content: !!binary eA==}".to_owned(), r#"/a 644 "x""#),
    ] {
        let lines = told(format!("#cloud-config\nwrite_files: [{file}]\nbootcmd: [a]").as_bytes());
        let bootcmd = r##"bootcmd: "#!/bin/sh\na\n""##;
        assert_eq!(lines.get(..2).unwrap(), [bootcmd, expected], "{file}");
        assert!(lines.get(2).unwrap().contains("in the scratch directory only"), "{lines:?}");
    }
}

#[test]
fn numbers_are_what_they_are_to_cloud_init() {
    let lines =
        told(b"#cloud-config\nwrite_files: [{path: /a, permissions: 644}]\nruncmd: [[chmod, 0755, 22:22]]");
    let wanted = [
        r#"/a 204 """#,
        r##"runcmd: "#!/bin/sh\n'chmod' '493' '1342'\n""##,
        "note write_files: file 1: permissions: 644 is a decimal number, and to cloud-init the mode 1204; write '0644', in quotes",
    ];
    assert_eq!(lines.get(..3).unwrap(), wanted);
}

#[test]
fn what_cloud_init_takes_none_of() {
    for (config, expected) in [
        ("runcmd: ls", "runcmd: a list of commands is needed, this is text; cloud-init runs none of it"),
        (
            "runcmd:\n- a\n- echo x: y",
            "runcmd: command 2 is a map, and has to be text or a list (is there a \": \" in it? quote it); cloud-init runs none of it",
        ),
        (
            "runcmd: [yes]",
            "runcmd: command 1 is true or false, and has to be text or a list; cloud-init runs none of it",
        ),
        (
            "runcmd: [1]",
            "runcmd: command 1 is a number, and has to be text or a list; cloud-init runs none of it",
        ),
        (
            "write_files: [{path: /a, content: 1.10}]",
            "write_files: file 1: its content is a number, and cloud-init writes text only; quote it",
        ),
        ("runcmd: [[[a]]]", "runcmd: command 1 has a list or a map in its list; cloud-init runs none of it"),
        ("[a]", "part-001: cloud-config is a map, this is a list; cloud-init takes none of it"),
        (
            "runcmd:\n - a\n  b: c\n- d",
            "part-001: cloud-config is not readable as YAML at line 4, column 4: mapping values are not allowed in this context; cloud-init takes none of it",
        ),
        ("write_files: [{content: a}]", "write_files: file 1: has no path, and is not written"),
        ("write_files: [{path: /a/}]", "write_files: file 1: /a/ is no file's path"),
        (
            "write_files: [{path: /a, encoding: b64, content: '*'}]",
            "write_files: file 1: /a: its content is not base64",
        ),
        (
            "write_files: [{path: /a, source: {uri: x}}]",
            "write_files: file 1: /a comes from elsewhere (source), and that is not rehearsed",
        ),
        ("write_files: {}", "write_files: a list of files is needed, this is a map"),
        (
            "packages: [a]\nusers: [b]",
            "cloud-config: packages, users are not rehearsed; bootcmd, runcmd, write_files are",
        ),
    ] {
        let lines = told(format!("#cloud-config\n{config}").as_bytes());
        assert_eq!(lines, [format!("note {expected}"), "Nothing".to_owned()], "{config}");
    }
}

#[test]
fn messages() {
    let script = "Content-Type: text/x-shellscript; charset=\"us-ascii\"";
    let all = message(&[
        (script, "#!/bin/sh\necho one"),
        ("Content-Type: text/cloud-config", "runcmd: [a]\nbootcmd: [b]\nwrite_files: [{path: /c}]"),
        ("Content-Type: text/cloud-boothook", "#!/bin/sh\nhook"),
        (
            "Content-Type: text/x-shellscript\nContent-Disposition: attachment; filename=\"user data/last.sh\"",
            "#!/bin/sh\nlast",
        ),
        ("Content-Type: text/x-shellscript-per-boot", "#!/bin/sh\nboot"),
        ("Content-Type: text/plain", "#!/bin/sh\nplain"),
    ]);
    let expected = [
        r##"part-003: "#!/bin/sh\nhook""##,
        r##"bootcmd: "#!/bin/sh\nb\n""##,
        r#"/c 644 """#,
        r##"part-005: "#!/bin/sh\nboot""##,
        r##"part-001: "#!/bin/sh\necho one""##,
        r##"part-006: "#!/bin/sh\nplain""##,
        r##"runcmd: "#!/bin/sh\na\n""##,
        r##"userdata_last.sh: "#!/bin/sh\nlast""##,
    ];
    let lines = told(all.as_bytes());
    assert_eq!(lines.get(..8).unwrap(), expected);
    assert_eq!(lines.len(), 9, "{lines:?}");
    // Scripts with CRLF are mended by the same rule, wherever they come from.
    assert_eq!(told(all.replace('\n', "\r\n").as_bytes()).get(..8).unwrap(), expected);
    assert_eq!(told(&zipped(all.as_bytes())).get(..8).unwrap(), expected);
}

#[test]
fn encodings_of_parts() {
    let nested =
        message(&[("Content-Type: text/x-shellscript", "#!/bin/sh\ninner")]).replace("==B==", "=inner=");
    let (head, body) = nested.split_once("\nMIME-Version: 1.0\n\n").unwrap();
    let base64 = STANDARD.encode("#!/bin/sh\nécho\n");
    let zip = STANDARD.encode(zipped(b"#cloud-config\nruncmd: [zip]"));
    for ((headers, content), expected) in [
        (
            ("Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64", base64.as_str()),
            "part-001: \"#!/bin/sh\\nécho\\n\"",
        ),
        (
            (
                "Content-Type: text/x-shellscript; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable",
                "#!/bin/sh\na=3D=\nb",
            ),
            "part-001: \"#!/bin/sh\\na=b\"",
        ),
        (
            ("Content-Type: application/x-gzip\nContent-Transfer-Encoding: base64", zip.as_str()),
            "runcmd: \"#!/bin/sh\\nzip\\n\"",
        ),
        ((head, body.trim_end()), "part-001: \"#!/bin/sh\\ninner\""),
        // Declared as a script, and none.
        (("Content-Type: text/x-shellscript", "#cloud-config\nruncmd: [a]"), "runcmd: \"#!/bin/sh\\na\\n\""),
    ] {
        assert_eq!(told(message(&[(headers, content)]).as_bytes()), [expected], "{headers}");
    }
}

#[test]
fn parts_that_nobody_handles() {
    let good = ("Content-Type: text/x-shellscript", "#!/bin/sh");
    for ((headers, content), expected) in [
        (
            ("Content-Type: text/html", "a"),
            "part-002: cloud-init handles no parts of type text/html; it is ignored",
        ),
        (
            ("Content-Type: text/plain", "a"),
            "part-002: begins with nothing that cloud-init knows, such as #! or #cloud-config; it is ignored",
        ),
        (
            ("Content-Type: text/plain", "#include\nx"),
            "part-002: what is included from elsewhere (#include) is not rehearsed",
        ),
        (
            ("Content-Type: text/plain", "## template: jinja\n#cloud-config"),
            "part-002: a Jinja template (## template: jinja) is not rehearsed",
        ),
        (
            ("Content-Type: text/part-handler", "a"),
            "part-002: a handler for parts of other types (text/part-handler) is not rehearsed",
        ),
        (
            ("Content-Type: text/x-shellscript", "echo"),
            "part-002: does not begin with #!, so an instance fails to run it (exec format error)",
        ),
    ] {
        let lines = told(message(&[good, (headers, content)]).as_bytes());
        assert_eq!(lines.last().unwrap(), &format!("note {expected}"));
        assert!(lines.first().unwrap().starts_with("part-001: "), "{lines:?}");
    }
}

#[test]
fn cloud_config_is_merged_as_it_asks() {
    for (headers, how, expected, lost) in [
        (
            "",
            "",
            r"b\n",
            Some("that of part-002 takes the place of that of part-001, whose commands are not run"),
        ),
        ("", "merge_how: 'dict(recurse_array)+list(append)'", r"a\nc\nb\n", None),
        (
            "",
            "merge_how: [{name: list, settings: [prepend]}, {name: dict, settings: [no_replace, recurse_list]}]",
            r"b\na\nc\n",
            None,
        ),
        (
            "",
            "merge_type: 'list()+dict(recurse_list)+str()'",
            r"b\nc\n",
            Some(
                "that of part-002 takes the place of the beginning of that of part-001, where both have an item, the \
                 earlier one is not run",
            ),
        ),
        (
            "",
            "merge_how: 'dict(no_replace)+list(append)'",
            r"a\nc\n",
            Some("that of part-001 takes the place of that of part-002, whose commands are not run"),
        ),
        ("\nMerge-Type: dict(recurse_array)+list(append)", "", r"a\nc\nb\n", None),
        ("\nMerge-Type: list(append)+dict(recurse_array)+str()", "", r"a\nc\nb\n", None),
    ] {
        let second = format!("runcmd: [b]\n{how}");
        let headers = format!("Content-Type: text/cloud-config{headers}");
        let text = message(&[("Content-Type: text/cloud-config", "runcmd: [a, c]"), (&headers, &second)]);
        let told = told(text.as_bytes());
        assert_eq!(told.first(), Some(&format!(r##"runcmd: "#!/bin/sh\n{expected}""##)), "{headers} {how}");
        match lost {
            None => assert_eq!(told.len(), 1, "{told:?}"),
            Some(lost) => {
                assert!(told.get(1).unwrap().starts_with(&format!("note runcmd: {lost}; ")), "{told:?}")
            }
        }
    }
}

#[test]
fn each_kind_of_script_has_names_of_its_own() {
    let named = |kind: &str| format!("Content-Type: text/{kind}; name=a.sh");
    let (script, hook, boot) =
        (named("x-shellscript"), named("cloud-boothook"), named("x-shellscript-per-boot"));
    let runcmd = "Content-Type: text/x-shellscript-per-instance; name=runcmd";
    let bootcmd = "Content-Type: text/x-shellscript; name=bootcmd";
    let all = message(&[
        (&script, "#!/bin/sh\nfirst of two"),
        (&hook, "#!/bin/sh\nhook"),
        (&boot, "#!/bin/sh\nboot"),
        (&script, "#!/bin/sh\nscript"),
        (&hook, "#!/bin/sh\nother hook"),
        (runcmd, "#!/bin/sh\ninstance"),
        (bootcmd, "#!/bin/sh\nuser"),
        ("Content-Type: text/cloud-config", "bootcmd: [b]\nruncmd: [r]"),
    ]);
    assert_eq!(
        told(all.as_bytes()),
        [
            r##"a.sh: "#!/bin/sh\nhook""##,
            r##"a.sh: "#!/bin/sh\nother hook""##,
            r##"bootcmd: "#!/bin/sh\nb\n""##,
            r##"a.sh: "#!/bin/sh\nboot""##,
            r##"runcmd: "#!/bin/sh\ninstance""##,
            r##"a.sh: "#!/bin/sh\nscript""##,
            r##"bootcmd: "#!/bin/sh\nuser""##,
            r##"runcmd: "#!/bin/sh\nr\n""##,
        ]
    );
}

#[test]
fn archives() {
    let archive = "#cloud-config-archive\n- type: text/x-shellscript\n  filename: z.sh\n  content: |\n    #!/bin/sh\n    a\n- |\n  runcmd: [b]\n- 1: 2\n";
    assert_eq!(told(archive.as_bytes()), [r##"runcmd: "#!/bin/sh\nb\n""##, r##"z.sh: "#!/bin/sh\na\n""##]);
    let lines = told(b"#cloud-config-archive\na: b");
    assert_eq!(
        lines,
        [
            "note part-001: a cloud-config archive is a list, this is a map; cloud-init takes none of it",
            "Nothing"
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_panics(parts in prop::collection::vec(prop::sample::select(vec![
        "#!", "#cloud-config\n", "#cloud-config-archive\n", "#cloud-boothook\n", "MIME-Version: 1.0\n",
        "Content-Type: multipart/mixed; boundary=b\n", "Content-Type: text/x-shellscript\n", "\n", "--b\n", "--b--",
        "Content-Transfer-Encoding: base64\n", "runcmd: ", "write_files: ", "[", "]", "{path: /a}", "- ", "a", ": ",
        "&a ", "*a", "\r\n", "é", "\u{0}", "merge_how: list(append)+dict(",
    ]), 0..30)) {
        let text = parts.concat();
        let _ = read(text.as_bytes());
        let _ = read(&zipped(text.as_bytes()));
    }
}
