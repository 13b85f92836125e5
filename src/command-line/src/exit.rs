//! Exit codes.

use cfn_signal_core::delivery::OutcomeKind;

/// Refused before anything was sent.
pub const REFUSED: u8 = 1;
/// A usage error.
pub const USAGE: u8 = 2;
/// The program itself failed (`EX_SOFTWARE` of sysexits.h).
pub const INTERNAL: u8 = 70;

/// The code of an outcome.
#[must_use]
pub const fn code(kind: OutcomeKind, complete_is_ok: bool) -> u8 {
    match kind {
        OutcomeKind::Delivered => 0,
        OutcomeKind::AlreadyComplete if complete_is_ok => 0,
        OutcomeKind::AlreadyComplete => 10,
        OutcomeKind::AlreadySignalled => 11,
        OutcomeKind::WrongResource => 12,
        OutcomeKind::NotMember => 13,
        OutcomeKind::Denied => 14,
        OutcomeKind::Credentials => 15,
        OutcomeKind::Throttled => 16,
        OutcomeKind::Rejected => 17,
        OutcomeKind::Unreachable => 18,
        OutcomeKind::ExpiredUrl => 19,
        OutcomeKind::Deadline => 20,
        // The program's own mistake, or an outcome that it does not know.
        _ => INTERNAL,
    }
}
