//! The options of `cfn-signal` that take a value, as far as this crate has to know them: to find them in a template's
//! scripts, and to tell a script's own `--region` and `--url` from the values of others.

/// Ours that take a value, by their long names; those of `cfn-signal run` and `arm` too.
pub(crate) const OURS: [&str; 20] = [
    "auth",
    "ca-bundle",
    "console",
    "deadline",
    "gate-timeout",
    "grace",
    "if-complete",
    "log-format",
    "mask",
    "max-attempts",
    "max-delay",
    "output",
    "reason-handle",
    "signal-failure",
    "state-dir",
    "success-exit-codes",
    "tail",
    "timeout",
    "wait-for",
    "watcher",
];

/// Amazon's: the letter, if there is one, and the long name.
pub(crate) const OPTIONS: [(&str, &str); 15] = [
    ("s", "success"),
    ("i", "id"),
    ("e", "exit-code"),
    ("f", "credential-file"),
    ("", "role"),
    ("", "access-key"),
    ("", "secret-key"),
    ("", "http-proxy"),
    ("", "https-proxy"),
    ("r", "reason"),
    ("d", "data"),
    ("", "stack"),
    ("", "resource"),
    ("", "url"),
    ("", "region"),
];
