//! The command `cfn-signal`.

// musl's own allocator asks the kernel for a page at a time, and gives each back: with many certificates to read, a hundred and fifty times
// before a signal leaves.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    cfn_signal::cli::main(std::env::args_os().skip(1))
}
