//! Instances in boxes: `cfn-rehearse run --root`, with an image of Debian's that has its own cloud-init and its own boto3.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod armed;
mod attacks;
mod bare;
mod boxed;
mod cloud_init;
mod ends;
mod isolation;
mod lacking;
mod limits;
mod mistakes;
mod reboot;
mod runtimes;
mod signals;
mod systemd;
mod units;
