//! What commands are, by their names.

use super::Language;
use crate::lint::shell::Command;

/// Commands inside cmd that leave its status as it is.
const SILENT: [&str; 8] = ["echo", "title", "cls", "pause", "prompt", "color", "@echo", "rem"];

/// Commands inside cmd of which some leave the status, and some do not.
const INTERNAL: [&str; 26] = [
    "cd", "chdir", "md", "mkdir", "rd", "rmdir", "copy", "move", "del", "erase", "ren", "rename", "type",
    "dir", "pushd", "popd", "setlocal", "endlocal", "start", "assoc", "ftype", "date", "time", "ver", "path",
    "mklink",
];

/// What begins the name of a cmdlet.
const VERBS: [&str; 86] = [
    "add",
    "approve",
    "assert",
    "backup",
    "block",
    "checkpoint",
    "clear",
    "close",
    "compare",
    "complete",
    "compress",
    "confirm",
    "connect",
    "convert",
    "convertfrom",
    "convertto",
    "copy",
    "debug",
    "deny",
    "disable",
    "disconnect",
    "dismount",
    "edit",
    "enable",
    "enter",
    "exit",
    "expand",
    "export",
    "find",
    "foreach",
    "format",
    "get",
    "grant",
    "group",
    "hide",
    "import",
    "initialize",
    "install",
    "invoke",
    "join",
    "limit",
    "lock",
    "measure",
    "merge",
    "mount",
    "move",
    "new",
    "open",
    "optimize",
    "out",
    "ping",
    "pop",
    "protect",
    "publish",
    "push",
    "read",
    "receive",
    "redo",
    "register",
    "remove",
    "rename",
    "repair",
    "request",
    "reset",
    "resize",
    "resolve",
    "restart",
    "restore",
    "resume",
    "revoke",
    "save",
    "search",
    "select",
    "send",
    "set",
    "show",
    "sort",
    "start",
    "stop",
    "submit",
    "suspend",
    "tee",
    "test",
    "trace",
    "undo",
    "uninstall",
];
const MORE_VERBS: [&str; 14] = [
    "unblock",
    "unlock",
    "unprotect",
    "unpublish",
    "unregister",
    "update",
    "use",
    "wait",
    "watch",
    "where",
    "write",
    "step",
    "switch",
    "sync",
];

/// Other names of cmdlets.
const ALIASES: [&str; 62] = [
    "%", "?", "cat", "cd", "chdir", "clc", "clear", "cls", "copy", "cp", "cpi", "curl", "del", "diff", "dir",
    "echo", "erase", "fl", "foreach", "ft", "gc", "gci", "gcm", "gi", "gm", "gp", "gsv", "icm", "iex", "ii",
    "ipmo", "irm", "iwr", "kill", "ls", "man", "md", "measure", "mkdir", "move", "mv", "ni", "popd", "ps",
    "pushd", "pwd", "rd", "ren", "ri", "rm", "rmdir", "sal", "saps", "sc", "select", "set", "sleep", "sort",
    "start", "tee", "type", "wget",
];

/// Cmdlets that configure nothing, as names or as their beginnings.
const TRIVIAL: [&str; 31] = [
    "write-",
    "out-",
    "format-",
    "get-",
    "select-",
    "where-",
    "sort-",
    "measure-",
    "test-",
    "convertto-",
    "convertfrom-",
    "start-sleep",
    "start-transcript",
    "stop-transcript",
    "set-location",
    "push-location",
    "pop-location",
    "set-executionpolicy",
    "import-module",
    "new-object",
    "new-variable",
    "set-variable",
    "set-strictmode",
    "clear-host",
    "join-path",
    "split-path",
    "read-host",
    "tee-object",
    "foreach-object",
    "resolve-path",
    "add-type",
];
const TRIVIAL_ALIASES: [&str; 24] = [
    "%", "?", "cat", "cd", "chdir", "cls", "clear", "dir", "echo", "foreach", "gc", "gci", "gi", "ls",
    "measure", "popd", "pushd", "pwd", "select", "sleep", "sort", "tee", "type", "set",
];

/// A command's name: the last part of its path, in small letters, without `.exe`.
pub(in crate::lint) fn name(command: &Command) -> Option<String> {
    let path = command.words.first()?.literal()?;
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    Some(last.strip_suffix(".exe").unwrap_or(&last).to_owned())
}

/// Whether a name is that of a cmdlet, or another name of one.
pub(super) fn is_cmdlet(name: &str) -> bool {
    let is_verb = |verb: &str| VERBS.contains(&verb) || MORE_VERBS.contains(&verb);
    let is_named = name.split_once('-').is_some_and(|(verb, noun)| {
        is_verb(verb) && noun.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !noun.contains('.')
    });
    is_named || ALIASES.contains(&name)
}

/// Whether a command does nothing that could fail in a way that counts.
pub(in crate::lint) fn is_trivial(language: Language, command: &Command) -> bool {
    let Some(name) = name(command) else { return false };
    match language {
        Language::Batch => {
            SILENT.iter().any(|it| name == *it) || name.starts_with("echo.") || name.starts_with("echo:")
        }
        _ => {
            TRIVIAL_ALIASES.contains(&name.as_str())
                || TRIVIAL.iter().any(|it| name == *it || (it.ends_with('-') && name.starts_with(it)))
        }
    }
}

/// Whether a command is a program, whose status `%ERRORLEVEL%` or `$LASTEXITCODE` is after it.
pub(in crate::lint) fn is_native(language: Language, command: &Command) -> bool {
    let Some(name) = name(command) else { return false };
    let is_script = [".bat", ".cmd", ".ps1", ".psm1", ".vbs", ".js"].iter().any(|it| name.ends_with(it));
    let is_inside = match language {
        Language::Batch => is_trivial(language, command) || INTERNAL.contains(&name.as_str()),
        _ => is_cmdlet(&name) || name == ".",
    };
    !is_script && !is_inside && !name.is_empty()
}

/// Whether a command is a cmdlet, by how it is called.
pub(in crate::lint) fn is_known_cmdlet(command: &Command) -> bool {
    name(command).is_some_and(|name| is_cmdlet(&name))
}

/// Whether a command is cfn-init.
pub(in crate::lint) fn is_init(command: &Command) -> bool {
    name(command).as_deref() == Some("cfn-init")
}

/// Whether a command is cmd's `start`, which does not wait for what it starts.
pub(in crate::lint) fn runs_later(language: Language, command: &Command) -> bool {
    language == Language::Batch
        && name(command).as_deref() == Some("start")
        && !command.words.iter().any(|word| word.literal().is_some_and(|it| super::same(&it, "/wait")))
}
