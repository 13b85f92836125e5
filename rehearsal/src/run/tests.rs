#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::script::{redirect, redirect_home, replace_path};
use super::stubs::{StubError, complete};
use super::*;

#[test]
fn user_data_is_known_for_what_it_is() {
    for (user_data, expected) in [
        (&b"#!/bin/sh\n"[..], Ok(())),
        (b"", Err(NotRun::Missing)),
        (b" \n", Err(NotRun::Missing)),
        (b"\n#!/bin/sh", Err(NotRun::BlankBeforeShebang)),
        (b"#cloud-config\nruncmd: [ls]", Ok(())),
        (b"#cloud-config\npackages: [ls]", Err(NotRun::Nothing)),
        (b"Content-Type: multipart/mixed; boundary=x\n", Err(NotRun::NoMimeVersion)),
        (b"MIME-Version: 1.0\n\n", Err(NotRun::Nothing)),
        (b"<powershell>", Err(NotRun::Windows)),
        (&[0x1f, 0x8b, 8], Err(NotRun::Compressed)),
        (b"echo", Err(NotRun::NoShebang)),
        (&[0xff, 0xfe], Err(NotRun::NoShebang)),
    ] {
        let read = user_data::read(user_data).map(drop).map_err(|(not_run, _)| not_run);
        assert_eq!(read, expected, "{user_data:?}");
    }
}

#[test]
fn the_helpers_directory_is_replaced_wherever_it_is_named() {
    let script = b"/opt/aws/bin/cfn-init\nPATH=/opt/aws/bin:$PATH\n\xff/opt/aws/bin/cfn-signal";
    assert_eq!(redirect(script, "/tmp/x"), b"/tmp/x/cfn-init\nPATH=/tmp/x:$PATH\n\xff/tmp/x/cfn-signal");
    assert_eq!(redirect(b"", "/tmp/x"), b"");
}

#[test]
fn a_path_is_replaced_where_it_is_whole() {
    let script = b"cat /etc/web.conf /etc/web.conf.d /x/etc/web.conf >/etc/web.conf";
    assert_eq!(
        replace_path(script, b"/etc/web.conf", "/tmp/c"),
        b"cat /tmp/c /etc/web.conf.d /x/etc/web.conf >/tmp/c"
    );
}

#[test]
fn a_home_is_replaced_where_a_shell_would_expand_it() {
    for (script, expected) in [
        ("cat ~/.ssh/key >~/k", "cat /t/.ssh/key >/t/k"),
        ("cd ~; D=~/d P=/bin:~/bin", "cd /t; D=/t/d P=/bin:/t/bin"),
        ("~/run && (~/go)", "/t/run && (/t/go)"),
        ("echo \"~/x\" a~/b ~user/x", "echo \"~/x\" a~/b ~user/x"),
        ("awk '$1 ~/x/' f ~/g", "awk '$1 ~/x/' f /t/g"),
        ("[[ $x =~/x ]] # don't\ncd ~/x", "[[ $x =~/x ]] # don't\ncd /t/x"),
    ] {
        assert_eq!(String::from_utf8(redirect_home(script.as_bytes(), "/t")).unwrap(), expected);
    }
}

#[test]
fn stubs_are_a_name_and_a_status() {
    assert_eq!("cfn-init=1".parse(), Ok(Stub { name: "cfn-init".to_owned(), exit: 1 }));
    for wrong in ["cfn-init", "=1", "x=", "x=256", "x=-1", "a/b=0", "..=0", "a b=0", "$(x)=0"] {
        assert_eq!(wrong.parse::<Stub>(), Err(StubError), "{wrong}");
    }
}

#[test]
fn only_what_is_not_there_is_stubbed_unasked() {
    let asked = [Stub { name: "cfn-init".to_owned(), exit: 1 }];
    let stubs = complete(&asked, |name| name == "cfn-hup");
    let exit = |name: &str| stubs.iter().find(|stub| stub.name == name).map(|stub| stub.exit);
    assert_eq!((exit("cfn-init"), exit("cfn-hup"), exit("cfn-get-metadata")), (Some(1), None, Some(0)));
}
