//! Whom to sign as: the instance's identity (`CFN_V1`), named keys or a role, or AWS's chain.

mod asked;
mod bridge;
mod chain;
mod complaint;
mod near;
mod process;

pub use cfn_signal_instance::credential_file as file;
pub use cfn_signal_instance::finder::{Auth, Chain, Explicit, Finder, Used};

pub use chain::{AwsChain, ChainSettings};
