//! System calls that are refused, as a sandbox or an old kernel refuses them.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use libc::{
    BPF_ABS, BPF_ALU, BPF_AND, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, c_int, c_long, sock_filter,
};

/// Which calls, and what becomes of them.
#[derive(Clone, Copy)]
pub struct Rule {
    call: c_long,
    /// An argument, and which of its bits have to be which.
    argument: Option<(u32, c_int, c_int)>,
    action: u32,
}

impl Rule {
    /// It answers with this error.
    pub fn refuse(call: c_long, error: c_int) -> Self {
        Self { call, argument: None, action: libc::SECCOMP_RET_ERRNO | error as u32 }
    }

    /// It ends the process.
    pub fn forbid(call: c_long) -> Self {
        Self { call, argument: None, action: libc::SECCOMP_RET_KILL_PROCESS }
    }

    /// Only where of the argument at this place these bits are so.
    pub fn where_bits(self, at: u32, mask: c_int, bits: c_int) -> Self {
        Self { argument: Some((at, mask, bits)), ..self }
    }

    fn program(&self) -> Vec<sock_filter> {
        // What is read of a call: its number, and each argument's lower half.
        let load = |at: u32| step(BPF_LD | BPF_W | BPF_ABS, at, 0);
        let end = step(BPF_RET | BPF_K, self.action, 0);
        let mut program = vec![load(0)];
        match self.argument {
            None => program.extend([unless(self.call as u32, 1), end]),
            Some((at, mask, bits)) => program.extend([
                unless(self.call as u32, 4),
                load(16 + 8 * at),
                step(BPF_ALU | BPF_AND | BPF_K, mask as u32, 0),
                unless(bits as u32, 1),
                end,
            ]),
        }
        program
    }
}

const fn step(code: u32, value: u32, otherwise: u8) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf: otherwise, k: value }
}

/// Skips so many steps unless what was read is this.
const fn unless(value: u32, skipped: u8) -> sock_filter {
    step(BPF_JMP | BPF_JEQ | BPF_K, value, skipped)
}

/// The command, once it begins, is under these rules; the first that fits holds.
pub fn under(rules: &[Rule]) -> impl FnOnce(&mut Command) + use<> {
    let mut program: Vec<_> = rules.iter().flat_map(Rule::program).collect();
    program.push(step(BPF_RET | BPF_K, libc::SECCOMP_RET_ALLOW, 0));
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
