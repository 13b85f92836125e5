//! Kernels that know no system call which came after Linux 3.10, and sandboxes that answer like them.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::support::seccomp::Rule;
use crate::support::secure::Secure;
use crate::support::{QUICK, Server, Signal, is_signed, metadata};
use tempfile::TempDir;

/// What Linux 3.10 does not know and a C library or Rust's may try, with the version that brought it.
const NEWER: [(&str, libc::c_long); 21] = [
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

/// Answers every call of [`NEWER`] with this error.
fn refuse_newer_calls(error: libc::c_int) -> impl FnOnce(&mut Command) {
    crate::support::seccomp::under(&NEWER.map(|(_, call)| Rule::refuse(call, error)))
}

/// Where the filter is in force, each of these calls says so, whatever its arguments are.
fn expect_refusals() -> io::Result<()> {
    for (_, number) in NEWER {
        // SAFETY: a call that is not refused fails by its arguments.
        #[expect(unsafe_code, reason = "calls have no safe way that takes a number")]
        let result = unsafe { libc::syscall(number, -1, 0, 0, 0, 0, 0) };
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

/// Delivers by keys, as the instance, and over TLS, as the command is confined.
fn delivers<T: FnOnce(&mut Command)>(confine: impl Fn() -> T) {
    let (server, service) = (Server::ok(), Server::start(metadata));
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK"];
    let run = Signal::resource(&server, &[&keys[..], &QUICK].concat()).confined(confine()).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(is_signed(&server.received()[0]), "{run:?}");
    // As the instance, by its metadata.
    let instance =
        Signal::new(&["--stack", "S", "--resource", "R", "--url", &server.url, "--deadline", "20s"]);
    let run = instance.metadata(&service).confined(confine()).run();
    assert_eq!((run.code, server.received().len()), (0, 2), "{run:?}");
    // A name, TLS, certificates out of a file.
    let (secure, folder) = (Secure::start(), TempDir::new().unwrap());
    let bundle = folder.path().join("ca.pem");
    fs::write(&bundle, &secure.certificate).unwrap();
    let handle =
        Signal::new(&["-i", "x", "--ca-bundle", bundle.to_str().unwrap(), &secure.url, "--deadline", "20s"]);
    let run = handle.confined(confine()).run();
    assert_eq!((run.code, secure.count()), (0, 1), "{run:?}");
}

#[test]
fn no_newer_call_is_needed() {
    delivers(|| refuse_newer_calls(libc::ENOSYS));
}

/// A sandbox that knows no such call may say that it is not allowed, as Docker's did for years.
#[test]
fn a_newer_call_may_be_forbidden() {
    // glibc takes such an answer to clone3 for the last word; what is linked to it cannot help that.
    let ours = std::env::var_os("CFN_SIGNAL_COMMAND").is_some();
    let forbidden = NEWER.iter().filter(|(_, call)| ours || *call != libc::SYS_clone3);
    let rules: Vec<_> = forbidden.map(|(_, call)| Rule::refuse(*call, libc::EPERM)).collect();
    delivers(|| crate::support::seccomp::under(&rules));
}

/// There are as many processes as there may be (`TasksMax=`, `ulimit -u`).
#[test]
fn no_thread_is_needed() {
    let rules = [libc::SYS_clone, libc::SYS_clone3].map(|call| Rule::refuse(call, libc::EAGAIN));
    delivers(|| crate::support::seccomp::under(&rules));
}

/// What gVisor and its like have not, or answer with an error that Linux would not give.
#[test]
fn a_sandbox_may_lack_what_linux_always_had() {
    let lacking = [
        (libc::SYS_personality, libc::EINVAL),
        (libc::SYS_sched_getaffinity, libc::EPERM),
        (libc::SYS_prlimit64, libc::EPERM),
        (libc::SYS_mlock, libc::EPERM),
        (libc::SYS_setpriority, libc::EPERM),
        (libc::SYS_sysinfo, libc::ENOSYS),
        (libc::SYS_get_mempolicy, libc::ENOSYS),
        (libc::SYS_readlinkat, libc::EACCES),
        (libc::SYS_tgkill, libc::EPERM),
    ];
    delivers(|| crate::support::seccomp::under(&lacking.map(|(call, error)| Rule::refuse(call, error))));
}

/// What a call for random bytes says that may not wait for them, while a machine that has just been started has none yet.
const NONE_YET: [(libc::c_int, libc::c_int); 2] =
    [(GRND_INSECURE, libc::EINVAL), (libc::GRND_NONBLOCK as libc::c_int, libc::EAGAIN)];
/// Since Linux 5.6.
const GRND_INSECURE: libc::c_int = 4;

/// At first boot: TLS alone asks for such as have to be good, and its call waits for them in the kernel.
#[test]
fn random_bytes_are_waited_for_by_tls_alone() {
    let none_yet =
        NONE_YET.map(|(flag, error)| Rule::refuse(libc::SYS_getrandom, error).where_bits(1, flag, flag));
    delivers(|| crate::support::seccomp::under(&none_yet));
    // Whoever waits ends.
    let waiting = Rule::forbid(libc::SYS_getrandom).where_bits(1, !0, 0);
    let rules = [&none_yet[..], &[waiting]].concat();
    let server = Server::ok();
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK"];
    let run = Signal::resource(&server, &[&keys[..], &QUICK].concat())
        .confined(crate::support::seccomp::under(&rules))
        .run();
    assert_eq!((run.code, server.received().len()), (0, 1), "{run:?}");
}

/// Where nothing more can be written, what is said is lost, and the signal is not.
#[test]
fn a_full_disk_is_in_nobodys_way() {
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK", "-v"];
    let everywhere = |command: &mut Command| {
        let full = || File::options().write(true).open("/dev/full").unwrap();
        command.stdout(full()).stderr(full());
    };
    for more in [&[][..], &["--output", "json"]] {
        let server = Server::ok();
        let run = Signal::resource(&server, &[&keys[..], &QUICK, more].concat()).confined(everywhere).run();
        assert_eq!((run.code, server.received().len()), (0, 1));
        // What is to be told of a signal that did not arrive is its exit code.
        let gone = ["--url", "http://127.0.0.1:9", "--max-attempts", "1"];
        let run =
            Signal::resource(&server, &[&keys[..], &QUICK, more, &gone].concat()).confined(everywhere).run();
        assert_eq!(run.code, 18);
    }
}
