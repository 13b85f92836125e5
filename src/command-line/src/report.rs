//! How it ended, for people and for programs.

use cfn_signal_core::delivery::{Outcome, OutcomeKind, Status};
use serde::Serialize;

use super::conceal::conceal;
use super::exit;
use super::redact::Shown;
use super::voice::{self, Voice};
use cfn_signal_instance::finder::Used;

/// What the report depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub json: bool,
    pub complete_is_ok: bool,
    /// The original speaks of a wait condition's success and keeps silent about a resource's.
    pub wait_handle: bool,
    pub status: Status,
    pub voice: Voice,
}

/// The object of `--output json`.
#[derive(Serialize)]
struct Record<'a> {
    outcome: &'a str,
    /// None where the command line could not be read.
    status: Option<&'a str>,
    exit_code: u8,
    http_status: Option<u16>,
    code: Option<&'a str>,
    request_id: Option<&'a str>,
    message: &'a str,
    attempts: u32,
    identity: Option<Identity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Shown>,
}

#[derive(Serialize)]
struct Identity<'a> {
    kind: &'a str,
    source: &'a str,
    access_key_id: Option<&'a str>,
}

impl<'a> From<&'a Used> for Identity<'a> {
    fn from(used: &'a Used) -> Self {
        Self { kind: used.kind, source: &used.source, access_key_id: used.access_key_id.as_deref() }
    }
}

/// Tells an outcome; returns the exit code.
pub(super) fn outcome(outcome: &Outcome, used: Option<&Used>, style: Style) -> u8 {
    let code = exit::code(outcome.kind, style.complete_is_ok);
    if style.json {
        record(&Record {
            outcome: outcome.kind.name(),
            status: Some(style.status.name()),
            exit_code: code,
            http_status: outcome.status_code,
            code: outcome.code.as_deref().map(conceal).as_deref(),
            request_id: outcome.request_id.as_deref().map(conceal).as_deref(),
            message: &conceal(&outcome.message),
            attempts: outcome.attempts,
            identity: used.map(Identity::from),
            request: None,
        });
    } else if outcome.kind == OutcomeKind::Delivered && style.wait_handle {
        // The signal is there whether this can be written or not: so says the exit code.
        voice::out(&format!("CloudFormation signaled successfully with status {}\n", style.status.name()));
    }
    let signed = used.map(|used| format!("; signed with {used}")).unwrap_or_default();
    let text = format!("cfn-signal: {}: {}{signed}", outcome.kind.name(), outcome.message);
    match (outcome.kind, code) {
        (OutcomeKind::Delivered, _) => tracing::info!(attempts = outcome.attempts, "{}", outcome.message),
        (_, 0) => style.voice.note(text.trim_start_matches("cfn-signal: ")),
        _ => style.voice.failure(&text),
    }
    code
}

/// Tells why nothing was sent, or why no outcome is known; returns the exit code.
pub(super) fn refused(line: &str, code: u8, json: bool, status: Status, voice: Voice) -> u8 {
    if json {
        let outcome = if code == exit::INTERNAL { "internal-error" } else { "refused" };
        record(&plain(outcome, &conceal(line), code, Some(status)));
    }
    voice.failure(line);
    code
}

/// Shows what would be sent.
pub(super) fn dry_run(shown: &Shown, used: Option<&Used>, style: Style) -> u8 {
    let written = if style.json {
        record(&Record {
            identity: used.map(Identity::from),
            request: Some(shown),
            ..plain("dry-run", "nothing was sent", 0, Some(style.status))
        })
    } else {
        voice::out(&shown.to_string())
    };
    if let Some(used) = used {
        style.voice.note(&format!("dry run, nothing was sent; signed with {used}"));
    } else {
        style.voice.note("dry run, nothing was sent");
    }
    if written { 0 } else { exit::REFUSED }
}

/// Tells programs of a usage error; people are told in optparse's manner.
pub(super) fn usage_error(complaint: &str) {
    record(&plain("usage-error", complaint, exit::USAGE, None));
}

fn plain<'a>(outcome: &'a str, message: &'a str, exit_code: u8, status: Option<Status>) -> Record<'a> {
    Record {
        outcome,
        status: status.map(Status::name),
        exit_code,
        http_status: None,
        code: None,
        request_id: None,
        message,
        attempts: 0,
        identity: None,
        request: None,
    }
}

/// Whether it could be written: an outcome is one in any case.
fn record(record: &Record<'_>) -> bool {
    // Strings and numbers only: there is nothing that could not be written.
    let text = serde_json::to_string(record).unwrap_or_default();
    voice::out(&format!("{text}\n"))
}
