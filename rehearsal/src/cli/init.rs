//! What `cfn-init` does.

use clap::{Args, ValueEnum};

/// What `cfn-init` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InitChoice {
    /// Nothing: the machine's own is run where it has one, or else a stub that exits with 0
    Stub,
    /// Run the commands and write the files of the template's metadata
    Run,
    /// Nothing of ours: the image's own cloud-init boots it, stage by stage (with --root)
    CloudInit,
}

#[derive(Args, Clone, Debug, Default)]
pub(super) struct InitArguments {
    /// What cfn-init does: with run, the commands of the template's AWS::CloudFormation::Init really run, as user data
    /// does, its files are written to the scratch directory, and packages, sources, users and services are only named. In a
    /// box: what boots it, with cloud-init the image's own cloud-init, stage by stage [default: stub]
    #[arg(long, value_enum)]
    init: Option<InitChoice>,
}

impl InitArguments {
    /// Whether it works through the metadata.
    pub(super) fn runs(&self) -> bool {
        self.init == Some(InitChoice::Run)
    }

    /// Whether the image's cloud-init boots it.
    pub(super) fn is_cloud_init(&self) -> bool {
        self.init == Some(InitChoice::CloudInit)
    }

    /// Whether it was said.
    pub(super) fn is_given(&self) -> bool {
        self.init.is_some()
    }
}
