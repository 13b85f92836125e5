//! A local CloudFormation that waits for signals as a stack would.

pub mod model;
