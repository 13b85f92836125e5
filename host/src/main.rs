//! The command `cfn-signal`.

fn main() -> std::process::ExitCode {
    cfn_signal::cli::main(std::env::args_os().skip(1))
}
