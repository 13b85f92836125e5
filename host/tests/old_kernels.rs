//! Kernels that know no system call which came after Linux 3.10, and sandboxes that answer like them.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

#[path = "support/secure.rs"]
#[expect(dead_code, reason = "each test file uses its part of it")]
mod secure;
mod support;

use std::fs;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, sock_filter};
use secure::Secure;
use support::{QUICK, Server, Signal, is_signed, metadata};
use tempfile::TempDir;

/// What Linux 3.10 does not know and a C library or Rust's may try, with the version that brought it.
const NEWER: &[(&str, libc::c_long)] = &[
    ("sched_setattr, 3.14", libc::SYS_sched_setattr),
    ("renameat2, 3.15", libc::SYS_renameat2),
    ("getrandom, 3.17", libc::SYS_getrandom),
    ("memfd_create, 3.17", libc::SYS_memfd_create),
    ("execveat, 3.19", libc::SYS_execveat),
    ("membarrier, 4.3", libc::SYS_membarrier),
    ("copy_file_range, 4.5", libc::SYS_copy_file_range),
    ("preadv2, 4.6", libc::SYS_preadv2),
    ("pwritev2, 4.6", libc::SYS_pwritev2),
    ("statx, 4.11", libc::SYS_statx),
    ("rseq, 4.18", libc::SYS_rseq),
    ("pidfd_send_signal, 5.1", libc::SYS_pidfd_send_signal),
    ("io_uring_setup, 5.1", libc::SYS_io_uring_setup),
    ("pidfd_open, 5.3", libc::SYS_pidfd_open),
    ("clone3, 5.3", libc::SYS_clone3),
    ("openat2, 5.6", libc::SYS_openat2),
    ("faccessat2, 5.8", libc::SYS_faccessat2),
    ("close_range, 5.9", libc::SYS_close_range),
    ("epoll_pwait2, 5.11", libc::SYS_epoll_pwait2),
    ("futex_waitv, 5.16", libc::SYS_futex_waitv),
    ("mseal, 6.10", libc::SYS_mseal),
];

const fn step(code: u32, value: u32, if_so: u8) -> sock_filter {
    sock_filter { code: code as u16, jt: if_so, jf: 0, k: value }
}

/// Answers every call of [`NEWER`] with this error.
fn refuse_newer_calls(error: libc::c_int) -> impl FnOnce(&mut Command) {
    let mut program = vec![step(BPF_LD | BPF_W | BPF_ABS, 0, 0)];
    for (at, (_, number)) in NEWER.iter().enumerate() {
        let to_the_end = u8::try_from(NEWER.len() - at).unwrap();
        program.push(step(BPF_JMP | BPF_JEQ | BPF_K, u32::try_from(*number).unwrap(), to_the_end));
    }
    program.push(step(BPF_RET | BPF_K, libc::SECCOMP_RET_ALLOW, 0));
    program.push(step(BPF_RET | BPF_K, libc::SECCOMP_RET_ERRNO | u32::try_from(error).unwrap(), 0));
    move |command| {
        let install = move || {
            let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
            // SAFETY: both take numbers, the second also a filter that lives until it has returned.
            #[expect(unsafe_code, reason = "no library that is used here has it in a safe way")]
            let result = unsafe {
                libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
                    | libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter)
            };
            if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
        };
        // SAFETY: between fork and exec, nothing but two system calls.
        #[expect(unsafe_code, reason = "who is refused calls has to be so before the command begins")]
        unsafe {
            command.pre_exec(install);
        }
    }
}

/// Where the filter is in force, each of these calls says so, whatever its arguments are.
fn expect_refusals() -> io::Result<()> {
    for (_, number) in NEWER {
        // SAFETY: a call that is not refused fails by its arguments.
        #[expect(unsafe_code, reason = "calls have no safe way that takes a number")]
        let result = unsafe { libc::syscall(*number, -1, 0, 0, 0, 0, 0) };
        if result != -1 || io::Error::last_os_error().raw_os_error() != Some(libc::ENOSYS) {
            return Err(io::ErrorKind::Unsupported.into());
        }
    }
    Ok(())
}

#[test]
fn refused_calls_are_refused() {
    for (refused, starts) in [(true, true), (false, false)] {
        let mut command = Command::new("true");
        if refused {
            refuse_newer_calls(libc::ENOSYS)(&mut command);
        }
        // SAFETY: between fork and exec, nothing but system calls.
        #[expect(unsafe_code, reason = "the calls have to be made where they are refused")]
        unsafe {
            command.pre_exec(expect_refusals);
        }
        assert_eq!(command.status().is_ok(), starts, "{refused}");
    }
}

#[test]
fn no_newer_call_is_needed() {
    let (server, service) = (Server::ok(), Server::start(metadata));
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK"];
    let run = Signal::resource(&server, &[&keys[..], &QUICK].concat())
        .confined(refuse_newer_calls(libc::ENOSYS))
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(is_signed(&server.received()[0]), "{run:?}");
    // As the instance, by its metadata.
    let instance =
        Signal::new(&["--stack", "S", "--resource", "R", "--url", &server.url, "--deadline", "20s"]);
    let run = instance.metadata(&service).confined(refuse_newer_calls(libc::ENOSYS)).run();
    assert_eq!((run.code, server.received().len()), (0, 2), "{run:?}");
    // A name, TLS, certificates out of a file.
    let (secure, folder) = (Secure::start(), TempDir::new().unwrap());
    let bundle = folder.path().join("ca.pem");
    fs::write(&bundle, &secure.certificate).unwrap();
    let handle =
        Signal::new(&["-i", "x", "--ca-bundle", bundle.to_str().unwrap(), &secure.url, "--deadline", "20s"]);
    let run = handle.confined(refuse_newer_calls(libc::ENOSYS)).run();
    assert_eq!((run.code, secure.count()), (0, 1), "{run:?}");
}
