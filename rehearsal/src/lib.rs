//! A local CloudFormation that waits for signals as a stack would.

mod account;
mod activity;
mod auth;
#[doc(hidden)]
pub mod cli;
mod clock;
mod encoding;
mod engine;
mod faults;
mod happening;
mod ids;
pub mod lint;
mod listen;
mod model;
mod moment;
mod paths;
mod regions;
mod rehearsal;
mod report;
mod run;
mod server;
mod stack;
mod stack_name;
mod telling;
mod template;

pub use account::{AccountError, Instance};
pub use clock::{ClockKind, NotASpeed, Speed};
pub use faults::{Plan as FaultPlan, Rule as FaultRule, RuleError as FaultRuleError};
pub use ids::NoRandomness;
pub use listen::ListenError;
pub use rehearsal::{Handle, Options, Rehearsal, SetupError};
pub use stack::{DeleteError, Fate, UpdateError};
pub use template::{Location, Place, TemplateError};
