//! `cfn-rehearse`: a local CloudFormation that waits for signals as a stack would.

use std::process::ExitCode;

// musl's own allocator asks the kernel for a page at a time.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    cfn_rehearse::cli::main()
}
