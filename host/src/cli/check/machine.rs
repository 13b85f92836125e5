//! Whether this machine runs what signs.

use cfn_signal_command_line::{Platform as _, Unprepared};
use cfn_signal_core::causes;

use super::finding::{Finding, Level};
use super::survey::Survey;
use crate::{Policy, ResourceTarget, Signal, Status, Target};

/// Whether the component runs, and how.
pub(super) fn component(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "component";
    let signal = Signal {
        status: Status::Success,
        unique_id: survey.id.clone().unwrap_or_else(|| "check".to_owned()),
        reason: None,
        data: None,
    };
    // Who is signalled changes nothing.
    let target = match &survey.options.handle {
        Some(handle) => Target::WaitHandle(handle.clone()),
        None => Target::Resource(ResourceTarget::new("stack", "Resource", "us-east-1")),
    };
    match survey.platform.machine(&signal, &target, &Policy::default()) {
        Ok(delivery) if delivery.is_interpreted() => Finding::ok(
            CHECK,
            "runs in an interpreter: memory may not be executable here, or too little may be reserved",
        ),
        Ok(_) => Finding::ok(CHECK, "runs as machine code"),
        Err(Unprepared::Refused(why)) => {
            Finding::bad(CHECK, Level::Failed, why.to_string(), "check the handle's URL")
        }
        Err(error) => {
            let why = match &error {
                Unprepared::Machine(error) => causes::line(error),
                _ => String::new(),
            };
            Finding::bad(CHECK, Level::Failed, why, "give the process more memory (LimitAS=, ulimit -v)")
        }
    }
}
