//! What `cfn-init` does.

use clap::{Args, ValueEnum};

/// What `cfn-init` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InitChoice {
    /// Nothing: the machine's own is run where it has one, or else a stub that exits with 0
    Stub,
    /// Run the commands and write the files of the template's metadata
    Run,
}

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// What cfn-init does: with run, the commands of the template's AWS::CloudFormation::Init really run, as user data
    /// does, its files are written to the scratch directory, and packages, sources, users and services are only named
    #[arg(long, value_enum, default_value = "stub")]
    pub(super) init: InitChoice,
}

impl InitArguments {
    /// Whether it works through the metadata.
    pub(super) fn runs(&self) -> bool {
        self.init == InitChoice::Run
    }
}
