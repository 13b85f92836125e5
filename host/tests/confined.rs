//! Where a process may have little memory, or none that it can execute.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::io;
use std::mem;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::support::control_group::ControlGroup;
use crate::support::seccomp::Rule;
use crate::support::{Server, answer, is_signed, program};

const IN_AN_INTERPRETER: &str = "the component runs in an interpreter";
/// Whether the component's machine code is a part of the command.
const IS_LINKED: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

/// Delivers a signal, rightly signed, by the command as `confine` has changed it. Returns what was said.
fn deliver(confine: impl FnOnce(&mut Command)) -> String {
    let said = try_to_deliver(confine);
    assert!(said.is_ok(), "{said:?}");
    said.unwrap()
}

/// The same, or what was said by one that did not end well.
fn try_to_deliver(confine: impl FnOnce(&mut Command)) -> Result<String, String> {
    let server = Server::start(|_| answer(200, "{}"));
    let mut command = program();
    confine(&mut command);
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK", "-i", "i-1", "--region", "eu-west-1"];
    let more = ["-v", "--stack", "S", "--resource", "R", "--no-proxy", "--url", &server.url];
    // Root's journal is this machine's own.
    let output = command.env("CFN_SIGNAL_STATE_DIR", "off").args(keys).args(more).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    if output.status.code() != Some(0) {
        return Err(stderr);
    }
    let sent = server.received();
    assert_eq!(sent.len(), 1, "{stderr}");
    assert!(is_signed(&sent[0]), "{sent:?}");
    Ok(stderr)
}

/// As `ulimit -v` and systemd's `LimitAS=` set it.
fn within(kilobytes: u32) -> impl FnOnce(&mut Command) {
    move |command| {
        let program = mem::replace(command, Command::new("sh"));
        command.args(["-c", &format!("ulimit -v {kilobytes} && exec \"$0\" \"$@\"")]);
        command.arg(program.get_program()).args(program.get_args());
    }
}

#[test]
fn address_space_is_reserved_for_what_the_component_needs() {
    let said = deliver(within(200_000));
    assert!(!said.contains(IN_AN_INTERPRETER), "{said}");
}

/// Less and less, past where the reservation fails, to little more than the program takes: none of it ends the command.
#[test]
fn where_too_little_is_left_an_interpreter_runs_the_component() {
    let sizes = (56..160).rev().map(|step| step * 500);
    let said: Vec<_> = sizes.map(|kilobytes| (kilobytes, try_to_deliver(within(kilobytes)))).collect();
    let lost: Vec<_> = said.iter().filter(|(_, said)| said.is_err()).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    let interpreted =
        said.iter().filter(|(_, said)| said.as_ref().is_ok_and(|said| said.contains(IN_AN_INTERPRETER)));
    assert!((20..110).contains(&interpreted.count()));
}

/// As `MemoryMax=` and containers set it.
#[test]
fn a_group_of_32_megabytes_is_enough() {
    let Some(group) = ControlGroup::of(32 << 20).unwrap() else {
        eprintln!("skipped: needs a control group for memory that this user may make, such as root's");
        return;
    };
    let said = deliver(|command| group.confine(command));
    assert!(!said.contains(IN_AN_INTERPRETER), "{said}");
}

/// As systemd's `MemoryDenyWriteExecute=` does it before Linux 6.3.
#[test]
fn machine_code_runs_where_executable_memory_is_filtered() {
    const WRITE_AND_EXECUTE: libc::c_int = libc::PROT_WRITE | libc::PROT_EXEC;
    let refuse = |call| Rule::refuse(call, libc::EPERM);
    let rules = [
        refuse(libc::SYS_mmap).where_bits(2, WRITE_AND_EXECUTE, WRITE_AND_EXECUTE),
        refuse(libc::SYS_mprotect).where_bits(2, libc::PROT_EXEC, libc::PROT_EXEC),
        refuse(libc::SYS_pkey_mprotect).where_bits(2, libc::PROT_EXEC, libc::PROT_EXEC),
        refuse(libc::SYS_shmat).where_bits(2, libc::SHM_EXEC, libc::SHM_EXEC),
    ];
    let said = deliver(crate::support::seccomp::under(&rules));
    assert_eq!(said.contains(IN_AN_INTERPRETER), !IS_LINKED, "{said}");
}

/// As systemd's `MemoryDenyWriteExecute=` does it.
#[test]
fn machine_code_runs_where_no_memory_may_become_executable() {
    let free = deliver(|_| {});
    assert!(!free.contains(IN_AN_INTERPRETER), "{free}");
    let mut probe = Command::new("true");
    forbid_executable_memory(&mut probe);
    if let Err(error) = probe.status() {
        eprintln!("skipped: this kernel knows no PR_SET_MDWE, as Linux 6.3 does: {error}");
        return;
    }
    let said = deliver(forbid_executable_memory);
    assert_eq!(said.contains(IN_AN_INTERPRETER), !IS_LINKED, "{said}");
}

fn forbid_executable_memory(command: &mut Command) {
    let forbid = || {
        let [none, gain] = [0, libc::PR_MDWE_REFUSE_EXEC_GAIN].map(libc::c_ulong::from);
        // SAFETY: it takes four numbers, and changes nothing of this process's memory.
        #[expect(unsafe_code, reason = "no library that is used here has it in a safe way")]
        let result = unsafe { libc::prctl(libc::PR_SET_MDWE, gain, none, none, none) };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: between fork and exec, nothing but one system call.
    #[expect(unsafe_code, reason = "who may not execute memory has to say so before the command begins")]
    unsafe {
        command.pre_exec(forbid);
    }
}
