#![expect(clippy::panic, clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn text(of: &str) -> Text {
    let mut text = Text::default();
    text.push(of, [(0, 1000)]);
    text
}

fn kinds(of: &str) -> String {
    parts(&text(of))
        .iter()
        .map(|part| match part {
            Part::Shell(_) => 's',
            Part::Commands(_) => 'c',
            Part::File(_) => 'f',
            Part::Replaced(_) => 'r',
            Part::Windows(Language::Batch, _) => 'b',
            Part::Windows(..) => 'p',
            Part::Opaque => 'o',
            Part::Ignored(_) => 'i',
        })
        .collect()
}

#[test]
fn user_data_is_told_by_its_beginning() {
    let cases = [
        ("#!/bin/bash\na", "s"),
        ("#!/bin/sh -ex\na", "s"),
        ("#!/usr/bin/env -S bash\na", "s"),
        ("#!/usr/bin/python3\na", "o"),
        ("\n  #!/bin/bash\na", "i"),
        ("#cloud-config\nruncmd: [a]\n", "c"),
        ("#cloud-config\n\tbroken: [\n", "o"),
        ("#cloud-boothook\n#!/bin/sh\n", "s"),
        ("#cloud-config-archive\n- a\n", "o"),
        ("## template: jinja\n#cloud-config\n", "o"),
        ("Content-Type: text/x-shellscript\n\n#!/bin/sh\n", "i"),
        ("#include\nhttp://x\n", "o"),
        ("<powershell>\na", "o"),
        ("[settings.host]\n", "o"),
        ("\u{e000}\na", "o"),
        ("", "o"),
        ("IyEvYmluL2Jhc2gKZWNobyBoaQo=", "o"),
        ("{{resolve:ssm:boot}}", "o"),
        ("yum install -y httpd\n", "i"),
    ];
    for (user_data, expected) in cases {
        assert_eq!(kinds(user_data), expected, "{user_data}");
    }
}

#[test]
fn messages_have_parts() {
    let message = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n\
        --B\nContent-Type: text/x-shellscript\n\n#!/bin/sh\na\n\
        --B\nContent-Type: text/cloud-config\n\nruncmd: [b]\n\
        --B\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\nIyEvYmluL3No\n--B--\n";
    assert_eq!(kinds(message), "sco");
    assert_eq!(kinds(&message.replace('\n', "\r\n")), "sco");
    let parts = parts(&text(message));
    let Part::Shell(script) = &parts[0] else { panic!("{parts:?}") };
    assert_eq!(script.file_byte(0), 1000 + message.find("#!").unwrap());
    assert_eq!(kinds("MIME-Version: 1.0\nContent-Type: multipart/mixed\n\nno boundary"), "o");
    assert_eq!(kinds(&message.replace("#!/bin/sh\na", "echo a")), "ico");
    assert_eq!(kinds(&message.replace("text/cloud-config", "application/x")), "soo");
}

#[test]
fn cloud_config_commands_are_one_script() {
    let config = "#cloud-config\nruncmd:\n  - echo one\n  - [echo, $?]\nbootcmd: [first]\n";
    let parts = parts(&text(config));
    let Part::Commands(script) = &parts[0] else { panic!("{parts:?}") };
    assert_eq!(script.text, "first\necho one\n'echo' '$?' \n");
    let at = script.text.find("$?").unwrap();
    assert_eq!(script.file_byte(at), 1000 + config.find("$?").unwrap());
}
