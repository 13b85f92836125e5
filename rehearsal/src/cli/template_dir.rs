//! `--template-dir`.

use std::path::PathBuf;

use clap::Args;

/// Where templates are that are named by a URL.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct TemplateArguments {
    /// A folder with the templates that nested stacks and TemplateURL name by a URL: https://…/a/b.yaml is DIR/a/b.yaml,
    /// or else DIR/b.yaml. Nothing is ever fetched but from this machine
    #[arg(long, value_name = "DIR")]
    pub(super) template_dir: Option<PathBuf>,
}
