#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;

use super::*;

fn is_machines(errno: Errno, first_line: &str) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("script");
    fs::write(&script, format!("{first_line}\necho\n")).unwrap();
    matches!(StartError::of(errno.into(), &script), StartError::Machine(_))
}

#[test]
fn what_this_machine_lacks_is_no_fault_of_the_script() {
    for errno in [Errno::MFILE, Errno::NFILE, Errno::AGAIN, Errno::NOMEM, Errno::NOSPC] {
        assert!(is_machines(errno, "#!/bin/sh"), "{errno}");
    }
    for errno in [Errno::NOENT, Errno::ACCESS, Errno::PERM] {
        assert!(is_machines(errno, "#! /bin/sh -e"), "{errno}");
    }
}

#[test]
fn a_missing_interpreter_is_the_scripts_own_fault() {
    for line in ["#!/no/such/interpreter", "#!/etc/passwd", "#!/", "#!", "echo"] {
        assert!(!is_machines(Errno::NOENT, line), "{line}");
        assert!(!is_machines(Errno::ACCESS, line), "{line}");
    }
    for errno in [Errno::NOEXEC, Errno::TOOBIG, Errno::NAMETOOLONG, Errno::ISDIR] {
        assert!(!is_machines(errno, "#!/bin/sh"), "{errno}");
    }
}
