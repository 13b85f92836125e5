//! What only Windows has, and what other rules say there: cmd and PowerShell each have rules of their own.

mod flow;
mod outcome;
mod parts;
mod request;
mod status;
mod stops;

pub(super) use outcome::{before_init, constant, init_status, only_success, work_after};
pub(super) use parts::{BATCH_FIRST, RAW_HANDLE};
pub(super) use request::wrong_request;
pub(super) use status::{BOOLEAN, EARLY_LEVEL, NO_PROGRAM, OTHERS_STATUS};
pub(super) use status::{background, last_only, stale};
pub(super) use stops::{STOPS, unreachable};
