//! The forms in which credentials are written.

use super::{PROSE, Rule, always, named, random, secret};

/// What credentials are called, within longer names too.
macro_rules! long {
    () => {
        r"(?:password|passwd|passphrase|passcode|secret|token|credentials?|(?:api|access|account|private|encryption|signing)[_-]?key)"
    };
}

/// Each of them.
pub(super) const RULES: [Rule; 13] = [
    // NAME=VALUE, and NAME = VALUE as in the files of the AWS CLI.
    (
        concat!(
            r#"(?i)(?P<n>[a-z0-9_.-]*"#,
            long!(),
            r#"(?:[_.-][a-z0-9_.-]*)?)(?:=| = ?|:=)(?P<s>\\?"[^"]*"|'[^']*'|[^\s"'&;,=][^\s"'&;,]*)"#
        ),
        named,
    ),
    (
        r#"(?i)(?:^|[^a-z0-9])(?:[a-z0-9_.-]*[_.-])?(?:pass|sig|auth)(?:=| = ?)(?P<s>"[^"]*"|'[^']*'|[^\s"'&;,=][^\s"'&;,]*)"#,
        always,
    ),
    (r#"(?i)[a-z0-9_.-]+[_.-]pwd(?:=| = ?)(?P<s>"[^"]*"|'[^']*'|[^\s"'&;,=][^\s"'&;,]*)"#, always),
    // "NAME": "VALUE", also within a text.
    (
        concat!(
            r#"(?i)["'](?P<n>[a-z0-9_.-]*"#,
            long!(),
            r#"[a-z0-9_.-]*)\\?["']\s*:\s*\\?(?P<s>"[^"\\]*|'[^']*)"#
        ),
        named,
    ),
    // NAME: VALUE at a line's end, as in YAML, or in quotes, as a header.
    (
        concat!(
            r#"(?i)(?P<n>[a-z0-9_.-]*"#,
            long!(),
            r#"(?:[_.-][a-z0-9_.-]*)?):\s+(?P<s>[^\s"']+)\s*(?:["']|$)"#
        ),
        |it| named(it) && random(it),
    ),
    // --NAME VALUE
    (
        r#"(?i)(?:^|\s)--?(?:[a-z0-9-]+-)?(?:password|passwd|passphrase|pass|secret|token|api-?key|access-key|secret-key|private-key)\s+(?P<s>"[^"]*"|'[^']*'|[^\s-]\S*)"#,
        |it| !PROSE.contains(&secret(it)),
    ),
    // The options of commands that have others for it.
    (
        r#"(?i)\b(?:mysql\w*\b[^|;]*?\s-p|sshpass\s+-p\s*|login\b[^|;]*?\s-p\s+|redis-cli\b[^|;]*?\s-a\s+|(?:curl|wget)\b[^|;]*?\s(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"']+:)(?P<s>[^\s"']+)"#,
        always,
    ),
    // Headers.
    (r#"(?i)\bauthorization["']?\s*[:=]\s*["']?(?P<s>[^"'\s][^"']*)"#, always),
    (r#"(?i)\bcookie["']?\s*:\s*["']?(?P<s>[^"'\s][^"']*)"#, always),
    (r"(?i)\b(?:bearer|basic)\s+(?P<s>[a-z0-9._~+/=-]{8,})", random),
    // What is known by its form: of AWS, GitHub, GitLab, Slack, npm, Stripe, Vault, Docker, Google, PyPI, SendGrid, and JSON web tokens.
    (r"\b(?P<s>(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})\b", always),
    (
        r"\b(?P<s>gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|gl(?:pat|ptt|rt|dt)-[\w-]{16,}|xox[a-z]-[\w-]{10,}|npm_[A-Za-z0-9]{20,}|[sr]k_(?:live|test)_\w{10,}|hv[sbr]\.[\w-]{16,}|dckr_pat_[\w-]{16,}|AIza[\w-]{30,}|ya29\.[\w-]{10,}|pypi-[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]+|AGE-SECRET-KEY-\w+)",
        always,
    ),
    (r"\b(?P<s>eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)", always),
];
