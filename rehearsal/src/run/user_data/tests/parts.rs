//! Parts of a message, by what they declare and what they are.

use super::{message, told};

#[test]
fn line_ends_of_windows_are_mended_in_every_part() {
    let message = message(&[
        ("Content-Type: text/x-shellscript; name=a.sh", "#!/bin/sh\necho a"),
        (
            "Content-Type: text/cloud-config",
            "#cloud-config\nwrite_files:\n- path: /f\n  content: |\n    one\n    two\n- {path: /g, content: \"a\\r\\nb\"}\n\
             runcmd:\n- echo b",
        ),
        ("Content-Type: text/cloud-boothook; name=hook", "#!/bin/sh\necho c"),
    ]);
    let text = message.replace('\n', "\r\n");
    assert_eq!(
        told(text.as_bytes()).iter().filter(|it| !it.starts_with("note")).collect::<Vec<_>>(),
        [
            r##"hook: "#!/bin/sh\necho c""##,
            r##"/f 644 "one\ntwo\n", /g 644 "a\r\nb""##,
            r##"a.sh: "#!/bin/sh\necho a""##,
            r##"runcmd: "#!/bin/sh\necho b\n""##,
        ]
    );
}

#[test]
fn what_a_part_declares_and_what_it_is() {
    for (headers, content, expected) in [
        // A script by its type, and cloud-config by what it begins with.
        ("Content-Type: text/x-shellscript", "#cloud-config\nruncmd: [a]", r##"runcmd: "#!/bin/sh\na\n""##),
        (
            "Content-Type: text/cloud-config; charset=\"us-ascii\"",
            "runcmd: [a]",
            r##"runcmd: "#!/bin/sh\na\n""##,
        ),
        ("Content-Type: text/cloud-boothook; name=b", "#!/bin/sh\na", r##"b: "#!/bin/sh\na""##),
        ("Content-Type: text/plain; name=b", "#!/bin/sh\r\na\r", r##"b: "#!/bin/sh\na""##),
    ] {
        assert_eq!(told(message(&[(headers, content)]).as_bytes()), [expected], "{headers}");
    }
}
