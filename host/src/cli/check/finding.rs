//! What is found, and how it is told.

use cfn_signal_command_line::{conceal_secrets, out};
use serde::Serialize;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// A signal may get through all the same.
    Warning,
    /// A signal would not.
    Failed,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// How it is.
    pub result: Level,
    /// In words.
    pub message: String,
    /// What to do about it.
    pub fix: Option<String>,
}

/// An object of `--output json`.
#[derive(Serialize)]
struct Report<'a> {
    result: Level,
    exit_code: u8,
    checks: &'a [Finding],
}

impl Finding {
    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, result: Level::Ok, message: message.into(), fix: None }
    }

    pub(super) fn bad(
        check: &'static str,
        result: Level,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { check, result, message: message.into(), fix: Some(fix.into()) }
    }

    /// Without secrets and on one line.
    fn readable(&self) -> Self {
        let plain = |text: &str| conceal_secrets(text).replace(char::is_control, " ");
        Self { message: plain(&self.message), fix: self.fix.as_deref().map(plain), ..self.clone() }
    }
}

/// The exit code of all findings.
pub(super) fn exit_code(findings: &[Finding], strict: bool) -> u8 {
    match worst(findings) {
        Level::Failed => 2,
        Level::Warning if strict => 1,
        _ => 0,
    }
}

fn worst(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.result).max().unwrap_or(Level::Ok)
}

/// Writes one for people, as soon as it is known; whether it could be written.
pub(super) fn say(finding: &Finding) -> bool {
    let finding = finding.readable();
    let mut text = format!("{:<8} {:<13} {}\n", finding.result.name(), finding.check, finding.message);
    if let Some(fix) = &finding.fix {
        text.push_str(&format!("{:<8} {:<13} fix: {fix}\n", "", ""));
    }
    out(&text)
}

/// Writes all of them for programs; whether that could be.
pub(super) fn report(findings: &[Finding], exit_code: u8) -> bool {
    let checks: Vec<_> = findings.iter().map(Finding::readable).collect();
    let report = Report { result: worst(findings), exit_code, checks: &checks };
    // Strings and numbers only: there is nothing that could not be written.
    out(&format!("{}\n", serde_json::to_string(&report).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::{Finding, Level, exit_code};

    #[test]
    fn the_worst_decides() {
        let ok = Finding::ok("a", "x");
        let warning = Finding::bad("b", Level::Warning, "x", "y");
        let failed = Finding::bad("c", Level::Failed, "x", "y");
        for (findings, lax, strict) in [
            (vec![ok.clone()], 0, 0),
            (vec![ok.clone(), warning.clone()], 0, 1),
            (vec![failed, warning, ok], 2, 2),
            (vec![], 0, 0),
        ] {
            assert_eq!((exit_code(&findings, false), exit_code(&findings, true)), (lax, strict));
        }
    }

    #[test]
    fn no_secret_is_told() {
        let url = "https://b.s3.amazonaws.com/h?X-Amz-Signature=abc";
        let finding = Finding::bad("a", Level::Failed, url, format!("{url}\nx")).readable();
        assert!(!format!("{finding:?}").contains("abc"), "{finding:?}");
        assert!(!finding.fix.unwrap_or_default().contains('\n'));
    }
}
