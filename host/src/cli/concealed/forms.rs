//! The forms in which credentials are written.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::{PROSE, Rule, always, named, random, secret};

/// What credentials are called, within longer names too.
macro_rules! long {
    () => {
        concat!(
            r"(?:(?:password|passwd|passphrase|passcode|secret|token|credential|",
            r"(?:api|access|secret|account|private|encryption|signing|master|licen[sc]e)[_-]?key|(?:\b|[_.-])app[_-]?key)s?)"
        )
    };
}

/// A name of them: nothing comes after, or another word does (`_FILE`, `Value`, `2`), not the rest of one such as `tokenizer`.
macro_rules! name {
    () => {
        concat!(
            r"(?P<n>[a-z0-9_.-]*(?:",
            long!(),
            r"(?:[0-9_.-][a-z0-9_.-]*)?",
            r"|(?-i:(?:[Pp]ass(?:word|wd|phrase|code)|[Ss]ecret|[Tt]oken|[Cc]redential|",
            r"(?:[Aa]pi|[Aa]ccess|[Aa]ccount|[Pp]rivate|[Ee]ncryption|[Ss]igning|[Mm]aster|[Ll]icense)Key)s?[A-Z])[a-z0-9_.-]*))"
        )
    };
}

/// What is quoted, in the ways of shells and of texts within texts: to its end, and the words that are joined to it; or as far as there is text.
macro_rules! quoted {
    () => {
        concat!(
            r#"(?:\\"(?:[^"\\]|\\\\(?:\\\\|\\"|[^"\\])|\\[^"\\])*\\"|\\+"[^"]*""#,
            r#"|(?:\$?"(?:[^"\\]|\\[\s\S])*"|\$'(?:[^'\\]|\\[\s\S])*'|'[^']*')"#,
            // Such as `'it'\''s'`.
            r#"(?:\\["'](?:"[^"]*"|'[^']*')?|"[^"\s][^"]*"|'[^'\s][^']*'|[^\s"'\\&;,()\[\]{}])*"#,
            r#"|\\*["'][^\s"'][^\n]*)"#
        )
    };
}

/// What is quoted, and joined to a word before it: not what follows on the end of a quoted one, as in `["A=1","B=2"]`.
macro_rules! joined {
    () => {
        r#""[^"\s,;:)\]}][^"]*"|'[^'\s,;:)\]}][^']*'"#
    };
}

/// What is assigned, quoted or to the next space.
macro_rules! value {
    () => {
        concat!(
            r"(?P<s>",
            quoted!(),
            r#"|,*[^\s"'&;,=](?:(?:\\ |[^\s"'&]|"#,
            joined!(),
            r#")*(?:\\ |[^\s"'&;,]|"#,
            joined!(),
            r"))?)"
        )
    };
}

/// Between a name and what it is given. After `NAME=` and a space comes another word of a shell's.
macro_rules! is {
    () => {
        r"(?:[ \t]*(?:=>|:=)[ \t]*|=|[ \t]+=[ \t]*)"
    };
}

/// Each of them.
pub(super) const RULES: [Rule; 16] = [
    // NAME=VALUE, and NAME = VALUE as in the files of the AWS CLI.
    (concat!(r"(?i)", name!(), is!(), value!()), named),
    (concat!(r"(?i)(?:^|[^a-z0-9])(?:[a-z0-9_.-]*[_.-])?(?:pass|sig|auth)", is!(), value!()), always),
    (concat!(r"(?i)[a-z0-9_.-]+[_.-]pwd", is!(), value!()), always),
    // "NAME": "VALUE", also within a text.
    (
        concat!(
            r#"(?i)["'](?P<n>[a-z0-9_.-]*"#,
            long!(),
            r#"[a-z0-9_.-]*)\\*["']\s*(?::|=>)\s*(?P<s>\\"(?:[^"\\]|\\\\(?:\\\\|\\"|[^"\\])|\\[^"\\])*\\"|\\+"[^"]*"?|"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?)"#
        ),
        named,
    ),
    // NAME: VALUE at a line's end, as in YAML, or in quotes, as a header.
    (concat!(r#"(?i)"#, name!(), r#":\s+(?P<s>[^\s"']+)\s*(?:["']|$)"#), |it| named(it) && random(it)),
    // NAME: "VALUE"
    (
        concat!(
            r#"(?i)"#,
            name!(),
            r#":\s+(?P<s>\\*"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*'|["'][^\s"'][^\n]*)"#
        ),
        |it| named(it) && secret(it).chars().any(char::is_alphanumeric),
    ),
    // --NAME VALUE
    (
        concat!(
            r"(?i)(?:^|\s)--?(?:[a-z0-9-]+-)?(?:password|passwd|passphrase|pass|secret|token|api-?key|(?:access|secret|private|account|master|license)-key)\s+(?P<s>",
            quoted!(),
            r"|[^\s-]\S*)"
        ),
        |it| !PROSE.contains(&secret(it)),
    ),
    // The options of commands that have others for it.
    (
        concat!(
            r#"(?i)\b(?:mysql\w*\b[^|;]*?\s-p|sshpass\s+-p\s*|login\b[^|;]*?\s-p\s+|redis-cli\b[^|;]*?\s-a\s+|(?:curl|wget)\b[^|;]*?\s(?:-u|--user|--proxy-user)[ =]?[^\s:"']+:)(?P<s>"#,
            quoted!(),
            r#"|[^\s"']+)"#
        ),
        always,
    ),
    (r#"(?i)\b(?:curl|wget)\b[^|;]*?\s(?:-u|--user|--proxy-user)[ =]?"[^:"]+:(?P<s>[^"]+)"#, always),
    (r"(?i)\b(?:curl|wget)\b[^|;]*?\s(?:-u|--user|--proxy-user)[ =]?'[^:']+:(?P<s>[^']+)", always),
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

/// The end of a private key.
macro_rules! key_ends {
    () => {
        r"----[- ]END [A-Za-z0-9 ]*PRIVATE KEY(?: BLOCK)?(?:-{1,5}| -{4})?"
    };
}

/// A private key within a text: up to its end `e`, if that is there.
pub(super) static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(r"(?s)----[- ]BEGIN [A-Za-z0-9 ]*PRIVATE KEY.*?(?:(?P<e>", key_ends!(), ")|$)")).ok()
});
/// Its end alone, where it has begun before.
pub(super) static KEY_ENDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(key_ends!()).ok());
