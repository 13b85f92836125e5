//! A local CloudFormation that waits for signals as a stack would.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod engine;
pub mod happening;
pub mod ids;
pub mod model;
pub mod moment;
pub mod rehearsal;
pub mod report;
pub mod run;
pub mod server;
pub mod stack;
pub mod telling;
pub mod template;
