//! The helpers' own options.

use clap::Parser;

/// Amazon's, in its spellings. Those that say where the service is are taken and not needed.
#[derive(Debug, Parser)]
#[command(infer_long_args = true, disable_version_flag = true)]
pub(super) struct Arguments {
    /// The stack's name, or its ARN
    #[arg(short, long)]
    pub(super) stack: Option<String>,
    /// The logical id of the resource that has the metadata
    #[arg(short, long)]
    pub(super) resource: Option<String>,
    /// The config sets to run, comma-separated [default: default]
    #[arg(short, long)]
    configsets: Option<String>,
    /// Of the metadata the value at this key
    #[arg(short, long)]
    pub(super) key: Option<String>,
    #[arg(long)]
    region: Option<String>,
    #[arg(short, long)]
    url: Option<String>,
    #[arg(short = 'f', long)]
    credential_file: Option<String>,
    #[arg(long)]
    role: Option<String>,
    #[arg(long)]
    access_key: Option<String>,
    #[arg(long)]
    secret_key: Option<String>,
    #[arg(long)]
    http_proxy: Option<String>,
    #[arg(long)]
    https_proxy: Option<String>,
    #[arg(short, long)]
    verbose: bool,
    #[arg(long)]
    resume: bool,
}

impl Arguments {
    /// What was asked for; nothing is the default.
    pub(super) fn config_sets(&self) -> Vec<String> {
        let asked = self.configsets.as_deref().unwrap_or("default");
        asked.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    }
}
