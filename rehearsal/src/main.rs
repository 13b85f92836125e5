//! `cfn-rehearse`: a local CloudFormation that waits for signals as a stack would.

use std::process::ExitCode;

fn main() -> ExitCode {
    cfn_rehearse::cli::main()
}
