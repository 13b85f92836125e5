//! A local CloudFormation that waits for signals as a stack would.

pub mod account;
pub mod activity;
pub mod auth;
pub mod cli;
pub mod clock;
mod duration;
pub mod engine;
pub mod faults;
pub mod happening;
pub mod ids;
pub mod lint;
mod mention;
pub mod model;
pub mod moment;
mod number;
pub mod rehearsal;
pub mod report;
pub mod run;
pub mod server;
mod signal_options;
pub mod stack;
pub mod telling;
pub mod template;
mod yaml;
